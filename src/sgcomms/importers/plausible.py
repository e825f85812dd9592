"""Plausible: the ZIP files of its dashboard and of a website's settings.

Plausible knows nobody again on another day, so a period has no users: its visitors are those of
each day, added up. Shares come from visits, which only the settings' export breaks down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from sgcomms import webkeys as keys
from sgcomms.importers.base import Importer, Notes, Owner
from sgcomms.importers.columns import Columns, normal
from sgcomms.importers.days import Days, new
from sgcomms.importers.moments import iso_day
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.strays import Ending, refuse_stray
from sgcomms.importers.values import count, rate, seconds
from sgcomms.models import Reading

MOST_KEYS = 100_000
"""Different pages of one table or day, which are held in memory to be added up."""

_MOST_ROWS = 300
_MOST_PAGES = 100
"""Rows of a table of the dashboard, of which the rest is left out."""

_BLANK = "the export leaves it blank"


def _device(name: str) -> str:
    """Return the kind of a device: Plausible tells laptops from other desktops."""
    return "desktop" if normal(name) == "laptop" else keys.device(name)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a table breaks down: its column `column`, which gives the key of a dimension, or None
    for a row of no use, and the metric that is broken down. `overlaps` is true where one visitor
    may be in several rows, `most` is how many rows Plausible puts into the table at most."""

    column: str
    dimension: str
    key: Callable[[str], str | None]
    metric: str
    overlaps: bool = False
    most: int | None = None


class _Plausible(Importer):
    """What both exports share."""

    platform = "website"
    day_boundary = "the website's own time zone"
    takes_read_on = False
    takes_zone = True
    tools = frozenset({"plausible"})

    def owner(self, sheet: Sheet) -> Owner | None:
        """Return None: no table names the website."""
        return None


