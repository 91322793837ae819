"""Questions with approved answers, one JSON object per line.

The shape is that of Inspect's samples (https://inspect.aisi.org.uk); our own is in ``metadata``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class SampleError(Exception):
    """A line of a sample file is no sample; the message names file and line."""

    code = "sample"


class PlantedDocument(BaseModel):
    """A document that an attack adds to the tenant's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, Field(min_length=1)]
    text: Annotated[str, Field(min_length=1)]


class Metadata(BaseModel):
    """What grading needs beside question and target.

    Attributes:
        family: samples that are judged together, as ``thresholds.yaml`` says.
        threshold: least share of the target's words that the answer uses (the lexical tripwire).
        must_include: strings that the answer has to carry, spaces and case aside.
        must_not_include: strings that it must not carry.
        source: file name of the document that has to be cited.
        refuse: whether saying "not in the documents" is the right answer.
        documents: planted beside the tenant's own, for attacks through documents.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    tenant: str
    family: str
    lang: str
    prompt: str = "answer"
    prompt_version: str
    approved_by: str
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.0
    must_include: tuple[str, ...] = ()
    must_not_include: tuple[str, ...] = ()
    source: str | None = None
    refuse: bool = False
    documents: tuple[PlantedDocument, ...] = ()


class Sample(BaseModel):
    """One question, its approved answer, and how to tell whether another answer is as good."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    input: str
    target: str
    metadata: Metadata


@dataclass(frozen=True)
class Citation:
    """A passage that was given to the model under a number."""

    number: int
    title: str
    text: str


@dataclass(frozen=True)
class Answer:
    """What came back for a sample.

    Attributes:
        passages: everything the model was shown, cited or not.
        instructions: the system message it was shown.
        model: which model answered.
    """

    text: str
    passages: tuple[Citation, ...] = ()
    instructions: str = ""
    model: str = ""


def load_samples(path: Path) -> list[Sample]:
    """Return the samples of a JSONL file.

    Raises:
        SampleError: the file is missing or empty, a line is no sample, or two share an id.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SampleError(f"{path} can't be read: {error.strerror or error}.") from error
    samples = [_parse(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not samples:
        raise SampleError(f"{path} holds no samples: an empty suite proves nothing.")
    ids = [sample.id for sample in samples]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise SampleError(f"{path} uses these ids twice: {', '.join(twice)}.")
    return samples


def _parse(path: Path, number: int, line: str) -> Sample:
    try:
        return Sample.model_validate_json(line)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "line"
        raise SampleError(f"{path}:{number}: {place}: {first['msg']}") from error
