"""The authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636, RFC 9700)."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
from authlib.integrations.base_client import (  # type: ignore[import-untyped] # has no types
    OAuthError,
)
from authlib.integrations.httpx_client import (  # type: ignore[import-untyped] # has no types
    AsyncOAuth2Client,
)

from oidc_auth.config import AuthSettings, Clock
from oidc_auth.discovery import Discovery, Metadata, fetch_json
from oidc_auth.errors import ProviderUnavailableError, RefreshRefusedError, SignInError
from oidc_auth.grants import Grant
from oidc_auth.jwks import PublishedKeys
from oidc_auth.logout import LogoutTokenVerifier
from oidc_auth.par import pushed
from oidc_auth.policy import AuthPolicy
from oidc_auth.profiles import Identity, Profile, SignOut, load_profile
from oidc_auth.replay import Replays
from oidc_auth.stepup import Requirement
from oidc_auth.tokens import IdTokenVerifier

_TIMEOUT_S = 5.0
_ENTROPY_BYTES = 32


@dataclass(frozen=True)
class Challenge:
    """The secrets of one sign-in; the verifier is shown to the provider only at the end.

    Attributes:
        jkt: the thumbprint of the key that the session will be bound to.
        requirement: what the sign-in has to be like, where more is needed than usual.
    """

    state: str
    nonce: str
    code_verifier: str
    jkt: str | None = None
    requirement: Requirement | None = None

    @classmethod
    def new(
        cls, *, state: str, jkt: str | None = None, requirement: Requirement | None = None
    ) -> "Challenge":
        """Draw 256 bits each for the nonce and the verifier."""
        nonce, code_verifier = (secrets.token_urlsafe(_ENTROPY_BYTES) for _ in range(2))
        return cls(state, nonce, code_verifier, jkt, requirement)


@dataclass(frozen=True)
class SignedIn:
    """A person that the provider vouches for, what it gave, and the ID token's verified claims."""

    identity: Identity
    grant: Grant
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)


