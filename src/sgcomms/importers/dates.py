"""The days in a column of an export file, also where a spreadsheet has rewritten them.

What a platform writes cannot be mistaken (`2021-08-01`); what a spreadsheet makes of it can: `3/9`
is a day of March or of September. One number above 12 in the whole column tells, a person may, and
nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import SPREADSHEET_DATES, iso_day, shown

Order = Literal["day-first", "month-first"]
"""Which number comes first in a date such as 3/9/2025."""

_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: +(\d{1,2}):(\d{2})(?::\d{2})?)?", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a report, or a row of it, covers, both included."""

    first: date
    last: date


class Slashed:
    """Dates such as `3/9/2025 16:40` in the column `at` of a sheet; `said` is their order, if told.

    The column is gone through once, when the first such date is met.
    """

    def __init__(self, sheet: Sheet, at: int, said: Order | None) -> None:
        self._sheet = sheet
        self._at = at
        self.order = said

    def read(self, text: str) -> tuple[str, str] | None:
        """Return a day as `2025-09-03` and its time as `16:40`; None for any other form.

        Raises ValueError where the order cannot be told, or the date does not fit it.
        """
        found = _SLASHED.fullmatch(text.strip())
        if found is None:
            return None
        self.order = self.order or _order(self._column())
        numbers = (found[2], found[1]) if self.order == "day-first" else (found[1], found[2])
        month, day_of_month = (number.zfill(2) for number in numbers)
        if month > "12":
            raise ValueError(
                f"{shown(text)} is no date with the {self.order.partition('-')[0]} first: correct "
                "--dates, or upload the original download"
            )
        return (
            f"{found[3]}-{month}-{day_of_month}",
            f"{(found[4] or '').zfill(2)}:{found[5] or '00'}",
        )

    def _column(self) -> Iterator[str]:
        for _, cells in self._sheet.body():
            if self._at < len(cells):
                yield cells[self._at]


class Days:
    """The days in the column `at` of a sheet, whatever time of day stands beside them."""

    def __init__(self, sheet: Sheet, at: int, said: Order | None) -> None:
        self._slashed = Slashed(sheet, at, said)

    def day(self, text: str) -> date:
        """Return the day that a cell names. Raises ValueError with what is wrong with it."""
        if found := _DAY.fullmatch(text.strip()):
            return iso_day(found[1], text)
        rewritten = self._slashed.read(text)
        if rewritten is None:
            raise ValueError(f"{shown(text)} is not a day such as 2021-08-01: {SPREADSHEET_DATES}")
        return iso_day(rewritten[0], text)


def only_once(seen: set[str], what: str) -> None:
    """Add `what` to what was `seen` in a file. Raises ValueError where it is there already."""
    if what in seen:
        raise ValueError(f"{what} stands in this file twice: export it again")
    seen.add(what)


def _order(column: Iterable[str]) -> Order:
    """Return which number is the day in all of `column`. Raises ValueError where nothing tells."""
    day_first = month_first = False
    for text in column:
        if found := _SLASHED.fullmatch(text.strip()):
            day_first |= int(found[1]) > 12
            month_first |= int(found[2]) > 12
    if day_first and month_first:
        raise ValueError(
            f"some dates have the day first, others the month, so none can be told: "
            f"{SPREADSHEET_DATES}"
        )
    if not day_first and not month_first:
        raise ValueError(
            f"{SPREADSHEET_DATES}. If there is none any more, say whether the day or the month "
            "comes first in its dates, which none of them tells: --dates day-first, or --dates "
            "month-first"
        )
    return "day-first" if day_first else "month-first"
