"""Excel workbooks of the older kind (.xls), in which LinkedIn exports -> tables.

`xlrd` holds a workbook in memory, so its size is limited; it is an extra of this package.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from sgcomms.importers.contents import Unreadable
from sgcomms.importers.sheet import Sheet, is_header, together
from sgcomms.signs import one_line

MOST_BYTES = 8_000_000
"""A year of LinkedIn is under one million; what xlrd makes of this much takes some hundred."""

_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_WHOLE = 10**15
_TEXT, _NUMBER, _DATE, _TRUTH, _ERROR = range(1, 6)
"""Kinds of cells: https://xlrd.readthedocs.io/en/latest/api.html#xlrd.sheet.Cell"""

MISSING = (
    "it is an Excel workbook (.xls), and what reads these is not installed: say "
    "pip install 'sgcomms[xls]', then import it again"
)


def is_workbook(start: bytes) -> bool:
    """Tell whether a file with these first bytes is an Office document of the older kind."""
    return start.startswith(_MARK[:4])


def sheets(path: Path) -> tuple[Sheet, ...]:
    """Return the sheets of the workbook at `path` that have a header.

    Raises Unreadable with what is wrong and what to do, OSError.
    """
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Unreadable(
            f"it is a workbook of more than {MOST_BYTES // 1_000_000} megabytes: export fewer "
            "months at a time"
        )
    sha256 = hashlib.sha256(raw).hexdigest()
    found: list[Sheet] = []
    for name, cells in _tables(raw):
        header = next((row for row in cells.rows() if is_header(row[1])), None)
        if header is not None:
            found.append(
                _Worksheet(
                    name=one_line(path.name),
                    table=name,
                    sha256=sha256,
                    encoding="xls",
                    header=tuple(header[1]),
                    header_line=header[0],
                    cells=cells,
                )
            )
    if not found:
        raise Unreadable("it is a workbook without column names: download the export again")
    return together(found)


def _tables(raw: bytes) -> list[tuple[str, _Cells]]:
    """Return the sheets of a workbook by name. Raises Unreadable."""
    try:
        xlrd: Any = import_module("xlrd")
    except ImportError:
        raise Unreadable(MISSING) from None
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        try:
            book = xlrd.open_workbook(file_contents=raw, logfile=nowhere, ragged_rows=True)
        except Exception as error:  # damage makes xlrd raise whatever its parsing ran into
            raise Unreadable(_why(error)) from None
    moment = partial(xlrd.xldate_as_datetime, datemode=book.datemode)
    return [(_plain(sheet.name), _Cells(sheet, moment)) for sheet in book.sheets()]


def _why(error: Exception) -> str:
    if "encrypted" in str(error):
        return "it is locked with a password: save it again without one"
    if "Can't find workbook" in str(error):
        return "it is an Office document, but no Excel workbook: export the report as CSV"
    return "the workbook is damaged or was cut off: download it again, and do not open it first"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worksheet(Sheet):
    """One sheet of a workbook."""

    cells: _Cells

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every row, by its number."""
        return self.cells.rows()


@dataclass(frozen=True, slots=True)
class _Cells:
    """A sheet as xlrd holds it, and what tells the moment that one of its numbers means."""

    sheet: Any
    moment: Callable[[float], datetime]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of every row, from 1, and its cells as text."""
        for row in range(self.sheet.nrows):
            kinds, values = self.sheet.row_types(row), self.sheet.row_values(row)
            yield row + 1, [*map(self._text, kinds, values)]

    def _text(self, kind: int, value: Any) -> str:
        if kind == _TEXT:
            return str(value).replace("\0", "\ufffd")
        if kind == _NUMBER:
            return _number(value)
        if kind == _DATE:
            return self._day(value)
        return f"#{value}" if kind in {_TRUTH, _ERROR} else ""

    def _day(self, value: float) -> str:
        try:
            moment = self.moment(value)
        except (ArithmeticError, ValueError):
            return _number(value)
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ")


def _number(value: float) -> str:
    whole = math.isfinite(value) and abs(value) < _MOST_WHOLE and value == int(value)
    return str(int(value)) if whole else repr(value)


def _plain(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:80] or "a sheet without a name"
