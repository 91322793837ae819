"""What a prompt holds: numbered passages and a question."""

import re
from dataclasses import dataclass

from model_proxy.wire import Message

_PASSAGE = re.compile(r"^\[(\d{1,3})\][ \t]*(?:\(([^)\n]*)\)[ \t]*)?", re.MULTILINE)
_QUESTION = re.compile(r"^[ \t]*question[ \t]*:[ \t]*", re.MULTILINE | re.IGNORECASE)
_LABEL = re.compile(r"^[A-Z][\w ]{0,40}:\s+")


@dataclass(frozen=True)
class Passage:
    """A numbered source; the title is empty where the prompt gives none."""

    number: int
    title: str
    text: str


@dataclass(frozen=True)
class Prompt:
    """The parts of a prompt that an extractive answer needs."""

    passages: tuple[Passage, ...]
    question: str


def read_prompt(messages: list[Message]) -> Prompt:
    """Find the passages in any message and the question at the end of the last user message.

    Passages are ``[1] (title) text``, each starting a line. The question follows the last
    ``Question:`` at the start of a line; without one it is the last paragraph, less a label such as
    ``Customer message:``.
    """
    asked = next((m.text for m in reversed(messages) if m.role == "user"), "")
    context, question = _split_question(asked)
    others = [m.text for m in messages if m.role != "assistant" and m.text != asked]
    return Prompt(_passages("\n".join([*others, context])), question)


def _split_question(text: str) -> tuple[str, str]:
    marks = list(_QUESTION.finditer(text))
    if marks:
        return text[: marks[-1].start()], text[marks[-1].end() :].strip()
    context, _, last = text.rstrip().rpartition("\n\n")
    return context, _LABEL.sub("", last).strip()


def _passages(text: str) -> tuple[Passage, ...]:
    marks = list(_PASSAGE.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)] * bool(marks)
    return tuple(
        Passage(int(mark[1]), (mark[2] or "").strip(), text[mark.end() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
    )
