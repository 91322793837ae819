"""OpenAI's wire format, as far as this proxy has to understand it.

Fields that are not named here travel to the model unread. Source:
``contracts/openapi/model-proxy.yaml``.
"""

from typing import Annotated, Any, Literal, TypeVar

import msgspec

from model_proxy.errors import BadRequestError

Body = TypeVar("Body")
Positive = Annotated[int, msgspec.Meta(ge=1)]


class Message(msgspec.Struct):
    """One turn of the conversation; content is text, typed parts, or nothing (a tool call)."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """The content's text parts, one per line."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(str(part["text"]) for part in self.content or () if "text" in part)


class StreamOptions(msgspec.Struct):
    """``include_usage`` asks for a last chunk with the token counts."""

    include_usage: bool = False


class ResponseFormat(msgspec.Struct):
    """``json_schema`` holds ``{"name": …, "schema": {…}}`` when the type says so."""

    type: Literal["text", "json_object", "json_schema"] = "text"
    json_schema: dict[str, Any] | None = None

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema the answer must satisfy; empty when any object will do."""
        schema = (self.json_schema or {}).get("schema")
        return schema if isinstance(schema, dict) else {}


class ChatRequest(msgspec.Struct):
    """``POST /v1/chat/completions``."""

    model: str
    messages: Annotated[list[Message], msgspec.Meta(min_length=1)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    seed: int | None = None
    n: Positive | None = None
    max_tokens: Positive | None = None
    max_completion_tokens: Positive | None = None
    response_format: ResponseFormat | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    functions: list[dict[str, Any]] | None = None

    @property
    def offers_tools(self) -> bool:
        """Whether the model may call anything (``functions`` is the older way to say so)."""
        return bool(self.tools or self.functions)

    @property
    def wants_usage(self) -> bool:
        """Whether the stream ends with a usage chunk."""
        return self.stream_options is not None and self.stream_options.include_usage

    @property
    def token_limit(self) -> int | None:
        """The most tokens the caller wants to read."""
        return self.max_completion_tokens or self.max_tokens


class EmbeddingRequest(msgspec.Struct):
    """``POST /v1/embeddings``."""

    model: str
    input: str | Annotated[list[str], msgspec.Meta(min_length=1, max_length=2048)]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Positive | None = None

    @property
    def texts(self) -> list[str]:
        """The inputs as a list."""
        return [self.input] if isinstance(self.input, str) else self.input


class Usage(msgspec.Struct, frozen=True):
    """Tokens read and written."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


def decode_body(body: bytes, kind: type[Body]) -> Body:
    """Return the request, or raise ``BadRequestError`` naming the field that is wrong."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        field = path.rstrip("`").lstrip(".") or None
        raise BadRequestError(f"{field or 'The body'}: {reason}.", param=field) from error
    except msgspec.DecodeError as error:
        raise BadRequestError(f"The body is not JSON: {error}.") from error
