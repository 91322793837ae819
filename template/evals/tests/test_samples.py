"""Sample files: Inspect's shape, and errors that name the line."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from evals.samples import SampleError, load_samples

# covers R-0301

# The fields of inspect_ai.dataset.Sample that a JSONL file may carry; `metadata` is free.
INSPECT = {
    "type": "object",
    "required": ["input"],
    "additionalProperties": False,
    "properties": {
        "input": {"type": "string", "minLength": 1},
        "target": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "id": {"type": ["string", "integer"]},
        "metadata": {"type": "object"},
        "choices": {"type": "array", "items": {"type": "string"}},
    },
}
GOOD = {
    "id": "a",
    "input": "?",
    "target": "!",
    "metadata": {
        "tenant": "t",
        "family": "f",
        "lang": "en",
        "prompt_version": "1",
        "approved_by": "me",
    },
}


@pytest.mark.parametrize("suite", ["golden", "adversarial", "holdout"])
def test_committed_samples_have_inspects_shape(root: Path, domain: str, suite: str) -> None:
    lines = (root / "evals" / suite / f"{domain}.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        Draft202012Validator(INSPECT).validate(json.loads(line))


def test_inspects_shape_refuses_extras_outside_metadata() -> None:
    assert not Draft202012Validator(INSPECT).is_valid(GOOD | {"tenant": "t"})


def _write(folder: Path, *rows: object) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_load_samples_keeps_unknown_metadata(tmp_path: Path) -> None:
    row = GOOD | {"metadata": GOOD["metadata"] | {"ticket": 7}}  # type: ignore[operator] # a dict
    (sample,) = load_samples(_write(tmp_path, row))
    assert sample.metadata.model_dump()["ticket"] == 7


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([GOOD, {"id": "b"}], r"rows\.jsonl:2: input: Field required"),
        ([GOOD, "text"], r"rows\.jsonl:2"),
        ([GOOD, GOOD], "uses these ids twice: a"),
        ([], "an empty suite proves nothing"),
    ],
)
def test_load_samples_says_which_line_is_wrong(
    tmp_path: Path, rows: list[object], reason: str
) -> None:
    with pytest.raises(SampleError, match=reason):
        load_samples(_write(tmp_path, *rows))


def test_load_samples_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match=r"none\.jsonl can't be read"):
        load_samples(tmp_path / "none.jsonl")
