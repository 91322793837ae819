"""Documents as data; YAML of any dialect, with unknown tags read as what they mark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml


class Loader(yaml.CSafeLoader):
    """Builds plain data only, fast."""


def _unknown(loader: Any, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


Loader.add_multi_constructor("!", _unknown)


def load(text: str) -> list[Any]:
    """Every document in `text`; raises yaml.YAMLError."""
    return list(yaml.load_all(text, Loader=Loader))


def documents(text: str) -> Iterator[dict[str, Any]]:
    """The documents that are mappings."""
    return (document for document in load(text) if isinstance(document, dict))


def strings(value: Any) -> Iterator[str]:
    """Every string in it, keys aside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
