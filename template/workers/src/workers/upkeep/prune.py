"""Forget sessions, sign-ins, spent values and idempotency keys that have ended."""

from oidc_auth.pruning import Pruning
from workers.upkeep import Tools

name = "prune"
every_s = 600.0


async def run(tools: Tools) -> dict[str, int]:
    """Delete what has ended; return how much of what."""
    return await Pruning(tools.database, tools.policy, tools.clock).run()
