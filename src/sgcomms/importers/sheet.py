"""A table of an export file as a stream of rows; here those that are plain text.

A quote that is never closed swallows the rows that follow it, so quoting is read strictly: posts
are never lost without a word. The text is hashed again while its rows are read, so that the rows
are those of the file whose SHA-256 is stored.
"""

from __future__ import annotations

import csv
import hashlib
import io
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from sgcomms.errors import ImportFileError
from sgcomms.importers.contents import CHUNK, Unreadable, examine
from sgcomms.importers.strays import stray
from sgcomms.signs import one_line

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LONGEST_CELL = 1_000_000
"""Characters; a cell that is longer begins with a quote that is never closed."""

CHANGED = "it was changed while it was being read: import it again"
NO_TEXT = "from here on are bytes that are no text: download the file again"

_DELIMITERS = ",;\t"
_FILLING = ' \r\n",;\t'
_LONGEST_PREAMBLE = 200


Opener = Callable[[], io.RawIOBase]
"""Gives the bytes of a table afresh, from their first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(ABC):
    """A table of an export file that has been looked at, not taken in.

    `name` is the file's name without its folder, `sha256` that of the whole file. `table` is the
    table's own name where a file holds several, and `beside` are the others. `preamble` holds the
    comment lines (`# …`) before the first header, `header` the cells of that header as they are
    written, `header_line` its line, or its row in a spreadsheet.
    """

    name: str
    sha256: str
    encoding: str
    header: tuple[str, ...]
    header_line: int
    preamble: tuple[str, ...] = ()
    delimiter: str = ","
    ends_with_newline: bool = True
    table: str | None = None
    beside: tuple[Sheet, ...] = ()

    def error(self, line: int | None, message: str) -> ImportFileError:
        """Return the error that names the file, the line where there is one, and `message`."""
        return failure(self.name, line, message, self.table)

    def row_error(self, line: int, cells: Sequence[str], error: ValueError) -> ImportFileError:
        """Return the error about a row: what it is where it is no figure at all, else `error`."""
        return self.error(line, stray(cells, self.header) or str(error))

    @abstractmethod
    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line at which each row begins, from 1, and its cells; blank lines have none.

        Raises ImportFileError for damage, and where the file changed or went since it was opened.
        """

    def body(self) -> Iterator[tuple[int, list[str]]]:
        """Yield what `rows` yields after the header, without blank rows. Raises what it raises."""
        for line, cells in self.rows():
            if line > self.header_line and any(cells):
                yield line, cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Sheet):
    """A table that is text. `opener` gives its bytes: `size` of them, with the SHA-256 `digest`.

    `first_line` is the line at which the rows begin: 2 where the first says `sep=,`. `wrapped` is
    true where a spreadsheet that split no line has put each whole line into one cell.
    """

    opener: Opener
    digest: str
    size: int
    first_line: int
    wrapped: bool = False

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield what every sheet yields.

        Raises ImportFileError where the quotes do not match, a cell is longer than a million
        characters, bytes are no text, or the file changed or went since it was opened.
        """
        csv.field_size_limit(LONGEST_CELL)
        line = self.first_line
        try:
            with Watched(self.opener()) as raw:
                text = io.TextIOWrapper(
                    io.BufferedReader(raw, CHUNK), encoding=self.encoding, newline=""
                )
                for _ in range(line - 1):
                    text.readline()
                outer = csv.reader(text, delimiter=self.delimiter, strict=True)
                reader: Iterator[list[str]] = outer
                if self.wrapped:
                    reader = csv.reader(_unwrapped(outer), delimiter=self.delimiter, strict=True)
                for cells in reader:
                    yield line, cells
                    line = self.first_line + outer.line_num
                changed = raw.digest.hexdigest() != self.digest
        except Unreadable as problem:
            raise self.error(problem.line, str(problem)) from None
        except csv.Error as error:
            raise self.error(line, _explain(error)) from None
        except UnicodeDecodeError:
            raise self.error(line, NO_TEXT) from None
        except OSError as error:
            raise self.error(None, unreachable(error)) from None
        if changed:
            raise self.error(None, CHANGED)


def open_sheet(path: Path) -> Text:
    """Return the text file at `path`, looked at once from end to end with flat memory.

    Raises ImportFileError when it cannot be read, or is no text of rows and columns; the message
    says what it is and what to do instead.
    """
    with explained(one_line(path.name)):
        refuse_all_but_files(path)
        return look(opener(path), one_line(path.name))


def opener(path: Path) -> Opener:
    """Return what gives the bytes of the file at `path`."""
    return lambda: path.open("rb", buffering=0)


def together(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """Return the tables of one file, each knowing the others."""
    return tuple(
        replace(one, beside=tuple(other for other in sheets if other is not one)) for one in sheets
    )


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether a row of a spreadsheet is its header: sentences above it fill one cell only."""
    return sum(bool(cell.strip()) for cell in cells) > 1


