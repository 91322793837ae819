"""What may be uploaded: text that the workers can read, under a title that is safe to show."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from fastapi import UploadFile

from runtime.errors import TooLargeError, UnsupportedMediaError

CONTENT_TYPES = {
    ".csv": "text/csv",
    ".htm": "text/html",
    ".html": "text/html",
    ".markdown": "text/markdown",
    ".md": "text/markdown",
    ".txt": "text/plain",
}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MAX_TITLE = 200
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*]+")


@dataclass(frozen=True)
class Upload:
    """A file that was checked."""

    title: str
    content_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The digest of the bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()


async def read_upload(file: UploadFile, *, max_bytes: int) -> Upload:
    """Read and check an uploaded file.

    The kind is decided by the name's ending and by the bytes; what the browser claims is ignored.

    Raises:
        TooLargeError: it is larger than ``max_bytes``.
        UnsupportedMediaError: it is no text of a known kind.
    """
    content = await file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise TooLargeError(f"A document may have up to {max_bytes // 1024} KiB.")
    title = safe_title(file.filename or "")
    content_type = CONTENT_TYPES.get(PurePosixPath(title).suffix.lower())
    if content_type is None:
        known = ", ".join(CONTENT_TYPES)
        raise UnsupportedMediaError(f"Upload text with one of these endings: {known}.")
    _check_text(content)
    return Upload(title, content_type, content)


def safe_title(filename: str) -> str:
    """Return the last part of a file name without what a page or a file system could trip over."""
    name = unicodedata.normalize("NFC", filename.replace("\\", "/")).rsplit("/", maxsplit=1)[-1]
    printable = "".join(mark for mark in name if unicodedata.category(mark)[0] != "C")
    cleaned = " ".join(_UNSAFE.sub(" ", printable).split()).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    return f"{stem[:_MAX_TITLE]}{dot}{ending[:20]}" if cleaned else "document"


def _check_text(content: bytes) -> None:
    """Refuse what is plainly no text; its encoding is found out when it is read."""
    if not content.strip():
        raise UnsupportedMediaError("The file is empty.")
    if b"\x00" in content and not content.startswith(_UTF_16):
        raise UnsupportedMediaError("The file is not text, whatever its name says.")
