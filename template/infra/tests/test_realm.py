"""The Keycloak realm: its references lead somewhere, and it keeps what contracts/auth.yaml says."""

import copy
import json

import pytest
import yaml


def faults_of_realm(realm: dict, contract: dict) -> set[str]:
    """What is wrong with a Keycloak realm: references that lead nowhere, promises it breaks."""
    flows = {flow["alias"]: flow for flow in realm["authenticationFlows"]}
    configs = {config["alias"]: config["config"] for config in realm["authenticatorConfig"]}
    steps = [step for flow in flows.values() for step in flow["authenticationExecutions"]]
    (client,) = realm["clients"]
    asked = client["attributes"]
    levels = json.loads(realm["attributes"]["acr.loa.map"])
    lifetime = contract["tokens"]["access_token"]["lifetime_s"]
    factors = {
        step.get("authenticator") for step in flows["second factor"]["authenticationExecutions"]
    }
    found = {
        "flow": {s["flowAlias"] for s in steps if "flowAlias" in s} <= set(flows),
        "config": {s["authenticatorConfig"] for s in steps if "authenticatorConfig" in s}
        == set(configs),
        "browser": realm["browserFlow"] in flows and flows[realm["browserFlow"]]["topLevel"],
        "level": set(levels.values()) == {c["loa-condition-level"] for c in configs.values()},
        "second factor": bool(factors & {"auth-otp-form", "webauthn-authenticator"}),
        "name of the factor": any("multi-factor" in name for name in levels),
        "pkce": asked.get("pkce.code.challenge.method") == "S256",
        "par": asked.get("require.pushed.authorization.requests") == "true",
        "backchannel": asked.get("backchannel.logout.url") == "${PUBLIC_URL}/auth/backchannel",
        "algorithm": realm["defaultSignatureAlgorithm"] in contract["provider"]["algorithms"],
        "lifetime": lifetime["min"] <= realm["accessTokenLifespan"] <= lifetime["max"],
        "rotation": realm["revokeRefreshToken"] and realm["refreshTokenMaxReuse"] == 0,
        "address": client["redirectUris"] == ["${PUBLIC_URL}/auth/callback"],
        "grants": not any(
            client[name]
            for name in ("implicitFlowEnabled", "directAccessGrantsEnabled", "publicClient")
        ),
    }
    return {name for name, holds in found.items() if not holds}


@pytest.fixture
def realm(root) -> dict:
    return json.loads((root / "infra/identity/keycloak/realm.json").read_text())


@pytest.fixture
def contract(root) -> dict:
    return yaml.safe_load((root / "contracts/auth.yaml").read_text())


# covers R-0304, R-0402
def test_realm_is_sound_and_keeps_the_contract(realm, contract):
    assert faults_of_realm(realm, contract) == set()


REALM_FAULTS = {
    "flow": lambda realm: realm["authenticationFlows"].pop(2),
    "config": lambda realm: realm["authenticatorConfig"].append(
        {"alias": "x", "config": {"loa-condition-level": "1"}}
    ),
    "browser": lambda realm: realm.update(browserFlow="browser"),
    "level": lambda realm: realm["attributes"].update({"acr.loa.map": '{"multi-factor": "3"}'}),
    "second factor": lambda realm: realm["authenticationFlows"][3][
        "authenticationExecutions"
    ].pop(),
    "name of the factor": lambda realm: realm["attributes"].update(
        {"acr.loa.map": '{"1": "1", "2": "2"}'}
    ),
    "pkce": lambda realm: realm["clients"][0]["attributes"].update(
        {"pkce.code.challenge.method": "plain"}
    ),
    "par": lambda realm: realm["clients"][0]["attributes"].pop(
        "require.pushed.authorization.requests"
    ),
    "backchannel": lambda realm: realm["clients"][0]["attributes"].pop("backchannel.logout.url"),
    "algorithm": lambda realm: realm.update(defaultSignatureAlgorithm="HS256"),
    "lifetime": lambda realm: realm.update(accessTokenLifespan=10**6),
    "rotation": lambda realm: realm.update(refreshTokenMaxReuse=5),
    "address": lambda realm: realm["clients"][0].update(redirectUris=["*"]),
    "grants": lambda realm: realm["clients"][0].update(directAccessGrantsEnabled=True),
}


@pytest.mark.parametrize("fault", REALM_FAULTS)
def test_realm_gate_sees_a_planted_fault(realm, contract, fault):
    planted = copy.deepcopy(realm)
    REALM_FAULTS[fault](planted)
    assert fault in faults_of_realm(planted, contract)
