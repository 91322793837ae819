"""What every signed token goes through (RFC 7515, RFC 7519, RFC 8725).

Size, algorithm and type are checked before a key is looked for; ``jku``, ``x5u`` and ``jwk`` in a
header are never followed. Each claim that matters is required and compared by us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from oidc_auth.errors import TokenRejectedError
from oidc_auth.jwks import PublishedKeys

MAX_SUBJECT_LENGTH = 255
"""OpenID Connect Core 1.0 §2."""


@dataclass(frozen=True)
class Form:
    """What a kind of token looks like from outside.

    Attributes:
        algorithms: what may sign it.
        types: its ``typ``, in lower case; None where it may be missing (RFC 8725 §3.11).
        max_bytes: nothing honest is larger.
    """

    algorithms: tuple[str, ...]
    types: tuple[str | None, ...]
    max_bytes: int


async def authentic(token: str, keys: PublishedKeys, form: Form) -> dict[str, Any]:
    """Return the claims of a token that one of the keys signed; raises ``TokenRejectedError``."""
    header = _header(token, form)
    key = await keys.find(header.get("kid"), header["alg"])
    try:
        return jwt.decode(token, key, algorithms=[header["alg"]]).claims
    except (JoseError, ValueError) as error:
        raise TokenRejectedError("bad_signature", "the signature does not match") from error


def check_issuer(claims: Mapping[str, Any], issuer: str) -> None:
    """Require ``iss`` to be exactly this one."""
    if claims.get("iss") != issuer:
        raise TokenRejectedError("issuer", "another issuer made the token")


def check_audience(claims: Mapping[str, Any], wanted: str) -> list[str]:
    """Require ``aud`` to name us; return everybody that it names."""
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or wanted not in audiences:
        raise TokenRejectedError("audience", "the token is for somebody else")
    return audiences


def check_subject(claims: Mapping[str, Any]) -> str:
    """Require ``sub`` to name somebody; return it."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_LENGTH:
        raise TokenRejectedError("subject", "the token names nobody")
    return subject


def check_times(claims: Mapping[str, Any], *, now: float, leeway_s: float) -> None:
    """Require a token that is valid now, give or take the difference of two clocks."""
    if now >= seconds(claims, "exp") + leeway_s:
        raise TokenRejectedError("expired", "the token has expired")
    if seconds(claims, "iat") > now + leeway_s:
        raise TokenRejectedError("issued_in_future", "the token is from the future")
    if "nbf" in claims and seconds(claims, "nbf") > now + leeway_s:
        raise TokenRejectedError("not_yet_valid", "the token is not valid yet")


def seconds(claims: Mapping[str, Any], name: str) -> float:
    """Return a claim that is a time (RFC 7519 §2, NumericDate)."""
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise TokenRejectedError(f"{name}_missing", f"the token has no usable {name}")
    return value


def _header(token: str, form: Form) -> Mapping[str, Any]:
    if len(token.encode()) > form.max_bytes:
        raise TokenRejectedError("oversized", "the token is too large")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise TokenRejectedError("malformed", "the token can't be read") from error
    if header.get("alg") not in form.algorithms:
        raise TokenRejectedError("algorithm", "the signature algorithm is not allowed")
    typ = header.get("typ")
    if (typ.lower() if isinstance(typ, str) else typ) not in form.types:
        raise TokenRejectedError("type", "the token was made for something else")
    return header
