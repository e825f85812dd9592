"""What every importer is: the data that describes a layout, and the two questions it answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from zoneinfo import ZoneInfo

from sgcomms.importers.columns import Columns, Place
from sgcomms.importers.dates import Order
from sgcomms.importers.sheet import Sheet
from sgcomms.models import PostRow, Reading
from sgcomms.periods import Period

BLANK = "the export leaves it blank"
"""Why a reading has no value where the file has a place for it."""

_MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose posts a file says it holds. Either name may be unknown to it.

    `handle` is lower-case and has no @ (X, Instagram); `id` is the platform's own number of the
    Facebook Page or the Instagram account.
    """

    handle: str | None = None
    id: str | None = None

    def __str__(self) -> str:
        """Return the name that a person knows best."""
        return f"@{self.handle}" if self.handle else str(self.id)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the officer says about a file where the file itself does not.

    `zone` is whose days and times are in it, `period` the days it covers, `dates` whether the day
    or the month comes first in dates that a spreadsheet has rewritten. `hosts` are those of the
    website, by `webkeys.hosts_of`; none where they are not known.
    """

    zone: ZoneInfo | None = None
    period: Period | None = None
    dates: Order | None = None
    hosts: frozenset[str] = frozenset()


NOTHING = Answers()
"""Nobody has said anything about the file."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that gave nothing: the line at which it begins, and why.

    `table` names the table it stands in, where the file holds several.
    """

    line: int
    reason: str
    table: str | None = None

    def __str__(self) -> str:
        """Return the place and the reason, as a person reads them."""
        place = f"line {self.line}" if self.table is None else f"{self.table}, line {self.line}"
        return f"{place}: {self.reason}"


@dataclass(slots=True)
class Notes:
    """What is worth keeping about an import beside its figures; filled while rows stream.

    `rows` counts the rows of data, `taken` those that became figures. `skipped` holds the rows that
    gave nothing, `skipped_rows` counts them. `unused` names the columns and tables that were not
    used. `natives` has, by metric, the column's name in this very file. `table` names the table
    that is read at the moment, where the file holds several. `left_to` has, by the platform of
    another account, the tables that are that account's. `full` has, by what they are, how many rows
    a table has that is as long as the platform makes one: there may be more. Lists end at a
    thousand entries, so that a damaged file cannot fill the memory.
    """

    rows: int = 0
    taken: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    skipped_rows: int = 0
    unused: list[str] = field(default_factory=list)
    natives: dict[str, str] = field(default_factory=dict)
    table: str | None = None
    left_to: dict[str, list[str]] = field(default_factory=dict)
    full: dict[str, int] = field(default_factory=dict)

    def skip(self, line: int, reason: str) -> None:
        """Keep that the row at `line` gave nothing, and why."""
        self.skipped_rows += 1
        if len(self.skipped) < _MOST_KEPT:
            self.skipped.append(Skipped(line, reason, self.table))

    def use(self, columns: Columns, places: Iterable[Place], others: Iterable[int]) -> None:
        """Keep which columns hold the metrics, and which are neither those nor among `others`.

        A metric's column that stands twice is used both times: see `Columns.cell`.
        """
        found = tuple(places)
        self.natives.update((metric, columns.header[at].strip()) for metric, at in found)
        used = [*others, *(at for _, at in found)]
        used += [again for _, at in found for again in columns.twins(at)]
        for name in columns.others(used):
            self.leave(name if self.table is None else f"{self.table}: {name}")

    def leave(self, name: str) -> None:
        """Keep that the column or table `name` was not used."""
        if name not in self.unused and len(self.unused) < _MOST_KEPT:
            self.unused.append(name)


class Importer(ABC):
    """One layout of export files, with what was `said` about them. Holds no other state.

    `name` is stored as the layout of a source, `title` is what a person reads. `required` are the
    columns that must be there, by any of the names in `aliases`; case and blanks around them do not
    matter. `natives` gives, by metric, the platform's own name of the column. `day_boundary` says
    in whose time the platform's days and times are. `takes_read_on` is true where figures are
    totals at the moment of export, or the newest day may not be over, so that the day of the export
    must be known. `by_day` gives, by metric, the columns of what the account as a whole received
    each day, `levels` those of how many it had that day. `many` is true where one file may hold
    several tables of the layout. `takes_zone` and `takes_period` are true where the file does not
    say in whose zone its days are, or may not say which days it covers. `tools` are the tools that
    measure a website and give such files, by the names that `board.yaml` uses; none stands for any.
    `remark` is what the reference says of the layout beside its columns: what of it is not read.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    platform: ClassVar[str]
    required: ClassVar[tuple[str, ...]]
    natives: ClassVar[Mapping[str, str]]
    day_boundary: ClassVar[str]
    takes_read_on: ClassVar[bool]
    several: ClassVar[bool] = False
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    by_day: ClassVar[Mapping[str, str]] = {}
    levels: ClassVar[Mapping[str, str]] = {}
    many: ClassVar[bool] = False
    takes_zone: ClassVar[bool] = False
    takes_period: ClassVar[bool] = False
    tools: ClassVar[frozenset[str]] = frozenset()
    remark: ClassVar[str] = ""

    def __init__(self, said: Answers = NOTHING) -> None:
        self.said = said

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone that a person has said, where these files do not."""
        return self.said.zone if self.takes_zone else None

    @property
    def boundary(self) -> str:
        """In whose time the days and times of these very files are."""
        return self.zone.key if self.zone else self.day_boundary

    def columns(self, sheet: Sheet) -> Columns:
        """Return the columns of the sheet's first header."""
        return Columns(sheet.header, self.aliases)

    def missing(self, sheet: Sheet) -> tuple[str, ...]:
        """Return the required columns that the sheet does not have."""
        return self.columns(sheet).missing(self.required)

    def accepts(self, sheet: Sheet) -> bool:
        """Tell whether the sheet has this layout."""
        return not self.missing(sheet)

    def may_be(self, sheet: Sheet) -> bool:
        """Tell whether the sheet can be read as this layout, where a person says that it is."""
        return self.accepts(sheet)

    def needs(self) -> str:
        """Return what a file of this layout must hold, in words for a message."""
        return ", ".join(self.required)

    def joined(self, sheet: Sheet) -> tuple[Sheet, ...]:
        """Return the tables beside `sheet` that are read together with it."""
        return ()

    def handle_in_name(self, sheet: Sheet) -> str | None:
        """Return the handle that the file's name holds, to help a question; never an answer."""
        return None

    @abstractmethod
    def owner(self, sheet: Sheet) -> Owner | None:
        """Return whose posts the file says it holds; None where it does not say.

        Raises ImportFileError where the first row cannot be read.
        """

    @abstractmethod
    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[PostRow | Reading]:
        """Yield what the file holds, as figures of `subject` (an account or website id).

        Raises ImportFileError, possibly after rows were yielded: take all of a file or nothing.
        """

    def extract_all(
        self, sheets: Iterable[Sheet], subject: str, notes: Notes
    ) -> Iterator[PostRow | Reading]:
        """Yield what the tables of one file hold, as `extract` does. Raises what that raises."""
        for sheet in sheets:
            notes.table = sheet.table
            yield from self.extract(sheet, subject, notes)