class Dashboard(_Plausible):
    """What is on the screen: days, and tables of the whole period that they make up.

    Those tables count visitors, not visits. Rows that share a key may share visitors, so that a sum
    of them is the most that there can have been.
    """

    name = "plausible-dashboard"
    title = "Plausible dashboard"
    natives: ClassVar[Mapping[str, str]] = {
        "page_views": "pageviews",
        "sessions": "visits",
        "users_daily_sum": "visitors",
        "bounce": "bounce_rate",
        "session_seconds": "visit_duration",
    }
    required = ("date", *natives.values())
    remark = (
        "Of the period that is on the screen: `channels.csv`, `devices.csv` (both by visitors, as "
        "they have no visits) and `pages.csv` (by page views). `sources.csv` is not read: a source "
        "such as Google is no channel, as its visits may come from advertising or not, and "
        "`channels.csv` has the same visitors by channel. Neither are countries, browsers, and "
        "what else the ZIP file holds. A table has at most 300 rows, that of pages 100: one with "
        "so many is named."
    )
    kinds: ClassVar[Mapping[str, _Kind]] = {
        "channels.csv": _Kind("name", "channel", keys.channel, "users_daily_sum", True, _MOST_ROWS),
        "devices.csv": _Kind("name", "device", _device, "users_daily_sum", True, _MOST_ROWS),
        "pages.csv": _Kind("name", "page", keys.page, "page_views", most=_MOST_PAGES),
    }

    def joined(self, sheet: Sheet) -> tuple[Sheet, ...]:
        """Return the tables of channels, devices and pages that can be read."""
        return tuple(one for one in sheet.beside if self._kind(one))

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield the readings of the website `subject`: those of each day, then those of the period.

        Raises ImportFileError for weeks or months in place of days, and for what is no figure.
        """
        columns = self.columns(sheet)
        places = columns.places(self.natives)
        notes.use(columns, places, [columns.at("date")])
        days = Days()
        for line, cells in sheet.body():
            notes.rows += 1
            try:
                row = columns.fitted(cells, pad=False)
                day = days.next(iso_day(row[columns.at("date")]))
                found = list(_of_row(columns, row, _parts_of_average))
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
            notes.taken += 1
            for metric, value, parts in found:
                native = self.natives[metric]
                yield _reading(subject, metric, value, (day, day), native, parts=parts)
        if days.alone:
            raise sheet.error(None, "one row may be a day or a month: export several days")
        for other in self.joined(sheet):
            if days.span is not None:
                notes.table = other.table
                yield from self._period(other, subject, days.span, notes)

    def _kind(self, sheet: Sheet) -> _Kind | None:
        kind = self.kinds.get(_base(sheet))
        if kind is None or Columns(sheet.header, {}).missing((kind.column, self._native(kind))):
            return None
        return kind

    def _native(self, kind: _Kind) -> str:
        return self.natives[kind.metric]

    def _period(
        self, sheet: Sheet, subject: str, span: tuple[date, date], notes: Notes
    ) -> Iterator[Reading]:
        kind = self._kind(sheet)
        assert kind is not None  # noqa: S101  that is what makes it one of the tables joined
        adding = _Adding(Columns(sheet.header, {}), kind, self._native(kind), self.said.hosts)
        adding.note(notes)
        before = notes.rows
        for line, cells in sheet.body():
            notes.rows += 1
            try:
                notes.taken += adding.add(cells)
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
        if notes.rows - before == kind.most:
            notes.full[f"rows of {sheet.table}"] = kind.most
        yield from adding.readings(sheet, subject, span)


class SiteSettings(_Plausible):
    """A website's whole history, day by day, with the sums that rates are made of."""

    name = "plausible-export"
    title = "Plausible, export of a website"
    many = True
    natives: ClassVar[Mapping[str, str]] = {
        "page_views": "pageviews",
        "sessions": "visits",
        "users_daily_sum": "visitors",
        "bounce": "bounces",
        "session_seconds": "visit_duration",
    }
    required = ("date", *natives.values())
    kinds: ClassVar[tuple[_Kind, ...]] = (
        _Kind("device", "device", _device, "sessions"),
        _Kind("page", "page", keys.page, "page_views"),
        _Kind("utm_content", "content", keys.content, "sessions"),
    )
    """Columns and what they count: Plausible's documentation, "Import stats using CSV files"."""
    remark = (
        "Day by day: `imported_visitors`, `imported_devices` and `imported_pages`; of "
        "`imported_sources` the visits that began with a tagged link of this program "
        "(`utm_content`), by which they are counted for its post, as `content`. The sources "
        "themselves are not read: the file does not say by which channel a visit came, and a "
        "source such as Google may be advertising or not. Nor are other people's tags, referrers, "
        "and the tables of places, browsers and events."
    )

    def accepts(self, sheet: Sheet) -> bool:
        """Tell whether the sheet is the table of days, of devices, of pages, or of sources."""
        return self._is_of_days(sheet) or self._kind(sheet) is not None

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        """Yield the readings of the website `subject`, day by day.

        Raises ImportFileError, with the line, for anything that Plausible does not write.
        """
        kind = self._kind(sheet)
        if kind is None:
            yield from self._days(sheet, subject, notes)
        else:
            yield from self._broken_down(sheet, kind, subject, notes)

    def _is_of_days(self, sheet: Sheet) -> bool:
        """Tell the table of days from others that have its columns and one more."""
        names = {normal(name) for name in sheet.header}
        only = names <= set(self.required) or _base(sheet).startswith("imported_visitors")
        return only and not self.missing(sheet)

    def _kind(self, sheet: Sheet) -> _Kind | None:
        columns = Columns(sheet.header, {})
        for kind in self.kinds:
            if not columns.missing(("date", kind.column, self.natives[kind.metric])):
                return kind
        return None

    def _days(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[Reading]:
        columns = self.columns(sheet)
        places = columns.places(self.natives)
        notes.use(columns, places, [columns.at("date")])
        seen: set[date] = set()
        for line, cells in sheet.body():
            notes.rows += 1
            try:
                row = columns.fitted(cells, pad=False)
                day = new(iso_day(row[columns.at("date")]), seen)
                found = list(_of_row(columns, row, _parts_of_sum))
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
            notes.taken += 1
            for metric, value, parts in found:
                native = self.natives[metric]
                yield _reading(subject, metric, value, (day, day), native, parts=parts)

    def _broken_down(
        self, sheet: Sheet, kind: _Kind, subject: str, notes: Notes
    ) -> Iterator[Reading]:
        columns = Columns(sheet.header, {})
        native = self.natives[kind.metric]
        adding = _Adding(columns, kind, native, self.said.hosts)
        adding.note(notes)
        seen: set[date] = set()
        before: date | None = None
        for line, cells in sheet.body():
            notes.rows += 1
            try:
                day = iso_day(columns.fitted(cells, pad=False)[columns.at("date")])
                if day != before:
                    new(day, seen)
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
            if before is not None and day != before:
                yield from adding.readings(sheet, subject, (before, before))
                adding = _Adding(columns, kind, native, self.said.hosts)
            before = day
            try:
                notes.taken += adding.add(cells)
            except ValueError as error:
                raise sheet.row_error(line, cells, error) from None
        if before is not None:
            yield from adding.readings(sheet, subject, (before, before))


_Parts = tuple[float, float] | None
_Of = Callable[[str, str, float], tuple[float | None, _Parts]]


@dataclass(slots=True)
class _Adding:
    """The rows of one table and period, added up by key."""

    columns: Columns
    kind: _Kind
    native: str
    hosts: frozenset[str]
    sums: dict[str, float | None] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    ending: Ending = field(default_factory=Ending)

    def note(self, notes: Notes) -> None:
        """Keep which columns are used."""
        used = [self.columns.at(self.kind.column), *self.columns.positions("date"), *self._host_at]
        notes.use(self.columns, [(self.kind.metric, self.columns.at(self.native))], used)

    def add(self, cells: list[str]) -> bool:
        """Add a row, and tell whether it has a key. Raises ValueError for what is no count."""
        row = self.columns.fitted(cells, pad=False)
        refuse_stray(row, self.columns.header)
        key = self._key(row)
        place = (self.kind.metric, self.columns.at(self.native))
        value = self.columns.counts(row, [place])[self.kind.metric]
        self.ending.note(self.kind.dimension, key, value)
        if key is None:
            return False
        if key in self.sums:
            self.shared.add(key)
        before = self.sums.get(key)
        self.sums[key] = before if value is None else value + (before or 0)
        if len(self.sums) > MOST_KEYS:
            raise ValueError(f"here are more than {MOST_KEYS:,} different rows: export less")
        return True

    @property
    def _host_at(self) -> list[int]:
        """Where the host of a page stands, which Plausible gives beside its path."""
        return self.columns.positions("hostname") if self.kind.dimension == "page" else []

    def _key(self, row: Sequence[str]) -> str | None:
        name = row[self.columns.at(self.kind.column)]
        if self.kind.dimension != "page":
            return self.kind.key(name)
        hosts = [row[at].strip() for at in self._host_at]
        if hosts and hosts[0] and name.startswith("/"):
            name = f"https://{hosts[0]}{name}"
        return keys.page(name, self.hosts)

    def readings(self, sheet: Sheet, subject: str, span: tuple[date, date]) -> Iterator[Reading]:
        """Yield the sums. Raises ImportFileError for a total that was added."""
        try:
            self.ending.refuse_total()
        except ValueError as error:
            raise sheet.error(None, str(error)) from None
        for key, value in self.sums.items():
            bound = "at most" if self.kind.overlaps and key in self.shared and value else None
            yield _reading(
                subject,
                self.kind.metric,
                value,
                span,
                self.native,
                place=(self.kind.dimension, key),
                bound=bound,
            )


def _of_row(
    columns: Columns, row: list[str], of: _Of
) -> Iterator[tuple[str, float | None, _Parts]]:
    """Yield the metrics of a day: counts, then what is divided by visits, where there were any."""
    plain = {"page_views": "pageviews", "sessions": "visits", "users_daily_sum": "visitors"}
    counts = columns.counts(row, columns.places(plain))
    for metric, value in counts.items():
        yield metric, value, None
    visits = counts["sessions"]
    if not visits:
        return
    ratios = {
        "bounce": columns.positions("bounces") or columns.positions("bounce_rate"),
        "session_seconds": columns.positions("visit_duration"),
    }
    for metric, (at, *_) in ratios.items():
        try:
            yield metric, *of(metric, columns.cell(row, at), visits)
        except ValueError as error:
            raise ValueError(f"{columns.header[at].strip()}: {error}") from None


def _parts_of_average(metric: str, text: str, visits: float) -> tuple[float | None, _Parts]:
    """Return an average of the dashboard, bounces in per cent, and the sums that it stands for."""
    bare = text.strip().removesuffix("%")
    value = seconds(text) if metric == "session_seconds" else rate(f"{bare}%") if bare else None
    return value, None if value is None else (value * visits, visits)


def _parts_of_sum(metric: str, text: str, visits: float) -> tuple[float | None, _Parts]:
    """Return the average that a sum stands for, and its parts."""
    whole = seconds(text) if metric == "session_seconds" else count(text)
    if metric == "bounce" and whole is not None and whole > visits:
        raise ValueError(f"{text.strip()} is more than all {visits:,.0f} visits")
    return (None, None) if whole is None else (whole / visits, (whole, visits))


def _reading(
    subject: str,
    metric: str,
    value: float | None,
    span: tuple[date, date],
    native: str,
    *,
    place: tuple[str, str] | None = None,
    parts: _Parts = None,
    bound: str | None = None,
) -> Reading:
    dimension, key = place or (None, None)
    numerator, denominator = parts or (None, None)
    return Reading(
        subject=subject,
        metric=metric,
        value=value,
        first=span[0],
        last=span[1],
        native=native,
        dimension=dimension,
        key=key,
        numerator=numerator,
        denominator=denominator,
        bound=bound,
        reason=_BLANK if value is None else None,
    )


def _base(sheet: Sheet) -> str:
    """Return the name of a table in a ZIP file, without folders: Plausible tells tables by it."""
    return (sheet.table or "").replace("\\", "/").rpartition("/")[2].lower()
