"""A real provider keeps the contract; each violation turns the report red. covers R-0304."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from oidc_auth.__main__ import main
from oidc_auth.contract import AuthContract, load_contract
from oidc_auth.contract.command import check_provider
from runtime.product import root

SECRET = token_urlsafe(32)
Spoil = Callable[[dict[str, Any]], None]
OURS = ECKey.generate_key("P-256", {"kid": "ours"})


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    node, modules = shutil.which("node"), root() / "auth" / "identity" / "node_modules"
    if node is None or not modules.is_dir():
        pytest.skip("no `node`, or no `make setup`: NOT tested against a real provider")
    process = subprocess.Popen(
        [node, str(Path(__file__).with_name("provider.mjs"))],
        env={"CLIENT_ID": "machine", "CLIENT_SECRET": SECRET},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = (line for line in process.stdout if line.startswith('{"issuer"'))
        yield json.loads(next(lines))["issuer"]
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDP_CLIENT_ID", "machine")
    monkeypatch.setenv("IDP_CLIENT_SECRET", SECRET)


@pytest.fixture
def strict() -> AuthContract:
    """Everything that this provider can do is asked for."""
    contract = load_contract().model_dump()
    needs = ("pkce", "pushed_authorization_requests", "response_issuer", "backchannel_logout")
    contract["provider"] |= dict.fromkeys((*needs, "end_session"), "required")
    contract["tokens"]["access_token"] |= {"type": "at+jwt", "audience": "urn:product:api"}
    contract["tokens"]["access_token"]["claims"] = ["iss", "sub", "aud", "exp", "iat", "jti"]
    contract["tokens"]["access_token"]["lifetime_s"] = {"min": 60, "max": 600}
    return AuthContract.model_validate(contract)


class Spoiled(httpx2.AsyncBaseTransport):
    """Passes everything on to the real provider and spoils what comes back from one path."""

    def __init__(self, path: str, spoil: Spoil) -> None:
        self.inner = httpx2.AsyncHTTPTransport()
        self.path, self.spoil = path, spoil

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self.inner.handle_async_request(request)
        content = json.loads(await response.aread())
        await response.aclose()
        if request.url.path == self.path:
            self.spoil(content)
        return httpx2.Response(response.status_code, json=content)

    async def aclose(self) -> None:
        await self.inner.aclose()


def put(name: str, value: Any) -> Spoil:
    return lambda document: document.update({name: value})


def drop(name: str) -> Spoil:
    return lambda document: document.pop(name)


def key(**changes: Any) -> Spoil:
    return lambda document: document["keys"][0].update(changes)


def forge(header: dict[str, Any] | None = None, **claims: Any) -> Spoil:
    """Replace the token by one that our own key made, published or not."""

    def spoil(document: dict[str, Any]) -> None:
        document["access_token"] = jwt.encode({"alg": "ES256"} | (header or {}), claims, OURS)

    return spoil


DISCOVERY, KEYS, TOKEN = "/.well-known/openid-configuration", "/jwks", "/token"
VIOLATIONS: list[tuple[str, str, Spoil]] = [
    ("issuer", DISCOVERY, put("issuer", "https://other.example")),
    ("endpoints", DISCOVERY, put("token_endpoint", "http://idp.example/token")),
    ("endpoints", DISCOVERY, drop("authorization_endpoint")),
    ("algorithms", DISCOVERY, put("id_token_signing_alg_values_supported", ["HS256"])),
    ("algorithm_none", DISCOVERY, put("id_token_signing_alg_values_supported", ["ES256", "none"])),
    ("client_authentication", DISCOVERY, put("token_endpoint_auth_methods_supported", ["none"])),
    ("pkce", DISCOVERY, put("code_challenge_methods_supported", ["plain"])),
    ("pkce", DISCOVERY, drop("code_challenge_methods_supported")),
    (
        "pushed_authorization_requests",
        DISCOVERY,
        drop("pushed_authorization_request_endpoint"),
    ),
    ("response_issuer", DISCOVERY, drop("authorization_response_iss_parameter_supported")),
    ("backchannel_logout", DISCOVERY, put("backchannel_logout_supported", False)),
    ("end_session", DISCOVERY, drop("end_session_endpoint")),
    ("keys_public", KEYS, key(d="private")),
    ("keys", KEYS, put("keys", [])),
    ("token_signature", KEYS, key(kid="another")),
    ("client_credentials", TOKEN, drop("access_token")),
    ("token_format", TOKEN, put("access_token", "opaque")),
    ("token_signature", TOKEN, forge({"kid": "ours"}, iss="x")),
]
WRONG_TOKENS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("token_claims", {}, {"jti": None}),
    ("token_issuer", {}, {"iss": "https://other.example"}),
    ("token_lifetime", {}, {"exp": 99999999999}),
    ("token_lifetime", {}, {"exp": 1, "iat": -200}),
    ("token_lifetime", {}, {"exp": "soon"}),
    ("token_type", {"typ": "JWT"}, {}),
    ("token_audience", {}, {"aud": "urn:other"}),
    ("token_size", {}, {"filler": "x" * 20_000}),
    ("token_algorithm", {"alg": "ES512"}, {}),
]


async def test_provider_keeps_the_contract(issuer: str, strict: AuthContract) -> None:
    report = await check_provider(issuer, strict)
    assert report.is_kept, report.words()
    assert {"ok"} == {check.result for check in report.checks}


@pytest.mark.parametrize(("broken", "path", "spoil"), VIOLATIONS)
async def test_violation_turns_the_report_red(
    issuer: str, strict: AuthContract, broken: str, path: str, spoil: Spoil
) -> None:
    report = await check_provider(issuer, strict, Spoiled(path, spoil))
    assert broken in [check.id for check in report.checks if check.result == "failed"]
    assert not report.is_kept


@pytest.mark.parametrize(("broken", "header", "claims"), WRONG_TOKENS)
async def test_wrong_token_turns_the_report_red(
    issuer: str,
    strict: AuthContract,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
    header: dict[str, Any],
    claims: dict[str, Any],
) -> None:
    """The provider publishes our key too, and we paste a token that it made."""

    def publish(document: dict[str, Any]) -> None:
        document["keys"].append(OURS.as_dict(private=False))

    now = 4_000_000_000
    honest: dict[str, Any] = {"iss": issuer, "sub": "m", "aud": "urn:product:api", "jti": "1"}
    honest |= {"iat": now, "exp": now + 300} | claims
    made = {name: value for name, value in honest.items() if value is not None}
    signing = OURS if header.get("alg") is None else ECKey.generate_key("P-521", {"kid": "ours"})
    token = jwt.encode(
        {"alg": "ES256", "kid": "ours", "typ": "at+jwt"} | header,
        made,
        signing,
        algorithms=[header.get("alg", "ES256")],
    )
    monkeypatch.setenv("IDP_TOKEN", token)
    report = await check_provider(issuer, strict, Spoiled(KEYS, publish))
    assert [check.id for check in report.checks if check.result == "failed"] == [broken]


async def test_provider_that_is_away_is_red(strict: AuthContract) -> None:
    report = await check_provider("http://127.0.0.1:9", strict)
    assert [check.id for check in report.checks if check.result == "failed"] == ["discovery"]


async def test_check_says_that_it_saw_no_token(
    issuer: str, strict: AuthContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IDP_CLIENT_ID")
    report = await check_provider(issuer, strict)
    assert [check.id for check in report.checks if check.result == "skipped"] == ["token"]


def test_command_prints_for_people_and_programs(
    issuer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["idp", issuer]) == 0
    assert "Every promise is kept." in capsys.readouterr().out
    assert main(["idp", f"{issuer}/", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["kept"] is False
