"""Secrets of a development machine: made once, kept in ``.data``, which git ignores."""

import json
import secrets
from pathlib import Path

NAMES = ("OIDC_CLIENT_SECRET", "SESSION_SECRET")


def load_credentials(folder: Path) -> dict[str, str]:
    """Return the secrets in ``folder/credentials.json``, making those that are missing."""
    file = folder / "credentials.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.is_file() else {}
    complete = {name: known.get(name) or secrets.token_urlsafe(48) for name in NAMES}
    if complete != known:
        file.touch(mode=0o600)
        file.write_text(json.dumps(complete, indent=2) + "\n")
    return complete
