"""Events survive however the network cuts them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_proxy.errors import UpstreamError
from model_proxy.sse import MAX_EVENT_BYTES, EventReader, encode_event

STREAM = b': hello\r\nevent: x\r\ndata: {"a": 1}\r\n\r\ndata:two\ndata: lines\n\n\ndata: [DONE]'


def read(*pieces: bytes) -> list[bytes]:
    reader = EventReader()
    found = [event for piece in pieces for event in reader.feed(piece)]
    return [*found, *reader.end()]


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_reader_does_not_depend_on_the_pieces(cuts: list[int]) -> None:
    ends = [0, *sorted(cuts), len(STREAM)]
    parts = [STREAM[a:b] for a, b in pairwise(ends)]
    assert read(*parts) == [b'{"a": 1}', b"two\nlines", b"[DONE]"]


@given(st.lists(st.binary(min_size=1).filter(lambda b: not {10, 13} & set(b)), max_size=5))
def test_reader_reads_what_encode_event_writes(data: list[bytes]) -> None:
    assert read(b"".join(map(encode_event, data))) == data


@pytest.mark.parametrize("line", [b"", b"data: " + b"x" * 1024 + b"\n"])
def test_reader_refuses_an_event_without_end(line: bytes) -> None:
    with pytest.raises(UpstreamError):
        read(b"data: ", *[line or b"x" * 1024] * (2 * MAX_EVENT_BYTES // 1024))
