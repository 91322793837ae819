"""Which model answers: usable here, allowed for the use case, preferred by rank."""

# covers R-0506

from pathlib import Path
from typing import Any

import pytest

from model_proxy.app import bootstrap, open_router
from model_proxy.errors import NoModelError, PolicyError, UnknownModelError
from model_proxy.sources import ConfigurationError

URL = {"MODEL_BASE_URL": "http://127.0.0.1:9/v1"}


@pytest.fixture
def route(settings: Any) -> Any:
    """Route an alias with these variables and settings; gives the model's name."""

    def choose(environ: Any = None, use_case: str = "general", **given: Any) -> str:
        router = open_router(settings(**given), environ or {})
        return str(router.route("answer", "chat", use_case)[0].name)

    return choose


def test_route_takes_the_preferred_model_that_has_its_settings(route: Any, add_model: Any) -> None:
    add_model()
    assert route(URL) == "remote"
    assert route() == "deterministic-answer"
    assert route({"MODEL_BASE_URL": ""}) == "deterministic-answer"


def test_route_needs_the_key_unless_it_is_optional(route: Any, add_model: Any) -> None:
    add_model(api_key={"env": "MODEL_API_KEY"})
    assert route(URL) == "deterministic-answer"
    assert route(URL | {"MODEL_API_KEY": "k"}) == "remote"
    add_model(api_key={"env": "MODEL_API_KEY", "optional": True})
    assert route(URL) == "remote"


@pytest.mark.parametrize("stage", ["candidate", "canary", "retired"])
def test_route_by_alias_reaches_stable_models_only(route: Any, add_model: Any, stage: str) -> None:
    add_model(stage=stage)
    assert route(URL) == "deterministic-answer"


def test_route_by_name_reaches_a_candidate_but_no_retired_model(
    settings: Any, add_model: Any
) -> None:
    add_model(stage="candidate")
    assert open_router(settings(), URL).route("remote", "chat", "general")[0].name == "remote"
    add_model(stage="retired")
    with pytest.raises(NoModelError, match="remote is retired"):
        open_router(settings(), URL).route("remote", "chat", "general")


def test_route_skips_a_model_that_the_policy_does_not_grant(route: Any, add_model: Any) -> None:
    add_model()
    assert route(URL, use_case="answer") == "deterministic-answer"


@pytest.mark.parametrize(
    "change", [{"region": "us-east-1"}, {"retention_days": 1}, {"provider": "somebody_else"}]
)
def test_policy_grants_nothing_beyond_what_it_says(
    settings: Any, add_model: Any, models: Path, change: dict[str, Any]
) -> None:
    add_model()
    granted = (models / "policy.d" / "remote.yaml").read_text()
    add_model(**change)
    (models / "policy.d" / "remote.yaml").write_text(granted)
    with pytest.raises(PolicyError, match="may not use remote"):
        open_router(settings(), URL).route("remote", "chat", "general")


def test_route_of_an_unknown_name_is_an_error(settings: Any) -> None:
    with pytest.raises(UnknownModelError):
        open_router(settings(), {}).route("nothing", "chat", "general")


# covers R-0302
def test_production_never_gets_the_deterministic_model(settings: Any) -> None:
    with pytest.raises(ConfigurationError, match="deterministic-answer is not for production"):
        bootstrap(settings(environment="production"), {})


def test_production_says_which_setting_is_missing(settings: Any, add_model: Any) -> None:
    add_model()
    with pytest.raises(ConfigurationError, match="remote needs MODEL_BASE_URL"):
        bootstrap(settings(environment="production"), {})


async def test_production_ignores_the_header_for_faults(start: Any, add_model: Any) -> None:
    add_model()
    body = {"model": "embed", "input": "tea"}
    async with (
        start(URL, environment="production") as client,
        client.post("/v1/embeddings", body, X_Model_Fault="fail") as response,
    ):
        assert response.status == 200


async def test_ready_says_which_alias_has_no_model(start: Any, add_model: Any) -> None:
    add_model(serves=["draw"])
    async with start() as client, client.get("/ready") as response:
        assert response.status == 503
        assert (await response.json())["checks"] == {"answer": True, "embed": True, "draw": False}
