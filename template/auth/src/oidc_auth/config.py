"""What this deployment trusts: the provider, our client there, and how long things live."""

import time
from collections.abc import Callable
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from runtime.product import product_entry
from runtime.settings import RuntimeSettings

Clock = Callable[[], float]
"""Seconds since the epoch; tests pass their own."""

system_clock: Clock = time.time

ALGORITHMS = ("ES256", "ES384", "PS256", "RS256")
"""What may sign an ID token; ``none`` and HMAC never may (RFC 8725 §3.1)."""

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_MIN_SECRET_BYTES = 32


class AuditSettings(RuntimeSettings):
    """Settings of the audit log.

    Attributes:
        session_secret: the key is derived from it where there is no ``audit_key``.
        session_secret_former: the one before, while what it sealed is still in use.
        audit_key: at least 32 characters; seals the entries.
        audit_retired_keys: former values of the two, comma-separated; they only verify.
        audit_checkpoint_file: where checkpoints are appended, outside the database.
        audit_archive_folder: where entries go that have become too old for the database.
    """

    required_in_production: ClassVar[tuple[str, ...]] = ()

    session_secret: SecretStr = SecretStr("")
    session_secret_former: SecretStr = SecretStr("")
    audit_key: SecretStr | None = None
    audit_retired_keys: SecretStr = SecretStr("")
    audit_checkpoint_file: str = ""
    audit_archive_folder: str = ""

    @field_validator("audit_key")
    @classmethod
    def _key_is_long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value().encode()) < _MIN_SECRET_BYTES:
            raise ValueError(f"AUDIT_KEY needs at least {_MIN_SECRET_BYTES} characters")
        return key

    @property
    def session_secrets(self) -> tuple[str, ...]:
        """What seals, then what else may have sealed."""
        both = (self.session_secret, self.session_secret_former)
        return tuple(secret.get_secret_value() for secret in both if secret.get_secret_value())


class AuthSettings(AuditSettings):
    """Settings of sign-in, from the environment.

    Attributes:
        oidc_issuer: the provider's issuer, exactly as its discovery document states it.
        oidc_client_id: our client at the provider.
        oidc_client_secret: that client's secret.
        session_secret: at least 32 characters; seals what we store for a session, and our keys.
        region: where this process runs, one of ``product.toml``; the home region by default.
    """

    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: SecretStr
    session_secret: SecretStr
    region: str = Field(default="", validate_default=True)

    @field_validator("session_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value().encode()) < _MIN_SECRET_BYTES:
            raise ValueError(f"SESSION_SECRET needs at least {_MIN_SECRET_BYTES} characters")
        return secret

    @field_validator("region")
    @classmethod
    def _is_one_of_ours(cls, region: str) -> str:
        regions = product_entry("regions")
        if region and region not in regions:
            raise ValueError(f"REGION must be one of product.toml: {', '.join(regions)}")
        return region or regions[0]

    @model_validator(mode="after")
    def _issuer_is_protected(self) -> "AuthSettings":
        if not is_protected(self.oidc_issuer, production=self.environment == "production"):
            raise ValueError("OIDC_ISSUER must be an https URL (on loopback also http)")
        return self

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends people back to; registered there exactly like this."""
        return f"{self.public_url.rstrip('/')}/auth/callback"

    @property
    def public_origin(self) -> str:
        """The origin that our own pages have."""
        return origin_of(self.public_url)


def is_protected(url: str, *, production: bool) -> bool:
    """Say whether secrets may be sent to this URL: https, or loopback outside production."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return True
    return not production and parts.scheme == "http" and parts.hostname in _LOOPBACK


def origin_of(url: str) -> str:
    """Return a URL's origin as browsers write it (RFC 6454 §6.2)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
