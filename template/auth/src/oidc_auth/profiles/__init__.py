"""What differs between identity providers: the port, and the profile of this product.

A profile is a module of this package named as in ``product.toml`` (``identity = "generic"``) with a
constant ``PROFILE``. It reads a person from a verified ID token through an allow-list of claims: no
role, group or tenant claim of a provider is ever looked at, those come from our own tables.
"""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from oidc_auth.discovery import Metadata
from runtime.settings import SettingsError


@dataclass(frozen=True)
class Identity:
    """A person as the provider knows them; our users table is keyed by issuer and subject."""

    issuer: str
    subject: str
    email: str | None = None
    name: str | None = None


class Profile(Protocol):
    """One provider's ways."""

    @property
    def scopes(self) -> str:
        """Return the scopes to ask for, space-separated."""

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Return the signature algorithms of the provider, out of ``config.ALGORITHMS``."""

    @property
    def second_factor(self) -> tuple[str, ...]:
        """Return what the provider calls a second factor, preferred first."""

    @property
    def has_front_channel(self) -> bool:
        """Say whether sign-outs come through the browser, there being no back channel."""

    def claims_request(self, acr_values: Sequence[str]) -> dict[str, Any]:
        """Return the ``claims`` parameter that asks for one of these, and for ``auth_time``."""

    def acr(self, claims: Mapping[str, Any]) -> str | None:
        """Read from verified claims how the person signed in, in the words of ``second_factor``."""

    def identity(self, claims: Mapping[str, Any]) -> Identity:
        """Read the person from verified claims; raises ``TokenRejectedError`` without one."""

    def sign_out_url(self, metadata: Metadata, request: "SignOut") -> str | None:
        """Return where to send the browser so that the provider signs out too, or None."""


@dataclass(frozen=True)
class SignOut:
    """What a sign-out at the provider is told."""

    client_id: str
    id_token: str
    return_to: str


def load_profile(name: str) -> Profile:
    """Return the profile of this name; raises ``SettingsError`` when this repo has none."""
    try:
        module = importlib.import_module(f"oidc_auth.profiles.{name}")
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"There is no identity profile called {name}: see product.toml."
        ) from error
    profile: Profile = module.PROFILE
    return profile


def text_claim(claims: Mapping[str, Any], *names: str) -> str | None:
    """Return the first of these claims that is a non-empty string."""
    values = (claims.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value), None)


def end_session_url(metadata: Metadata, request: SignOut) -> str | None:
    """Return the URL of RP-Initiated Logout 1.0 §2, where the provider supports it."""
    if metadata.end_session_endpoint is None:
        return None
    return with_query(
        metadata.end_session_endpoint,
        client_id=request.client_id,
        id_token_hint=request.id_token,
        post_logout_redirect_uri=request.return_to,
    )


def with_query(url: str, **parameters: str) -> str:
    """Return the URL with these parameters added."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"
