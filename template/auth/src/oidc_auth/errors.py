"""What can go wrong in sign-in, drawn once.

ServiceError
├── SignInError             400, sign-in has to start again
│   └── TokenRejectedError  400, the ID token is not what it should be
├── UnknownPersonError      403, signed in at the provider and not known here
├── TenantPausedError       403
├── RoleMissingError        403
├── ScopeMissingError       403
├── KeyRejectedError        401, a machine's key is not, or no longer, good
├── CrossSiteError          403
├── SessionEndedError       401
│   └── RefreshRefusedError 401, the provider no longer vouches for the person
├── AccessTokenRejectedError 401
├── TokenTooLargeError      500
├── SigningKeyMissingError  503
├── ProofRefusedError       401, the request does not prove the session's key (RFC 9449)
├── NonceNeededError        401, the proof needs the nonce in ``DPoP-Nonce``
├── StepUpNeededError       401, a stronger or fresher sign-in is needed (RFC 9470)
├── WorkNeededError         403, a proof of work comes first
├── RiskDeniedError         403
├── ProviderUnavailableError 503
├── AuditUnavailableError   503, the decision can't be recorded, so nothing happens
├── UntrustedProviderError  502, what the provider publishes must not be used
└── SealBrokenError         500, stored secrets can't be opened
"""

from collections.abc import Sequence

from runtime.errors import ForbiddenError, ServiceError, UnauthenticatedError, UnavailableError

_START_AGAIN = "This sign-in can't be finished. Start again."


class SignInError(ServiceError):
    """This sign-in can't be finished; a new one may succeed. ``reason`` is stable."""

    code, status, title = "sign_in_failed", 400, "Sign-in failed"

    def __init__(
        self, reason: str, detail: str = "This sign-in can't be finished. Start again."
    ) -> None:
        super().__init__(detail)
        self.reason = reason


class TokenRejectedError(SignInError):
    """The ID token is not authentic or not for us; ``explanation`` is never for the browser."""

    def __init__(self, reason: str, explanation: str) -> None:
        super().__init__(f"id_token_{reason}")
        self.explanation = explanation


class UnknownPersonError(ForbiddenError):
    """The provider knows this person and we do not."""

    code, title = "unknown_person", "You have no account here"


class TenantPausedError(ForbiddenError):
    """The tenant's access is switched off for now."""

    code, title = "tenant_paused", "Your organisation is paused"


class RoleMissingError(ForbiddenError):
    """The person's roles do not allow it."""

    code = "role_missing"


class ScopeMissingError(ForbiddenError):
    """The machine's scopes do not allow it."""

    code = "scope_missing"


class KeyRejectedError(UnauthenticatedError):
    """The key is unknown, expired or revoked; ``reason`` is stable and not for the caller."""

    code = "key_rejected"

    def __init__(self, reason: str) -> None:
        super().__init__("This key or token is not accepted.")
        self.reason = reason


class CrossSiteError(ForbiddenError):
    """The request was not made by one of our own pages."""

    code, title = "cross_site", "Request refused"


class SessionEndedError(UnauthenticatedError):
    """There is no session, or it has ended."""

    def __init__(self) -> None:
        super().__init__("Nobody is signed in, or the session has ended. Sign in again.")


class RefreshRefusedError(SessionEndedError):
    """The provider does not renew the session."""


class AccessTokenRejectedError(UnauthenticatedError):
    """An access token is not authentic or not for this service; ``reason`` is stable."""

    code = "access_token_rejected"

    def __init__(self, reason: str) -> None:
        super().__init__("The access token is not accepted.")
        self.reason = reason


class TokenTooLargeError(ServiceError):
    """A token that was to be minted is larger than headers may be."""

    code = "token_too_large"


class SigningKeyMissingError(UnavailableError):
    """No key of ours signs right now."""

    code = "signing_key_missing"

    def __init__(self) -> None:
        super().__init__("No signing key is active yet. Try again soon.")


class ProofRefusedError(UnauthenticatedError):
    """No acceptable proof of the key came with the request; ``reason`` is for the audit log."""

    code, title = "invalid_dpop_proof", "This browser could not be recognised"

    def __init__(self, reason: str) -> None:
        super().__init__("The request does not prove the key that the session is bound to.")
        self.reason = reason

    @property
    def headers(self) -> dict[str, str]:
        """RFC 9449 §7.1."""
        return {"WWW-Authenticate": 'DPoP error="invalid_dpop_proof", algs="ES256"'}


class NonceNeededError(UnauthenticatedError):
    """Repeat the request with a proof that carries this nonce."""

    code, title = "use_dpop_nonce", "Repeat the request"

    def __init__(self, nonce: str) -> None:
        super().__init__("The proof needs the nonce of the DPoP-Nonce header.")
        self.nonce = nonce

    @property
    def headers(self) -> dict[str, str]:
        """RFC 9449 §9."""
        challenge = 'DPoP error="use_dpop_nonce", algs="ES256"'
        return {"WWW-Authenticate": challenge, "DPoP-Nonce": self.nonce}


class StepUpNeededError(UnauthenticatedError):
    """The session was begun in a weaker way, or too long ago, for what is asked."""

    code, title = "insufficient_user_authentication", "Confirm that it is you"

    def __init__(self, acr_values: Sequence[str], max_age_s: int) -> None:
        super().__init__("This needs a fresh sign-in with a second factor.")
        self.acr_values = tuple(acr_values)
        self.max_age_s = max_age_s

    @property
    def headers(self) -> dict[str, str]:
        """RFC 9470 §3."""
        challenge = (
            f'Bearer error="{self.code}", error_description="{self.detail}", '
            f'acr_values="{" ".join(self.acr_values)}", max_age="{self.max_age_s}"'
        )
        return {"WWW-Authenticate": challenge}


class WorkNeededError(ForbiddenError):
    """Something here looks automated: solve the challenge and repeat the request."""

    code, title = "proof_of_work_needed", "One moment: checking your browser"

    def __init__(self, challenge: str) -> None:
        super().__init__("Solve the challenge of the Proof-Of-Work-Challenge header, then repeat.")
        self.challenge = challenge

    @property
    def headers(self) -> dict[str, str]:
        """What to solve."""
        return {"Proof-Of-Work-Challenge": self.challenge}


class RiskDeniedError(ForbiddenError):
    """Too much speaks against this request; which signals did is in the audit log."""

    code, title = "risk_denied", "This was stopped for safety"

    def __init__(self) -> None:
        super().__init__("This looked unlike you. Wait a while, or ask an administrator.")


class ProviderUnavailableError(UnavailableError):
    """The identity provider does not answer."""

    code = "identity_provider_unavailable"


class AuditUnavailableError(UnavailableError):
    """The decision can't be recorded, so nothing happens."""

    code = "audit_unavailable"

    def __init__(self) -> None:
        super().__init__("This can't be recorded at the moment, so it was not done. Try again.")


class AuditBrokenError(ServiceError):
    """The record is not what was sealed; see docs/runbooks/AuditTampered.md."""

    code = "audit_broken"


class UntrustedProviderError(ServiceError):
    """What the identity provider publishes is wrong or unsafe."""

    code, status, title = "identity_provider_untrusted", 502, "Sign-in is not possible"


class SealBrokenError(ServiceError):
    """Sealed data does not open: other secret, other place, or changed bytes."""

    code = "seal_broken"

    def __init__(self) -> None:
        super().__init__("Stored data can't be opened.")
