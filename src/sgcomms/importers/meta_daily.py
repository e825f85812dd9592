"""Facebook and Instagram: what an account received day by day (Meta Business Suite, Insights).

One metric a file, whose title tells it and mostly the platform; a file may hold a table of each
platform, and a ZIP file several files of one account. Days are US Pacific: the times beside them
jump by an hour where the US clocks change. A day without a row is missing, not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from sgcomms.importers.base import BLANK, Importer, Notes
from sgcomms.importers.columns import normal
from sgcomms.importers.dates import Days, only_once
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.strays import stray
from sgcomms.importers.titled import below, opened, starts, title_of
from sgcomms.importers.values import count, listed
from sgcomms.models import Reading

_HEADER = ("date", "primary")
_PLATFORMS = ("facebook", "instagram")
_METRICS: Mapping[str, str] = {
    "content interactions": "engagements",
    "follows": "follows",
    "link clicks": "clicks_link",
    "profile visits": "profile_visits",
    "reach": "reach",
    "viewers": "reach",
    "views": "views",
    "visits": "profile_visits",
}
_OF_ONE: Mapping[str, str] = {"reach": "instagram"}
"""Titles without the name of a platform that only one of them uses: the other's is "Facebook …"."""


@dataclass(frozen=True, slots=True)
class _Block:
    """One table: its title and what that tells. `platform` is None where it does not say."""

    line: int
    title: str
    platform: str | None
    metric: str | None


class _PageDaily(Importer):
    """What both platforms share: titled tables of two columns, the day and the figure."""

    required = ()
    day_boundary = "America/Los_Angeles"
    several = True
    many = True
    remark = (
        "Several of these files are read from one ZIP file, if all are of one account. The "
        "Audience file, a picture of a day that it does not name, is not read."
    )
    takes_read_on = True
    takes_zone = True

    def needs(self) -> str:
        """Return what such a file looks like."""
        return "a title such as " + ", ".join(self.natives.values()) + "; under it Date, Primary"

    def owner(self, sheet: Sheet) -> None:
        """Return None: the file names a platform at most."""

    def accepts(self, sheet: Sheet) -> bool:
        """Tell whether the file has a table that may be of this platform."""
        return looks_daily(sheet) and any(
            one.metric is not None and one.platform in (None, self.platform)
            for one in _shared(_blocks(opened(sheet)))
        )

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield what the account `subject` received, day by day; the tables of the other platform
        are kept in `notes`.

        Raises ImportFileError, with the line, for anything that Meta does not write, and where it
        cannot be told which table is whose.
        """
        yield from self._extract(sheet, subject, notes, {})

    def extract_all(self, sheets: Iterable[Sheet], subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield what the files of one ZIP file hold, as `extract` does for each.

        Raises ImportFileError, too, where two of them have the same days of one metric, and where
        one does not name its platform among files of both: then they are of two accounts.
        """
        found: dict[str, str] = {}
        for sheet in sheets:
            notes.table = sheet.table
            self._refuse_unnamed(sheet)
            yield from self._extract(sheet, subject, notes, found)

    def _refuse_unnamed(self, sheet: Sheet) -> None:
        """Raise ImportFileError where a table may be of this account or of another one beside."""
        unnamed = [one for one in _shared(_blocks(opened(sheet))) if one.platform is None]
        beside = (one for other in sheet.beside if looks_daily(other) for one in _named_in(other))
        others = sorted(set(beside) - {self.platform})
        if unnamed and others:
            raise sheet.error(
                unnamed[0].line,
                f"it does not name its platform ({unnamed[0].title}), and other files in the ZIP "
                f"file are of {others[0].capitalize()}, so it cannot be told whose it is: pack "
                "the files of each account on their own",
            )

    def _extract(
        self, sheet: Sheet, subject: str, notes: Notes, found: dict[str, str]
    ) -> Iterator[Reading]:
        """Yield the readings of one file. `found` has what was read before it, by the file."""
        sheet = opened(sheet)
        mine = {line: (title, metric) for line, title, metric in self._mine(sheet, notes)}
        days, seen = Days(sheet, 0, self.said.dates), set[str]()
        table: tuple[str, str] | None = None
        line = blank = 0
        for line, cells in _tables(sheet):
            if isinstance(cells, _Block):
                table = mine.get(line)
                continue
            notes.rows += 1
            if table is None:
                continue
            try:
                reading = _reading(subject, *table, cells, days)
                thing = f"{reading.metric} of {reading.first}"
                only_once(seen, thing)
                _only_in(found, thing, str(sheet.table))
            except ValueError as error:
                raise sheet.error(line, stray(cells, _HEADER) or str(error)) from None
            notes.taken += 1
            yield reading
            blank = line if reading.value is None else 0
        if blank == line and not sheet.ends_with_newline:
            raise sheet.error(line, "the file breaks off in this row: download it again")

    def _mine(self, sheet: Sheet, notes: Notes) -> Iterator[tuple[int, str, str]]:
        """Yield line, title, metric of the tables of this platform; keep others in `notes`."""
        blocks = _shared(_blocks(sheet))
        unnamed = [one for one in blocks if one.platform is None and one.metric is not None]
        if len(unnamed) > 1:
            raise sheet.error(
                unnamed[1].line,
                f"this is a second table that does not name its platform ({unnamed[1].title}), so "
                "it cannot be told whose it is: export each account on its own",
            )
        for one in blocks:
            if one.metric is None:
                notes.leave(f"the table {one.title}")
            elif one.platform in (None, self.platform):
                notes.natives[one.metric] = one.title
                yield one.line, one.title, one.metric
            else:
                notes.left_to.setdefault(one.platform, []).append(one.title)