def look(opener: Opener, name: str, table: str | None = None, sha256: str | None = None) -> Text:
    """Return the table whose bytes `opener` gives, looked at once from end to end.

    `sha256` is that of the whole file, where the table is a part of it. Raises Unreadable, OSError.
    """
    with io.BufferedReader(opener()) as file:
        found = examine(file)
    beginning = io.BufferedReader(opener())
    with io.TextIOWrapper(beginning, encoding=found.encoding, newline="") as text:
        first = _first_lines(text)
    return Text(
        name=name,
        table=table,
        sha256=sha256 or found.sha256,
        encoding=found.encoding,
        header=first.header,
        header_line=first.header_line,
        preamble=first.preamble,
        delimiter=first.delimiter,
        ends_with_newline=found.ends_with_newline,
        opener=opener,
        digest=found.sha256,
        size=found.size,
        first_line=first.first_line,
        wrapped=first.wrapped,
    )


@dataclass(frozen=True, slots=True)
class _FirstLines:
    """What stands before the rows of data."""

    preamble: tuple[str, ...]
    header: tuple[str, ...]
    header_line: int
    delimiter: str
    first_line: int
    wrapped: bool


def _first_lines(text: TextIO) -> _FirstLines:
    """Find the delimiter, the comments before the first header, and that header."""
    preamble: list[str] = []
    header: list[str] = []
    delimiter, separator, number, wrapped = ",", "", 0, False
    for number, line in enumerate(islice(text, _LONGEST_PREAMBLE), 1):
        if number == 1 and line.lower().startswith("sep="):
            separator = _separator(line)
        elif not (bare := line.strip(_FILLING)):
            continue
        elif bare.startswith("#"):
            preamble.append(bare)
        else:
            delimiter = separator or max(_DELIMITERS, key=line.count)
            header = _header(line, delimiter, number)
            wrapped = _is_wrapped(line, header)
            if wrapped:
                header = _header(header[0], delimiter, number)
            break
    if not header and not preamble:
        raise Unreadable("it holds no line of column names: download the export again")
    return _FirstLines(
        tuple(preamble),
        tuple(header),
        number,
        separator or delimiter,
        2 if separator else 1,
        wrapped,
    )


def _is_wrapped(line: str, header: Sequence[str]) -> bool:
    """Tell whether the line of the column names stands in one cell as a whole."""
    return (
        len(header) == 1
        and line.startswith('"')
        and any(mark in header[0] for mark in _DELIMITERS)
        and not header[0].lower().startswith("sep=")
    )


def _unwrapped(rows: Iterator[list[str]]) -> Iterator[str]:
    """Yield the lines that stand in the cells. Raises csv.Error for a row of more than one."""
    for cells in rows:
        if any(cells[1:]):
            raise csv.Error("a line in quotes is followed by more")
        yield (cells[0] if cells else "") + "\n"


def _separator(line: str) -> str:
    """Return the delimiter that the line `sep=,` names, as spreadsheets understand it."""
    separator = line.rstrip("\r\n")[4:]
    if len(separator) != 1 or separator not in _DELIMITERS:
        raise Unreadable(
            "this line should name the separator as one comma, semicolon or tab: download the "
            "export again",
            1,
        )
    return separator


def _header(line: str, delimiter: str, number: int) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Unreadable(_explain(error), number) from None


class Watched(io.RawIOBase):
    """Bytes that are hashed while they are read."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        """Return True, as a buffer asks for it."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        """Read into `buffer`, and hash what was read."""
        size = self._raw.readinto(buffer)
        self.digest.update(memoryview(buffer)[: size or 0])
        return size

    def close(self) -> None:
        """Close what is read from, too."""
        self._raw.close()
        super().close()


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what keeps the file `name` from being opened into ImportFileError."""
    try:
        yield
    except Unreadable as problem:
        raise failure(name, problem.line, str(problem), problem.table) from None
    except (OSError, ValueError) as error:
        raise failure(name, None, unreachable(error)) from None


def refuse_all_but_files(path: Path) -> None:
    """Raise Unreadable for a folder, a pipe and the like; OSError for what is not there."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise Unreadable("it is a folder: name the export files in it one by one")
    if not stat.S_ISREG(mode):
        raise Unreadable("it is no ordinary file: save the export to a file first")


def _explain(error: csv.Error) -> str:
    if "field limit" in str(error):
        return (
            "here begins a cell of more than a million characters, mostly because of a quote that "
            "is never closed: download the file again"
        )
    return (
        "from this row on the quotes do not match, so rows may be lost: the file is damaged or "
        "was cut off; download it again, and upload it without opening it first"
    )


def unreachable(error: Exception) -> str:
    """Say in plain words why the system would not give the file."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file, or no longer: check the name and the folder"
    if isinstance(error, PermissionError):
        return "you may not read it: ask its owner, or save a copy of your own"
    reason = error.strerror if isinstance(error, OSError) else None
    return f"it cannot be read ({reason or error}): save the export again and retry"


def failure(name: str, line: int | None, message: str, table: str | None = None) -> ImportFileError:
    """Return the error about a place in the file `name`: `file.zip: days.csv:3: what happened`."""
    place = name if table is None else f"{name}: {table}"
    return ImportFileError(f"{place}: {message}" if line is None else f"{place}:{line}: {message}")
