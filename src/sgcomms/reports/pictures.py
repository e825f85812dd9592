"""What the charts of a report show: the months of its period, and pages side by side.

A value that is a bound, or of a part of a month only, is in the table with its words and is not
drawn. Nothing is added up here: each month is asked for as a month.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sgcomms import clock, periods
from sgcomms import figures as figures_of
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.figures import Figure, Question
from sgcomms.metrics import Break as Change
from sgcomms.metrics import breaks_between, counted
from sgcomms.models import Website
from sgcomms.periods import Period
from sgcomms.reports import numbers
from sgcomms.reports.charts import MOST_SERIES
from sgcomms.reports.material import Material, Month
from sgcomms.reports.model import Break, Cell, Chart, Point, Series, Table

SHOWINGS = ("impressions", "views")
USERS = ("users_total", "users_active", "users_unspecified", "users_daily_sum")
"""Of a website, the first of these that is known by month."""

_DRAWN = frozenset({"followers", *SHOWINGS, *USERS})
_LEAST = 2
"""So many values make a chart: one is a number."""
_MOST_NAMED = 3
NONE = "not available"


# the months


def months(db: Db, board: Board, question: Question) -> list[Month]:
    """Return the figures that charts draw of each calendar month in the period that is over.

    A month of which the board's year has a part only is left out.
    """
    today = clock.now().astimezone(board.zone).date()
    found = []
    for period in _over(question.period, min(today, question.as_of)):
        every = figures_of.figures(db, board, replace(question, period=period), ())
        drawn = (one for one in every if one.dimension is None and one.metric in _DRAWN)
        found.append(Month(period, tuple(drawn)))
    return found


def _over(period: Period, until: date) -> Iterator[Period]:
    first = period.start
    while first <= period.end:
        month = periods.month(f"{first:%Y-%m}")
        if period.covers(month.start, month.end) and month.end <= until:
            yield month
        first = month.end + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Line:
    """What one line shows: a metric of a subject, by the figure of each month, if there is one."""

    label: str
    platform: str
    metric: str
    found: tuple[Figure | None, ...]

    @property
    def of_posts(self) -> bool:
        """Tell whether the values are sums of posts."""
        return any(one is not None and one.of_posts is not None for one in self.found)

    def values(self, material: Material) -> list[float | None]:
        return [_drawn(material, one) for one in self.found]


def _line(material: Material, subject: str, label: str, platform: str, metric: str) -> _Line:
    return _Line(
        label,
        platform,
        metric,
        tuple(_figure(month, subject, metric) for month in material.months),
    )


def _figure(month: Month, subject: str, metric: str) -> Figure | None:
    """Return the figure of the month, or else of the longest part of it that is known."""
    same = [one for one in month.found if (one.subject, one.metric) == (subject, metric)]
    same.sort(key=lambda one: (one.value is None, one.period is not None, -(one.days or 0)))
    return same[0] if same else None


def _drawn(material: Material, one: Figure | None) -> float | None:
    """Return the value if it is exact and of the whole month, or of a day of it."""
    if one is None or one.bound is not None:
        return None
    return one.value if one.period is None or material.is_level(one) else None


def _enough(material: Material, line: _Line) -> bool:
    return sum(value is not None for value in line.values(material)) >= _LEAST


# charts of accounts


def followers(material: Material) -> list[Chart]:
    """Return the followers of each account over the year, four accounts a chart."""
    lines = _accounts(material, "followers")
    return _charts(material, "followers", "Followers at the end of each month", lines)


def showings(material: Material) -> list[Chart]:
    """Return how often accounts or their posts were seen, a chart for what counts the same.

    What the posts of a month had by the cut-off is not what an account had in that month.
    """
    found: list[Chart] = []
    for metric in SHOWINGS:
        alike: dict[tuple[bool, str], list[_Line]] = {}
        for line in _accounts(material, metric):
            alike.setdefault((line.of_posts, counted(metric, line.platform)), []).append(line)
        label = material.board.metrics[metric].label
        for place, ((of_posts, _), lines) in enumerate(alike.items()):
            title = f"{label} of posts published" if of_posts else label
            id_ = f"{metric}_{place + 1}" if place else metric
            found += _charts(material, id_, f"{title} in each month", lines, named=len(alike) > 1)
    return found


def _accounts(material: Material, metric: str) -> list[_Line]:
    lines = [
        _line(material, one.id, material.label(one), one.platform, metric)
        for one in material.board.accounts.values()
    ]
    return [line for line in lines if _enough(material, line)]


# charts of websites


def users(material: Material, site: Website) -> list[Chart]:
    """Return the users of a website by month. Each month stands for itself: none is added."""
    for metric in USERS:
        label = material.board.metrics[metric].label
        line = _line(material, site.id, label, site.platform, metric)
        if _enough(material, line):
            title = f"{label} of {material.name(site.id)} in each month"
            return _charts(material, f"users_{site.id}", title, [line])
    return []


def pages(site: Website, bars: Sequence[tuple[str, Figure]], table: Table) -> list[Chart]:
    """Return pages side by side, each with its name; `table` has the same numbers."""
    values = [(name, None if one.bound else one.value) for name, one in bars]
    known = [(name, value) for name, value in values if value is not None]
    if len(known) < _LEAST:
        return []
    unit = "page views"
    listed = "; ".join(f"{name}: {numbers.number(value)}" for name, value in known)
    unknown = [name for name, value in values if value is None]
    without = f" No exact value: {numbers.listed(unknown)}." if unknown else ""
    return [
        Chart(
            f"chart_pages_{site.id}",
            "bar",
            f"{unit.capitalize()} of {numbers.lowered(table.caption)}",
            f"Bar chart of {unit}. {listed}.{without}",
            unit,
            (Series("Page views", tuple(Point(name, value) for name, value in values)),),
            table,
        )
    ]


# what charts of months have in common


def _charts(
    material: Material, id_: str, title: str, lines: Sequence[_Line], *, named: bool = False
) -> list[Chart]:
    """Return the lines as charts of four at most; their titles name them where there are more."""
    found = []
    several = named or len(lines) > MOST_SERIES
    for start in range(0, len(lines), MOST_SERIES):
        chosen = lines[start : start + MOST_SERIES]
        names = f": {numbers.listed([line.label for line in chosen])}" if several else ""
        number = f"_{start // MOST_SERIES + 1}" if start else ""
        found.append(_chart(material, f"chart_{id_}{number}", f"{title}{names}", chosen))
    return found


def _chart(material: Material, id_: str, title: str, lines: Sequence[_Line]) -> Chart:
    labels = [_named(month.period) for month in material.months]
    breaks = _breaks(material, lines)
    series = tuple(
        Series(line.label, tuple(map(Point, labels, line.values(material)))) for line in lines
    )
    unit = material.board.metrics[lines[0].metric].unit
    alt = _alt(title, labels, series, breaks)
    table = _table(material, title, labels, lines)
    return Chart(id_, "line", title, alt, unit, series, table, breaks)


def _named(month: Period) -> str:
    return f"{month.start:%B %Y}"


def _breaks(material: Material, lines: Sequence[_Line]) -> tuple[Break, ...]:
    """Return what changed on the way, under the month in which it did.

    What changed before a line begins breaks nothing.
    """
    concerned: dict[Change, list[str]] = {}
    for line in lines:
        for one in _changes(material, line):
            concerned.setdefault(one, []).append(line.label)
    found = []
    for one in sorted(concerned, key=lambda one: one.on):
        labels = concerned[one] if len(concerned[one]) < len(lines) else []
        within = _is_within(material, lines[0], one)
        found.append(Break(f"{one.on:%B %Y}", _told(one), tuple(labels), within))
    return tuple(found)


def _changes(material: Material, line: _Line) -> tuple[Change, ...]:
    """Return what changed in what a line shows, after it began."""
    last = material.months[-1].period.end
    return breaks_between(line.platform, line.metric, _beginning(material, line), last)


def _is_within(material: Material, line: _Line, one: Change) -> bool:
    """Tell whether a month counts on both sides of a change: of a level, only its last day does."""
    level = material.board.metrics[line.metric].over_time == "last"
    return one.on.day != 1 and not level


def _told(one: Change) -> str:
    return f"{numbers.day(one.on)}: {one.reason}"


def _after_changes(material: Material, line: _Line) -> dict[int, list[str]]:
    """Return what the table says of the first value after each change, by its place."""
    found: dict[int, list[str]] = {}
    for one in _changes(material, line):
        for place, (month, figure) in enumerate(zip(material.months, line.found, strict=True)):
            if month.period.end >= one.on and figure is not None and figure.value is not None:
                parted = one.on in month.period and _is_within(material, line, one)
                sides = "before or after" if parted else "before"
                words = numbers.sentence(f"Not comparable with the months {sides}. {_told(one)}")
                found.setdefault(place, []).append(words)
                break
    return found


def _beginning(material: Material, line: _Line) -> date:
    """Return the last day of the first month that the line has a value of."""
    values = line.values(material)
    first = next(at for at, value in enumerate(values) if value is not None)
    return material.months[first].period.end


def _table(material: Material, title: str, labels: Sequence[str], lines: Sequence[_Line]) -> Table:
    explained: set[str] = set()
    changed = [_after_changes(material, line) for line in lines]
    rows = []
    for place, label in enumerate(labels):
        cells = [
            _cell(material, line.found[place], explained, after.get(place, ()))
            for line, after in zip(lines, changed, strict=True)
        ]
        rows.append((Cell(label), *cells))
    header = ("Month", *(line.label for line in lines))
    return Table(f"{title}, in numbers", header, tuple(rows))


def _cell(
    material: Material, one: Figure | None, explained: set[str], after: Sequence[str]
) -> Cell:
    """Return what the table says of a month; the first value of a metric has its definition.

    `after` says what changed since the months before.
    """
    if one is None or one.value is None:
        return Cell(NONE, material.footnotes.mark(*_why(one)))
    texts = [*after, *(numbers.sentence(note) for note in one.notes)]
    if one.metric not in explained:
        explained.add(one.metric)
        texts.insert(0, material.definition(one.metric))
    if material.is_level(one):
        texts += _other_day(material, one)
    elif one.period is not None:
        texts.append(numbers.sentence(material.when(one)))
    return Cell(material.amount(one), material.footnotes.mark(*dict.fromkeys(texts)))


def _why(one: Figure | None) -> list[str]:
    return [numbers.sentence(one.reason)] if one is not None and one.reason else []


def _other_day(material: Material, one: Figure) -> list[str]:
    """Return the day of a level that was not read on the last of its month."""
    day = one.period[1] if one.period is not None else None
    return [] if day is None or (day + timedelta(days=1)).day == 1 else [f"On {numbers.day(day)}."]


# words for who cannot see it


def _alt(
    title: str, labels: Sequence[str], series: Sequence[Series], breaks: Sequence[Break]
) -> str:
    words = [f"Line chart. {title}, {labels[0]} to {labels[-1]}."]
    words += [_course(one) for one in series]
    words += [f"{_which(one)} broken at {one.label}. {one.text}" for one in breaks]
    return " ".join(words)


def _which(one: Break) -> str:
    if not one.series:
        return "The lines are"
    names = numbers.listed(list(one.series))
    return f"Only the line of {names} is" if len(one.series) == 1 else f"Only {names} are"


def _course(series: Series) -> str:
    """Return the first, the last and the highest value of a series, and where it has none."""
    known = [(point.value, point.label) for point in series.points if point.value is not None]
    first, last = known[0], known[-1]
    highest = max(known, key=lambda one: one[0])
    text = f"{series.label}: {_at(first)}, {_at(last)}; the highest is {_at(highest)}."
    gaps = [point.label for point in series.points if point.value is None]
    if len(gaps) > _MOST_NAMED:
        text += f" {len(gaps)} months have no value that can be drawn."
    elif gaps:
        text += f" No value can be drawn for {numbers.listed(gaps)}."
    return text


def _at(one: tuple[float, str]) -> str:
    return f"{numbers.number(one[0])} in {one[1]}"
