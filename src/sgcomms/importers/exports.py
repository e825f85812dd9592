"""A file -> the one layout that its tables have, whatever container they stand in.

A CSV file is an export of one table. In a ZIP file or a workbook every table is asked for its
layout; the file is taken in as a whole, so all that is known in it must be of one layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sgcomms.importers import NOTHING, Answers, fitting, named, recognise, unknown
from sgcomms.importers.base import Importer, Notes, Owner
from sgcomms.importers.containers import open_sheets
from sgcomms.importers.sheet import Sheet, failure
from sgcomms.models import PostRow, Reading
from sgcomms.signs import one_line


@dataclass(frozen=True, slots=True)
class Export:
    """A file whose layout is known. `sheets` are the tables of that layout, in their order; `left`
    names the tables that nothing is taken from."""

    importer: Importer
    sheets: tuple[Sheet, ...]
    left: tuple[str, ...] = ()

    @property
    def first(self) -> Sheet:
        """The first table; it knows the file's name and SHA-256 as well as any other."""
        return self.sheets[0]

    def owner(self) -> Owner | None:
        """Return whose posts the file says it holds; None where it does not say.

        Raises ImportFileError where its tables say different things.
        """
        said = [found for sheet in self.sheets if (found := self.importer.owner(sheet))]
        for other in said[1:]:
            if other != said[0]:
                raise failure(
                    self.first.name,
                    None,
                    f"it holds posts of {said[0]} and of {other}: export each on its own",
                )
        return said[0] if said else None

    def extract(self, subject: str, notes: Notes) -> Iterator[PostRow | Reading]:
        """Yield what all tables hold, as `Importer.extract` does. Raises what that raises."""
        yield from self.importer.extract_all(self.sheets, subject, notes)
        for table in self.left:
            notes.leave(f"the table {table}")


def open_export(
    path: Path,
    *,
    layout: str | None = None,
    platform: str | None = None,
    said: Answers = NOTHING,
) -> Export:
    """Return the file at `path` with its layout.

    `layout` names it where a person knows better; `platform` is that of the account the figures are
    of, where a file does not tell. Raises UsageError for a `layout` that is not known, and
    ImportFileError when the file cannot be read, and when no layout or more than one is found.
    """
    chosen = None if layout is None else named(layout, said)
    sheets = open_sheets(path)
    if len(sheets) == 1 and not sheets[0].table:
        return Export(recognise(sheets[0], layout=layout, platform=platform, said=said), sheets)
    if chosen is None:
        fits = ((sheet, fitting(sheet, platform, said)) for sheet in sheets)
    else:
        fits = ((sheet, chosen if chosen.accepts(sheet) else None) for sheet in sheets)
    return _of_tables(path, sheets, [(sheet, found) for sheet, found in fits if found])


def _of_tables(
    path: Path, sheets: tuple[Sheet, ...], taken: Sequence[tuple[Sheet, Importer]]
) -> Export:
    """Return a file of several tables, of which those `taken` have a layout that is known."""
    if not taken:
        raise unknown(sheets)
    layout = taken[0][1]
    used = tuple(sheet for sheet, _ in taken)
    titles = list(dict.fromkeys(found.title for _, found in taken))
    if len(titles) > 1 and all(found.many for _, found in taken):
        held = "; ".join(
            f"{title}: {', '.join(str(one.table) for one, found in taken if found.title == title)}"
            for title in titles
        )
        raise failure(
            path.name,
            None,
            f"it holds files of several accounts ({held}): pack those of each on their own",
        )
    if len(titles) > 1 or (len(used) > 1 and not layout.many):
        tables = ", ".join(str(sheet.table) for sheet in used)
        raise failure(
            one_line(path.name),
            None,
            f"it holds several exports ({'; '.join(titles)}: {tables}): unpack it, and import them "
            "one by one",
        )
    read = {sheet.table for one in used for sheet in (one, *layout.joined(one))}
    left = tuple(str(sheet.table) for sheet in sheets if sheet.table not in read)
    return Export(layout, used, left)
