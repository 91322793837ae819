"""What compose files may not say."""

import re
from collections.abc import Iterator
from typing import Any

SCHEMA = ("--builtin-schema", "vendor.compose-spec")
"""What check-jsonschema holds them against."""
_ONE_SHOT = re.compile(r"^migrate$|-weights$")


def faults(services: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """What makes each container more dangerous than it needs to be, or leaves it down."""
    found = {name: [*_faults(name, service)] for name, service in services.items()}
    return {name: said for name, said in found.items() if said}


def _faults(name: str, service: dict[str, Any]) -> Iterator[str]:
    if service.get("cap_drop") != ["ALL"]:
        yield "keeps capabilities"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "may gain privileges"
    if service.get("privileged") or "docker.sock" in str(service.get("volumes", "")):
        yield "owns the machine"
    if not _ONE_SHOT.search(name) and service.get("restart") != "unless-stopped":
        yield "stays down"


def conflicts(files: list[dict[str, Any]]) -> set[str]:
    """Networks that two files declare differently: compose refuses to start anything then."""
    seen: dict[str, Any] = {}
    declared = [entry for file in files for entry in file.get("networks", {}).items()]
    return {name for name, network in declared if seen.setdefault(name, network) != network}
