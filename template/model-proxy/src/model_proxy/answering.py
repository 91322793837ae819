"""The way of a chat request from its models to its caller, whatever the answer is written as.

Memory, shadow, account and the caller who leaves are here, once; how the answer looks on the wire
is a ``Form`` of the endpoint's.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from functools import partial
from http import HTTPStatus
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from model_proxy.accounts import Account
from model_proxy.asking import repeat
from model_proxy.departure import while_present
from model_proxy.errors import ProxyError
from model_proxy.memory import Recording, finish_reason
from model_proxy.providers import Begun, ChatCall, Chunk
from model_proxy.proxy import Proxy
from model_proxy.pumping import Pump
from model_proxy.quality import text_of
from model_proxy.remembering import Sought
from model_proxy.tokens import count_tokens
from model_proxy.wire import Usage


class Form(Protocol):
    """How one answer is written; a stream's parts come in their order, each once."""

    def whole(self, body: bytes) -> bytes:
        """Return the answer in one piece; ``body`` is OpenAI's chat completion."""

    def event(self, chunk: Chunk) -> bytes:
        """Return what a chunk says to the caller; nothing where it says nothing."""

    def end(self) -> bytes:
        """Return what tells that the stream is whole."""

    def failure(self, error: ProxyError) -> bytes:
        """Return what tells that it broke off."""


class EventStream(Response):
    """Server-sent events; when the caller leaves, what produces them is cancelled at once."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes, None], headers: Mapping[str, str]) -> None:
        self.status_code = HTTPStatus.OK
        self.background = None
        self.init_headers(headers)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events while the caller is there."""
        del scope
        with suppress(ClientDisconnect):
            await while_present(receive, self._send(send))

    async def _send(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": HTTPStatus.OK.value}
        await send({**start, "headers": self.raw_headers})
        await Pump(self._events, send).run()
        await send({"type": "http.response.body", "body": b""})


async def give_answer(request: Request, proxy: Proxy, call: ChatCall, form: Form) -> Response:
    """Answer a call, in one piece or as it is written."""
    account = proxy.accounts.chat(call)
    try:
        answer = _stream if call.request.stream else _whole
        return await while_present(request.receive, answer(proxy, call, account, form))
    except BaseException as error:
        account.close(error)
        raise


async def _whole(proxy: Proxy, call: ChatCall, account: Account, form: Form) -> Response:
    sought = await proxy.memories.find(call)
    account.cache, completion = sought.state, sought.answer
    if completion is None:
        call, completion = await proxy.asking.complete(call)
        account.model = call.model
        await proxy.memories.keep(sought, call, completion)
        text = partial(text_of, completion.body)
        proxy.shadow.offer(call, text, completion.usage, account.seconds)
    account.usage = completion.usage
    account.finish_reason = finish_reason(completion)
    account.begin()
    account.close()
    body = form.whole(completion.body)
    return Response(body, headers=_headers(account), media_type="application/json")


async def _stream(proxy: Proxy, call: ChatCall, account: Account, form: Form) -> Response:
    sought = await proxy.memories.find(call)
    account.cache = sought.state
    if sought.answer:
        begun = Begun((), repeat(sought.answer.body))
    else:
        call, begun = await proxy.asking.begin(call)
        account.model = call.model
    account.begin()
    events = _relay(proxy, call, account, sought, begun, form)
    return EventStream(events, headers=_headers(account))


async def _relay(
    proxy: Proxy, call: ChatCall, account: Account, sought: Sought, begun: Begun, form: Form
) -> AsyncGenerator[bytes, None]:
    recording = Recording()
    failure: BaseException | None = None
    try:
        async with aclosing(_following(begun)) as chunks:
            async for chunk in chunks:
                recording.hear(chunk)
                if event := form.event(chunk):
                    yield event
        if not account.is_remembered:
            await _remember(proxy, call, sought, recording)
            proxy.shadow.offer(call, lambda: recording.text, recording.usage, account.seconds)
        yield form.end()
    except ProxyError as error:
        failure = error
        proxy.asking.attempts.broke_off(call, error)
        yield form.failure(error)
    except BaseException as error:
        failure = error
        raise
    finally:
        account.usage = _used(call, recording)
        account.finish_reason = recording.finish_reason
        account.close(failure)


async def _following(begun: Begun) -> AsyncGenerator[Chunk, None]:
    async with aclosing(begun.rest) as events:
        for chunk in begun.head:
            yield chunk
        async for chunk in events:
            yield chunk


async def _remember(proxy: Proxy, call: ChatCall, sought: Sought, recording: Recording) -> None:
    completion = recording.completion()
    if completion is not None:
        await proxy.memories.keep(sought, call, completion)


def _used(call: ChatCall, recording: Recording) -> Usage:
    if recording.usage.total_tokens:
        return recording.usage
    # The stream was cut before the model counted: what was read and written is still paid for.
    read = sum(count_tokens(message.text) for message in call.request.messages)
    written = count_tokens(recording.text)
    return Usage(read, written, read + written)


def _headers(account: Account) -> dict[str, str]:
    return {"X-Cache": account.cache, "X-Model": account.model.name, "Cache-Control": "no-store"}
