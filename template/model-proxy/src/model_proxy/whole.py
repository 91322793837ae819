"""The same call for an answer in one piece, whatever was asked for."""

from dataclasses import replace

import msgspec

from model_proxy.providers import ChatCall


def whole(call: ChatCall) -> ChatCall:
    """Return the call without its stream."""
    if not call.request.stream:
        return call
    fields = msgspec.json.decode(call.body, type=dict[str, msgspec.Raw])
    fields.pop("stream", None)
    fields.pop("stream_options", None)
    request = msgspec.structs.replace(call.request, stream=False, stream_options=None)
    return replace(call, request=request, body=msgspec.json.encode(fields))
