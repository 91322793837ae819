"""How a session is bound to one device's key (RFC 9449)."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from oidc_auth.policy.section import Section


class DpopPolicy(Section):
    """Proofs of possession.

    Attributes:
        required: every session belongs to a key, and every request of it proves the key.
        nonce_s: how long a nonce is current; it is taken for as long again.
        skew_s: how far a browser's clock may be off. The nonce keeps proofs fresh, so people with
            wrong clocks need not be locked out.
    """

    required: bool = True
    nonce_s: Annotated[int, Field(ge=10, le=600)] = 60
    skew_s: Annotated[int, Field(ge=5, le=86_400)] = 300

    def weaknesses(self) -> Iterable[str]:
        """Refuse sessions that work for whoever has the cookie."""
        if not self.required:
            yield "required is off, so a stolen cookie is a stolen session."
