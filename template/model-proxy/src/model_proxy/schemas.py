"""``python -m model_proxy.schemas``: write the JSON Schemas of ``models/`` to ``contracts/``."""

import json
from pathlib import Path
from typing import Any

from model_proxy.approvals import approvals_schema, promotions_schema
from model_proxy.budgets import budgets_schema
from model_proxy.policy import policy_schema
from model_proxy.providers.dialects import dialects_schema
from model_proxy.registry import registry_schema
from model_proxy.rules import rules_schema
from runtime.product import root


def schema_files() -> dict[str, dict[str, Any]]:
    """Return each schema by its file's name."""
    return {
        "registry.json": registry_schema(),
        "policy.json": policy_schema(),
        "dialects.json": dialects_schema(),
        "routing.json": rules_schema(),
        "budgets.json": budgets_schema(),
        "approvals.json": approvals_schema(),
        "promotions.json": promotions_schema(),
    }


def write_schemas(folder: Path) -> None:
    """Write every schema, as editors and reviewers read them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schema_files().items():
        (folder / name).write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write_schemas(root() / "contracts" / "models")
