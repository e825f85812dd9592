"""Files whose first line is no header but the title of a table, under which the header stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from sgcomms.importers.columns import normal
from sgcomms.importers.sheet import Sheet

DELIMITERS = ",;\t"
"""What stands between the cells of a row that is text."""


def title_of(cells: list[str]) -> str | None:
    """Return the only word of a row; None where it has none, or more than one."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return filled[0] if len(filled) == 1 and cells[0].strip() else None


def below(sheet: Sheet, most: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Yield the first rows under the first line that is not blank."""
    yield from islice(sheet.body(), most)


def opened(sheet: Sheet) -> Sheet:
    """Return the sheet as its second row is delimited, where its title has no delimiter.

    A spreadsheet drops the line `sep=,` and writes semicolons or tabs, which a title alone does not
    show.
    """
    if title_of(list(sheet.header)) is None:
        return sheet
    for _, cells in below(sheet):
        joined = cells[0] if len(cells) == 1 else ""
        for delimiter in DELIMITERS:
            if delimiter != sheet.delimiter and delimiter in joined:
                return replace(sheet, delimiter=delimiter)
    return sheet


def starts(cells: list[str], *names: str) -> bool:
    """Tell whether a row begins with these column names."""
    return [normal(cell) for cell in cells[: len(names)]] == list(names)
