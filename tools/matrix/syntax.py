"""Jinja as copier sets it up for this template, and which names a source reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import jinja2
import yaml
from jinja2 import meta
from jinja2_ansible_filters import AnsibleCoreFiltersExtension
from jinja2_ansible_filters.core_filters import to_nice_yaml

from airworthy.errors import UnreadableTemplateError

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

    from airworthy.questions import Questionnaire

ANSWERS, CONF, OPERATION = "_copier_answers", "_copier_conf", "_copier_operation"


def environment(questionnaire: Questionnaire) -> SandboxedEnvironment:
    """One environment for all files, with the filters that copier adds."""
    made = questionnaire.environment.overlay(extensions=[AnsibleCoreFiltersExtension])
    made.filters["to_nice_yaml"] = _to_nice_yaml
    return made


def names_read(env: SandboxedEnvironment, source: str, place: str) -> frozenset[str]:
    """The undeclared names in `source`; raises UnreadableTemplateError."""
    try:
        parsed = env.parse(source)
    except jinja2.TemplateSyntaxError as error:
        raise UnreadableTemplateError(f"{place}:{error.lineno}: {error.message}.", "Correct the template.") from error
    if any(True for _ in meta.find_referenced_templates(parsed)):
        raise UnreadableTemplateError(f"{place} includes another template; what it reads cannot be told.")
    return frozenset(meta.find_undeclared_variables(parsed))


def _to_nice_yaml(value: Any, *arguments: Any, **options: Any) -> str:
    """As the filter of that name; a flat mapping, such as the answers, is put together from its lines."""
    if arguments or options or not isinstance(value, Mapping) or not all(_is_plain(item) for item in value.items()):
        return str(to_nice_yaml(value, *arguments, **options))
    return "".join(_line(name, value[name]) for name in sorted(value)) or "{}\n"


def _is_plain(item: tuple[object, object]) -> bool:
    return isinstance(item[0], str) and (item[1] is None or isinstance(item[1], str))


@cache
def _line(name: str, value: str | None) -> str:
    return yaml.dump({name: value}, indent=4, allow_unicode=True, default_flow_style=False)
