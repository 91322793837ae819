"""Checks of what a provider publishes: discovery document and keys."""

from collections.abc import Mapping
from typing import Any

import httpx2
from joserfc.jwk import ECKey, Key, RSAKey

from oidc_auth.config import is_protected
from oidc_auth.contract import AuthContract
from oidc_auth.contract.checks import Report
from oidc_auth.discovery import fetch_json
from oidc_auth.jwks import parse_keys
from runtime.errors import ServiceError

_MIN_RSA_BITS = 2048
_SECRET_MEMBERS = {"d", "p", "q", "k"}
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
Document = Mapping[str, Any]


async def check_metadata(
    http: httpx2.AsyncClient, contract: AuthContract, report: Report
) -> Document | None:
    """Check the discovery document and return it, if there is one to go on with."""
    issuer = report.issuer
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        found = await fetch_json(http, url)
    except ServiceError:
        found = None
    if not report.expect(
        "discovery", holds=isinstance(found, dict), good=f"{url} answers", bad=f"{url} has no JSON"
    ):
        return None
    document: Document = found if isinstance(found, dict) else {}
    _check_identity(issuer, document, report)
    _check_algorithms(document, contract, report)
    _check_features(document, contract, report)
    return document if all(isinstance(document.get(name), str) for name in _ENDPOINTS) else None


def _check_identity(issuer: str, document: Document, report: Report) -> None:
    named = document.get("issuer")
    report.expect(
        "issuer",
        holds=named == issuer,
        good="the document names this very issuer",
        bad=f"the document names {named!r} (OpenID Connect Discovery 1.0 §4.3)",
    )
    urls = {name: str(document.get(name) or "") for name in _ENDPOINTS}
    bad = [name for name, value in urls.items() if not is_protected(value, production=False)]
    report.expect(
        "endpoints",
        holds=not bad,
        good="every endpoint is there and protected by TLS",
        bad=f"missing or without TLS: {', '.join(bad)}",
    )


def _check_algorithms(document: Document, contract: AuthContract, report: Report) -> None:
    offered = _strings(document, "id_token_signing_alg_values_supported")
    usable = [name for name in contract.provider.algorithms if name in offered]
    report.expect(
        "algorithms",
        holds=bool(usable),
        good=f"ID tokens may be signed with {', '.join(usable)}",
        bad=f"offered are {', '.join(offered) or 'none'}; none is in the contract",
    )
    report.expect(
        "algorithm_none",
        holds="none" not in offered,
        good="unsigned ID tokens are not offered",
        bad="unsigned ID tokens (none) are offered",
    )
    methods = _strings(document, "token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    known = [name for name in contract.provider.client_authentication if name in methods]
    report.expect(
        "client_authentication",
        holds=bool(known),
        good=f"we may authenticate with {', '.join(known)}",
        bad=f"offered are {', '.join(methods)}; none is in the contract",
    )


def _check_features(document: Document, contract: AuthContract, report: Report) -> None:
    wanted, flag = contract.provider, document.get
    methods = document.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        report.expect("pkce", holds=False, good="", bad="PKCE is offered, but not with S256")
    else:
        report.feature("pkce", wanted.pkce, has=isinstance(methods, list), name="PKCE with S256")
    par = isinstance(flag("pushed_authorization_request_endpoint"), str)
    response = flag("authorization_response_iss_parameter_supported") is True
    back = flag("backchannel_logout_supported") is True
    end = isinstance(flag("end_session_endpoint"), str)
    report.feature(
        "pushed_authorization_requests",
        wanted.pushed_authorization_requests,
        has=par,
        name="PAR (RFC 9126)",
    )
    report.feature(
        "response_issuer", wanted.response_issuer, has=response, name="iss in responses (RFC 9207)"
    )
    report.feature(
        "backchannel_logout", wanted.backchannel_logout, has=back, name="Back-channel logout"
    )
    report.feature("end_session", wanted.end_session, has=end, name="Sign-out at the provider")


async def check_keys(http: httpx2.AsyncClient, document: Document, report: Report) -> list[Key]:
    """Check the published keys and return those that may be used."""
    try:
        published = await fetch_json(http, document["jwks_uri"])
        keys = parse_keys(published)
    except ServiceError as error:
        report.expect("keys", holds=False, good="", bad=error.detail)
        return []
    entries = published["keys"] if isinstance(published, dict) else []
    secret = [
        entry for entry in entries if isinstance(entry, dict) and _SECRET_MEMBERS & set(entry)
    ]
    report.expect(
        "keys_public",
        holds=not secret,
        good="only public keys are published",
        bad="private or shared keys are published: revoke them now",
    )
    weak = [key.kid or "?" for key in keys if not _is_strong(key)]
    report.expect(
        "keys",
        holds=bool(keys) and not weak and len({key.kid for key in keys}) == len(keys),
        good=f"{len(keys)} keys, strong and each with its own id",
        bad=f"too weak: {', '.join(weak)}" if weak else "no usable keys, or two with one id",
    )
    return keys


def _is_strong(key: Key) -> bool:
    if isinstance(key, RSAKey):
        return key.public_key.key_size >= _MIN_RSA_BITS
    return not isinstance(key, ECKey) or key.curve_name in {"P-256", "P-384", "P-521"}


def _strings(document: Document, name: str) -> list[str]:
    found = document.get(name)
    return [value for value in found if isinstance(value, str)] if isinstance(found, list) else []
