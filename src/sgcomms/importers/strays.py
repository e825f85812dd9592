"""Rows of an export that are none of its figures: the header once more, and totals. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sgcomms.importers.columns import normal

_TOTALS = frozenset({"total", "totals", "grand total", "subtotal", "sub-total", "sum"})
_HEADER = (
    "this row has the column names again, so that several exports stand in this file: import each "
    "of them as it was downloaded"
)
_TOTAL = (
    "this row is a total, which this export does not have here and which would count twice: upload "
    "the original download, without the total that was added to it"
)


def stray(cells: Sequence[str], *headers: Sequence[str]) -> str | None:
    """Return what a row is that is none of the figures under one of `headers`, and what to do.

    None for any other row. A header is known again by two of its names, or more, and nothing else;
    a total by the word for it in the first cell that is not blank.
    """
    filled = [normal(cell) for cell in cells if cell.strip()]
    if not filled:
        return None
    if filled[0].rstrip(":").rstrip() in _TOTALS:
        return _TOTAL
    if len(filled) > 1 and any(set(filled) <= set(map(normal, header)) for header in headers):
        return _HEADER
    return None


def refuse_stray(cells: Sequence[str], header: Sequence[str]) -> None:
    """Raise ValueError for a row that is none of the figures under `header`."""
    if reason := stray(cells, header):
        raise ValueError(reason)


_NO_NAMES = frozenset({"other", "(other)", "(not set)"})
"""Keys of rows whose name says nothing, or is not known."""


@dataclass(slots=True)
class Ending:
    """The rows of a breakdown, whose last may be a total: a spreadsheet adds one without a name."""

    total: float = 0
    rows: int = 0
    last: float = 0
    nameless: bool = False

    def note(self, dimension: str | None, key: str | None, value: float | None) -> None:
        """Take the next row, with the key that its name became."""
        self.total += value or 0
        self.rows += 1
        self.last = value or 0
        of_page = dimension == "page" and "/" not in (key or "")
        self.nameless = key is None or key in _NO_NAMES or of_page

    def refuse_total(self) -> None:
        """Raise ValueError where the last row has no known name, and is the sum of the others."""
        if self.nameless and self.rows > 2 and 0 < self.last == self.total - self.last:
            raise ValueError(f"the last row of its table: {_TOTAL}")
