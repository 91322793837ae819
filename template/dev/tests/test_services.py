"""Every development service of this repo starts, says where it is, and goes away again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from devstack import services
from devstack.services import Service, available, start_missing, stop_all

WITHOUT_POSTGRES = {"DATABASE_URL": "given"}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[list[Service]]]:
    """The services of two repos, started at the same moment."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "other")]
    with ThreadPoolExecutor() as pool:
        started = list(pool.map(lambda folder: start_missing(folder, WITHOUT_POSTGRES), folders))
    yield started
    for each in started:
        stop_all(each)


def test_services_bring_every_setting_they_promise(both: list[list[Service]]) -> None:
    for started in both:
        assert {service.name for service in started} == available().keys() - {"postgres"}
        for service in started:
            promised = available()[service.name].PROVIDES
            assert all(service.settings[name] for name in promised)


def test_services_of_two_repos_are_apart(both: list[list[Service]]) -> None:
    given = [each for started in both for service in started for each in service.settings.items()]
    assert len(set(given)) == len(given)


def test_a_service_whose_address_is_given_is_not_started(tmp_path: Path) -> None:
    given = {name: "given" for module in available().values() for name in module.PROVIDES}
    assert start_missing(tmp_path, given) == []


def test_services_are_stopped_when_a_later_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[str] = []
    good, bad = ModuleType("good"), ModuleType("bad")
    good.PROVIDES = bad.PROVIDES = ("X",)  # type: ignore[attr-defined] # a module made here
    good.start = lambda _: Service("good", {}, lambda: stopped.append("good"))  # type: ignore[attr-defined] # a module made here
    bad.start = lambda _: 1 / 0  # type: ignore[attr-defined] # a module made here
    monkeypatch.setattr(services, "available", lambda _: {"good": good, "bad": bad})
    with pytest.raises(ZeroDivisionError):
        start_missing(tmp_path, {})
    assert stopped == ["good"]
