"""Replace the signing key when it is due, and forget the ones that nobody needs any more."""

from oidc_auth.rotation import PURPOSE, SigningKeys
from oidc_auth.sealing import Sealer
from workers.upkeep import Tools

name = "rotate_keys"
every_s = 3600.0


async def run(tools: Tools) -> str | None:
    """Return the id of a key that was announced; without a secret nothing can be sealed."""
    if not tools.settings.session_secrets:
        return None
    sealer = Sealer(tools.settings.session_secrets, PURPOSE)
    return await SigningKeys(tools.database, sealer, tools.clock, tools.policy).maintain()
