"""Tokens verified per second, beside joserfc doing nothing but the signature."""

import time
from collections.abc import Callable

from joserfc import jwt

from oidc_auth.access_tokens import AccessTokenVerifier
from oidc_auth.audit import AuditKeys, AuditLog
from oidc_auth.config import system_clock
from oidc_auth.jwks import PublishedKeys
from oidc_auth.minting import AccessTokens
from oidc_auth.rotation import PURPOSE, SigningKeys
from oidc_auth.sealing import Sealer

from .figures import Figure
from .world import World

AUDIENCE = "https://app.test/api"
FIRST_SHARE, AGAIN_TIMES = 0.5, 3.0


async def verification_figures(world: World, count: int) -> list[Figure]:
    """Verify tokens that are all new, the same ones again, and with joserfc alone."""
    AuditLog(world.database, AuditKeys.read(world.settings))
    keys = SigningKeys(
        world.database, Sealer(world.settings.session_secrets, PURPOSE), system_clock
    )
    mint = AccessTokens(AUDIENCE, keys, system_clock)
    tokens = [
        await mint.mint(subject=str(n), audience=AUDIENCE, client_id="bench") for n in range(count)
    ]
    verifier = AccessTokenVerifier(
        PublishedKeys(keys.document, system_clock), AUDIENCE, AUDIENCE, system_clock
    )
    key = await keys.signing()
    await verifier.verify(await mint.mint(subject="s", audience=AUDIENCE, client_id="bench"))
    alone = _per_second(count, lambda: [jwt.decode(t, key, algorithms=["ES256"]) for t in tokens])
    first = await _verified(verifier, tokens)
    again = await _verified(verifier, tokens)
    return [
        judged("tokens verified per second, all new", first, alone, FIRST_SHARE),
        judged("tokens verified per second, seen before", again, alone, AGAIN_TIMES),
    ]


def judged(name: str, value: float, beside: float, least: float) -> Figure:
    """Hold a rate against joserfc's."""
    goal = f"at least {least:g} times joserfc alone"
    return Figure(name, value, "/s", beside, goal, value >= least * beside)


async def _verified(verifier: AccessTokenVerifier, tokens: list[str]) -> float:
    started = time.perf_counter()
    for token in tokens:
        await verifier.verify(token)
    return len(tokens) / (time.perf_counter() - started)


def _per_second(count: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)
