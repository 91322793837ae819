from pathlib import Path

import pytest

from devstack.__main__ import main
from devstack.programs import NO_NODE


@pytest.mark.usefixtures("seeds")
def test_main_says_what_to_do_without_node(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["--check", "--data", str(tmp_path)]) == 2
    assert NO_NODE in capsys.readouterr().out
