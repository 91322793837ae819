import json
import logging
import re
from typing import Any
from uuid import uuid4

import pytest

from devstack.databases import IN_MEMORY
from runtime.correlation import bind_correlation_id
from runtime.logs import bind_tenant, configure_logs, logger
from runtime.settings import RuntimeSettings

pytestmark = pytest.mark.usefixtures("restored_logs")


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_logger_writes_one_json_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("gateway", RuntimeSettings(**IN_MEMORY, log_format="json"))
    tenant_id = uuid4()
    with bind_correlation_id("correlation-1"), bind_tenant(tenant_id):
        logger("here").info("stored", answer="line\nbreak")
    (line,) = _lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "event": "stored",
        "service": "gateway",
        "correlation_id": "correlation-1",
        "tenant_id": str(tenant_id),
        "answer": "line\nbreak",
    }


def test_standard_library_records_take_the_same_shape(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("gateway", RuntimeSettings(**IN_MEMORY, log_format="json"))
    with bind_correlation_id("correlation-1"):
        logging.getLogger("library").warning("%s of %d", "one", 2)
    (line,) = _lines(capsys)
    assert (line["event"], line["level"]) == ("one of 2", "warning")
    assert line["correlation_id"] == "correlation-1"


def test_an_exception_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("gateway", RuntimeSettings(**IN_MEMORY, log_format="json"))
    try:
        int("planted")
    except ValueError:
        logger("here").exception("failed")
    (line,) = _lines(capsys)
    assert "ValueError: invalid literal" in line["exception"]


def test_level_and_chatty_libraries_are_kept_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("gateway", RuntimeSettings(**IN_MEMORY, log_format="json", log_level="warning"))
    logger("here").info("hidden")
    logging.getLogger("httpx2").info("hidden")
    logging.getLogger("uvicorn.access").error("hidden")
    assert _lines(capsys) == []


def test_console_says_what_a_person_reads(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("gateway", RuntimeSettings(**IN_MEMORY, log_format="console"))
    logger("here").info("stored", answer="", tenant_id="acme", passages=2)
    line = capsys.readouterr().out
    assert re.fullmatch(r"\d\d:\d\d:\d\d \[info +] stored passages=2 tenant_id=acme\n", line), line
