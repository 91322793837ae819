"""``python -m oidc_auth rotate``: replace the signing key now, as a deployment does."""

import argparse
import asyncio
import sys

from sqlalchemy.exc import SQLAlchemyError

from oidc_auth.audit import AuditLog
from oidc_auth.config import AuditSettings, system_clock
from oidc_auth.policy import load_policy
from oidc_auth.rotation import PURPOSE, SigningKeys
from oidc_auth.sealing import Sealer
from runtime.database import Database
from runtime.settings import SettingsError, read_settings

ROTATED, FAILED = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument(
        "--compromised",
        action="store_true",
        help="forget every key at once; tokens signed with them fail until minted anew",
    )


def run(arguments: argparse.Namespace) -> int:
    """Announce the next key; 0 done, 2 not done."""
    try:
        settings = read_settings(AuditSettings)
        if not settings.session_secrets:
            raise SettingsError("SESSION_SECRET is not set: keys are sealed with it.")  # noqa: TRY301
        kid = asyncio.run(_rotate(settings, is_compromised=arguments.compromised))
    except (SettingsError, SQLAlchemyError, OSError) as error:
        sys.stderr.write(f"No key was rotated: {error}\n")
        return FAILED
    begins = "signs from now on" if arguments.compromised else "is announced, and signs soon"
    sys.stdout.write(f"Key {kid} {begins}.\n")
    return ROTATED


async def _rotate(settings: AuditSettings, *, is_compromised: bool) -> str:
    policy = load_policy(environment=settings.environment)
    database = Database.open(settings)
    try:
        audit = AuditLog.open(database, settings, policy.audit)
        keys = SigningKeys(
            database, Sealer(settings.session_secrets, PURPOSE), system_clock, policy
        )
        kid = await keys.rotate(is_compromised=is_compromised, actor="operator")
        await audit.close()
    finally:
        await database.close()
    return kid
