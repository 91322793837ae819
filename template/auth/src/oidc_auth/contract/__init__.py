"""What we and the identity provider promise each other: ``contracts/auth.yaml``, parsed.

The same file says what roles mean, so that one place answers who may do what and why.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from oidc_auth.config import ALGORITHMS
from runtime.product import root
from runtime.settings import SettingsError

FILE = Path("contracts") / "auth.yaml"

Need = Literal["required", "optional", "absent"]
Role = Literal["member", "reviewer", "admin"]
Permission = Literal[
    "documents:read",
    "documents:write",
    "conversations:read",
    "conversations:write",
    "reviews:decide",
    "figures:read",
    "conversations:purge",
    "tenant:manage",
    "sessions:revoke",
    "machines:manage",
    "audit:read",
]
Scope = Literal[
    "documents:read",
    "documents:write",
    "conversations:read",
    "conversations:write",
    "figures:read",
]
"""What a machine may be given: nothing that takes a person's second factor or judgement."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Provider(_Part):
    """What the discovery document has to say."""

    algorithms: Annotated[tuple[str, ...], Field(min_length=1)] = ALGORITHMS
    pkce: Need = "required"
    pushed_authorization_requests: Need = "optional"
    response_issuer: Need = "optional"
    backchannel_logout: Need = "optional"
    end_session: Need = "optional"
    client_authentication: tuple[str, ...] = ("client_secret_basic",)

    @model_validator(mode="after")
    def _algorithms_are_ours(self) -> Self:
        if unknown := set(self.algorithms) - set(ALGORITHMS):
            raise ValueError(f"{', '.join(sorted(unknown))} may never sign; use {ALGORITHMS}")
        return self


class Lifetime(_Part):
    """How long a token may live, in seconds."""

    min: Annotated[int, Field(ge=0)] = 60
    max: Annotated[int, Field(gt=0)] = 3600


class Token(_Part):
    """What a kind of token has to be like."""

    lifetime_s: Lifetime = Field(default_factory=Lifetime)
    claims: tuple[str, ...] = ("iss", "sub", "aud", "exp", "iat")
    max_bytes: Annotated[int, Field(gt=0)] = 16_384


class AccessToken(Token):
    """What a machine's token has to be like besides."""

    type: Literal["at+jwt", "any"] = "any"
    audience: str = ""


class Tokens(_Part):
    """Both kinds."""

    id_token: Token = Field(default_factory=Token)
    access_token: AccessToken = Field(default_factory=AccessToken)


class ClaimGrant(_Part):
    """One value of one claim that gives one role."""

    claim: Annotated[str, Field(min_length=1)]
    value: Annotated[str, Field(min_length=1)]
    role: Role


class AuthContract(_Part):
    """The whole file."""

    version: Literal[1]
    provider: Provider = Field(default_factory=Provider)
    tokens: Tokens = Field(default_factory=Tokens)
    granted_by_claims: tuple[ClaimGrant, ...] = ()
    roles: dict[Role, tuple[Permission, ...]]

    @property
    def roles_version(self) -> str:
        """Return a short name of what roles mean now; it changes whenever that does."""
        meaning = {role: sorted(held) for role, held in self.roles.items()}
        return sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()[:12]


def load_contract(path: Path | None = None) -> AuthContract:
    """Return the contract of this repo; raises ``SettingsError`` when it can't be used."""
    path = path or root() / FILE
    try:
        return AuthContract.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} can't be read: {error}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError(f"{FILE} is wrong: {faults}.") from error


def schema() -> str:
    """Return the file's JSON Schema, as it stands beside it."""
    described = AuthContract.model_json_schema()
    described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(described, indent=2, sort_keys=True) + "\n"
