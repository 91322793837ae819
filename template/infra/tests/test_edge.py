"""What may reach the gateway from outside: /api, /auth and /oauth, never /metrics."""

import re

import pytest

PUBLIC = {"/api", "/auth", "/oauth"}
DOORS = {
    "infra/docker/ui/nginx.conf": r"location ([^{]+) \{[^}]*proxy_pass",
    "infra/vm/caddy/Caddyfile": r"@gateway path (.+)",
    "infra/kubernetes/core/route.yaml": r"- path: \{ (.+) \}",
}
PLANTED = {
    "infra/docker/ui/nginx.conf": ("^/(api|", "^/(metrics|api|"),
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


@pytest.fixture
def doors(root) -> dict[str, str]:
    """The doors of this product, and how each is set up."""
    found = {door: (root / door).read_text() for door in DOORS if (root / door).exists()}
    assert found
    return found


def test_doors_hand_on_what_is_public_and_nothing_else(doors):
    assert {door: admitted(door, text) for door, text in doors.items()} == dict.fromkeys(
        doors, PUBLIC
    )


def test_door_that_lets_more_in_is_seen(doors):
    for door, text in doors.items():
        good, fault = PLANTED[door]
        assert admitted(door, text.replace(good, fault)) - PUBLIC
