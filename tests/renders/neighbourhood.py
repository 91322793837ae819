"""Which files a component's suite can see: two renders that agree on them need the suite only once.

Seen are the component's own folder, the first-party modules that it and its tests import, whatever those import, the
adapters of every port among them, and the data named below. Lockfiles do not count: the pins of all renders agree.
"""

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

Files = Mapping[str, bytes]

# What a suite reads besides its own folder and the components that it imports.
SHARED = ("contracts/events/", "contracts/openapi/gateway.yaml", "contracts/openapi/model-proxy.yaml", "flags.yaml")
DOMAIN = ("prompts/", "seeds/")
MODELS = ("contracts/models/", "models/")
DELIVERY = (".env.example", ".github/", ".gitlab", ".pre-commit", "Makefile", "compose.yaml", "docs/", "infra/")
READS: dict[str, tuple[str, ...]] = {
    "chaos": (*SHARED, *DOMAIN, *MODELS),
    "dev": (*SHARED, *DOMAIN),
    "evals": (*SHARED, *DOMAIN, *MODELS),
    "gateway": (*SHARED, *DOMAIN, "contracts/openapi/billing.yaml"),
    "infra": (*DELIVERY, *MODELS, "pyproject.toml"),
    "model-proxy": (*SHARED, *MODELS),
    "slo": (*SHARED, "infra/observability/", "docs/runbooks/"),
    "ui": ("contracts/openapi/", "contracts/typescript/"),
}
MODULE = re.compile(r"[\w-]+/src/(.+?)(?:/__init__)?\.py")
# A package that finds its modules by name sees all of them.
DISCOVERY = re.compile(rb"import_module\(|from runtime\.adapters import")
# Every suite is given these; it sees the ports of those that it names, and it imports their types.
FIXTURES = "dev/src/devstack/fixtures.py"


@dataclass(frozen=True)
class Suite:
    """A component's suite in one render; ``digest`` names all that it can see."""

    component: str
    digest: str


def components(files: Files) -> list[str]:
    """Return the folders that have a suite of their own."""
    python = {path.split("/")[0] for path in files if path.count("/") == 1 and path.endswith("/pyproject.toml")}
    others = {folder for folder in ("infra", "ui") if any(path.startswith(f"{folder}/") for path in files)}
    return sorted(python | others)


def suite(component: str, files: Files) -> Suite:
    """Name the suite by the content of everything that it can see."""
    seen = _modules_seen(component, files)
    prefixes = (f"{component}/", *READS.get(component, SHARED))
    digest = hashlib.sha256()
    for path in sorted(files):
        if (path in seen or path.startswith(prefixes)) and not path.endswith((".md", "requirements.lock")):
            digest.update(f"{path}\0{len(files[path])}\0".encode() + files[path])
    return Suite(component, digest.hexdigest())


def _modules_seen(component: str, files: Files) -> set[str]:
    names = {match[1].replace("/", "."): path for path in files if (match := MODULE.fullmatch(path))}
    seen: set[str] = set()
    waiting = [path for path in files if path.startswith(f"{component}/") and path.endswith(".py")]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path != FIXTURES:
            waiting += [names[name] for name in _imports(files[path]) if name in names]
        if DISCOVERY.search(files[path]) and path.endswith("/__init__.py"):
            waiting += [other for other in names.values() if other.startswith(path.removesuffix("__init__.py"))]
    return seen


@cache
def _imports(source: bytes) -> frozenset[str]:
    """Name what the module imports, the packages around it included."""
    return frozenset(around for name in _imported(ast.parse(source)) for around in _with_packages(name))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _with_packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[: count + 1]) for count in range(len(parts)))
