"""Every development service of this repo starts, says where it is, and goes away again."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from devstack import services
from devstack.services import available, start_missing, stop_all

WITHOUT_POSTGRES = {"DATABASE_URL": "given"}


def test_services_bring_every_setting_they_promise(tmp_path: Path) -> None:
    started = start_missing(tmp_path, WITHOUT_POSTGRES)
    try:
        assert {service.name for service in started} == available().keys() - {"postgres"}
        for service in started:
            promised = available()[service.name].PROVIDES
            assert all(service.settings[name] for name in promised)
    finally:
        stop_all(started)


def test_services_of_two_repos_start_at_the_same_moment(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda folder: start_missing(folder, WITHOUT_POSTGRES), folders))
    started = [service for each in both for service in each]
    try:
        given = [setting for service in started for setting in service.settings.items()]
        assert len(set(given)) == len(given)
    finally:
        stop_all(started)


def test_a_service_whose_address_is_given_is_not_started(tmp_path: Path) -> None:
    given = {name: "given" for module in available().values() for name in module.PROVIDES}
    assert start_missing(tmp_path, given) == []


def test_services_are_stopped_when_a_later_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[str] = []
    good, bad = ModuleType("good"), ModuleType("bad")
    good.PROVIDES = bad.PROVIDES = ("X",)  # type: ignore[attr-defined] # a module made here
    good.start = lambda _: services.Service("good", {}, lambda: stopped.append("good"))  # type: ignore[attr-defined] # a module made here
    bad.start = lambda _: 1 / 0  # type: ignore[attr-defined] # a module made here
    monkeypatch.setattr(services, "available", lambda _: {"good": good, "bad": bad})
    with pytest.raises(ZeroDivisionError):
        start_missing(tmp_path, {})
    assert stopped == ["good"]
