"""Sign-in with OpenID Connect for a backend that keeps every token to itself.

The browser holds one opaque cookie. One module per concern, each naming its specification:

- ``config``: what this deployment trusts.
- ``discovery``, ``jwks``: the provider's published metadata and keys.
- ``oidc``, ``par``: the authorization code flow with PKCE, its request pushed (RFC 7636, RFC 9126).
- ``jose``, ``tokens``, ``logout``: what signed tokens go through; ID tokens and logout tokens.
- ``keys``, ``rotation``: our own signing keys.
- ``minting``, ``access_tokens``, ``service_tokens``: the tokens that they sign (RFC 9068).
- ``transactions``: sign-ins that have begun and not ended.
- ``sessions``, ``people``, ``cookies``: who is signed in.
- ``grants``, ``vault``, ``sealing``: the provider's tokens; ``refresh``, ``leases``: renewed.
- ``policy``: how strict all of it is.
- ``dpop``, ``proof_of_work``, ``replay``: proofs, and what may be used once.
- ``authz``, ``csrf``, ``audit``: who may do what, from where, and the record of it.
- ``login``: the whole sign-in and sign-out, in the order in which things happen.
- ``profiles``: what differs between identity providers.
"""
