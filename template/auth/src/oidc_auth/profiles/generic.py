"""Any provider that follows OpenID Connect Core 1.0 to the letter."""

from oidc_auth.profiles.standard import StandardProfile

PROFILE = StandardProfile()
