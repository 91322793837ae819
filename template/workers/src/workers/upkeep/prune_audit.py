"""Let entries leave the audit log that are older than ``audit.keep_days``, exported first."""

from pathlib import Path

from oidc_auth.audit import AuditLog
from oidc_auth.audit.archive import Archive
from oidc_auth.audit.retention import Retention
from runtime.logs import logger
from workers.upkeep import Tools

name = "prune_audit"
every_s = 24 * 3600.0


async def run(tools: Tools) -> int:
    """Return how many entries left; without a place for them, or a key, they stay."""
    folder, policy = tools.settings.audit_archive_folder, tools.policy.audit
    if not tools.settings.session_secrets:
        return 0
    if policy.archive == "required" and not folder:
        logger(__name__).info("audit_stays", reason="AUDIT_ARCHIVE_FOLDER is not set")
        return 0
    log = AuditLog.open(tools.database, tools.settings, policy, clock=tools.clock)
    return await Retention(log, Archive(Path(folder)) if folder else None).run()