class FacebookDaily(_PageDaily):
    """The daily files of a Facebook Page."""

    name = "facebook-daily"
    title = "Facebook by day (Meta Business Suite)"
    platform = "facebook"
    natives: ClassVar[Mapping[str, str]] = {
        "reach": "Facebook reach",
        "views": "Views",
        "follows": "Facebook follows",
        "profile_visits": "Facebook visits",
        "engagements": "Content interactions",
        "clicks_link": "Facebook link clicks",
    }
    by_day = natives


class InstagramDaily(_PageDaily):
    """The daily files of an Instagram account."""

    name = "instagram-daily"
    title = "Instagram by day (Meta Business Suite)"
    platform = "instagram"
    natives: ClassVar[Mapping[str, str]] = {
        "reach": "Reach",
        "views": "Views",
        "follows": "Instagram follows",
        "profile_visits": "Instagram profile visits",
        "engagements": "Content interactions",
        "clicks_link": "Instagram link clicks",
    }
    by_day = natives


def looks_daily(sheet: Sheet) -> bool:
    """Tell whether a sheet is a title with the columns Date and Primary under it."""
    if title_of(list(sheet.header)) is None:
        return False
    return any(starts(cells, *_HEADER) for _, cells in below(opened(sheet)))


def unread(sheet: Sheet) -> str | None:
    """Return the titles of a daily file that has no table of a known title; None for any other."""
    if not looks_daily(sheet):
        return None
    blocks = _blocks(opened(sheet))
    known = any(one.metric is not None for one in blocks)
    return None if known else listed(one.title for one in blocks)


def _reading(subject: str, title: str, metric: str, cells: list[str], days: Days) -> Reading:
    """Return what a row says. Raises ValueError with what is wrong with it."""
    if len(cells) < 2 or any(cells[2:]):
        raise ValueError(
            f"this row has {len(cells)} cells in place of two: the file is damaged or was cut off; "
            "download it again"
        )
    day = days.day(cells[0])
    value = count(cells[1])
    return Reading(
        subject=subject,
        metric=metric,
        value=value,
        first=day,
        last=day,
        native=title,
        reason=BLANK if value is None else None,
        basis="received",
    )


def _only_in(found: dict[str, str], thing: str, table: str) -> None:
    """Keep that `thing` stands in `table`. Raises ValueError where another table has it, too."""
    if found.setdefault(thing, table) != table:
        raise ValueError(
            f"{thing} stands in {found[thing]}, too, so the ZIP file holds the same days twice or "
            "the files of two accounts: pack those of each account on their own"
        )


def _tables(sheet: Sheet) -> Iterator[tuple[int, list[str] | _Block]]:
    """Yield every table as a block, followed by its rows, each with its line.

    Raises ImportFileError where a table has no title, or other columns than Date and Primary.
    """
    block: _Block | None = None
    in_table = False
    for line, cells in sheet.rows():
        if not any(cells):
            block, in_table = None, False
        elif block is None:
            title = title_of(cells)
            if title is None:
                raise sheet.error(line, "a table's title should stand here: download it again")
            block = _named(line, title)
            yield line, block
        elif in_table:
            yield line, cells
        elif starts(cells, *_HEADER):
            in_table = True
        else:
            raise sheet.error(
                line,
                f"under the title {block.title!r} should stand Date, Primary: download it again",
            )


def _blocks(sheet: Sheet) -> list[_Block]:
    return [found for _, found in _tables(sheet) if isinstance(found, _Block)]


def _named_in(sheet: Sheet) -> set[str]:
    """Return the platforms that the tables of a file name."""
    return {one.platform for one in _blocks(opened(sheet)) if one.platform is not None}


def _named(line: int, title: str) -> _Block:
    first, _, rest = normal(title).partition(" ")
    if first in _PLATFORMS:
        return _Block(line, title, first, _METRICS.get(rest))
    return _Block(line, title, _OF_ONE.get(normal(title)), _METRICS.get(normal(title)))


def _shared(blocks: list[_Block]) -> list[_Block]:
    """Give the only table that names no platform to the platform that no other table names."""
    others = [name for name in _PLATFORMS if all(one.platform != name for one in blocks)]
    unnamed = [one for one in blocks if one.platform is None]
    if len(others) != 1 or len(unnamed) != 1:
        return blocks
    return [replace(one, platform=one.platform or others[0]) for one in blocks]
