"""``python -m slo``: compile the objectives to Prometheus rules.

``--check`` says whether the committed rules are what the objectives compile to.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from slo.objectives import SloError, load_objectives
from slo.rules import compile_rules

RULES = Path("infra/observability/prometheus/rules")
HEADER = "# Written by `python -m slo` from slo/objectives/{name}.yaml: change that file instead.\n"


class _Dumper(yaml.SafeDumper):
    pass


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)


def render(root: Path) -> dict[Path, str]:
    """Return the rule files, by path below the repo's root.

    Raises:
        SloError: an objective can't be compiled.
    """
    return {
        RULES / f"{objective.name}.yaml": HEADER.format(name=objective.name)
        + _dump(compile_rules(objective))
        for objective in load_objectives(root / "slo")
    }


def find_drift(root: Path, rendered: dict[Path, str]) -> list[Path]:
    """Return the files that are missing, different, or left over from an objective that is gone."""
    present = {path.relative_to(root) for path in (root / RULES).glob("*.yaml")}
    different = {p for p in rendered.keys() & present if (root / p).read_text() != rendered[p]}
    return sorted(different | (rendered.keys() ^ present))


def main(arguments: list[str] | None = None) -> int:
    """Write the rules or compare them; 1 means that they differ, 2 that they can't be compiled."""
    parser = argparse.ArgumentParser(
        prog="python -m slo", description="Compile the objectives to Prometheus rules."
    )
    parser.add_argument("--root", type=Path, default=Path(), help="the repo (default: here)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    options = parser.parse_args(arguments)
    try:
        rendered = render(options.root)
    except SloError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    drift = find_drift(options.root, rendered)
    if not options.check:
        _write(options.root, rendered, drift)
    for path in drift:
        sys.stdout.write(f"{'differs' if options.check else 'written'}: {path}\n")
    return int(options.check and bool(drift))


def _write(root: Path, rendered: dict[Path, str], drift: list[Path]) -> None:
    (root / RULES).mkdir(parents=True, exist_ok=True)
    for path in drift:
        if path in rendered:
            (root / path).write_text(rendered[path], encoding="utf-8")
        else:
            (root / path).unlink()


def _dump(content: dict[str, Any]) -> str:
    text: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, width=10_000, allow_unicode=True
    )
    return text


if __name__ == "__main__":
    raise SystemExit(main())
