"""A run turns red when a family is below its threshold, and says so in every report."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evals.guards import QUALITY
from evals.reports import table, write_reports
from evals.samples import Answer, Sample
from evals.suites import Outcome, Thresholds, load_thresholds, run_suite

# covers R-0307

MakeSample = Callable[..., Sample]
MakeAnswer = Callable[..., Answer]
Run = Callable[[list[str], float], Awaitable[Outcome]]

TARGET = "A bike may be returned within 30 days of delivery."


@pytest.fixture
def run(sample: MakeSample, answer: MakeAnswer) -> Run:
    """Grade these answers to the same question."""

    async def of(texts: list[str], needed: float) -> Outcome:
        rows = [sample(TARGET).model_copy(update={"id": f"row-{n}"}) for n in range(len(texts))]
        given = {row.id: answer(text) for row, text in zip(rows, texts, strict=True)}

        async def ask(row: Sample) -> Answer:
            return given[row.id]

        return await run_suite("golden", rows, ask, QUALITY, Thresholds(1.0, {"period": needed}))

    return of


RIGHT, WRONG = f"{TARGET[:-1]} [1].", TARGET.replace("30", "90")


@pytest.mark.parametrize(
    ("needed", "ok"),
    [(1.0, False), (0.5, True)],
)
async def test_run_suite_holds_each_family_against_its_threshold(
    run: Run, needed: float, *, ok: bool
) -> None:
    outcome = await run([RIGHT, WRONG], needed)
    assert outcome.ok is ok
    assert outcome.families[0].passed == 1


async def test_reports_say_what_failed_and_why(run: Run, tmp_path: Path) -> None:
    outcome = await run([RIGHT, WRONG], 1.0)
    write_reports(outcome, tmp_path, {"model": "demo"})
    report = json.loads((tmp_path / "golden.json").read_text(encoding="utf-8"))
    assert not report["ok"]
    assert report["facts"] == {"model": "demo"}
    assert [row["passed"] for row in report["results"]] == [True, False]
    junit = ElementTree.parse(tmp_path / "golden.xml").getroot()
    assert (junit.get("tests"), junit.get("failures")) == ("2", "1")
    messages = [failure.get("message") or "" for failure in junit.iter("failure")]
    assert "lacks the figure 30 day" in messages
    assert "FAIL  row-1" in table(outcome)
    assert "BELOW 100%" in table(outcome)


def test_load_thresholds_reads_the_repos_file(root: Path) -> None:
    assert load_thresholds(root / "evals" / "thresholds.yaml").needed("isolation") == 1.0


def test_load_thresholds_refuses_a_share_above_one(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text("default: 1.0\nfamilies: {period: 90}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="between 0 and 1, not 90"):
        load_thresholds(path)
