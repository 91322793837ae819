# covers R-0202
import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from runtime.budget import (
    HEADER,
    BudgetExhaustedError,
    BudgetMiddleware,
    Deadline,
    budget_headers,
    parse_budget,
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def _remaining(_request: Request) -> JSONResponse:
    return JSONResponse(budget_headers())


def _client(clock: Clock) -> AsyncClient:
    routes = [Route("/", _remaining), Route("/health", _remaining)]
    app = BudgetMiddleware(Starlette(routes=routes), budget_ms=400, needed_ms=50, clock=clock)
    return AsyncClient(transport=ASGITransport(app), base_url="http://service")


def test_deadline_counts_down_and_never_below_zero() -> None:
    clock = Clock()
    deadline = Deadline.after_ms(200, clock=clock)
    assert deadline.remaining_ms == pytest.approx(200)
    assert deadline.hard_timeout_s == pytest.approx(0.24)
    clock.now += 0.15
    assert deadline.remaining_ms == pytest.approx(50)
    clock.now += 1
    assert deadline.remaining_ms == 0


def test_require_refuses_what_can_not_be_finished() -> None:
    clock = Clock()
    deadline = Deadline.after_ms(200, clock=clock)
    deadline.require(200)
    clock.now += 0.1
    with pytest.raises(BudgetExhaustedError, match="100 ms are left and 101 ms are needed"):
        deadline.require(101)


@pytest.mark.parametrize(
    ("given", "passed_on"), [(None, "400"), ("250", "250"), ("9999", "400"), ("soon", "400")]
)
async def test_middleware_hands_the_budget_on(given: str | None, passed_on: str) -> None:
    async with _client(Clock()) as client:
        response = await client.get("/", headers={HEADER: given} if given else {})
    assert int(response.json()[HEADER]) == pytest.approx(int(passed_on), abs=1)


async def test_middleware_sheds_what_it_can_not_finish() -> None:
    async with _client(Clock()) as client:
        with pytest.raises(BudgetExhaustedError):
            await client.get("/", headers={HEADER: "49"})


async def test_middleware_always_answers_for_its_health() -> None:
    async with _client(Clock()) as client:
        assert (await client.get("/health", headers={HEADER: "0"})).is_success


@pytest.mark.parametrize("value", [None, "", "-1", "1.5", "1e3", "²", " 5"])
def test_parse_budget_accepts_whole_milliseconds_only(value: str | None) -> None:
    assert parse_budget(value) is None


def test_budget_headers_are_empty_outside_of_a_request() -> None:
    assert budget_headers() == {}
