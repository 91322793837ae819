"""Checks of a token that the provider really issued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from oidc_auth.contract import AccessToken, AuthContract, Token
from oidc_auth.contract.checks import Report

Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Credentials:
    """A client that may get tokens for itself."""

    client_id: str
    client_secret: str
    scope: str = ""
    audience: str = ""


async def fetch_token(
    http: httpx2.AsyncClient, endpoint: str, credentials: Credentials, report: Report
) -> str | None:
    """Get a token with client credentials (RFC 6749 §4.4)."""
    wanted = {"scope": credentials.scope, "audience": credentials.audience}
    form = {"grant_type": "client_credentials", **{k: v for k, v in wanted.items() if v}}
    try:
        response = await http.post(
            endpoint, data=form, auth=(credentials.client_id, credentials.client_secret)
        )
        answer = response.json()
    except (httpx2.HTTPError, ValueError):
        answer = {"error": "no JSON"}
    answer = answer if isinstance(answer, dict) else {}
    token = answer.get("access_token")
    report.expect(
        "client_credentials",
        holds=isinstance(token, str),
        good="the provider gives us a token for a machine",
        bad=f"the provider gives no token: {answer.get('error')}",
    )
    return token if isinstance(token, str) else None


def check_token(
    token: str, keys: Sequence[Key], contract: AuthContract, report: Report, *, now: float
) -> None:
    """Check signature, parties, lifetime and claims."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        report.expect("token_format", holds=False, good="", bad="the token is opaque, not a JWT")
        return
    report.note("token_format", "the token is a JWT", result="ok")
    claims = _verified(token, header, keys, contract, report)
    if claims is None:
        return
    is_id_token = "nonce" in claims or "at_hash" in claims
    rules = contract.tokens.id_token if is_id_token else contract.tokens.access_token
    _check_claims(claims, rules, report)
    _check_times(claims, rules, report, now=now)
    report.expect(
        "token_size",
        holds=len(token) <= rules.max_bytes,
        good=f"{len(token)} bytes",
        bad=f"{len(token)} bytes; the contract allows {rules.max_bytes}",
    )
    if isinstance(rules, AccessToken):
        _check_access(header, claims, rules, report)
    _note_roles(claims, contract, report)


def _verified(
    token: str,
    header: Mapping[str, Any],
    keys: Sequence[Key],
    contract: AuthContract,
    report: Report,
) -> Claims | None:
    algorithm = header.get("alg")
    if not report.expect(
        "token_algorithm",
        holds=algorithm in contract.provider.algorithms,
        good=f"signed with {algorithm}",
        bad=f"signed with {algorithm}, which is not in the contract",
    ):
        return None
    key = next((key for key in keys if key.kid == header.get("kid")), None)
    claims: Claims | None = None
    if key is not None:
        try:
            claims = jwt.decode(token, key, algorithms=[str(algorithm)]).claims
        except (JoseError, ValueError):
            claims = None
    report.expect(
        "token_signature",
        holds=claims is not None,
        good="a published key made the signature",
        bad="no published key made the signature",
    )
    return claims


def _check_claims(claims: Claims, rules: Token, report: Report) -> None:
    missing = [name for name in rules.claims if claims.get(name) in (None, "", [])]
    report.expect(
        "token_claims",
        holds=not missing,
        good=f"has {', '.join(rules.claims)}",
        bad=f"lacks {', '.join(missing)}",
    )
    report.expect(
        "token_issuer",
        holds=claims.get("iss") == report.issuer,
        good="names this issuer",
        bad=f"names the issuer {claims.get('iss')!r}",
    )


def _check_times(claims: Claims, rules: Token, report: Report, *, now: float) -> None:
    try:
        lives, left = int(claims["exp"]) - int(claims["iat"]), int(claims["exp"]) - now
    except (KeyError, TypeError, ValueError):
        report.expect("token_lifetime", holds=False, good="", bad="exp or iat is not a time")
        return
    allowed = rules.lifetime_s
    report.expect(
        "token_lifetime",
        holds=allowed.min <= lives <= allowed.max and left > 0,
        good=f"lives for {lives} s",
        bad=f"lives for {lives} s, {left:.0f} s are left; the contract allows"
        f" {allowed.min} to {allowed.max} s",
    )


def _check_access(
    header: Mapping[str, Any], claims: Claims, rules: AccessToken, report: Report
) -> None:
    if rules.type == "at+jwt":
        typ = str(header.get("typ", "")).lower().removeprefix("application/")
        report.expect(
            "token_type",
            holds=typ == "at+jwt",
            good="is an at+jwt (RFC 9068)",
            bad=f"its type is {typ or 'missing'}, not at+jwt (RFC 9068)",
        )
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if rules.audience:
        report.expect(
            "token_audience",
            holds=rules.audience in audiences,
            good=f"is for {rules.audience}",
            bad=f"is for {audience!r}, not for {rules.audience}",
        )


def _note_roles(claims: Claims, contract: AuthContract, report: Report) -> None:
    for grant in contract.granted_by_claims:
        held = claims.get(grant.claim)
        values = held if isinstance(held, list) else [held]
        if grant.value in values:
            report.note("token_roles", f"{grant.claim}={grant.value} gives the role {grant.role}")
