"""Renewal and sign-out under attack, with a provider that lies. covers R-0304, R-0401, R-0403."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from devstack.attacks import sign_in
from devstack.attacks.provider import HostileProvider
from oidc_auth.config import AuthSettings
from oidc_auth.cookies import region_of
from oidc_auth.errors import (
    ProviderUnavailableError,
    SessionEndedError,
    TokenRejectedError,
)
from oidc_auth.grants import Grant
from oidc_auth.login import Arrival, Login
from oidc_auth.logout import EVENT
from oidc_auth.refresh import Refresher
from oidc_auth.sessions import Sessions
from runtime.database import Database

DAY_S = 24 * 3600


@pytest.fixture
def at(provider: HostileProvider) -> Callable[[float], None]:
    """Move the time to this many seconds after the beginning."""
    moment = provider.clock()

    def move(seconds: float) -> None:
        provider.clock = lambda: moment + seconds

    return move


@pytest.fixture
async def sid(ours: Any, provider: HostileProvider) -> str:
    """A session whose tokens are due after 300 seconds."""
    provider.refreshes, provider.claims = {}, provider.claims | {"sid": provider.claims["sub"]}
    visit = await ours.begin()
    provider.nonce = visit.nonce
    answer = {"state": visit.state, "code": "good"}
    arrival = await ours.login.complete(answer, binding=visit.cookies["binding"])
    assert isinstance(arrival, Arrival)
    return str(arrival.sid)


async def request(login: Login, sid: str, refresher: Refresher | None = None) -> str:
    """What every request does with its cookie; return the person's id."""
    live = await login.sessions.read(sid)
    await (refresher or login.refresher).keep_fresh(sid, live)
    return str(live.person.id)


def refreshes(provider: HostileProvider) -> int:
    kinds = [form["grant_type"] for form in provider.token_requests]
    return kinds.count("refresh_token")


async def test_refresh_is_left_alone_until_it_is_due(
    our_login: Login, sid: str, provider: HostileProvider, at: Any
) -> None:
    at(299)
    await request(our_login, sid)
    assert refreshes(provider) == 0


async def test_refresh_rotates(
    our_login: Login, sid: str, provider: HostileProvider, at: Any
) -> None:
    for renewal in (1, 2, 3):
        at(renewal * 300)
        await request(our_login, sid)
        await request(our_login, sid)
        assert refreshes(provider) == renewal
    used = [form["refresh_token"] for form in provider.token_requests[1:]]
    assert len(set(used)) == 3
    assert not provider.is_family_revoked


async def test_concurrent_refresh_single_flight(
    our_login: Login, sid: str, provider: HostileProvider, at: Any
) -> None:
    """Two processes with four requests each: the provider is asked once."""
    at(300)
    other = Refresher(our_login.sessions, our_login.provider)
    both = [our_login.refresher, other] * 4
    await asyncio.gather(*(request(our_login, sid, refresher) for refresher in both))
    assert refreshes(provider) == 1
    assert not provider.is_family_revoked


async def test_refresh_reuse_revokes_family(
    our_login: Login, sid: str, provider: HostileProvider, at: Any, owner: Any, ada: Any
) -> None:
    assert provider.refreshes is not None
    provider.refreshes = dict.fromkeys(provider.refreshes, False)  # a thief was faster
    second = await our_login.sessions.replace(sid)
    at(300)
    with pytest.raises(SessionEndedError):
        await request(our_login, second)
    for ended in (sid, second):
        with pytest.raises(SessionEndedError):
            await our_login.sessions.read(ended)
    entry = "SELECT outcome, reasons[1] FROM audit_log WHERE action = 'session.revoked'"
    query = f"{entry} AND actor = %s"
    assert owner.execute(query, [str(ada.id)]).fetchone() == ("deny", "refresh_refused")


@pytest.mark.parametrize(
    "claims", [{"sub": "eve"}, {"iss": "https://evil.test"}, {"aud": "other"}, {"exp": 1}]
)
async def test_refresh_with_a_forged_id_token_revokes_family(
    our_login: Login, sid: str, provider: HostileProvider, at: Any, claims: Any
) -> None:
    provider.claims |= claims
    at(300)
    with pytest.raises(SessionEndedError):
        await request(our_login, sid)
    with pytest.raises(SessionEndedError):
        await our_login.sessions.read(sid)


async def test_refresh_absolute_30d(
    our_login: Login, sid: str, provider: HostileProvider, at: Any
) -> None:
    """However often it is renewed and replaced, a sign-in ends after 30 days."""
    step = 7 * 3600
    for seconds in range(step, 30 * DAY_S, step):
        at(seconds)
        await request(our_login, sid)
        if seconds % (7 * step) == 0:
            sid = await our_login.sessions.replace(sid)
    assert refreshes(provider) > 80
    at(30 * DAY_S)
    with pytest.raises(SessionEndedError):
        await request(our_login, sid)


