"""The gateway serves exactly what its contract says. covers R-0303."""

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contracts.tests.conftest import promised

from devstack.databases import IN_MEMORY
from devstack.products import write_product
from gateway.bootstrap import World, bootstrap
from gateway.settings import GatewaySettings


@pytest.fixture
def served(tmp_path: Path, chosen: Callable[[str], dict[str, str]]) -> Any:
    settings = GatewaySettings(
        environment="test",
        **(IN_MEMORY | chosen("billing")),
        oidc_issuer="https://provider.test",
        oidc_client_id="client",
        oidc_client_secret=os.urandom(16).hex(),
        session_secret=os.urandom(32).hex(),
    )
    return bootstrap(settings, World(product=write_product(tmp_path))).openapi()


def test_gateway_serves_what_the_contract_promises(
    served: Any, contract: Any, normalise: Any
) -> None:
    assert normalise(served) == normalise(contract)


def test_contract_beside_the_gateways_own_is_promised_too(tmp_path: Path) -> None:
    own = {"paths": {"/api/me": {}}, "components": {"schemas": {"Me": {}}}}
    yours = {"paths": {"/api/hello": {}}, "components": {"schemas": {"Hello": {}}}}
    between_services = {"paths": {"/v1/models": {}}}
    for name, document in {
        "gateway": own,
        "hello": yours,
        "model-proxy": between_services,
    }.items():
        (tmp_path / f"{name}.yaml").write_text(json.dumps(document))
    whole = promised(tmp_path)
    assert list(whole["paths"]) == ["/api/me", "/api/hello"]
    assert list(whole["components"]["schemas"]) == ["Me", "Hello"]


def test_gateway_version_is_the_contracts(served: Any, contract: Any) -> None:
    assert served["info"]["version"] == contract["info"]["version"]


def change_path(contract: Any) -> None:
    contract["paths"]["/api/mee"] = contract["paths"].pop("/api/me")


def change_status(contract: Any) -> None:
    responses = contract["paths"]["/api/conversations"]["post"]["responses"]
    responses["200"] = responses.pop("201")


def change_field(contract: Any) -> None:
    contract["components"]["schemas"]["Document"]["properties"]["size_bytes"]["type"] = "string"


def drop_required(contract: Any) -> None:
    contract["components"]["schemas"]["Me"]["required"].remove("tenant")


def drop_problem(contract: Any) -> None:
    del contract["paths"]["/api/answers/{answer_id}"]["get"]["responses"]["404"]


def widen_limit(contract: Any) -> None:
    contract["components"]["schemas"]["Question"]["properties"]["question"]["maxLength"] = 9999


@pytest.mark.parametrize(
    "drift", [change_path, change_status, change_field, drop_required, drop_problem, widen_limit]
)
def test_gate_turns_red_on_a_planted_drift(
    served: Any, contract: Any, normalise: Any, drift: Any
) -> None:
    drifted = copy.deepcopy(contract)
    drift(drifted)
    assert normalise(served) != normalise(drifted)
