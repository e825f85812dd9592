"""An export file as a stream of rows, whatever its encoding and its delimiter.

A quote that is never closed swallows the rows that follow it, so quoting is read strictly: posts
are never lost without a word. The file is hashed again while its rows are read, so that the rows
are those of the file whose SHA-256 is stored.
"""

from __future__ import annotations

import csv
import hashlib
import io
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sgcomms.errors import ImportFileError
from sgcomms.importers.contents import CHUNK, Contents, Unreadable, examine

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LONGEST_CELL = 1_000_000
_DELIMITERS = ",;\t"
_FILLING = ' \r\n",;\t'
_LONGEST_PREAMBLE = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """An export file that has been looked at, not taken in.

    `name` is the file's name without its folder. `preamble` holds the comment lines (`# …`) before
    the first header, `header` the cells of that header as they are written, `header_line` its line.
    `first_line` is the line at which the rows begin: 2 where the first says `sep=,`.
    """

    path: Path
    name: str
    sha256: str
    size: int
    encoding: str
    delimiter: str
    first_line: int
    preamble: tuple[str, ...]
    header: tuple[str, ...]
    header_line: int
    ends_with_newline: bool

    def error(self, line: int | None, message: str) -> ImportFileError:
        """Return the error that names the file, the line where there is one, and `message`."""
        return _error(self.name, line, message)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line at which each row begins, from 1, and its cells; blank lines have none.

        Raises ImportFileError where the quotes do not match, a cell is longer than a million
        characters, bytes are no text, or the file changed or went since it was opened.
        """
        csv.field_size_limit(_LONGEST_CELL)
        line = self.first_line
        try:
            with _Watched(self.path) as raw:
                text = io.TextIOWrapper(
                    io.BufferedReader(raw, CHUNK), encoding=self.encoding, newline=""
                )
                for _ in range(line - 1):
                    text.readline()
                reader = csv.reader(text, delimiter=self.delimiter, strict=True)
                for cells in reader:
                    yield line, cells
                    line = self.first_line + reader.line_num
                changed = raw.digest.hexdigest() != self.sha256
        except csv.Error as error:
            raise self.error(line, _explain(error)) from None
        except UnicodeDecodeError:
            raise self.error(
                line, "from here on are bytes that are no text: download the file again"
            ) from None
        except OSError as error:
            raise self.error(None, _unreachable(error)) from None
        if changed:
            raise self.error(None, "it was changed while it was being read: import it again")

    def body(self) -> Iterator[tuple[int, list[str]]]:
        """Yield what `rows` yields after the header, without blank rows. Raises what it raises."""
        for line, cells in self.rows():
            if line > self.header_line and any(cells):
                yield line, cells


def open_sheet(path: Path) -> Sheet:
    """Return the file at `path`, looked at once from end to end with flat memory.

    Raises ImportFileError when it cannot be read, or is no text of rows and columns; the message
    says what it is and what to do instead.
    """
    name = path.name
    try:
        _refuse_all_but_files(path)
        with path.open("rb") as file:
            found = examine(file)
        return _sheet(path, found)
    except Unreadable as problem:
        raise _error(name, problem.line, str(problem)) from None
    except (OSError, ValueError) as error:
        raise _error(name, None, _unreachable(error)) from None


def _sheet(path: Path, found: Contents) -> Sheet:
    """Find the delimiter, the comments before the first header, and that header."""
    preamble: list[str] = []
    header: list[str] = []
    delimiter, separator, number = ",", "", 0
    with path.open(encoding=found.encoding, newline="") as text:
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
                break
    if not header and not preamble:
        raise Unreadable("it holds no line of column names: download the export again")
    return Sheet(
        path=path,
        name=path.name,
        sha256=found.sha256,
        size=found.size,
        encoding=found.encoding,
        delimiter=separator or delimiter,
        first_line=2 if separator else 1,
        preamble=tuple(preamble),
        header=tuple(header),
        header_line=number,
        ends_with_newline=found.ends_with_newline,
    )


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


class _Watched(io.FileIO):
    """A file that hashes what is read from it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self.digest = hashlib.sha256()

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        size = super().readinto(buffer)
        self.digest.update(memoryview(buffer)[: size or 0])
        return size


def _refuse_all_but_files(path: Path) -> None:
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


def _unreachable(error: Exception) -> str:
    """Say in plain words why the system would not give the file."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file, or no longer: check the name and the folder"
    if isinstance(error, PermissionError):
        return "you may not read it: ask its owner, or save a copy of your own"
    reason = error.strerror if isinstance(error, OSError) else None
    return f"it cannot be read ({reason or error}): save the export again and retry"


def _error(name: str, line: int | None, message: str) -> ImportFileError:
    place = name if line is None else f"{name}:{line}"
    return ImportFileError(f"{place}: {message}")