async def test_refresh_bears_an_outage_for_a_while(
    our_login: Login, sid: str, provider: HostileProvider, at: Any
) -> None:
    provider.is_down = True
    at(300)
    for _ in range(3):
        await request(our_login, sid)
    assert refreshes(provider) == 1, "an outage must not become a flood"
    at(300 + our_login.sessions.policy.outage_s)
    with pytest.raises(ProviderUnavailableError):
        await request(our_login, sid)
    provider.is_down = False
    at(330 + our_login.sessions.policy.outage_s)
    await request(our_login, sid)


async def test_region_failover_reauth(
    our_login: Login, sid: str, database: Database, auth_settings: AuthSettings, ada: Any
) -> None:
    """Another region with a copy of the database asks the person to sign in again."""
    elsewhere = auth_settings.model_copy(update={"region": "elsewhere"})
    fallback = Sessions(database, elsewhere, our_login.sessions._clock)
    with pytest.raises(SessionEndedError):
        await fallback.read(sid)
    person = await our_login.sessions.find(sid)
    again = await fallback.start(person, Grant("token"))
    assert (region_of(sid), region_of(again)) == (auth_settings.region, "elsewhere")
    assert (await fallback.find(again)).id == ada.id
    with pytest.raises(SessionEndedError):
        await our_login.sessions.read(again)


def logout_token(provider: HostileProvider, **changed: Any) -> str:
    provider.header = {"typ": "logout+jwt"} | changed.pop("header", {})
    claims: dict[str, Any] = {"events": {EVENT: {}}, "jti": f"jti-{provider.nonce}", "nonce": None}
    return provider.sign(**{**claims, **changed})


async def test_backchannel_logout_by_sid(
    our_login: Login, sid: str, provider: HostileProvider, owner: Any, ada: Any
) -> None:
    await our_login.end_at_provider(logout_token(provider))
    with pytest.raises(SessionEndedError):
        await our_login.sessions.read(sid)
    entry = "SELECT reasons[1] FROM audit_log WHERE action = 'session.ended' AND actor = %s"
    assert owner.execute(entry, [str(ada.id)]).fetchone() == ("provider_signed_out",)


async def test_backchannel_logout_by_sub(
    our_login: Login, sid: str, provider: HostileProvider
) -> None:
    await our_login.end_at_provider(logout_token(provider, sid=None))
    with pytest.raises(SessionEndedError):
        await our_login.sessions.read(sid)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"nonce": "n"}, "nonce_present"),
        ({"events": None}, "event"),
        ({"events": {}}, "event"),
        ({"events": {EVENT: True}}, "event"),
        ({"sid": None, "sub": None}, "subject"),
        ({"sid": 7}, "session"),
        ({"jti": None}, "jti_missing"),
        ({"exp": None}, "exp_missing"),
        ({"exp": 1}, "expired"),
        ({"iss": "https://evil.test"}, "issuer"),
        ({"aud": "other"}, "audience"),
        ({"header": {"typ": "at+jwt"}}, "type"),
        ({"header": {"kid": "two"}}, "unknown_key"),
    ],
)
async def test_logout_token_is_refused(
    our_login: Login, sid: str, provider: HostileProvider, changed: Any, reason: str
) -> None:
    with pytest.raises(TokenRejectedError) as caught:
        await our_login.end_at_provider(logout_token(provider, **changed))
    assert caught.value.reason == f"id_token_{reason}"
    provider.header = {}
    assert await our_login.sessions.find(sid) is not None


async def test_logout_token_replay_or_nonce(
    our_login: Login, sid: str, provider: HostileProvider
) -> None:
    token = logout_token(provider)
    await our_login.end_at_provider(token)
    with pytest.raises(TokenRejectedError, match="Start again") as caught:
        await our_login.end_at_provider(token)
    assert caught.value.reason == "id_token_replayed"


async def test_id_token_is_no_logout_token(
    our_login: Login, sid: str, provider: HostileProvider
) -> None:
    with pytest.raises(TokenRejectedError) as caught:
        await our_login.end_at_provider(provider.sign())
    assert caught.value.reason == "id_token_event"


async def test_logout_token_is_no_id_token(ours: Any, provider: HostileProvider) -> None:
    provider.header, provider.claims = {}, provider.claims | {"events": {EVENT: {}}, "nonce": None}
    with pytest.raises(TokenRejectedError) as caught:
        await sign_in.honest(ours, provider)
    assert caught.value.reason == "id_token_nonce"
