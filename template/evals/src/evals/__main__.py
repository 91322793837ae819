"""``python -m evals``: ask the questions of this product's domain and grade the answers."""

import argparse
import asyncio
import hashlib
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from evals.assistant import Assistant, open_assistant
from evals.guards import QUALITY, Guard
from evals.leaks import leak_guards
from evals.reports import table, write_reports
from evals.samples import SampleError, load_samples
from evals.seeds import load_tenants, secrets_of
from evals.serving import Address, serve_model_proxy
from evals.suites import Outcome, load_thresholds, run_suite
from runtime.product import load_product, root
from runtime.prompts import PromptError, load_prompts

SUITES = ("golden", "adversarial", "holdout")
MISUSE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the suites; 1 means that a family is below its threshold, 2 that a suite can't be run."""
    parser = argparse.ArgumentParser(prog="python -m evals", description="Ask and grade.")
    parser.add_argument(
        "suites", nargs="*", help="of golden, adversarial, holdout (default: the first two)"
    )
    parser.add_argument("--url", help="a running model proxy; its key is MODEL_PROXY_KEY")
    parser.add_argument("--reports", type=Path, help="where reports go (default: evals/reports)")
    options = parser.parse_args(arguments)
    if unknown := set(options.suites) - set(SUITES):
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")
    # The table is the output; the services' own lines would drown it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        outcomes = asyncio.run(_run(options.suites or SUITES[:2], options.url, options.reports))
    except (SampleError, PromptError) as error:
        sys.stderr.write(f"{error}\n")
        return MISUSE
    return int(not all(outcome.ok for outcome in outcomes))


async def _run(suites: Sequence[str], url: str | None, reports: Path | None) -> list[Outcome]:
    if url:
        return await _ask(suites, Address(url, os.environ.get("MODEL_PROXY_KEY", "")), reports)
    async with serve_model_proxy() as address:
        return await _ask(suites, address, reports)


async def _ask(suites: Sequence[str], address: Address, reports: Path | None) -> list[Outcome]:
    domain = load_product().domain
    prompts = load_prompts(root() / "prompts" / domain)
    tenants = load_tenants(root() / "seeds" / domain)
    guards = {"adversarial": leak_guards(secrets_of(tenants))}
    async with open_assistant(address.url, address.key, prompts, tenants) as assistant:
        return [
            await _run_one(suite, assistant, guards.get(suite, QUALITY), reports)
            for suite in suites
        ]


async def _run_one(
    suite: str, assistant: Assistant, guards: tuple[Guard, ...], reports: Path | None
) -> Outcome:
    folder = root() / "evals"
    path = folder / suite / f"{load_product().domain}.jsonl"
    thresholds = load_thresholds(folder / "thresholds.yaml")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    ask = replace(assistant, dataset=digest).answer
    outcome = await run_suite(suite, load_samples(path), ask, guards, thresholds)
    facts = {
        "model": ", ".join(sorted({result.answer.model for result in outcome.results})),
        "samples_sha256": digest,
        **{f"prompt_{name}": prompt.hash for name, prompt in assistant.prompts.items()},
    }
    write_reports(outcome, reports or folder / "reports", facts)
    sys.stdout.write(f"{table(outcome)}\n")
    return outcome


if __name__ == "__main__":
    raise SystemExit(main())
