"""A document -> its passages: Word, HTML, Markdown, plain text, a mail, by its name's ending."""

from __future__ import annotations

from pathlib import Path

from sgcomms.errors import UsageError
from sgcomms.reports.proof.reading import mail, page, plain, word
from sgcomms.reports.proof.reading.passages import Passage, UnreadableError
from sgcomms.signs import one_line

__all__ = ["ENDINGS", "MOST_BYTES", "Passage", "read"]

MOST_BYTES = {"docx": 50 << 20, "html": 10 << 20, "md": 10 << 20, "txt": 10 << 20, "eml": 50 << 20}
"""So long a document may be, in bytes: Word files and mails hold pictures, others only words."""

ENDINGS = {
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".md": "md",
    ".markdown": "md",
    ".txt": "txt",
    ".eml": "eml",
}


def read(path: Path) -> list[Passage]:
    """Return the passages of the document at `path`.

    Raises UsageError, in one line, for a file that is not there or cannot be read.
    """
    name = one_line(path.name)
    kind = ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"{name}: a document ends in .docx, .html, .md, .txt or .eml{_hint(path)}")
    content = _content(path, name, MOST_BYTES[kind])
    try:
        if kind == "docx":
            return word.passages(content)
        if kind == "eml":
            return mail.passages(content)
        text = _decoded(content)
        if kind == "html":
            return page.passages(text)
        return plain.markdown(text) if kind == "md" else plain.text_lines(text)
    except UnreadableError as problem:
        raise UsageError(f"{name}: {problem}") from None


def _hint(path: Path) -> str:
    known = {
        ".doc": "Word",
        ".docm": "Word",
        ".dotx": "Word",
        ".odt": "the word processor",
        ".rtf": "the word processor",
        ".pages": "Pages",
    }
    found = known.get(path.suffix.lower())
    if found:
        return f": open it in {found} and save it as .docx"
    if path.suffix.lower() == ".pdf":
        return ": proof the Word file that the PDF was made from"
    return ""


def _content(path: Path, name: str, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror or error}") from error
    if len(content) > most:
        raise UsageError(f"{name}: it is longer than {most >> 20} megabytes: no report is")
    return content


def _decoded(content: bytes) -> str:
    """Return text as UTF-8, UTF-16 with its mark, or as Windows writes western languages."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content[:4096]:
        raise UnreadableError("it is no text: name the file by what it is, such as .docx")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
