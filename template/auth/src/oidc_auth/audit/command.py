"""``python -m oidc_auth audit verify|explain|checkpoint``."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from itertools import chain, takewhile
from pathlib import Path
from uuid import UUID

import psycopg

from oidc_auth.audit import reading
from oidc_auth.audit.archive import Archive
from oidc_auth.audit.chain import AuditKeys
from oidc_auth.audit.checkpoints import Checkpoint, FiledCheckpoints, read_checkpoints
from oidc_auth.audit.explanations import explain
from oidc_auth.audit.reading import Log
from oidc_auth.audit.verification import Report, verify
from oidc_auth.config import AuditSettings
from runtime.settings import SettingsError, read_settings

INTACT, TAMPERED, NOT_CHECKED = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("verify", help="find entries that were changed, moved or removed")
    check.add_argument("--checkpoints", type=Path, help="lines from outside the database")
    check.add_argument("--archive", type=Path, help="the folder of entries that left the database")
    check.add_argument("--json", action="store_true", help="print the report as JSON")
    one = verbs.add_parser("explain", help="say in plain words why something was decided")
    one.add_argument("id", type=UUID)
    point = verbs.add_parser("checkpoint", help="verify, then keep where the chain ends")
    point.add_argument("--to", dest="checkpoints", type=Path, required=True)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; 0 intact, 1 tampered with, 2 not checked."""
    try:
        settings = read_settings(AuditSettings)
        keys = AuditKeys.read(settings)
        with reading.reading(settings.database_admin_url) as connection:
            if arguments.verb == "explain":
                return _explain(connection, keys, arguments.id)
            path = arguments.checkpoints or Path(settings.audit_checkpoint_file or "/dev/null")
            if arguments.verb == "checkpoint":
                return _checkpoint(connection, keys, path)
            archive = Archive(arguments.archive) if arguments.archive else None
            return _verify(connection, keys, path, archive, as_json=arguments.json)
    except (SettingsError, psycopg.Error, OSError) as error:
        sys.stderr.write(f"Nothing was checked: {error}\n")
        return NOT_CHECKED


def _verify(
    connection: Log,
    keys: AuditKeys,
    path: Path,
    archive: Archive | None,
    *,
    as_json: bool,
) -> int:
    report = _report(connection, keys, path, archive)
    older = reading.unsealed(connection)
    if as_json:
        shown = {"intact": report.is_intact, "unsealed": older, **asdict(report)}
        sys.stdout.write(json.dumps(shown, indent=2) + "\n")
    else:
        sys.stdout.write(_words(report, older))
    return INTACT if report.is_intact else TAMPERED


def _checkpoint(connection: Log, keys: AuditKeys, path: Path) -> int:
    report = _report(connection, keys, path)
    if not report.is_intact:
        sys.stdout.write(_words(report, 0))
        return TAMPERED
    end = reading.head(connection)
    FiledCheckpoints(path).put(Checkpoint.of(end, keys.current, now=time.time()))
    sys.stdout.write(f"{report.entries} entries are intact; the end is kept in {path}.\n")
    return INTACT


def _report(connection: Log, keys: AuditKeys, path: Path, archive: Archive | None = None) -> Report:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    end, start = reading.head(connection), reading.anchor(connection)
    entries = reading.all_entries(connection)
    points, is_whole = read_checkpoints(lines), archive is not None
    if archive is not None:
        # A run that was not finished left a file, too; its entries are still in the database.
        until = start.seq if start else 0
        left = takewhile(lambda entry: entry.seq <= until, archive.entries())
        entries = chain(left, entries)
    return verify(entries, end, points, keys, anchor=start, is_whole=is_whole)


def _explain(connection: Log, keys: AuditKeys, entry_id: UUID) -> int:
    entry = reading.one_entry(connection, entry_id)
    if entry is None:
        sys.stderr.write(f"There is no entry {entry_id}.\n")
        return NOT_CHECKED
    key = keys.find(entry.key_id)
    is_intact = key is not None and key.is_mac(entry.mac, entry.message())
    seal = "its seal is intact" if is_intact else "ITS SEAL IS BROKEN, don't rely on it"
    names = reading.names(connection, entry)
    sys.stdout.write(f"{explain(entry, names=names)}\nEntry {entry.seq}; {seal}.\n")
    return INTACT if is_intact else TAMPERED


def _words(report: Report, older: int) -> str:
    checkpoints = f"{report.checkpoints} checkpoints, the newest at {report.newest_checkpoint}"
    lines = [f"Audit log: {report.entries} entries, the last is {report.last}; {checkpoints}."]
    if report.anchor:
        lines.append(f"Entries up to {report.anchor} have left for the archive, under our seal.")
    if older:
        lines.append(f"{older} entries are older than the chain and prove nothing.")
    lines += [f"  {fault.seq}: {fault.kind}: {fault.explanation}" for fault in report.faults]
    if report.is_intact and report.checkpoints:
        lines.append("Intact: nothing was changed, moved, removed or cut off.")
    elif report.is_intact:
        lines.append("Intact, but without checkpoints nobody knows whether its end was cut off.")
    else:
        lines.append("TAMPERED WITH. Follow docs/runbooks/AuditTampered.md.")
    return "\n".join(lines) + "\n"
