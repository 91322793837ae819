"""Versioned prompts: ``prompts/<domain>/<name>.yaml``, each known by the hash of its content."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


class PromptError(Exception):
    """A prompt is missing, malformed or was given the wrong inputs."""

    code = "prompt"


class Message(BaseModel):
    """One turn; ``content`` may hold ``{placeholders}``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["system", "user", "assistant"]
    content: str


class Prompt(BaseModel):
    """A prompt as it is kept.

    Attributes:
        family: prompts that are compared with one another.
        language: BCP 47 tag of the text.
        temperature: 0 is deterministic.
        output: ``{"type": "text"}`` or the JSON Schema that an answer must satisfy.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    version: Annotated[int, Field(ge=1)] | str
    family: str
    language: str
    temperature: Annotated[float, Field(ge=0, le=2)]
    inputs: tuple[str, ...]
    output: Mapping[str, Any]
    messages: Annotated[tuple[Message, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def match_inputs_to_placeholders(self) -> "Prompt":
        """Refuse an input that no message uses, and a placeholder that no input fills."""
        used = {name for m in self.messages for name in _PLACEHOLDER.findall(m.content)}
        if used != set(self.inputs):
            different = sorted(used ^ set(self.inputs))
            raise ValueError(f"inputs and placeholders differ: {', '.join(different)}")
        return self

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical content, in hex: same text, same hash, whatever the layout."""
        canonical = json.dumps(
            self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()

    def render(self, **inputs: str) -> list[dict[str, str]]:
        """Return the messages in OpenAI's wire format.

        Braces inside an input stay as they are: an input is never read as a template.

        Raises:
            PromptError: an input is missing or unknown.
        """
        if set(inputs) != set(self.inputs):
            different = sorted(set(inputs) ^ set(self.inputs))
            raise PromptError(f"Prompt {self.name}: missing or unknown: {', '.join(different)}.")
        return [
            {
                "role": message.role,
                "content": _PLACEHOLDER.sub(lambda m: inputs[m.group(1)], message.content),
            }
            for message in self.messages
        ]


class PromptLibrary(Mapping[str, Prompt]):
    """The prompts of one folder, by name."""

    def __init__(self, prompts: Mapping[str, Prompt]) -> None:
        self._prompts = dict(prompts)

    def __getitem__(self, name: str) -> Prompt:
        """Return the prompt.

        Raises:
            PromptError: there is none of this name.
        """
        try:
            return self._prompts[name]
        except KeyError:
            known = ", ".join(sorted(self._prompts)) or "none"
            raise PromptError(f"No prompt called {name}; there are: {known}.") from None

    def __contains__(self, name: object) -> bool:
        return name in self._prompts

    def __iter__(self) -> Iterator[str]:
        return iter(self._prompts)

    def __len__(self) -> int:
        return len(self._prompts)


def load_prompts(folder: Path) -> PromptLibrary:
    """Return every prompt in a folder such as ``root() / "prompts" / product.domain``.

    Raises:
        PromptError: a file is no valid prompt, or its name differs from the prompt's.
    """
    return PromptLibrary({path.stem: _load(path) for path in sorted(folder.glob("*.yaml"))})


def _load(path: Path) -> Prompt:
    try:
        prompt = Prompt.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise PromptError(f"{path} is no valid prompt: {error}") from error
    if prompt.name != path.stem:
        raise PromptError(f"{path} holds a prompt called {prompt.name}: rename one of them.")
    return prompt
