"""What may reach the gateway from outside: /api and /auth, never /metrics."""

from pathlib import Path

import pytest

DOORS = {
    "infra/docker/ui/nginx.conf": "location ~ ^/(api|auth)/ {",
    "infra/vm/caddy/Caddyfile": "@gateway path /api/* /auth/*",
    "infra/kubernetes/core/route.yaml": "value: /auth }",
}


@pytest.mark.parametrize("door", DOORS)
def test_door_hands_on_nothing_but_api_and_auth(root: Path, door: str) -> None:
    if not (root / door).exists():
        pytest.skip(f"this product has no {door}")
    text = (root / door).read_text(encoding="utf-8")
    assert DOORS[door] in text
    assert "metrics" not in text
    assert text.count("value: /") <= 2
