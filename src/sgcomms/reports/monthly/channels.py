"""The accounts, and the websites, side by side: this month, the last, the same a year before.

Impressions, views and reach have columns of their own, and no row adds anything up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcomms.metrics import offered
from sgcomms.periods import Period
from sgcomms.reports import numbers
from sgcomms.reports.material import Material
from sgcomms.reports.model import Cell, Section, Sentence, Table
from sgcomms.reports.monthly import changing
from sgcomms.reports.monthly.cells import ABSENT, AS_READ, NOT_APPLICABLE, Cells
from sgcomms.reports.monthly.months import Months

_SHOWN = ("posts", "impressions", "views", "reach")
_ANSWERS = ("reactions", "comments", "shares")
COLUMNS = (*_SHOWN, "engagements", *_ANSWERS, "followers")
WEBSITE = (
    *("users_total", "users_active", "users_unspecified", "users_daily_sum"),
    *("sessions", "page_views"),
)

_APART = (
    "Impressions, views and reach are different things: they are not added to each other, nor is "
    "the reach of one account added to that of another."
)
_SPOKEN = ("impressions", "views")
"""Whose changes are put in words too."""


def channels(months: Months, material: Material, cells: Cells) -> Section:
    """Return the table of accounts, and their changes in words."""
    subjects = _subjects(months)
    metrics = _columns(months, subjects)
    title = "Channels"
    if not metrics:
        return Section("channels", title, 2, (Sentence("No figures of accounts are known."),))
    caveat = (AS_READ,) if months.of_posts else ()
    notes = material.footnotes.mark(*caveat, *map(material.definition, metrics))
    shown = _Channels(months, material, cells, metrics)
    table = Table(
        f"Each account in {_month(months.this)}, {_month(months.periods[-2])} and "
        f"{_month(months.periods[0])}",
        ("Account and month", *(_heading(material, metric) for metric in metrics)),
        tuple(row for subject in subjects for row in shown.rows(subject)),
    )
    items = [words for subject in subjects for words in _changes(months, material, subject)]
    return Section(
        "channels", title, 2, (Sentence(_APART, notes),), table, items=tuple(map(Sentence, items))
    )


def websites(months: Months, material: Material, cells: Cells) -> Section | None:
    """Return the table of websites; None where nothing is known of any."""
    rows = [
        _website_row(months, material, cells, site, metric)
        for site in months.board.websites
        for metric in WEBSITE
        if _has(months, site, metric)
    ]
    if not rows:
        return None
    earlier = (months.periods[-2], months.periods[0])
    header = ("Measure", *(_month(one) for one in (months.this, *earlier)))
    header += (f"Change from {_month(earlier[0])}",)
    return Section("websites", "Website", 2, table=Table("Visits", header, tuple(rows)))


def _website_row(
    months: Months, material: Material, cells: Cells, site: str, metric: str
) -> tuple[Cell, ...]:
    label = months.board.metrics[metric].label
    if len(months.board.websites) > 1:
        label = f"{label} of {site}"
    head = Cell(label, material.footnotes.mark(material.definition(metric)))
    shown = _Channels(months, material, cells, [metric])
    return (
        head,
        *(shown.cell(site, metric, one) for one in shown.spans),
        shown.change(site, metric),
    )


def _changes(months: Months, material: Material, subject: str) -> Iterator[str]:
    """Yield the changes from the month before in words, where the two compare."""
    earlier = months.periods[-2]
    for metric in _SPOKEN:
        one = months.compared(subject, metric, earlier)
        if one is None or one.value is None or one.previous is None or not one.comparable:
            continue
        what = _what(material, subject, metric)
        yield changing.sentence(what, one.value, one.previous, one.unit, _month(earlier))


class _Channels:
    """The rows of an account: one for each of three months, and one for the change."""

    def __init__(
        self, months: Months, material: Material, cells: Cells, metrics: Sequence[str]
    ) -> None:
        self.months, self.material, self.cells = months, material, cells
        self.metrics = metrics
        self.spans = (months.this, months.periods[-2], months.periods[0])

    def rows(self, subject: str) -> Iterator[tuple[Cell, ...]]:
        name = self.material.name(subject)
        for period in self.spans:
            row = (self.cell(subject, metric, period) for metric in self.metrics)
            yield Cell(f"{name}, {_month(period)}"), *row
        row = (self.change(subject, metric) for metric in self.metrics)
        yield Cell(f"{name}, change from {_month(self.months.periods[-2])}"), *row

    def cell(self, subject: str, metric: str, period: Period) -> Cell:
        name = f"{_what(self.material, subject, metric)}, {_month(period)}"
        one = self.months.valued(period, subject, metric)
        if one is not None:
            return self.cells.value(one, period, name)
        if metric == "posts" and self.months.posts(period, subject) == 0:
            return self.cells.words("0", name)
        if self._never(subject, metric, period):
            return self.cells.letter(NOT_APPLICABLE)
        return self.cells.letter(ABSENT, *self._why(subject, metric, period))

    def change(self, subject: str, metric: str) -> Cell:
        earlier = self.months.periods[-2]
        one = self.months.compared(subject, metric, earlier)
        if one is None:
            never = self._never(subject, metric, self.months.this)
            return self.cells.letter(NOT_APPLICABLE if never else ABSENT)
        if one.value is None or one.previous is None or not one.comparable:
            notes = [note for note in one.notes if note.startswith("not comparable: ")]
            said = [note.removeprefix("not comparable: ") for note in notes]
            return self.cells.letter(ABSENT, *(f"No change shown: {_words(one)}" for one in said))
        what = _what(self.material, subject, metric)
        name = f"{what}, change from {_month(earlier)}"
        return self.cells.words(changing.short(one.value, one.previous, one.unit), name)

    def _never(self, subject: str, metric: str, period: Period) -> bool:
        """Tell whether there is nothing to tell: not on that platform, or of no posts."""
        parts = subject.split("+")
        accounts = [self.months.board.accounts[one] for one in parts if one in self._accounts()]
        if accounts and not any(
            offered(one.platform, metric, period.start, period.end) for one in accounts
        ):
            return True
        of_posts = self.months.board.metrics[metric].scope == "post" and metric != "posts"
        return of_posts and self.months.posts(period, subject) == 0

    def _accounts(self) -> Sequence[str]:
        return tuple(self.months.board.accounts)

    def _why(self, subject: str, metric: str, period: Period) -> Iterator[str]:
        one = self.months.figure(period, subject, metric)
        if one is not None and one.reason:
            yield f"Not available: {_words(one.reason)}"


def _subjects(months: Months) -> list[str]:
    """Return the accounts, and those that a source put together, of which anything is known."""
    found = months.found[months.this.name]
    joint = dict.fromkeys(one.subject for one in found if "+" in one.subject)
    known = [*months.board.accounts]
    together = [one for one in joint if set(one.split("+")) <= {*known}]
    return [
        one for one in (*known, *together) if any(_has(months, one, metric) for metric in COLUMNS)
    ]


def _columns(months: Months, subjects: Sequence[str]) -> list[str]:
    """Return what the table shows: the platforms' own totals of engagements where each account has
    one, otherwise the kinds of it, which are not added up."""
    known = [metric for metric in COLUMNS if any(_has(months, one, metric) for one in subjects)]
    totals = all(
        _has(months, one, "engagements")
        for one in subjects
        if any(_has(months, one, answer) for answer in _ANSWERS)
    )
    unwanted = _ANSWERS if totals and "engagements" in known else ("engagements",)
    return [metric for metric in known if metric not in unwanted]


def _has(months: Months, subject: str, metric: str) -> bool:
    spans = (months.this, months.periods[-2], months.periods[0])
    return any(months.valued(period, subject, metric) is not None for period in spans)


def _heading(material: Material, metric: str) -> str:
    label = material.board.metrics[metric].label
    return f"{label} at month end" if metric == "followers" else label


def _what(material: Material, subject: str, metric: str) -> str:
    """Return what a number is of, in words."""
    where = "of" if subject in material.board.websites else "on"
    return f"{material.board.metrics[metric].label} {where} {material.name(subject)}"


def _month(period: Period) -> str:
    return f"{period.start:%B %Y}"


def _words(text: str) -> str:
    return f"{numbers.plain(text).rstrip('.')}."
