"""Kubernetes: what a kustomization lists, and the config maps, secrets and services that manifests name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from matrix.checks import formats
from matrix.facts import Definition, Fact, Reference, line_of

_FOLDER = "infra/kubernetes/"
_SECRETS = {"Secret", "ExternalSecret", "SealedSecret"}
_CREATED = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
_REFERENCES = {
    "configMapRef": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
    "secretRef": "Secret",
    "secretKeyRef": "Secret",
}


def reads(path: str) -> bool:
    """Manifests and kustomizations."""
    return path.startswith(_FOLDER) and path.endswith((".yaml", ".yml"))


def facts(path: str, text: str) -> Iterator[Fact]:
    """Objects define their kind and name; references say which kind they mean."""
    for document in formats.documents(text):
        kind, name = str(document.get("kind", "")), (document.get("metadata") or {}).get("name", "")
        if kind == "Kustomization":
            yield from _listed(path, text, document)
        yield Definition(f"k8s:{'Secret' if kind in _SECRETS else kind}:{name}")
        yield from _referenced(text, document)


def _listed(path: str, text: str, document: Mapping[str, Any]) -> Iterator[Fact]:
    files = [name for key in ("resources", "components", "patchesStrategicMerge") for name in document.get(key) or []]
    for key, kind in _CREATED.items():
        for generator in document.get(key) or []:
            yield Definition(f"k8s:{kind}:{generator['name']}")
            files += [each.split("=")[-1] for each in (generator.get("envs") or []) + (generator.get("files") or [])]
    for name in files:
        if "://" not in name:
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            yield Reference(line_of(text, name), f"lists {name}", (f"path:{place}",))


def _referenced(text: str, value: Any) -> Iterator[Reference]:
    if isinstance(value, list):
        for each in value:
            yield from _referenced(text, each)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        named = [inner] if key in _REFERENCES else inner if key == "backendRefs" else []
        for each in named:
            kind = _REFERENCES.get(key) or each.get("kind", "Service")
            yield Reference(line_of(text, f"{key}:"), f"names {kind} {each['name']}", (f"k8s:{kind}:{each['name']}",))
        if key == "scaleTargetRef":
            target = f"k8s:{inner['kind']}:{inner['name']}"
            yield Reference(line_of(text, f"{key}:"), f"scales {inner['kind']} {inner['name']}", (target,))
        yield from _referenced(text, inner)
