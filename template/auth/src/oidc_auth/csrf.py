"""Defence against requests that another site makes in a person's name.

The cookie is ``SameSite=Lax``; on top of it a state-changing request must come from our own origin
and carry a header that a form or a simple cross-origin request can't set (OWASP CSRF Prevention:
custom request headers).
"""

from collections.abc import Mapping

from oidc_auth.errors import CrossSiteError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "x-requested-with"
HEADER_VALUE = "fetch"


def check_same_site(method: str, headers: Mapping[str, str], origin: str) -> None:
    """Raise ``CrossSiteError`` unless the request is safe or provably from a page of ``origin``."""
    if method in SAFE_METHODS:
        return
    if headers.get("origin", "").lower() != origin:
        raise CrossSiteError("The request does not come from this product's own pages.")
    if headers.get(HEADER) != HEADER_VALUE:
        raise CrossSiteError(f"The request needs the header X-Requested-With: {HEADER_VALUE}.")
