"""The Terraform for Auth0: a client that keeps what contracts/auth.yaml says."""

import re

import pytest
import yaml

LONGEST_S = 30 * 24 * 3600


def assignments(text: str) -> dict[str, list[str]]:
    """What each argument of a Terraform file is set to, wherever it is."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^ *(\w+) *= (.*)$", text, re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def faults_of_client(text: str, contract: dict) -> set[str]:
    """What is wrong with the client."""
    said = assignments(text)
    lifetime = contract["tokens"]["id_token"]["lifetime_s"]
    (algorithm,), (lives_s,) = said["alg"], said["lifetime_in_seconds"]
    found = {
        "address": said["callbacks"] == ['["${var.public_url}/auth/callback"]'],
        "address after": said["allowed_logout_urls"] == ['["${var.public_url}/"]'],
        "grants": said["grant_types"] == ['["authorization_code", "refresh_token"]'],
        "back channel": said.get("backchannel_logout_urls")
        == ['["${var.public_url}/auth/backchannel"]']
        and said["mode"] == ['"all"'],
        "algorithm": algorithm.strip('"') in contract["provider"]["algorithms"],
        "lifetime": lifetime["min"] <= int(lives_s) <= lifetime["max"],
        "rotation": said["rotation_type"] == ['"rotating"'] and said["leeway"] == ["0"],
        "end of rotation": said["expiration_type"] == ['"expiring"']
        and int(said["token_lifetime"][0]) <= LONGEST_S,
        "second factor": said["code"] == ['file("${path.module}/second-factor.js")'],
    }
    return {name for name, holds in found.items() if not holds}


@pytest.fixture
def client(root) -> str:
    return (root / "infra/identity/auth0/main.tf").read_text()


@pytest.fixture
def contract(root) -> dict:
    return yaml.safe_load((root / "contracts/auth.yaml").read_text())


# covers R-0401, R-0403
def test_client_keeps_the_contract(client, contract):
    assert faults_of_client(client, contract) == set()


FAULTS = {
    "address": ("/auth/callback", "/auth/callback*"),
    "address after": ('_url}/"]', '_url}/*"]'),
    "grants": ('"refresh_token"]', '"implicit"]'),
    "back channel": ("/auth/backchannel", "/auth/logout"),
    "algorithm": ('"RS256"', '"HS256"'),
    "lifetime": ("= 600", "= 1000000"),
    "rotation": ('"rotating"', '"non-rotating"'),
    "end of rotation": ("= 2592000", "= 31557600"),
    "second factor": ("second-factor.js", "nothing.js"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_client_gate_sees_a_planted_fault(client, contract, fault):
    right, wrong = FAULTS[fault]
    assert right in client
    assert faults_of_client(client.replace(right, wrong), contract) == {fault}
