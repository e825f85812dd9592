"""What the bytes of a text are: their SHA-256, its encoding, or why it is no export.

One pass over the text in chunks, so that memory does not grow with it. Nothing is told from the
name: people rename files. Files that hold several tables are opened by `containers`; here such a
file stands where a CSV file should, inside of another.
"""

from __future__ import annotations

import codecs
import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20
"""Bytes read at a time, and more than the longest line of any export."""

_HEAD = 4096
_FIRST_WORDS = 64
_DAMAGED = "; the file is damaged: download it again, and upload it without opening it first"

_BY_BYTES = (
    (
        b"\xd0\xcf\x11\xe0",
        "it is an Excel workbook, although its name says CSV: import it by itself",
    ),
    (
        b"PK\x03\x04",
        "it is packed once more: unpack it, and import the file inside",
    ),
    (b"\x1f\x8b", "it is a compressed file (gzip): unpack it and import the CSV file inside"),
    (b"%PDF", "it is a PDF document: export the same report as CSV"),
)
_BY_TEXT = (
    (
        "window.ytd.",
        "it is part of an X archive, although its name says CSV: import tweets.js by itself",
    ),
    ("{", "it is JSON, not a CSV file: export the report as CSV"),
    ("[", "it is JSON, not a CSV file: export the report as CSV"),
    (
        "<",
        "it is a web page, not a CSV file (often the sign-in page, saved in place of the export): "
        "sign in and download the export again",
    ),
)


class Unreadable(ValueError):  # noqa: N818  a reason; the sheet turns it into the error
    """Why a file is no export that can be read.

    `line` counts from 1, where one can be named; `table` is the part of the file that is meant.
    """

    def __init__(self, reason: str, line: int | None = None, table: str | None = None) -> None:
        self.line = line
        self.table = table
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Contents:
    """What one pass over a file found. `encoding` is a name that Python's codecs know."""

    sha256: str
    size: int
    encoding: str
    ends_with_newline: bool


def examine(file: BinaryIO) -> Contents:
    """Read `file` to its end and return what it is. Raises Unreadable with what to do instead."""
    digest, size, lines = hashlib.sha256(), 0, 0
    check: _Check | None = None
    last = b""
    while chunk := file.read(CHUNK):
        if check is None:
            check = _check_for(chunk)
            _refuse_other_kinds(chunk, check.encoding)
        check.take(chunk, lines + 1)
        breaks = chunk.count(b"\n")
        if len(chunk) == CHUNK and not breaks and b"\r" not in chunk:
            raise Unreadable("it has a line of more than a million characters" + _DAMAGED)
        digest.update(chunk)
        size, lines, last = size + len(chunk), lines + breaks, chunk
    if check is None:
        raise Unreadable("it is empty: download the export again")
    check.end()
    ends = last.rstrip(b"\0").endswith((b"\n", b"\r"))
    return Contents(digest.hexdigest(), size, check.encoding, ends)


def _check_for(start: bytes) -> _Check:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _Marked("utf-16")
    if start.startswith(codecs.BOM_UTF8):
        return _Marked("utf-8-sig")
    wide = unmarked_utf16(start)
    return _Marked(wide) if wide else _Unmarked()


def unmarked_utf16(start: bytes) -> str | None:
    """Return the encoding of a file in UTF-16 that has lost its byte order mark, else None.

    Half of the bytes of its first words, which are mostly Latin, are NUL: the second of each pair
    in UTF-16LE, the first in UTF-16BE. A file that is damaged has NULs anywhere.
    """
    head = start[:_FIRST_WORDS]
    high, low = head[::2].count(0), head[1::2].count(0)
    if low > len(head) // 4 and not high:
        return "utf-16-le"
    if high > len(head) // 4 and not low:
        return "utf-16-be"
    return None


def _refuse_other_kinds(start: bytes, encoding: str) -> None:
    for mark, reason in _BY_BYTES:
        if start.startswith(mark):
            raise Unreadable(reason)
    text = start[:_HEAD].decode(encoding, "ignore").lstrip().lower()
    if not text and len(start) < CHUNK:
        raise Unreadable("it holds nothing but blanks: download the export again")
    if text.startswith("<?xml") and "office:spreadsheet" in text:
        raise Unreadable(
            "it is a spreadsheet written as XML, although its name says CSV: import it by itself"
        )
    for beginning, reason in _BY_TEXT:
        if text.startswith(beginning):
            raise Unreadable(reason)


class _Check(ABC):
    """Follows the bytes of a file and decides, or confirms, its encoding."""

    encoding: str

    @abstractmethod
    def take(self, chunk: bytes, line: int) -> None:
        """Look at the next bytes, which begin in `line`."""

    @abstractmethod
    def end(self) -> None:
        """Look back on the whole file."""


class _Marked(_Check):
    """A file whose encoding is certain, mostly by its mark: anything else in it is damage."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def take(self, chunk: bytes, line: int) -> None:
        try:
            text = self._decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _no_text(error.object[: error.start], line) from None
        if "\0" in text:
            raise _nul(text[: text.index("\0")].count("\n") + line)

    def end(self) -> None:
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise _breaks_off() from None


class _Unmarked(_Check):
    """A file without a mark: UTF-8 if all of it is, else Windows-1252.

    A few broken bytes in UTF-8 must not turn every pound sign and emoji of the file into rubbish,
    so a file that holds both kinds is refused.
    """

    def __init__(self) -> None:
        self.encoding = "utf-8"
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._has_utf8 = False
        self._broken: int | None = None

    def take(self, chunk: bytes, line: int) -> None:
        if b"\0" in chunk:
            raise _nul(chunk[: chunk.index(b"\0")].count(b"\n") + line)
        if self._broken is None:
            try:
                self._has_utf8 |= not self._decoder.decode(chunk).isascii()
            except UnicodeDecodeError as error:
                self._broken = line + error.object[: error.start].count(b"\n")
        if self._broken is not None:
            whole = chunk.decode("utf-8", "replace").replace("\ufffd", "")
            self._has_utf8 |= not whole.isascii()
            self.encoding = "cp1252"
            try:
                chunk.decode(self.encoding)
            except UnicodeDecodeError as error:
                raise _no_text(chunk[: error.start], line) from None

    def end(self) -> None:
        if self._broken is None:
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                if self._has_utf8:
                    raise _breaks_off() from None
                self.encoding = "cp1252"
        elif self._has_utf8:
            raise _no_text(b"", self._broken)


def _breaks_off() -> Unreadable:
    return Unreadable("it breaks off in the middle of a character" + _DAMAGED)


def _no_text(before: bytes, line: int) -> Unreadable:
    return Unreadable("here are bytes that are no text" + _DAMAGED, line + before.count(b"\n"))


def _nul(line: int) -> Unreadable:
    return Unreadable("here is a NUL byte, which no text has" + _DAMAGED, line)
