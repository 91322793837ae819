"""Which static keys open the proxy."""

import pytest
from starlette.datastructures import Headers

from model_proxy.callers import Callers
from model_proxy.errors import UnauthorizedError
from model_proxy.keys import Keys


def bearing(value: str) -> Headers:
    return Headers({"Authorization": value})


async def test_callers_with_any_of_the_keys_have_a_name_that_does_not_tell_it() -> None:
    callers = Callers(Keys(["first-key", "second-key", ""]))
    names = {
        await callers.identify(bearing(f"Bearer {key}")) for key in ("first-key", "second-key")
    }
    assert len(names) == 2
    assert not any("key" in name for name in names)


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Bearer third", "Basic first-key"])
async def test_callers_without_a_key_are_refused(value: str) -> None:
    with pytest.raises(UnauthorizedError):
        await Callers(Keys(["first-key"])).identify(bearing(value))


async def test_callers_need_no_key_where_there_is_none() -> None:
    assert await Callers(Keys(["", ""])).identify(bearing("")) == ""
