"""What the identity provider gave at a sign-in: its tokens, and how it knows the person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from oidc_auth.sealing import digest
from oidc_auth.stepup import Assurance


@dataclass(frozen=True)
class Grant:
    """The provider's word and its tokens; they never leave the server.

    Attributes:
        id_token, refresh_token: as received.
        expires_in_s: seconds until the provider wants to be asked again, or None.
        issuer, subject: the person at the provider, ``iss`` and ``sub`` of the ID token.
        session: the provider's own session (``sid``, OpenID Connect Front-Channel Logout 1.0 §3).
        authenticated_at: ``auth_time``: when the person last proved who they are.
        acr, amr: how they did (OpenID Connect Core 1.0 §2).
    """

    id_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_in_s: int | None = None
    issuer: str = ""
    subject: str = ""
    session: str | None = None
    authenticated_at: float | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()

    @classmethod
    def of(cls, tokens: Mapping[str, Any], claims: Mapping[str, Any]) -> Self:
        """Read a token response and the verified claims of its ID token."""
        return cls(
            id_token=str(tokens["id_token"]),
            refresh_token=_text(tokens.get("refresh_token")),
            expires_in_s=_lifetime(tokens.get("expires_in")),
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            session=_text(claims.get("sid")),
            authenticated_at=_instant(claims.get("auth_time")),
            acr=_text(claims.get("acr")),
            amr=tuple(filter(None, map(_text, _list(claims.get("amr"))))),
        )

    @classmethod
    def renewed(cls, tokens: Mapping[str, Any], *, id_token: str) -> Self:
        """Read the answer to a refresh that brought no ID token (RFC 6749 §5.1)."""
        return cls(
            id_token=id_token,
            refresh_token=_text(tokens.get("refresh_token")),
            expires_in_s=_lifetime(tokens.get("expires_in")),
        )

    @property
    def assurance(self) -> Assurance:
        """Return how the person signed in."""
        return Assurance(self.acr, self.authenticated_at)

    @property
    def provider_subject(self) -> str:
        """Return the digest under which sessions of this person are found."""
        return provider_key(self.issuer, self.subject)

    @property
    def provider_session(self) -> str | None:
        """Return the digest under which sessions of the provider's session are found."""
        return provider_key(self.issuer, self.session) if self.session else None


def provider_key(issuer: str, name: str) -> str:
    """Return one digest for a provider and a name that it gave out."""
    return digest(f"{issuer}\n{name}")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _lifetime(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _instant(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type] # a number: see above
