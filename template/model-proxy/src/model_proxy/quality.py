"""Whether an answer may be handed on, or another model should be asked.

Two kinds of fault: what can't be handed on at all (``AnswerError``), and what a better model may
improve (a refusal, low confidence). The second kind is returned where nobody does better: an honest
refusal is an answer.
"""

import math
from typing import Any

import msgspec

from model_proxy.errors import EmptyAnswerError
from model_proxy.rules import Quality

LONGEST_REFUSAL = 200


class Words(msgspec.Struct):
    """The parts of a message that decide."""

    content: str | None = None
    refusal: str | None = None
    tool_calls: list[Any] | None = None
    function_call: dict[str, Any] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it neither says nor calls anything."""
        says_nothing = not self.content or self.content.isspace()
        return says_nothing and not self.tool_calls and not self.function_call

    @property
    def opening(self) -> str:
        """How it begins, case aside; as much of it as a refusal may have."""
        return (self.content or "")[:LONGEST_REFUSAL].lstrip().casefold()


class TokenProbability(msgspec.Struct):
    """One token's natural logarithm of its probability."""

    logprob: float = 0.0


class Probabilities(msgspec.Struct):
    """What a model tells about its own doubt."""

    content: list[TokenProbability] | None = None


class JudgedChoice(msgspec.Struct):
    """One choice of an answer."""

    message: Words = msgspec.field(default_factory=Words)
    finish_reason: str | None = None
    logprobs: Probabilities | None = None


class JudgedAnswer(msgspec.Struct):
    """An answer as far as its quality shows."""

    choices: list[JudgedChoice] = []


class Judge:
    """Reads answers; the rules are prepared once."""

    def __init__(self, rule: Quality) -> None:
        self._openings = tuple(opening.casefold() for opening in rule.refusals)
        self._confidence = rule.confidence
        self._decoder = msgspec.json.Decoder(JudgedAnswer)

    def weakness(self, body: bytes) -> str | None:
        """Return what a better model may improve: refusal, no_room, low_confidence; or None.

        Raises:
            EmptyAnswerError: the answer can't be handed on.
        """
        choice = self._decoder.decode(body).choices[0]
        message = choice.message
        if message.refusal or choice.finish_reason == "content_filter":
            return "refusal"
        if message.is_empty and choice.finish_reason == "length":
            return "no_room"
        if message.is_empty:
            raise EmptyAnswerError("The model's answer is empty: ask again, or with another model.")
        if self._openings and message.opening.startswith(self._openings):
            return "refusal"
        return "low_confidence" if self._is_doubtful(choice.logprobs) else None

    def _is_doubtful(self, probabilities: Probabilities | None) -> bool:
        tokens = probabilities.content if probabilities else None
        if not tokens:
            return False
        mean = math.fsum(token.logprob for token in tokens) / len(tokens)
        return math.exp(mean) < self._confidence


def text_of(body: bytes) -> str:
    """Return the words of a whole answer's first choice."""
    return message_of(body).content or ""


def message_of(body: bytes) -> Words:
    """Return a whole answer's first message."""
    choices = msgspec.json.decode(body, type=JudgedAnswer).choices
    return choices[0].message if choices else Words()