class OidcClient:
    """Talks to one provider as one client. Close it with ``aclose``."""

    def __init__(
        self,
        settings: AuthSettings,
        *,
        profile: Profile | None = None,
        clock: Clock,
        policy: AuthPolicy | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        policy = policy or AuthPolicy()
        self._settings = settings
        self.profile = profile or load_profile(settings.identity)
        self._connection = _connection(transport)
        self._http = httpx2.AsyncClient(**self._connection)
        self._discovery = Discovery(
            self._http, settings.oidc_issuer, clock, production=settings.environment == "production"
        )
        self._clock, self._leeway_s = clock, policy.tokens.clock_skew_s
        self.keys = PublishedKeys(self._fetch_keys, clock, policy.jwks)
        self._verifier = IdTokenVerifier(
            keys=self.keys,
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            clock=clock,
            leeway_s=policy.tokens.clock_skew_s,
            algorithms=self.profile.algorithms,
        )

    @property
    def second_factor(self) -> tuple[str, ...]:
        """Return what this provider calls a second factor, preferred first."""
        return self.profile.second_factor

    async def authorization_url(self, challenge: Challenge) -> str:
        """Return where to send the browser; what it carries was pushed where that is offered."""
        metadata = await self._discovery.metadata()
        async with self._oauth() as oauth:
            url, _ = oauth.create_authorization_url(
                metadata.authorization_endpoint,
                scope=self.profile.scopes,
                state=challenge.state,
                nonce=challenge.nonce,
                code_verifier=challenge.code_verifier,
                **self._wishes(challenge.requirement),
            )
            return await pushed(oauth, metadata, str(url))

    async def complete(self, challenge: Challenge, parameters: Mapping[str, str]) -> SignedIn:
        """Turn the callback's parameters into a person.

        Raises:
            SignInError: the provider refused, or what came back is not right.
            ProviderUnavailableError: it does not answer.
        """
        metadata = await self._discovery.metadata()
        check_response(metadata, parameters)
        tokens = await self._exchange(metadata, challenge, parameters["code"])
        id_token = tokens.get("id_token")
        if not isinstance(id_token, str):
            raise SignInError("id_token_missing")
        claims = await self._verifier.verify(id_token, nonce=challenge.nonce)
        grant = replace(Grant.of(tokens, claims), acr=self.profile.acr(claims))
        if challenge.requirement is not None:
            challenge.requirement.check_answer(
                grant.assurance, now=self._clock(), leeway_s=self._leeway_s
            )
        return SignedIn(self.profile.identity(claims), grant, claims)

    async def refresh(self, refresh_token: str, *, id_token: str) -> Grant:
        """Return what the provider gives for a refresh token; an ID token that it leaves out stays.

        Raises:
            RefreshRefusedError: it does not renew the sign-in.
            TokenRejectedError: the ID token that it sent is not authentic.
            ProviderUnavailableError: it does not answer.
        """
        metadata = await self._discovery.metadata()
        try:
            async with self._oauth() as oauth:
                tokens: Mapping[str, Any] = await oauth.refresh_token(
                    metadata.token_endpoint, refresh_token=refresh_token
                )
        except OAuthError as error:
            if error.error == "invalid_grant":
                raise RefreshRefusedError from error
            raise ProviderUnavailableError("The identity provider does not answer.") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderUnavailableError("The identity provider does not answer.") from error
        if not isinstance(tokens.get("id_token"), str):
            return Grant.renewed(tokens, id_token=id_token)
        return Grant.of(tokens, await self._verifier.verify(tokens["id_token"], nonce=None))

    def logout_verifier(self, replays: Replays) -> LogoutTokenVerifier:
        """Return what verifies the provider's logout tokens."""
        return LogoutTokenVerifier(
            keys=self.keys,
            issuer=self._settings.oidc_issuer,
            client_id=self._settings.oidc_client_id,
            clock=self._verifier.clock,
            replays=replays,
            leeway_s=self._verifier.leeway_s,
            algorithms=self.profile.algorithms,
        )

    async def sign_out_url(self, id_token: str) -> str | None:
        """Return where to send the browser so that the provider signs out too, or None."""
        metadata = await self._discovery.metadata()
        request = SignOut(
            client_id=self._settings.oidc_client_id,
            id_token=id_token,
            return_to=f"{self._settings.public_origin}/",
        )
        return self.profile.sign_out_url(metadata, request)

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    def _wishes(self, requirement: Requirement | None) -> dict[str, str]:
        """Return what the request says about how the person should sign in (RFC 9470 §4)."""
        acr_values = requirement.acr_values if requirement else ()
        wishes = {"claims": json.dumps(self.profile.claims_request(acr_values))}
        if requirement is None:
            return wishes
        acr = {"acr_values": " ".join(acr_values)} if acr_values else {}
        return {**wishes, **acr, "max_age": str(requirement.max_age_s)}

    async def _exchange(
        self, metadata: Metadata, challenge: Challenge, code: str
    ) -> Mapping[str, Any]:
        try:
            async with self._oauth() as oauth:
                tokens: Mapping[str, Any] = await oauth.fetch_token(
                    metadata.token_endpoint, code=code, code_verifier=challenge.code_verifier
                )
        except OAuthError as error:
            raise SignInError(f"code_{error.error}") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderUnavailableError("The identity provider does not answer.") from error
        return tokens

    def _oauth(self) -> AsyncOAuth2Client:
        # One per use: authlib keeps the last person's tokens inside. Told the scope, it
        # would ask for all of it at each refresh, be it granted or not (RFC 6749 §6).
        return AsyncOAuth2Client(
            client_id=self._settings.oidc_client_id,
            client_secret=self._settings.oidc_client_secret.get_secret_value(),
            redirect_uri=self._settings.redirect_uri,
            code_challenge_method="S256",
            **self._connection,
        )

    async def _fetch_keys(self) -> object:
        metadata = await self._discovery.metadata()
        return await fetch_json(self._http, metadata.jwks_uri)


def _connection(transport: httpx2.AsyncBaseTransport | None) -> dict[str, Any]:
    if transport is not None:
        return {"timeout": _TIMEOUT_S, "transport": transport}
    return {"timeout": _TIMEOUT_S, "verify": httpx2.create_ssl_context()}


def check_response(metadata: Metadata, parameters: Mapping[str, str]) -> None:
    """Check an authorization response (RFC 6749 §4.1.2, RFC 9207 §2.4); raises ``SignInError``.

    What the provider says in ``error_description`` is never repeated: anybody can write that URL.
    """
    issuer = parameters.get("iss")
    if issuer is None and metadata.authorization_response_iss_parameter_supported:
        raise SignInError("issuer_missing")
    if issuer is not None and issuer != metadata.issuer:
        raise SignInError("issuer_mismatch")
    if "error" in parameters:
        raise SignInError(
            "provider_refused", "The identity provider did not sign you in. Start again."
        )
    if not parameters.get("code"):
        raise SignInError("code_missing")
