"""What a job may carry: ``contracts/events/<job name>.json`` (JSON Schema 2020-12)."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from runtime.product import root


class PayloadError(ValueError):
    """The payload doesn't match its contract; trying again can't help."""

    code = "payload"


def check_payload(name: str, payload: Mapping[str, Any]) -> None:
    """Refuse a payload that its contract does not describe.

    Raises:
        PayloadError: there is no contract of this name, or the payload breaks it.
    """
    fault = best_match(_validator(root(), name).iter_errors(dict(payload)))
    if fault is not None:
        raise PayloadError(f"{name}: {fault.json_path}: {fault.message}")


@lru_cache
def _validator(folder: Path, name: str) -> Draft202012Validator:
    path = folder / "contracts" / "events" / f"{name}.json"
    if not path.is_file():
        raise PayloadError(f"No contract for the job {name!r}: write contracts/events/{name}.json.")
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
