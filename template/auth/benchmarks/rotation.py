"""Requests that fail while our signing keys are replaced: none may.

Time is a number here: every second of a whole rotation is lived through, by one process that signs
and three that verify, each with a cache of its own and of another age.
"""

from dataclasses import dataclass

from oidc_auth.access_tokens import AccessTokenVerifier
from oidc_auth.errors import AccessTokenRejectedError
from oidc_auth.jwks import PublishedKeys
from oidc_auth.keys import Overlap
from oidc_auth.minting import AccessTokens
from oidc_auth.policy import AuthPolicy
from oidc_auth.rotation import PURPOSE, SigningKeys
from oidc_auth.sealing import Sealer

from .figures import Figure
from .world import World

AUDIENCE = "https://app.test/api"
VERIFIERS, STEP_S = 3, 5


@dataclass
class Hand:
    """A clock that the measurement moves."""

    now: float = 2_000_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


async def rotation_figures(world: World) -> list[Figure]:
    """Live through two rotations; each token is verified at once and at the end of its life."""
    clock, policy = Hand(), AuthPolicy()
    keys = _keys(world, clock)
    mint = AccessTokens(AUDIENCE, keys, clock)
    verifiers = [_verifier(world, clock) for _ in range(VERIFIERS)]
    overlap = Overlap.of(policy)
    tried = failed = 0
    alive: list[tuple[float, str]] = []
    for step in range(int(2 * (overlap.lead_s + overlap.trail_s) / STEP_S)):
        if step % int((overlap.lead_s + overlap.trail_s) / STEP_S) == 1:
            await keys.rotate(actor="bench")
        token = await mint.mint(subject="s", audience=AUDIENCE, client_id="bench")
        alive.append((clock.now + policy.tokens.lifetime_s - STEP_S, token))
        ending = alive.pop(0)[1] if alive[0][0] <= clock.now else token
        for verifier in verifiers[: 1 + step % VERIFIERS]:
            for each in (token, ending):
                tried += 1
                failed += not await _is_good(verifier, each)
        clock.now += STEP_S
    return [
        Figure("verifications during two rotations", tried, ""),
        Figure("failed during two rotations", failed, "", goal="none", is_met=failed == 0),
    ]


def _keys(world: World, clock: Hand) -> SigningKeys:
    return SigningKeys(world.database, Sealer(world.settings.session_secrets, PURPOSE), clock)


def _verifier(world: World, clock: Hand) -> AccessTokenVerifier:
    published = PublishedKeys(_keys(world, clock).document, clock)
    return AccessTokenVerifier(published, AUDIENCE, AUDIENCE, clock)


async def _is_good(verifier: AccessTokenVerifier, token: str) -> bool:
    try:
        await verifier.verify(token)
    except AccessTokenRejectedError:
        return False
    return True
