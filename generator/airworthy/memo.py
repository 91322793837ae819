"""Makes Jinja fast: copier compiles every part of every path anew, thousands of times, and most of it is plain text.

Only public methods of `jinja2.Environment` are wrapped, only while a render runs, and they return what they would have
returned anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import CodeType
from typing import Any, TypeAlias

from jinja2 import Environment, Template

Key: TypeAlias = tuple[object, ...]

_compile = Environment.compile
_from_string = Environment.from_string
_codes: dict[Key, CodeType] = {}
"""Compiled sources: good for every environment of the same syntax, so kept for the life of the process."""


@contextmanager
def memoised() -> Iterator[None]:
    """Within it, each environment compiles each distinct source once; not for use from several threads at a time."""
    templates: dict[tuple[Environment, str], Template] = {}

    def from_string(env: Environment, source: Any, *arguments: Any, **options: Any) -> Template:
        if not isinstance(source, str) or arguments or options:
            return _from_string(env, source, *arguments, **options)
        if (env, source) in templates:
            env.preprocess(source)  # an extension may keep state per source: copier's `yield` tag does
        else:
            templates[env, source] = _literal(env, source) or _from_string(env, source)
        return templates[env, source]

    # A class attribute takes a function of the same shape; mypy cannot know that nobody subclasses these two.
    Environment.compile = _compile_once  # type: ignore[method-assign, assignment]
    Environment.from_string = from_string  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Environment.compile = _compile  # type: ignore[method-assign]
        Environment.from_string = _from_string  # type: ignore[method-assign]


def _compile_once(env: Environment, source: Any, *arguments: Any, **options: Any) -> Any:
    if not isinstance(source, str):
        return _compile(env, source, *arguments, **options)
    key = (source, arguments, tuple(sorted(options.items())), *_syntax(env))
    if key in _codes:
        env.preprocess(source)
    else:
        _codes[key] = _compile(env, source, *arguments, **options)
    return _codes[key]


def _syntax(env: Environment) -> Key:
    """All that decides what a source compiles to."""
    return (
        type(env),
        *(getattr(env, name) for name in _MARKERS),
        env.trim_blocks,
        env.lstrip_blocks,
        env.newline_sequence,
        env.keep_trailing_newline,
        env.optimized,
        env.undefined,
        env.finalize,
        env.autoescape,
        tuple(sorted(env.extensions)),
    )


_MARKERS = (
    "block_start_string",
    "block_end_string",
    "variable_start_string",
    "variable_end_string",
    "comment_start_string",
    "comment_end_string",
    "line_statement_prefix",
    "line_comment_prefix",
)


def _literal(env: Environment, source: str) -> Template | None:
    """The template of a source without any markup, which needs no compiler; None if there may be some."""
    if "\n" in source or "\r" in source or any(marker in source for marker in _openers(env)):
        return None
    env.preprocess(source)
    module: MutableMapping[str, Any] = {
        "name": None,
        "blocks": {},
        "root": lambda _context: iter((source,)),
        "debug_info": "",
        "__file__": None,
    }
    return Template.from_module_dict(env, module, env.make_globals(None))


def _openers(env: Environment) -> tuple[str, ...]:
    prefixes = (env.line_statement_prefix, env.line_comment_prefix)
    starts = (env.block_start_string, env.variable_start_string, env.comment_start_string)
    return starts + tuple(prefix for prefix in prefixes if prefix)
