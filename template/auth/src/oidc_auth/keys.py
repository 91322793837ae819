"""Our signing keys: one signs, the next one is announced, former ones still verify (RFC 7517 §5).

A key is published for longer than anybody caches the set before it signs, and for longer than any
token lives after it stopped. So whoever reads the set at any time of a rotation can verify every
token there is: no request fails while keys are replaced.
"""

from dataclasses import dataclass
from typing import Any, Literal, Self

from joserfc.jwk import ECKey

from oidc_auth.access_tokens import ALGORITHM
from oidc_auth.policy import AuthPolicy

CURVE = "P-256"

State = Literal["next", "active", "retiring", "retired"]


@dataclass(frozen=True)
class Overlap:
    """How long keys overlap, in seconds.

    Attributes:
        lead_s: from publication to the first signature.
        trail_s: from the last signature to the end of publication.
    """

    lead_s: float
    trail_s: float

    @classmethod
    def of(cls, policy: AuthPolicy) -> Self:
        """Cover caches, other processes that have not looked yet, and clocks that differ."""
        slack = policy.tokens.clock_skew_s + policy.keys.reload_s + policy.keys.margin_s
        return cls(
            lead_s=policy.jwks.ttl_s + slack,
            trail_s=policy.tokens.lifetime_s + slack,
        )


@dataclass(frozen=True)
class RingKey:
    """A key and the time from which it signs."""

    key: ECKey
    active_at: float

    @property
    def kid(self) -> str:
        """Return its id, the thumbprint (RFC 7638)."""
        return str(self.key.kid)


@dataclass(frozen=True)
class KeyRing:
    """The keys as one process knows them; what each is good for follows from the time alone."""

    keys: tuple[RingKey, ...]
    overlap: Overlap

    def states(self, now: float) -> dict[str, State]:
        """Return what each key is, by its id."""
        ordered = sorted(self.keys, key=lambda key: key.active_at)
        ends = [*(key.active_at for key in ordered[1:]), float("inf")]
        return {
            key.kid: self._state(key.active_at, end, now)
            for key, end in zip(ordered, ends, strict=False)
        }

    def active(self, now: float) -> ECKey | None:
        """Return the key that signs."""
        return next((key.key for key in self._having("active", now=now)), None)

    def document(self, now: float) -> dict[str, Any]:
        """Return the set to publish: public parts only."""
        published = self._having("next", "active", "retiring", now=now)
        extra = {"alg": ALGORITHM, "use": "sig"}
        return {"keys": [key.key.as_dict(private=False) | extra for key in published]}

    def retired(self, now: float) -> list[str]:
        """Return the ids of keys that nobody needs any more."""
        return [key.kid for key in self._having("retired", now=now)]

    def _having(self, *states: State, now: float) -> list[RingKey]:
        known = self.states(now)
        return [key for key in self.keys if known[key.kid] in states]

    def _state(self, begins: float, ends: float, now: float) -> State:
        if now < begins:
            return "next"
        if now < ends:
            return "active"
        return "retiring" if now < ends + self.overlap.trail_s else "retired"


def new_key() -> ECKey:
    """Draw a key; its id is its thumbprint, so that two keys never share one."""
    return ECKey.generate_key(CURVE, auto_kid=True)
