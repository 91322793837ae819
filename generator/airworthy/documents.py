"""YAML files that people write: read with the line and column of everything, rewritten with their comments kept."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from airworthy.errors import DocumentError, from_os_error

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Block:
    """A mapping in a YAML file."""

    path: Path
    content: CommentedMap

    def names(self) -> list[str]:
        """The names, in the order of the file."""
        return [str(name) for name in self.content]

    def place(self, name: str, *, of_value: bool = False) -> str:
        """`file:line:column` of `name`, or of its value; lines and columns count from one."""
        line, column = self.content.lc.value(name) if of_value else self.content.lc.key(name)
        return f"{self.path}:{line + 1}:{column + 1}"

    def block(self, name: str) -> Block:
        """The mapping under `name`, empty if it is not there."""
        value = self.content.get(name)
        if value is None:
            return Block(self.path, CommentedMap())
        if not isinstance(value, CommentedMap):
            raise DocumentError(f"{self.place(name)}: {name} must hold one `name: value` on each line.")
        return Block(self.path, value)

    def text(self, name: str) -> str:
        """The value of `name`, which must be text or a number."""
        value = self.content[name]
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
        place = self.place(name, of_value=True)
        raise DocumentError(f"{place}: {name} must be text.", 'Put its value in quotes, as in `name: "text"`.')


def read(path: Path) -> Block:
    """The mapping in the YAML file at `path`.

    Raises:
        DocumentError: it cannot be read, or is not YAML, or not a mapping; says where.
    """
    try:
        content = _yaml().load(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {from_os_reason(error)}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    except YAMLError as error:
        raise _broken(path, error) from error
    if content is None:
        return Block(path, CommentedMap())
    if not isinstance(content, CommentedMap):
        raise DocumentError(f"{path}:1:1: expected one `name: value` on each line.")
    return Block(path, content)


def empty(path: Path) -> Block:
    """A mapping to be filled and written to `path`."""
    return Block(path, CommentedMap())


def write(block: Block) -> None:
    """Write the file again, its comments, order and quotes kept."""
    buffer = StringIO()
    _yaml().dump(block.content, buffer)
    try:
        block.path.write_text(buffer.getvalue(), encoding="utf-8")
    except OSError as error:
        raise from_os_error(error, block.path) from error


def from_os_reason(error: OSError) -> str:
    """The operating system's own words, in lower case: `no such file or directory`."""
    return (error.strerror or str(error)).lower()


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _broken(path: Path, error: YAMLError) -> DocumentError:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    problem = error.problem if isinstance(error, MarkedYAMLError) else str(error).splitlines()[0]
    place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    return DocumentError(f"{place}: this is not YAML: {problem}.", "Correct that line.")
