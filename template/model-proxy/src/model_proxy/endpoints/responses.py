"""``POST /v1/responses``: the same answers in the words of OpenAI's Responses API."""

from starlette.requests import Request
from starlette.responses import Response

from model_proxy.answering import give_answer
from model_proxy.proxy import Proxy
from model_proxy.responses.asked import ResponseRequest, chat_body
from model_proxy.responses.events import ResponseForm
from model_proxy.wire import decode_body


async def create_response(request: Request) -> Response:
    """Answer a request that brings its whole conversation."""
    proxy: Proxy = request.app.state.proxy
    asked = decode_body(await proxy.body(request), ResponseRequest)
    call = await proxy.chat_call(request, chat_body(asked))
    return await give_answer(request, proxy, call, ResponseForm(asked))
