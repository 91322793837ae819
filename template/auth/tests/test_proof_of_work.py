"""Proof of work: solved, stolen, replayed, late. covers R-0404."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from oidc_auth.errors import WorkNeededError
from oidc_auth.policy.pow import PowPolicy
from oidc_auth.proof_of_work import Work, is_solution, solve
from oidc_auth.replay import PostgresReplays
from runtime.database import Database

FLOW = "sign_in:192.0.2.1"
EASY = 6


@pytest.fixture
def work(database: Database, clock: Any) -> Work:
    replays = PostgresReplays(database, clock)
    return Work("secret of this test", replays, clock, PowPolicy(difficulty=EASY, lifetime_s=60))


async def is_refused(work: Work, solution: str | None, flow: str = FLOW) -> bool:
    try:
        await work.check(solution, flow=flow)
    except WorkNeededError:
        return True
    return False


async def test_work_that_was_done_is_taken(work: Work) -> None:
    with pytest.raises(WorkNeededError) as caught:
        await work.check(None, flow=FLOW)
    challenge = caught.value.headers["Proof-Of-Work-Challenge"]
    await work.check(solve(challenge), flow=FLOW)


async def test_pow_replay_or_expired(work: Work, clock: Any) -> None:
    solution = solve(work.challenge(FLOW))
    assert not await is_refused(work, solution)
    assert await is_refused(work, solution)
    late = solve(work.challenge(FLOW))
    clock.now += 60
    assert await is_refused(work, late)


async def test_work_counts_only_for_its_flow(work: Work) -> None:
    assert await is_refused(work, solve(work.challenge("sign_in:198.51.100.7")))


async def test_work_that_was_not_done_is_refused(work: Work) -> None:
    challenge = work.challenge(FLOW)
    number = next(n for n in range(1000) if not is_solution(challenge, str(n), EASY))
    assert await is_refused(work, f"{challenge}.{number}")


async def test_challenge_that_is_not_ours_is_refused(
    work: Work, database: Database, clock: Any
) -> None:
    other = Work("another", PostgresReplays(database, clock), clock, PowPolicy(difficulty=1))
    assert await is_refused(work, solve(other.challenge(FLOW)))


async def test_challenge_can_not_be_made_easier(work: Work) -> None:
    body, _, signature = work.challenge(FLOW).partition(".")
    easier = urlsafe_b64encode(b'{"difficulty":0,"ends":9999999999,"flow":"","salt":""}')
    assert await is_refused(work, f"{easier.decode().rstrip('=')}.{signature}.0")
    assert await is_refused(work, f"{body}.{signature[:-2]}.0")


@pytest.mark.parametrize("rubbish", ["", ".", "..", "a.b.c", "é.é.é", "1" * 1000])
async def test_rubbish_is_refused(work: Work, rubbish: str) -> None:
    assert await is_refused(work, rubbish)


@pytest.mark.parametrize("number", ["", "-1", "1e3", "0x1", "१", "1" * 30])
async def test_only_plain_numbers_are_solutions(work: Work, number: str) -> None:
    assert await is_refused(work, f"{work.challenge(FLOW)}.{number}")


def test_difficulty_counts_leading_zero_bits() -> None:
    numbers = [n for n in range(2000) if is_solution("test", str(n), 8)]
    assert numbers
    assert all(is_solution("test", str(n), 7) for n in numbers)
    assert not any(is_solution("test", str(n), 32) for n in range(100))
