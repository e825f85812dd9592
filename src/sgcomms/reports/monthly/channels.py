"""The accounts, and the websites, side by side: this month, the last, the same a year before.

Impressions, views and reach have columns of their own, and no row adds anything up. A board with
many accounts sees this month's alone on its page; what they are held against stands in the notes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sgcomms.metrics import offered
from sgcomms.periods import Period
from sgcomms.reports import numbers
from sgcomms.reports.material import Material
from sgcomms.reports.model import Cell, Section, Sentence, Table
from sgcomms.reports.monthly import changing
from sgcomms.reports.monthly.breaks import Crossed
from sgcomms.reports.monthly.cells import ABSENT, AS_READ, NOT_APPLICABLE, Cells
from sgcomms.reports.monthly.months import Months

_SHOWN = ("posts", "impressions", "views", "reach")
_ANSWERS = ("reactions", "comments", "shares")
COLUMNS = (*_SHOWN, "engagements", *_ANSWERS, "followers")
WEBSITE = (
    *("users_total", "users_active", "users_unspecified", "users_daily_sum"),
    *("sessions", "page_views"),
)

ROWS = 12
"""So many rows of accounts a page has room for: four of each, or two, or one."""

WEBSITE_ROWS = 4
"""So many rows of websites, likewise."""

_MAIN = ("users_total", "users_active", "users_unspecified", "page_views")
"""What is shown of websites where there is no room for all."""

_APART = (
    "Impressions, views and reach are different things. They are never added, nor is reach over "
    "accounts."
)
_SPOKEN = ("impressions", "views")
"""Whose changes are put in words too."""

Row = tuple[Cell, ...]
_Rows = Callable[[str], Iterator[Row]]

Part = tuple[Section, tuple[Section, ...]]
"""What stands on the page, and what belongs to it in the notes."""


def channels(months: Months, material: Material, cells: Cells) -> Part:
    """Return the table of accounts, and their changes in words."""
    subjects = _subjects(months)
    metrics = _columns(months, subjects)
    title = "Channels"
    if not metrics:
        return Section("channels", title, 2, (Sentence("No figures of accounts are known."),)), ()
    caveat = (AS_READ,) if months.of_posts else ()
    notes = material.footnotes.mark(*caveat, *map(material.definition, metrics))
    shown = _Channels(months, material, cells, metrics)
    whole = _table(shown, subjects, shown.rows)
    notes_of = [Section("accounts", "All months of each account", 3, table=whole)]
    if len(whole.rows) <= ROWS:
        notes_of = []
    elif 2 * len(subjects) <= ROWS:
        whole = _table(shown, subjects, shown.now_and_change)
    else:
        whole = _table(shown, subjects, shown.now)
    words = tuple(
        Sentence(text) for subject in subjects for text in _changes(months, material, subject)
    )
    if words:
        notes_of.append(Section("changes", "Changes in words", 3, items=words))
    return Section("channels", title, 2, (Sentence(_APART, notes),), whole), tuple(notes_of)


def websites(months: Months, material: Material, cells: Cells) -> Part | None:
    """Return the table of websites; None where nothing is known of any."""
    known = [
        (site, metric)
        for site in months.board.websites
        for metric in WEBSITE
        if _has(months, site, metric)
    ]
    if not known:
        return None
    whole = _websites(months, material, cells, known)
    if len(known) <= WEBSITE_ROWS:
        return Section("websites", "Website", 2, table=whole), ()
    main = [(site, metric) for site, metric in known if metric in _MAIN][:WEBSITE_ROWS]
    rest = Section("websites_all", "All measures of each website", 3, table=whole)
    shown = _websites(months, material, cells, main)
    return Section("websites", "Website", 2, table=shown), (rest,)


def crossed(months: Months, material: Material) -> Iterator[Crossed]:
    """Yield the numbers side by side between which what they count was changed."""
    subjects = _subjects(months)
    pairs = [(one, metric) for one in subjects for metric in _columns(months, subjects)]
    pairs += [(site, metric) for site in months.board.websites for metric in WEBSITE]
    for subject, metric in pairs:
        for period in (months.periods[-2], months.periods[0]):
            if months.valued(period, subject, metric) is not None:
                yield _what(material, subject, metric), months.changes(subject, metric, period)


def _table(shown: _Channels, subjects: Sequence[str], rows: _Rows) -> Table:
    months = shown.months
    first = f"Account, {_month(months.this)}" if rows == shown.now else "Account and month"
    columns = (first, *(_heading(shown.material, metric) for metric in shown.metrics))
    found = tuple(row for subject in subjects for row in rows(subject))
    return Table(_caption(shown, rows), columns, found)


def _caption(shown: _Channels, rows: _Rows) -> str:
    this, last, year = (_month(one) for one in shown.spans)
    if rows == shown.now:
        return f"Each account in {this}; other months and changes are in the notes"
    if rows == shown.now_and_change:
        return f"Each account in {this}, and its change from {last}; {year} is in the notes"
    return f"Each account in {this}, {last} and {year}, and its change from {last}"


def _websites(
    months: Months, material: Material, cells: Cells, known: Sequence[tuple[str, str]]
) -> Table:
    rows = tuple(_website_row(months, material, cells, site, metric) for site, metric in known)
    earlier = (months.periods[-2], months.periods[0])
    header = ("Website", *(_month(one) for one in (months.this, *earlier)))
    header += (f"Change from {_month(earlier[0])}",)
    return Table("Visits and page views", header, rows)


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

    def rows(self, subject: str) -> Iterator[Row]:
        """Yield a row for each month, and the change."""
        for period in self.spans:
            yield self._row(subject, period)
        yield self._change(subject)

    def now_and_change(self, subject: str) -> Iterator[Row]:
        """Yield a row for this month, and the change."""
        yield self._row(subject, self.months.this)
        yield self._change(subject)

    def now(self, subject: str) -> Iterator[Row]:
        """Yield the row of this month, under the account's name alone."""
        head, *rest = self._row(subject, self.months.this)
        yield Cell(self.material.name(subject), head.notes), *rest

    def _row(self, subject: str, period: Period) -> Row:
        found = (self.cell(subject, metric, period) for metric in self.metrics)
        return Cell(f"{self.material.name(subject)}, {_month(period)}"), *found

    def _change(self, subject: str) -> Row:
        found = (self.change(subject, metric) for metric in self.metrics)
        earlier = f"{self.months.periods[-2].start:%B}"
        return Cell(f"{self.material.name(subject)}, change from {earlier}"), *found

    def cell(self, subject: str, metric: str, period: Period) -> Cell:
        name = f"{_what(self.material, subject, metric)}, {_month(period)}"
        one = self.months.valued(period, subject, metric)
        if one is not None:
            broken = bool(self.months.changes(subject, metric, period))
            return self.cells.value(one, period, name, broken=broken)
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
