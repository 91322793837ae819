"""Contents by what they are, each kept once, however many combinations hold it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple, TypeAlias


class Blob(NamedTuple):
    """A file's content and mode: 0o644, or 0o755 if it can be executed."""

    digest: str
    """SHA-256 of the content, in hexadecimal."""
    mode: int


Tree: TypeAlias = Mapping[str, Blob]
"""Rendered path, with forward slashes → its file; not to be changed."""


class Blobs:
    """The contents, in memory."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self._contents)

    def add(self, content: bytes) -> str:
        """Keep `content`; its digest."""
        digest = sha256(content).hexdigest()
        self._contents.setdefault(digest, content)
        return digest

    def read(self, digest: str) -> bytes:
        """The content with that digest; raises KeyError."""
        return self._contents[digest]
