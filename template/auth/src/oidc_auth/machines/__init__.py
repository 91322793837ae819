"""Programs that use the API: each belongs to one tenant, has scopes, and proves itself by a key.

- ``keys``: what a key looks like and what is stored of it.
- ``registry``: making, rotating and revoking, in the tenant's transaction.
- ``entrance``: from a key to who is asking.
- ``tokens``: the same with a token of minutes, for those who speak OAuth.
"""
