"""Sign-in as a whole, and what the audit log says about it. covers R-0304, R-0401, R-0405."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from devstack.fixtures import TestTenant
from oidc_auth.errors import SignInError, TenantPausedError, UnknownPersonError
from oidc_auth.login import Arrival, Login, local_path
from oidc_auth.sessions import Sessions

pytestmark = pytest.mark.usefixtures("chosen_profile")

ISSUER = "https://provider.test"


@pytest.fixture
def ada(tenant: TestTenant, owner: psycopg.Connection, provider: Any) -> Any:
    """The tenant's member, as the provider of these tests knows them."""
    subject = f"ada-{tenant.slug}"
    owner.execute(
        "UPDATE users SET issuer = %s, subject = %s WHERE id = %s",
        [ISSUER, subject, tenant.member.id],
    )
    provider.claims = {"sub": subject, "oid": subject}
    return tenant.member


async def begin(login: Login, provider: Any, *, return_to: str = "/") -> tuple[dict[str, str], str]:
    """Start a sign-in; return the callback's parameters and the cookie's binding."""
    departure = await login.begin(return_to=return_to)
    query = parse_qs(urlsplit(departure.url).query)
    provider.nonce = query["nonce"][0]
    return {"state": query["state"][0], "code": "good"}, departure.binding


def decisions(owner: psycopg.Connection) -> list[tuple[str, str]]:
    query = "SELECT action, coalesce(detail->>'reason', '') FROM audit_log ORDER BY created_at"
    return owner.execute(query).fetchall()


async def test_complete_signs_a_known_person_in(
    login: Login, provider: Any, ada: Any, sessions: Sessions, owner: psycopg.Connection
) -> None:
    parameters, binding = await begin(login, provider, return_to="/documents?page=2")
    arrival = await login.complete(parameters, binding=binding)
    assert isinstance(arrival, Arrival)
    assert arrival.return_to == "/documents?page=2"
    assert (await sessions.find(arrival.sid)).id == ada.id
    assert decisions(owner)[-1] == ("sign_in.allowed", "")


async def test_complete_refuses_a_person_without_an_account(
    login: Login, provider: Any, owner: psycopg.Connection
) -> None:
    provider.claims = {"sub": "stranger", "oid": "stranger"}
    parameters, binding = await begin(login, provider)
    with pytest.raises(UnknownPersonError, match="stranger"):
        await login.complete(parameters, binding=binding)
    assert decisions(owner)[-1] == ("sign_in.refused", "unknown_person")


async def test_complete_refuses_the_same_subject_of_another_issuer(
    login: Login, provider: Any, ada: Any, owner: psycopg.Connection
) -> None:
    owner.execute("UPDATE users SET issuer = 'https://other.test' WHERE id = %s", [ada.id])
    parameters, binding = await begin(login, provider)
    with pytest.raises(UnknownPersonError):
        await login.complete(parameters, binding=binding)


async def test_complete_refuses_a_paused_tenant(
    login: Login, provider: Any, ada: Any, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    owner.execute("UPDATE tenants SET paused = true WHERE id = %s", [tenant.id])
    parameters, binding = await begin(login, provider)
    with pytest.raises(TenantPausedError):
        await login.complete(parameters, binding=binding)
    assert decisions(owner)[-1] == ("sign_in.refused", "tenant_paused")


async def test_complete_refuses_a_replay_and_records_it(
    login: Login, provider: Any, ada: Any, owner: psycopg.Connection
) -> None:
    parameters, binding = await begin(login, provider)
    await login.complete(parameters, binding=binding)
    with pytest.raises(SignInError):
        await login.complete(parameters, binding=binding)
    assert decisions(owner)[-1] == ("sign_in.refused", "state_unknown_or_used")


async def test_complete_gives_roles_from_our_table_whatever_the_token_says(
    login: Login, provider: Any, ada: Any, sessions: Sessions
) -> None:
    provider.claims |= {"roles": ["admin"], "realm_access": {"roles": ["admin"]}}
    parameters, binding = await begin(login, provider)
    arrival = await login.complete(parameters, binding=binding)
    assert isinstance(arrival, Arrival)
    assert (await sessions.find(arrival.sid)).roles == {"member"}


async def test_leave_ends_the_session_and_names_the_providers_page(
    login: Login, provider: Any, ada: Any
) -> None:
    parameters, binding = await begin(login, provider)
    arrival = await login.complete(parameters, binding=binding)
    assert isinstance(arrival, Arrival)
    url = await login.leave(arrival.sid)
    assert url is not None
    assert url.startswith(f"{ISSUER}/logout?client_id=client")
    assert await login.leave(arrival.sid) is None


@pytest.mark.parametrize("path", ["/", "/documents", "/a/b?c=d&e=%2F#top"])
def test_local_path_keeps_our_own_pages(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "documents",
        "https://evil.test",
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/a\\..\\evil.test",
        "/\tevil",
        "/a\r\nSet-Cookie: x=y",
        "javascript:alert(1)",
        "/" + "a" * 2001,
    ],
)
def test_local_path_never_leaves_this_origin(elsewhere: str) -> None:
    assert local_path(elsewhere) == "/"
