"""Takes people and secrets out of a text before it is written down.

What is found becomes ``[EMAIL_1]``, ``[NAME_2]``: the same thing gets the same number within one
``Redactor``, so that a conversation can still be followed, and nothing leads back from the mark.
Where a rule is in doubt it takes out too much: a record with a missing place name is still of use.
"""

import re
import unicodedata
from typing import Any

import msgspec

from model_proxy.redaction.credentials import CREDENTIALS
from model_proxy.redaction.names import find_names, name_parts
from model_proxy.redaction.numbers import find_cards, find_ibans, find_phones

Span = tuple[int, int]

EMAIL = re.compile(r"(?<![\w.+-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Fields of tool arguments that hold a person whatever their text looks like.
_PERSONAL = re.compile(
    r"(?i)(?:^|_)(?:e?mail|phone|mobile|(?:first|last|full|middle|user|customer|contact)_?name|name"
    r"|address|street|birthday|birth_?date|iban|card_?number|ssn|passport|password|secret|token)$"
)


class Redactor:
    """Redacts what belongs together, such as one exchange; made anew for the next."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], str] = {}
        self._parts: dict[str, str] = {}

    def learn(self, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Remember the names in a value, so that their parts are found alone too."""
        if isinstance(value, str):
            for start, end in find_names(text := _plain(value)):
                name = text[start:end]
                self._parts |= dict.fromkeys(name_parts(name), name)
        elif isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                self.learn(part)

    def value(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Return the same JSON with each of its texts and long numbers redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {str(self.text(key)): self.value(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self.value(part) for part in value]
        if isinstance(value, int) and not isinstance(value, bool):
            written = self.text(str(value))
            return value if written == str(value) else written
        return value

    def arguments(self, arguments: str) -> str:
        """Return a tool call's arguments redacted; personal fields go whole."""
        try:
            known = msgspec.json.decode(arguments)
        except msgspec.DecodeError:
            return self.text(arguments)
        return msgspec.json.encode(self._fields(known)).decode()

    def text(self, text: str) -> str:
        """Return the text without anything that names a person or opens a door."""
        text = _plain(text)
        for pattern in CREDENTIALS:
            text = self._replace(
                text, "KEY", [m.span(m.lastindex or 0) for m in pattern.finditer(text)]
            )
        text = self._replace(text, "EMAIL", [m.span() for m in EMAIL.finditer(text)])
        text = self._replace(text, "IBAN", list(find_ibans(text)))
        text = self._replace(text, "CARD", list(find_cards(text)))
        text = self._replace(text, "ADDRESS", [m.span() for m in ADDRESS.finditer(text)])
        text = self._replace(text, "PHONE", list(find_phones(text)))
        text = self._replace(text, "NAME", list(find_names(text)))
        return self._replace_parts(text)

    def _fields(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(value, dict):
            return {
                key: self._mark("FIELD", str(part))
                if _PERSONAL.search(key) and isinstance(part, str | int | float)
                else self._fields(part)
                for key, part in value.items()
            }
        if isinstance(value, list):
            return [self._fields(part) for part in value]
        return self.value(value)

    def _replace(self, text: str, kind: str, spans: list[Span]) -> str:
        pieces, last = [], 0
        for start, end in sorted(spans):
            if start >= last:
                pieces += [text[last:start], self._mark(kind, text[start:end])]
                last = end
        return "".join([*pieces, text[last:]])

    def _replace_parts(self, text: str) -> str:
        if not self._parts:
            return text
        known = "|".join(map(re.escape, sorted(self._parts, key=len, reverse=True)))
        pattern = re.compile(rf"(?<![\w\[])(?:{known})(?!\w)")
        return pattern.sub(lambda match: self._mark("NAME", self._parts[match[0]]), text)

    def _mark(self, kind: str, found: str) -> str:
        key = (kind, re.sub(r"[\W_]+", "", found).casefold())
        number = 1 + sum(other == kind for other, _ in self._marks)
        return self._marks.setdefault(key, f"[{kind}_{number}]")


def _plain(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
