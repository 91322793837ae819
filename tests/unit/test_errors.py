"""What the operating system refuses, in words that say what to do."""

from __future__ import annotations

import errno
import os

import pytest

from airworthy import errors


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (errno.ENOSPC, errors.NoSpaceError, "no_space"),
        (errno.EDQUOT, errors.NoSpaceError, "no_space"),
        (errno.EACCES, errors.ReadOnlyFolderError, "read_only_folder"),
        (errno.EROFS, errors.ReadOnlyFolderError, "read_only_folder"),
        (errno.ENAMETOOLONG, errors.DestinationError, "destination"),
    ],
)
def test_from_os_error_tells_reasons_apart(number: int, kind: type[errors.AirworthyError], code: str) -> None:
    found = errors.from_os_error(OSError(number, os.strerror(number), "/some/place"))

    assert type(found) is kind
    assert found.code == code
    assert "/some/place" in found.message
    assert found.next_step
    assert found.exit_code == 2


def test_every_error_has_a_code_of_its_own() -> None:
    def below(kind: type[errors.AirworthyError]) -> list[type[errors.AirworthyError]]:
        return [kind, *(deeper for child in kind.__subclasses__() for deeper in below(child))]

    codes = [kind.code for kind in below(errors.AirworthyError)]
    assert len(set(codes)) == len(codes)
