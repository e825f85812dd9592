"""One table of a Google Analytics screen -> readings: by page, by channel, by device, and totals.

Shares are made from visits, which add up; users never do, so theirs come from total rows alone,
where Google has counted each of them once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from sgcomms.importers.base import BLANK, Notes
from sgcomms.importers.columns import Columns, normal
from sgcomms.importers.dates import Order, Span
from sgcomms.importers.strays import Ending, refuse_stray
from sgcomms.importers.values import count, rate, seconds
from sgcomms.models import Reading
from sgcomms.webkeys import channel, device, page

_MOST_KEYS = 100_000
_GRAND_TOTAL = "grand total"

_BY: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "page": ("page_views", page),
    "channel": ("sessions", channel),
    "device": ("sessions", device),
}
_RATIOS: Mapping[str, Callable[[str], float | None]] = {
    "bounce": rate,
    "session_seconds": seconds,
}
_COMPARING = frozenset({"comparison", "date range", "segment"})


@dataclass(frozen=True, slots=True)
class Words:
    """What one version of Google Analytics calls things, in the form that `normal` gives.

    `dimensions` gives, by the name of a first column, `page`, `channel` or `device`; `days` gives,
    by such a name, how a day is read, in one way or in two; `metrics` gives the metric by the name
    of a column; `plain` names columns that hold numbers of no use here. `blank_is_total` is true
    where a row without a first cell is the total row.
    """

    dimensions: Mapping[str, str]
    days: Mapping[str, Mapping[Order | None, Callable[[str, Span], date]]]
    metrics: Mapping[str, str]
    plain: frozenset[str]
    blank_is_total: bool


class Table:
    """A header and the rows under it. `line` is the header's, `width` that of the row it stands in;
    `dimension` is None for totals only. `hosts` are those of the website.

    `usable` is false for a table that nothing can be taken from: its rows need not be added.
    Raises ValueError where rows of several periods or segments stand under each other.
    """

    def __init__(
        self, line: int, header: Sequence[str], words: Words, hosts: frozenset[str] = frozenset()
    ) -> None:
        self.line = line
        self.width = len(header)
        while len(header) > 1 and not header[-1].strip():
            header = header[:-1]
        self.columns = Columns(header, {})
        names = [normal(name) for name in header]
        self.dimension = words.dimensions.get(names[0])
        self.usable = self._is_usable(names, words)
        if self.usable and not _COMPARING.isdisjoint(names):
            raise ValueError(
                "this table compares periods or segments, so its rows must not be added: export "
                "without comparison"
            )
        self._blank_is_total = words.blank_is_total
        self._at: dict[str, int] = {}
        for at, name in enumerate(names):
            if self.usable and name in words.metrics:
                if words.metrics[name] in self._at:
                    raise ValueError(
                        f"the column {header[at].strip()} stands twice, so it cannot be told which "
                        "counts: export without comparison or segments"
                    )
                self._at[words.metrics[name]] = at
        self._metric, self._key = _BY[self.dimension] if self.dimension else ("", str)
        if self.dimension == "page":
            self._key = partial(page, hosts=hosts)
        self._sums: dict[str, float | None] = {}
        self._total: dict[str, float | None] = {}
        self._only_row: dict[str, float | None] = {}
        self._plain_rows = 0
        self._ending = Ending()

    def _is_usable(self, names: Sequence[str], words: Words) -> bool:
        return bool(self.dimension) or names[0] in words.plain.union(words.metrics)

    def add(self, cells: list[str]) -> bool:
        """Take one row and tell whether it gave anything. Raises ValueError with what is wrong."""
        width = len(self.columns.header)
        if len(cells) == width + 1 and normal(cells[width]) == _GRAND_TOTAL:
            return self._add_total(cells[:width])
        row = cells
        if len(row) != width:
            row = self.columns.fitted(row, pad=False)
        first = row[0].strip()
        if normal(first) == _GRAND_TOTAL or (self._blank_is_total and not first):
            return self._add_total(row)
        refuse_stray(row, self.columns.header)
        return self._add_row(row)

    def _add_row(self, row: list[str]) -> bool:
        if self.dimension is None:
            self._plain_rows += 1
            self._only_row = self._totals(row) if self._plain_rows == 1 else {}
            return self._plain_rows == 1
        return self._metric in self._at and self._add_up(row)

    @property
    def gave(self) -> bool:
        """Whether any row or total row gave a figure."""
        return bool(self._sums or self._total or self._only_row)

    def readings(self, subject: str, span: Span) -> Iterator[Reading]:
        """Yield what the table gives for `subject` in `span`, the rows first, then the totals.

        Raises ValueError where a row does not fit the span, or is a total that was added.
        """
        self._ending.refuse_total()
        for key, value in self._sums.items():
            yield self._reading(subject, self._metric, value, span, self.dimension, key)
        yield from self._of_whole(subject, self._total or self._only_row, span)

    def _of_whole(
        self, subject: str, totals: Mapping[str, float | None], span: Span
    ) -> Iterator[Reading]:
        """Yield the figures of the whole website in `span`."""
        sessions = totals.get("sessions")
        for metric, value in totals.items():
            reading = self._reading(subject, metric, value, span)
            if metric not in _RATIOS:
                yield reading
            elif sessions:
                parts = None if value is None else value * sessions
                yield replace(reading, numerator=parts, denominator=sessions)

    def note(self, notes: Notes) -> None:
        """Keep which columns the table's figures come from, and which were not used."""
        metrics = dict(self._total or self._only_row)
        if self._sums:
            metrics[self._metric] = None
        dimension = [0] if self.dimension else []
        places = [(metric, self._at[metric]) for metric in metrics]
        notes.use(self.columns, places, dimension)

    def _add_up(self, row: Sequence[str]) -> bool:
        if "\n" in row[0] or "\r" in row[0]:
            raise ValueError(
                "this row's name runs over several lines, so rows may be lost: the file is "
                "damaged; download it again"
            )
        key, value = self._key(row[0]), self._cell(row, self._metric, count)
        before = self._sums.get(key)
        self._sums[key] = before if value is None else value + (before or 0)
        self._ending.note(self.dimension, key, value)
        check_size(len(self._sums))
        return True

    def _add_total(self, row: Sequence[str]) -> bool:
        total = self._totals(row)
        if self._total and self._total != total:
            raise ValueError(
                "this table has a second total row with other figures: export it without "
                "comparison or segments"
            )
        self._total = total
        return bool(total)

    def _totals(self, row: Sequence[str]) -> dict[str, float | None]:
        """Return the figures of the whole website in a total row.

        Page views come from a report of pages, or of totals only: in Universal Analytics, reports
        of visits count the pages of their own visits.
        """
        return {
            metric: self._cell(row, metric, _RATIOS.get(metric, count))
            for metric in self._at
            if (metric != "page_views" or self.dimension in {"page", None})
            and (metric not in _RATIOS or "sessions" in self._at)
        }

    def _cell(
        self, row: Sequence[str], metric: str, parse: Callable[[str], float | None]
    ) -> float | None:
        at = self._at[metric]
        try:
            return parse(row[at])
        except ValueError as error:
            raise ValueError(f"{self.columns.header[at].strip()}: {error}") from None

    def _reading(
        self,
        subject: str,
        metric: str,
        value: float | None,
        span: Span,
        dimension: str | None = None,
        key: str | None = None,
    ) -> Reading:
        return Reading(
            subject=subject,
            metric=metric,
            value=value,
            first=span.first,
            last=span.last,
            native=self.columns.header[self._at[metric]].strip(),
            dimension=dimension,
            key=key,
            reason=BLANK if value is None else None,
        )


def check_size(rows: int) -> None:
    """Raise ValueError where a table has more rows than can be kept."""
    if rows > _MOST_KEYS:
        raise ValueError(
            f"this table has more than {_MOST_KEYS:,} different rows, more than any screen of "
            "Google Analytics shows: export one of its own reports"
        )
