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
├── ProviderUnavailableError 503
├── AuditUnavailableError   503, the decision can't be recorded, so nothing happens
├── UntrustedProviderError  502, what the provider publishes must not be used
└── SealBrokenError         500, stored secrets can't be opened
"""

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


class ProviderUnavailableError(UnavailableError):
    """The identity provider does not answer."""

    code = "identity_provider_unavailable"


class AuditUnavailableError(UnavailableError):
    """The decision can't be recorded, so nothing happens."""

    code = "audit_unavailable"

    def __init__(self) -> None:
        super().__init__("This can't be recorded at the moment, so it was not done. Try again.")


class UntrustedProviderError(ServiceError):
    """What the identity provider publishes is wrong or unsafe."""

    code, status, title = "identity_provider_untrusted", 502, "Sign-in is not possible"


class SealBrokenError(ServiceError):
    """Sealed data does not open: other secret, other place, or changed bytes."""

    code = "seal_broken"

    def __init__(self) -> None:
        super().__init__("Stored data can't be opened.")
