from __future__ import annotations

from pathlib import Path
from types import ModuleType

from matrix import results
from matrix.results import Results


def test_value_is_found_again_in_the_next_run(tmp_path: Path) -> None:
    first = Results(tmp_path / "cache")
    first.put("key", ["a", {"b": 1}])
    first.close()

    second = Results(tmp_path / "cache")

    assert second.get("key") == ["a", {"b": 1}]
    assert second.get("other") is None
    assert (second.reused, second.worked) == (1, 0)
    second.close()


def test_nothing_is_kept_without_a_folder() -> None:
    first, second = Results(None), Results(None)
    first.put("key", "value")
    first.close()

    assert second.get("key") is None
    second.close()


def test_of_too_many_values_the_unused_are_forgotten(tmp_path: Path) -> None:
    first = Results(tmp_path)
    for number in range(5):
        first.put(str(number), number)
    first.close()
    second = Results(tmp_path, most=3)
    second.get("4")
    second.close()

    third = Results(tmp_path)
    assert [third.get(str(number)) for number in range(5)] == [None, None, None, None, 4]
    third.close()


def test_version_changes_with_the_code(tmp_path: Path) -> None:
    module = ModuleType("check")
    module.__file__ = str(tmp_path / "check.py")
    (tmp_path / "check.py").write_text("a = 1\n", encoding="utf-8")
    before = results.version([module])
    (tmp_path / "check.py").write_text("a = 2\n", encoding="utf-8")

    assert results.version([module]) != before
