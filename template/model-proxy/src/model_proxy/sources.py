"""YAML files whose errors name the file and the line."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Shape = TypeVar("Shape", bound=BaseModel)
Place = tuple[str | int, ...]
# libyaml's reader is ten times as fast; its wheel may lack it on a rare machine.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ConfigurationError(Exception):
    """A file under ``models/`` can't be used; the message says where and why."""

    code = "configuration_invalid"


@dataclass(frozen=True)
class Source:
    """One file: its data and the line on which each part begins."""

    path: Path
    data: Any
    lines: Mapping[Place, int]

    def error(self, place: Place, message: str) -> ConfigurationError:
        """Return an error that points at the part, or at the nearest part around it."""
        inner = next(
            place[:end] for end in range(len(place), -1, -1) if place[:end] in self.lines or not end
        )
        return ConfigurationError(f"{self.path}:{self.lines.get(inner, 1)}: {message}")

    def parse(self, shape: type[Shape]) -> Shape:
        """Return the typed content; the first thing wrong is raised with its line."""
        try:
            return shape.model_validate(self.data)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"])
            raise self.error(first["loc"], f"{name}: {first['msg']}") from error


def read_source(path: Path) -> Source:
    """Read a YAML file; a missing, unreadable or broken one is a ``ConfigurationError``."""
    try:
        return _parsed(path, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror or error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}:{line}: {error.problem}") from error


def read_folder(file: Path) -> list[Source]:
    """Read ``name.yaml`` and then every file of ``name.d/``, by name."""
    drop_ins = sorted(file.with_suffix(".d").glob("*.yaml"))
    return [read_source(path) for path in (file, *drop_ins)]


def _parsed(path: Path, text: str) -> Source:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines = _lines(node)
        return Source(path, None if node is None else loader.construct_document(node), lines)
    finally:
        loader.dispose()


def _lines(node: yaml.Node | None, place: Place = ()) -> dict[Place, int]:
    if node is None:
        return {}
    lines = {place: node.start_mark.line + 1}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines |= _lines(value, (*place, key.value)) | {
                (*place, key.value): key.start_mark.line + 1
            }
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines |= _lines(value, (*place, index))
    return lines
