"""Files -> the tables in them. A file is told by its bytes, never by its name.

Nothing is unpacked to disk. What is no container is one table of text. What each container may
hold, and how much, stands in its own module.
"""

from __future__ import annotations

from pathlib import Path

from sgcomms.importers.containers import archive, spreadsheetml, workbook, zipped
from sgcomms.importers.sheet import Sheet, explained, open_sheet, opener, refuse_all_but_files
from sgcomms.signs import one_line

__all__ = ["open_sheets"]

_HEAD = 4096


def open_sheets(path: Path) -> tuple[Sheet, ...]:
    """Return the tables of the file at `path`, in their order; each knows those beside it.

    Raises ImportFileError when it cannot be read or holds no table; the message says what it is and
    what to do instead.
    """
    with explained(one_line(path.name)):
        refuse_all_but_files(path)
        with path.open("rb") as file:
            start = file.read(_HEAD)
        if zipped.is_zip(start):
            return zipped.sheets(path)
        if workbook.is_workbook(start):
            return workbook.sheets(path)
        if spreadsheetml.is_spreadsheet(start):
            return spreadsheetml.sheets(path)
        if archive.is_part(start):
            return (archive.look(opener(path), one_line(path.name)),)
    return (open_sheet(path),)
