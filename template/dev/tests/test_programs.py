import socket

import pytest

from devstack import programs
from devstack.programs import USUAL, Ports


def test_ports_say_which_usual_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(programs, "USUAL", (port, *USUAL[1:]))
        moved = Ports.pick(ephemeral=False)
    assert moved.moved()["gateway"] == f"port {port} is taken: it listens on {moved.gateway}"


def test_ports_that_are_the_usual_ones_need_no_word() -> None:
    assert Ports(*USUAL).moved() == {}
