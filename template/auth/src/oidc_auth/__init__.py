"""Sign-in with OpenID Connect for a backend that keeps every token to itself.

The browser holds one opaque cookie. One module per concern, each naming its specification:

- ``config``: what this deployment trusts.
- ``discovery``, ``jwks``: the provider's published metadata and keys.
- ``oidc``: the authorization code flow with PKCE.
- ``tokens``: ID token verification.
- ``transactions``: sign-ins that have begun and not ended.
- ``sessions``, ``sealing``: who is signed in, and the tokens kept for them.
- ``authz``, ``csrf``, ``audit``: who may do what, from where, and the record of it.
- ``login``: the whole sign-in and sign-out, in the order in which things happen.
- ``profiles``: what differs between identity providers.
"""
