"""SpreadsheetML (Excel 2003 XML), in which older Facebook Insights files are written -> tables.

https://learn.microsoft.com/en-us/previous-versions/office/developer/office-xp/aa140066(v=office.10)

Read as a stream with expat. A document type is refused before anything in it counts: without one
there are no entities, so none that grow and none that fetch another file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from sgcomms.importers.contents import Unreadable, unmarked_utf16
from sgcomms.importers.sheet import (
    CHANGED,
    LONGEST_CELL,
    Opener,
    Sheet,
    Watched,
    is_header,
    opener,
    together,
    unreachable,
)
from sgcomms.signs import one_line

MOST_COLUMNS = 2500
"""Cells of a row: a Page's days of 2020, with every place and age in a column, are known to have
1,995."""

MOST_ROWS = 1 << 20
"""Rows of a sheet, as many as any Excel has."""

MOST_SHEETS = 100
"""The posts have seven; a Page has one for each of its breakdowns."""

_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_DEEPEST = 40
_LONGEST_TAG = 1 << 20
_PIECE = 1 << 16
_DAMAGED = "the file is damaged or was cut off: download it again"
_INSIDE_CELL = ["Workbook", "Worksheet", "Table", "Row", "Cell"]


def is_spreadsheet(start: bytes) -> bool:
    """Tell whether a file with these first bytes is a spreadsheet written as XML."""
    marked = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if marked else unmarked_utf16(start) or "utf-8-sig"
    text = start.decode(encoding, "ignore").lstrip().lower()
    return text.startswith(("<?xml", "<workbook")) and "office:spreadsheet" in text


def sheets(path: Path) -> tuple[Sheet, ...]:
    """Return the sheets of the file at `path` that have a header, read once from end to end.

    Raises Unreadable with what is wrong, OSError.
    """
    found: dict[int, tuple[str, int, list[str]]] = {}
    with Watched(opener(path)()) as raw:
        for one in _rows(raw):
            if one.sheet not in found and is_header(one.cells):
                found[one.sheet] = (one.name, one.number, one.cells)
        sha256 = raw.digest.hexdigest()
    if not found:
        raise Unreadable("it is a spreadsheet without column names: download the export again")
    return together(
        [
            _Worksheet(
                name=one_line(path.name),
                table=name,
                sha256=sha256,
                encoding="xml",
                header=tuple(cells),
                header_line=number,
                opener=opener(path),
                place=place,
            )
            for place, (name, number, cells) in found.items()
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worksheet(Sheet):
    """One sheet of the file, the `place`-th in it."""

    opener: Opener
    place: int

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every row that is there, by its number. Raises ImportFileError for damage."""
        try:
            with Watched(self.opener()) as raw:
                for one in _rows(raw):
                    if one.sheet == self.place:
                        yield one.number, one.cells
                changed = raw.digest.hexdigest() != self.sha256
        except Unreadable as problem:
            raise self.error(problem.line, str(problem)) from None
        except OSError as error:
            raise self.error(None, unreachable(error)) from None
        if changed:
            raise self.error(None, CHANGED)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row: the sheet's place and name, the row's number, its cells."""

    sheet: int
    name: str
    number: int
    cells: list[str]


def _rows(raw: io.RawIOBase) -> Iterator[_Row]:
    """Yield the rows of all sheets. Raises Unreadable, OSError."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    found = _Handler()
    parser.StartDoctypeDeclHandler = found.doctype
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    fed = 0
    try:
        while piece := raw.read(_PIECE):
            parser.Parse(piece, False)
            fed += len(piece)
            _check_held(fed - parser.CurrentByteIndex)
            yield from found.taken()
        parser.Parse(b"", True)
    except Unreadable:
        raise
    except (expat.ExpatError, LookupError, ValueError):
        raise Unreadable(_DAMAGED) from None
    yield from found.taken()


def _check_held(size: int) -> None:
    """Raise Unreadable where a tag or comment has no end: until then the parser holds its bytes."""
    if size > _LONGEST_TAG:
        raise Unreadable(_DAMAGED)


@dataclass(slots=True)
class _Handler:
    """Follows the elements of a workbook and gathers its rows."""

    names: list[str] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    sheets: int = 0
    name: str = ""
    number: int = 0
    cells: list[str] = field(default_factory=list)
    column: int = 0
    parts: list[str] | None = None
    length: int = 0

    def taken(self) -> list[_Row]:
        """Return the rows that are complete, and let them go."""
        rows, self.rows = self.rows, []
        return rows

    def doctype(self, *_: object) -> None:
        """Refuse a document type."""
        raise Unreadable(
            "it declares a document type, which no export does and which can harm: download it "
            "again"
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        space, _, name = tag.rpartition(" ")
        name = name if space == _SPACE else f"?{name}"
        if not self.names and name != "Workbook":
            raise Unreadable("it is XML, but no spreadsheet: export the report as CSV")
        self.names.append(name)
        if len(self.names) > _DEEPEST:
            raise Unreadable(_DAMAGED)
        if self.names == _INSIDE_CELL[:2]:
            self.sheets += 1
            self.number = 0
            self.name = _plain(attributes.get(f"{_SPACE} Name", ""), self.sheets)
            if self.sheets > MOST_SHEETS:
                raise Unreadable(f"it holds more than {MOST_SHEETS} sheets: no export does")
        elif self.names == _INSIDE_CELL[:4]:
            self.number = _index(attributes, self.number, MOST_ROWS)
            self.cells, self.column = [], 0
        elif self.names == _INSIDE_CELL:
            self.column = _index(attributes, self.column, MOST_COLUMNS)
            self.cells += [""] * (self.column - len(self.cells))
        elif self.names == [*_INSIDE_CELL, "Data"]:
            self.parts, self.length = [], 0

    def end(self, _: str) -> None:
        """Take the end of an element."""
        if self.names == [*_INSIDE_CELL, "Data"] and self.parts is not None:
            self.cells[self.column - 1] = "".join(self.parts)
            self.parts = None
        elif self.names == _INSIDE_CELL[:4]:
            self.rows.append(_Row(self.sheets, self.name, self.number, self.cells))
        self.names.pop()

    def text(self, words: str) -> None:
        """Take text, where it is that of a cell."""
        if self.parts is not None:
            self.parts.append(words)
            self.length += len(words)
            if self.length > LONGEST_CELL:
                raise Unreadable(f"row {self.number} has a cell of more than a million characters")


def _index(attributes: dict[str, str], before: int, most: int) -> int:
    """Return the number of a row or column: as it says, else the next. Raises Unreadable."""
    said = attributes.get(f"{_SPACE} Index", str(before + 1))
    if not (said.isdecimal() and said.isascii() and len(said) < 8 and before < int(said) <= most):
        raise Unreadable(_DAMAGED)
    return int(said)


def _plain(name: str, number: int) -> str:
    """Return a sheet's name as a message may show it."""
    return "".join(sign for sign in name if sign.isprintable())[:80] or f"sheet {number}"
