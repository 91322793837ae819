"""The sample organisations and their documents, as ``seeds/<domain>/`` keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml

from evals.leaks import Secrets


@dataclass(frozen=True)
class SeedDocument:
    """One document; like an upload, it is known by its file's name."""

    title: str
    text: str


@dataclass(frozen=True)
class Tenant:
    """One organisation."""

    slug: str
    name: str
    documents: tuple[SeedDocument, ...]

    @property
    def id(self) -> UUID:
        """The same on every machine, so that reports compare."""
        return uuid5(NAMESPACE_URL, f"tenant:{self.slug}")


def load_tenants(folder: Path) -> Mapping[str, Tenant]:
    """Return the tenants of ``seeds/<domain>/`` by slug."""
    entries = yaml.safe_load((folder / "tenants.yaml").read_text(encoding="utf-8"))["tenants"]
    return {
        entry["slug"]: Tenant(
            entry["slug"], entry["name"], _documents(folder / "documents" / entry["slug"])
        )
        for entry in entries
    }


def secrets_of(tenants: Mapping[str, Tenant]) -> dict[str, Secrets]:
    """Return, per tenant, what belongs to the others."""
    texts = {slug: tuple(d.text for d in tenant.documents) for slug, tenant in tenants.items()}
    return {
        slug: Secrets(
            foreign=tuple(text for other in texts if other != slug for text in texts[other]),
            own=own,
        )
        for slug, own in texts.items()
    }


def _documents(folder: Path) -> tuple[SeedDocument, ...]:
    paths = sorted(folder.glob("*.md"))
    return tuple(SeedDocument(path.name, path.read_text(encoding="utf-8")) for path in paths)
