import socket

import pytest

from devstack.ports import PortError, free_port, free_ports, wait_for_port


def test_free_port_takes_the_next_one_when_the_preferred_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        preferred = taken.getsockname()[1]
        assert preferred < free_port(preferred) < preferred + 50


def test_free_port_without_a_preference_is_any() -> None:
    assert free_port() > 1023


def test_free_ports_are_different_and_nobody_gets_what_another_prefers() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        preferred = taken.getsockname()[1]
        moved, *others = free_ports([preferred, preferred + 1, preferred + 2])
    assert moved not in {preferred, preferred + 1, preferred + 2, *others}
    assert len(set(others)) == 2


def test_wait_for_port_returns_when_something_listens() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        wait_for_port(server.getsockname()[1], alive=lambda: True)


def test_wait_for_port_gives_up_on_what_has_died() -> None:
    with pytest.raises(PortError):
        wait_for_port(free_port(), alive=lambda: False)
