"""What a test run lays over compose.yaml: a provider and a model API, and one published port."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OUTSIDE = "identity.test"
PORT = 8443

LISTENS = f"import socket; socket.create_connection(('127.0.0.1', {PORT}), 1)"

HARDENED = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}


@dataclass(frozen=True)
class Door:
    """The service that people reach first: its port, and how they reach it."""

    service: str
    port: int
    scheme: str

    @classmethod
    def of(cls, root: Path, port: int) -> "Door":
        """Return the one that this product has in production; Caddy listens where it is asked."""
        if (root / "infra/vm/compose.yaml").exists():
            return cls("caddy", port, "https")
        if (root / "infra/compose/ui.yaml").exists():
            return cls("ui", 8080, "http")
        return cls("gateway", 8000, "http")


def overlay(folder: Path, door: Door, published: Mapping[str, int], image: str) -> str:
    """Return the compose file; ``folder`` holds outside.py and its certificate.

    Args:
        folder: mounted into the containers.
        door: the only service of the product that is published.
        published: the ports of this machine, of the door and of `outside`.
        image: has Python and the libraries that outside.py needs.
    """
    mount = [f"{folder}:/outside:ro"]
    trust = {"SSL_CERT_FILE": "/outside/outside.pem"}
    services: dict[str, dict[str, Any]] = {
        "outside": {
            **HARDENED,
            "image": image,
            "command": ["python", "/outside/outside.py"],
            "environment": {"OIDC_ISSUER": issuer(), "OIDC_CLIENT_ID": "${OIDC_CLIENT_ID}"},
            "healthcheck": {"test": ["CMD", "python", "-c", LISTENS], "interval": "1s"},
            "networks": {"edge": {"aliases": [OUTSIDE]}},
            "ports": [f"127.0.0.1:{published['outside']}:{PORT}"],
            "volumes": mount,
        },
        "gateway": {"environment": trust, "volumes": mount},
        "model-proxy": {
            "environment": {**trust, "MODEL_BASE_URL": f"https://{OUTSIDE}:{PORT}/v1"},
            "volumes": mount,
        },
        door.service: {},
    }
    ports = {name: "!reset []" for name in ("gateway", "ui") if name in services}
    ports[door.service] = f'!override ["127.0.0.1:{published["door"]}:{door.port}"]'
    lines = [_service(name, parts, ports.get(name)) for name, parts in services.items()]
    return "services:\n" + "".join(lines)


def issuer() -> str:
    """Return the provider's issuer, as the containers reach it."""
    return f"https://{OUTSIDE}:{PORT}"


def _service(name: str, parts: Mapping[str, Any], ports: str | None) -> str:
    # JSON is YAML, except for compose's own tags.
    entries = [f"    {key}: {json.dumps(value)}\n" for key, value in parts.items()]
    if ports:
        entries.append(f"    ports: {ports}\n")
    return f"  {name}:\n" + "".join(entries)
