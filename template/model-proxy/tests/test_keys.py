"""Which keys open the proxy."""

import pytest
from starlette.datastructures import Headers

from model_proxy.errors import UnauthorizedError
from model_proxy.keys import Keys


def bearing(value: str) -> Headers:
    return Headers({"Authorization": value})


def test_keys_accept_each_and_name_it_without_telling_it() -> None:
    keys = Keys(["first-key", "second-key", ""])
    names = {keys.holder(bearing(f"Bearer {key}")) for key in ("first-key", "second-key")}
    assert len(names) == 2
    assert not any("key" in name for name in names)


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Bearer third", "Basic first-key"])
def test_keys_refuse_everything_else(value: str) -> None:
    with pytest.raises(UnauthorizedError):
        Keys(["first-key"]).holder(bearing(value))


def test_keys_ask_for_none_where_there_is_none() -> None:
    assert Keys(["", ""]).holder(bearing("")) == ""
