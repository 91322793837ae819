"""How one OpenAI-compatible API differs from another; ``dialects.yaml`` beside this file has them.

What an API can't honour is refused here, by name, instead of being ignored there: an answer that
silently is not what was asked for is worse than none.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from model_proxy.errors import UnsupportedError
from model_proxy.registry import SCHEMA_ID, Entry, Model, Module
from model_proxy.sources import ConfigurationError, Source, read_source

SHIPPED = Path(__file__).with_suffix(".yaml")


class Paths(Entry):
    """Where the calls go, after the base URL; ``{model}`` becomes the provider's name for it."""

    chat: str = "chat/completions"
    embeddings: str = "embeddings"


class Key(Entry):
    """The header that carries the key."""

    header: str = "Authorization"
    value: str = "Bearer {key}"


class Dialect(Entry):
    """One API's differences; what is left out is as OpenAI has it."""

    source: str
    """Where its provider documents it."""
    paths: Paths = Paths()
    query: Mapping[str, str] = {}
    """What every address ends with."""
    key: Key = Key()
    headers: Mapping[str, str] = {}
    """What every request carries besides."""
    renames: Mapping[str, str] = {}
    """Fields that go by another name."""
    drops: frozenset[str] = frozenset()
    """Fields that change nothing the caller can see."""
    refuses: Mapping[str, tuple[Any, ...]] = {}
    """Fields that change the answer and can't be honoured; the values listed ask for nothing."""
    busy: frozenset[int] = frozenset({429})
    """Statuses that mean: come back later."""
    has_stream_usage: bool = True
    """Whether ``stream_options`` is understood; without it, a stream's tokens are estimated."""

    def url(self, base_url: str, path: str, model: Model) -> str:
        """Return the address of one kind of call."""
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{base_url}/{path.format(model=model.upstream)}{'?' if query else ''}{query}"

    def key_headers(self, key: str | None) -> dict[str, str]:
        """Return the headers that every request to the API carries."""
        shown = {self.key.header: self.key.value.format(key=key)} if key else {}
        return {**self.headers, **shown}

    def translate(self, fields: dict[str, Any], model: Model) -> dict[str, Any]:
        """Return the request's fields as the API takes them.

        Raises:
            UnsupportedError: a field asks for what the API can't do.
        """
        for name, harmless in self.refuses.items():
            value = fields.get(name)
            if value is not None and value not in harmless:
                raise UnsupportedError(f"{model.name} can't honour {name!r}.", param=name)
        unwanted = self.drops | self.refuses.keys()
        return {self.renames.get(k, k): v for k, v in fields.items() if k not in unwanted}


class DialectFile(Entry):
    """One file of dialects."""

    dialects: dict[Module, Dialect] = Field(min_length=1)


def load_dialects(folder: Path) -> dict[str, Dialect]:
    """Read what is shipped, then ``dialects.d/``, whose entries win."""
    return {
        name: dialect
        for source in _sources(folder)
        for name, dialect in source.parse(DialectFile).dialects.items()
    }


def dialect_of(model: Model, dialects: Mapping[str, Dialect]) -> Dialect:
    """Return the model's dialect; raises ``ConfigurationError`` when nobody speaks it."""
    try:
        return dialects[model.dialect]
    except KeyError as error:
        known = ", ".join(sorted(dialects))
        message = f"{model.name}: there is no dialect {model.dialect!r}; there are {known}."
        raise ConfigurationError(message) from error


def dialects_schema() -> dict[str, Any]:
    """Return the JSON Schema of a file of dialects; ``contracts/models/dialects.json`` holds it."""
    return {"$schema": SCHEMA_ID, **DialectFile.model_json_schema()}


def _sources(folder: Path) -> Iterator[Source]:
    yield read_source(SHIPPED)
    for path in sorted((folder / "dialects.d").glob("*.yaml")):
        yield read_source(path)
