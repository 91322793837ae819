"""Events survive however the network cuts them."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_proxy.errors import UpstreamError
from model_proxy.sse import MAX_EVENT_BYTES, read_events


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


STREAM = b': hello\r\nevent: x\r\ndata: {"a": 1}\r\n\r\ndata:two\ndata: lines\n\n\ndata: [DONE]'


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
async def test_read_events_does_not_depend_on_the_pieces(cuts: list[int]) -> None:
    ends = [0, *sorted(cuts), len(STREAM)]
    parts = [STREAM[a:b] for a, b in pairwise(ends)]
    assert [e async for e in read_events(pieces(*parts))] == [
        b'{"a": 1}',
        b"two\nlines",
        b"[DONE]",
    ]


async def test_read_events_refuses_an_endless_line() -> None:
    with pytest.raises(UpstreamError):
        async for _ in read_events(pieces(b"data: ", b"x" * (MAX_EVENT_BYTES + 1))):
            pass
