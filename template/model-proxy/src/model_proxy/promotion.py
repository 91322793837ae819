"""``python -m model_proxy.promotion MODEL STAGE``: raise a model, or take it back at once.

Up goes one step at a time, candidate to canary to stable, and only with a report of the holdout
suite that passed, asked of this model, of today's holdout set, with today's prompts, and no worse
than what the stable model had shown. Down, or ``retired``, needs no report: it is the rollback.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from model_proxy.approvals import PROMOTIONS, Promotion, load_promotions
from model_proxy.reach import STAGES
from model_proxy.registry import Model, Registry, load_registry
from model_proxy.sources import ConfigurationError, read_folder
from runtime.product import load_product, root
from runtime.prompts import PromptError, load_prompts

DRIFT = 0.02
"""How much smaller a family's share may be than the stable model's."""
_HEAD = (
    "# What each model had shown when it was raised. `python -m model_proxy.promotion` writes it.\n"
)
_STAGE = re.compile(r"(\bstage:\s*)\w+")


class PromotionError(Exception):
    """The model may not be raised; the message says why and what to do."""

    code = "promotion_refused"


class Family(BaseModel):
    """One family of a report."""

    name: str
    passed: int
    total: int


class Report(BaseModel):
    """A suite's report, as ``python -m evals holdout`` writes it."""

    suite: str
    ok: bool
    facts: Mapping[str, str]
    families: tuple[Family, ...]

    @property
    def shares(self) -> dict[str, float]:
        """The share of samples that passed, by family."""
        return {f.name: round(f.passed / f.total, 4) for f in self.families if f.total}


def main(arguments: list[str] | None = None) -> int:
    """Change the stage; return 0, or 1 and a sentence when it is refused."""
    parser = argparse.ArgumentParser(
        prog="python -m model_proxy.promotion", description="Raise a model, or take it back."
    )
    parser.add_argument("model")
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--report", type=Path, help="default: evals/reports/holdout.json")
    parser.add_argument("--approved-by", help="who decides; needed on the way up")
    options = parser.parse_args(arguments)
    report = options.report or root() / "evals" / "reports" / "holdout.json"
    try:
        told = promote(options.model, options.stage, report, options.approved_by or "")
    except (PromotionError, ConfigurationError, PromptError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{told}\n")
    return 0


def promote(name: str, stage: str, report: Path, approved_by: str) -> str:
    """Change the stage of a model in its file, and record a rise; return what was done.

    Raises:
        PromotionError: it may not be raised.
    """
    folder = root() / "models"
    registry = load_registry(folder)
    model = registry.models.get(name)
    if model is None:
        raise PromotionError(f"There is no model {name!r} in models/registry.yaml or registry.d/.")
    if _is_rise(model.stage, stage):
        record = _checked(model, stage, report, approved_by, registry)
        _append(folder / PROMOTIONS, record)
    _write_stage(folder, name, stage)
    return f"{name}: {model.stage} is now {stage}. Deploy it to take effect."


def _is_rise(old: str, new: str) -> bool:
    if new == "retired" or STAGES.index(new) <= STAGES.index(old):
        return False
    if STAGES.index(new) == 1:
        return False
    if STAGES.index(new) - STAGES.index(old) > 1:
        step = STAGES[STAGES.index(old) + 1]
        raise PromotionError(f"From {old} the next stage is {step}; {new} comes after it.")
    return True


def _checked(
    model: Model, stage: str, path: Path, approved_by: str, registry: Registry
) -> Promotion:
    if not approved_by:
        raise PromotionError("Say who decides: --approved-by NAME.")
    report = _read(path)
    samples, prompts = _holdout_hash(), _prompt_hashes()
    if report.suite != "holdout" or not report.ok:
        raise PromotionError(f"{path} is no passing report of the holdout suite.")
    for what, told, true in (
        ("model", report.facts.get("model"), model.upstream),
        ("holdout set", report.facts.get("samples_sha256"), samples),
        *(
            (f"prompt {n}", report.facts.get(f"prompt_{n}"), digest)
            for n, digest in prompts.items()
        ),
    ):
        if told != true:
            raise PromotionError(
                f"{path} is about another {what} ({told}, not {true}): put {model.name} first with "
                "the flag model-answer, run `python -m evals holdout`, and try again."
            )
    _check_drift(report.shares, _stable_shares(model, registry))
    return Promotion(
        model=model.name,
        upstream=model.upstream,
        version=model.version,
        stage=stage,
        approved_by=approved_by,
        date=datetime.now(UTC).date().isoformat(),
        samples_sha256=samples,
        prompts=prompts,
        families=report.shares,
    )


def _check_drift(shares: Mapping[str, float], stable: Mapping[str, float]) -> None:
    worse = {f: s for f, s in stable.items() if shares.get(f, 0) < s - DRIFT}
    if worse:
        told = ", ".join(f"{f} {shares.get(f, 0):.0%}, was {s:.0%}" for f, s in worse.items())
        raise PromotionError(f"It is worse than the stable model: {told}.")


def _stable_shares(model: Model, registry: Registry) -> Mapping[str, float]:
    stable = {m.name for alias in model.serves for m in registry.aliases.get(alias, ())}
    records = load_promotions(root() / "models")
    shown = [r.families for r in records if r.model in stable and r.stage == "stable"]
    return shown[-1] if shown else {}


def _read(path: Path) -> Report:
    try:
        return Report.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise PromotionError(
            f"{path} can't be read as a report: run `python -m evals holdout`."
        ) from error


def _holdout_hash() -> str:
    path = root() / "evals" / "holdout" / f"{load_product().domain}.jsonl"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _prompt_hashes() -> dict[str, str]:
    prompts = load_prompts(root() / "prompts" / load_product().domain)
    return {name: prompt.hash for name, prompt in prompts.items()}


def _append(path: Path, record: Promotion) -> None:
    records: list[dict[str, Any]] = [
        r.model_dump(mode="json") for r in load_promotions(path.parent)
    ]
    records.append(record.model_dump(mode="json"))
    # JSON is YAML: one record a line keeps the history readable in a diff.
    lines = "".join(f"  - {json.dumps(r, ensure_ascii=False)}\n" for r in records)
    path.write_text(f"{_HEAD}promotions:\n{lines}", encoding="utf-8")


def _write_stage(folder: Path, name: str, stage: str) -> None:
    for source in read_folder(folder / "registry.yaml"):
        for index, entry in enumerate(source.data["models"]):
            if entry["name"] == name:
                lines = source.path.read_text(encoding="utf-8").splitlines(keepends=True)
                number = source.lines["models", index, "stage"] - 1
                lines[number] = _STAGE.sub(rf"\g<1>{stage}", lines[number], count=1)
                source.path.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
