"""What may reach the gateway from outside: /api and /auth, never /metrics."""

import re

import pytest

PUBLIC = {"/api", "/auth"}
DOORS = {
    "infra/docker/ui/nginx.conf": r"location ([^{]+) \{[^}]*proxy_pass",
    "infra/vm/caddy/Caddyfile": r"@gateway path (.+)",
    "infra/kubernetes/core/route.yaml": r"- path: \{ (.+) \}",
}
PLANTED = {
    "infra/docker/ui/nginx.conf": ("^/(api|auth)/", "^/(api|auth|metrics)/"),
    "infra/vm/caddy/Caddyfile": ("/auth/*", "/auth/* /metrics"),
    "infra/kubernetes/core/route.yaml": ("value: /auth", "value: /"),
}


def admitted(door: str, text: str) -> set[str]:
    """The paths that a door hands on to the gateway."""
    found = set()
    for matcher in re.findall(DOORS[door], text):
        names = re.search(r"\^/\((.+)\)/", matcher)
        found |= {f"/{name}" for name in names[1].split("|")} if names else paths(matcher)
    return found


def paths(matcher: str) -> set[str]:
    return {path.rstrip("*").rstrip("/") or "/" for path in re.findall(r"(/\S*)", matcher)}


@pytest.fixture(params=DOORS)
def door(request, root) -> tuple[str, str]:
    """One door of this product, and how it is set up."""
    if not (root / request.param).exists():
        pytest.skip(f"this product has no {request.param}")
    return request.param, (root / request.param).read_text(encoding="utf-8")


def test_door_hands_on_nothing_but_api_and_auth(door):
    assert admitted(*door) == PUBLIC


def test_door_that_lets_more_in_is_seen(door):
    name, text = door
    good, fault = PLANTED[name]
    assert admitted(name, text.replace(good, fault)) - PUBLIC
