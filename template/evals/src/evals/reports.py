"""What a run leaves behind: a table for people, JSON for programs, JUnit for pipelines."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from evals.suites import Outcome, Result


def table(outcome: Outcome) -> str:
    """Return the outcome as text: one line per sample, objections under it, families at the end."""
    return "\n".join(_lines(outcome))


def write_reports(outcome: Outcome, folder: Path, facts: Mapping[str, str]) -> None:
    """Write ``<suite>.json`` and ``<suite>.xml``; the facts say what was measured."""
    folder.mkdir(parents=True, exist_ok=True)
    document = json.dumps(_document(outcome, facts), indent=2, ensure_ascii=False, sort_keys=True)
    (folder / f"{outcome.suite}.json").write_text(document + "\n", encoding="utf-8")
    ElementTree.ElementTree(_junit(outcome, facts)).write(
        folder / f"{outcome.suite}.xml", encoding="utf-8", xml_declaration=True
    )


def _lines(outcome: Outcome) -> Iterator[str]:
    width = max(len(result.sample.id) for result in outcome.results)
    for result in outcome.results:
        sample = result.sample
        mark = "pass" if result.passed else "FAIL"
        yield f"{mark}  {sample.id:<{width}}  {sample.metadata.family:<14} {sample.input[:60]}"
        yield from (f"      {reason}" for reason in result.reasons)
        if not result.passed:
            yield f"      answered: {result.answer.text}"
    for family in outcome.families:
        verdict = "" if family.ok else f"  BELOW {family.needed:.0%}"
        yield f"{outcome.suite} {family.name:<14} {family.passed}/{family.total}{verdict}"


def _document(outcome: Outcome, facts: Mapping[str, str]) -> dict[str, object]:
    return {
        "suite": outcome.suite,
        "ok": outcome.ok,
        "facts": dict(facts),
        "families": [
            {"name": f.name, "passed": f.passed, "total": f.total, "needed": f.needed, "ok": f.ok}
            for f in outcome.families
        ],
        "results": [_result(result) for result in outcome.results],
    }


def _result(result: Result) -> dict[str, object]:
    return {
        **result.sample.model_dump(mode="json"),
        "output": result.answer.text,
        "passed": result.passed,
        "reasons": list(result.reasons),
    }


def _junit(outcome: Outcome, facts: Mapping[str, str]) -> ElementTree.Element:
    failures = sum(not result.passed for result in outcome.results)
    counts = {"tests": str(len(outcome.results)), "failures": str(failures)}
    suite = ElementTree.Element("testsuite", {"name": f"evals.{outcome.suite}", **counts})
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in facts.items():
        ElementTree.SubElement(properties, "property", {"name": name, "value": value})
    for result in outcome.results:
        sample = result.sample
        named = {"classname": sample.metadata.family, "name": sample.id}
        case = ElementTree.SubElement(suite, "testcase", named)
        for reason in result.reasons:
            failure = ElementTree.SubElement(case, "failure", {"message": reason})
            failure.text = result.answer.text
    return suite
