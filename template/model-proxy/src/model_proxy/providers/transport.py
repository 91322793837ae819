"""One HTTP call to a model: its attempts, its failures, and what becomes of its connection.

A call is tried again only while nothing of the answer has reached the caller, and only when the
failure says that a second try may work: no connection, or 500, 502, 503, 504.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec

from model_proxy.errors import UpstreamBusyError, UpstreamError, UpstreamRejectedError
from runtime.correlation import HEADER as CORRELATION
from runtime.correlation import correlation_id
from runtime.telemetry import trace_headers

ATTEMPTS = 2
PAUSE_S = 0.05
LINGER_S = 1.0
_AGAIN = frozenset({500, 502, 503, 504})
_REFUSED = frozenset({400, 413, 422})
_MESSAGE_LENGTH = 2000
_LONGEST_WAIT_S = 600


class _AgainError(Exception):
    """A failure that a second try may mend; carries what to say if it doesn't."""

    def __init__(self, error: UpstreamError) -> None:
        self.error = error


@dataclass(frozen=True)
class Transport:
    """Posts JSON to one model.

    Attributes:
        headers: what every request carries, the key among them.
        busy: statuses that mean: come back later.
        linger_s: how long a complete answer may take to end its transport.
        closing: those that still do.
    """

    http: aiohttp.ClientSession
    headers: Mapping[str, str]
    busy: frozenset[int]
    linger_s: float = LINGER_S
    closing: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def post(self, url: str, body: bytes) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield a response whose status is 200.

        Leaving early closes the connection, which tells the model that nobody listens any more;
        leaving at the end hands it back for the next call.
        """
        response = await self._connect(url, body)
        try:
            yield response
        except BaseException:
            response.close()
            raise
        if not response.content.is_eof():
            # The answer is complete, only the end of its transport is still on its way; the caller
            # doesn't wait for it.
            closing = asyncio.ensure_future(_give_back(response, self.linger_s))
            self.closing.add(closing)
            closing.add_done_callback(self.closing.discard)

    async def _connect(self, url: str, body: bytes) -> aiohttp.ClientResponse:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._send(url, body)
            except _AgainError as failure:
                if attempt == ATTEMPTS:
                    raise failure.error from failure.__cause__
                await asyncio.sleep(PAUSE_S * attempt)
        raise AssertionError("unreachable")

    async def _send(self, url: str, body: bytes) -> aiohttp.ClientResponse:
        headers = {CORRELATION: correlation_id(), **self.headers, **trace_headers()}
        try:
            response = await self.http.post(url, data=body, headers=headers, allow_redirects=False)
        except (aiohttp.ClientError, OSError) as error:
            raise _AgainError(UpstreamError("The model can't be reached.")) from error
        if response.status == HTTPStatus.OK:
            return response
        async with response:
            raise await self._failure(response)

    async def _failure(self, response: aiohttp.ClientResponse) -> Exception:
        if response.status in self.busy:
            wait_s = retry_after_s(response.headers)
            return UpstreamBusyError("The model's own limit is reached.", retry_after_s=wait_s)
        if response.status in _REFUSED:
            reason = _reason(await read(response))
            return UpstreamRejectedError(f"The model refused the request: {reason}")
        error = UpstreamError(f"The model answered with status {response.status}.")
        return _AgainError(error) if response.status in _AGAIN else error


async def read(response: aiohttp.ClientResponse) -> bytes:
    """Return the whole body; an ``UpstreamError`` when it breaks off."""
    try:
        return await response.read()
    except (aiohttp.ClientError, OSError) as error:
        raise UpstreamError("The model broke off in the middle of its answer.") from error


def retry_after_s(headers: Mapping[str, str]) -> int:
    """Return the seconds to wait (RFC 9110 §10.2.3); our own clock has no say in it."""
    given = headers.get("Retry-After", "").strip()
    if given.isdecimal():
        return min(int(given), _LONGEST_WAIT_S)
    until, now = _date(given), _date(headers.get("Date", ""))
    if until is None or now is None:
        return 1
    return min(max(1, round((until - now).total_seconds())), _LONGEST_WAIT_S)


async def _give_back(response: aiohttp.ClientResponse, linger_s: float) -> None:
    try:
        async with asyncio.timeout(linger_s):
            await response.content.wait_eof()
    except (TimeoutError, aiohttp.ClientError, OSError):
        pass
    finally:
        # At its end the connection is in the pool already, and this changes nothing.
        response.close()


def _date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return None


def _reason(body: bytes) -> str:
    """Return the message of an error, whichever of the known shapes it has."""
    try:
        said: Any = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return "it gave no reason."
    if isinstance(said, list) and said:  # Gemini wraps its error in an array
        said = said[0]
    if isinstance(said, dict):
        said = said.get("error", said)
    if isinstance(said, dict):
        said = said.get("message", said.get("detail"))
    return said[:_MESSAGE_LENGTH] if isinstance(said, str) and said else "it gave no reason."
