"""Thirteen months of each main measure: its chart, its usual range, and what this month shows.

No series goes across a break: limits are of the months since the last one, and a month in which the
definition changed has no value that belongs to either side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sgcomms.metrics import Break as Change
from sgcomms.periods import Period
from sgcomms.reports import numbers, xmr
from sgcomms.reports.material import Material
from sgcomms.reports.model import (
    Break,
    Cell,
    Chart,
    Limits,
    Point,
    Section,
    Sentence,
    Series,
    Table,
)
from sgcomms.reports.monthly.cells import ABSENT, AS_READ, BROKEN, Cells
from sgcomms.reports.monthly.months import Months

_OF_ACCOUNT = ("views", "impressions", "engagements", "reactions")
_OF_WEBSITE = ("page_views", "sessions")
"""The main measure of a subject is the first of these that it has of this month, or ever had."""

_RANGE = "the usual range"

CHARTS = 4
"""So many charts a page has room for, side by side."""

_TITLE = "Trend over 13 months"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A main measure this month. `what` is its name in a sentence, `shown` its value there.

    `broken` are the places of the months that have a figure, and a change of definition within.
    """

    subject: str
    metric: str
    what: str
    month: str
    shown: str
    values: tuple[float | None, ...]
    limits: Limits | None
    finding: xmr.Finding
    breaks: tuple[Change, ...]
    since: int
    broken: frozenset[int] = frozenset()

    @property
    def known(self) -> int:
        """How many months have a figure that is counted."""
        return sum(value is not None for value in self.values[self.since :])


def verdicts(months: Months, material: Material) -> list[Verdict]:
    """Return the main measure of each account and website of which anything is known."""
    found = []
    for subjects, metrics in (
        (months.board.accounts, _OF_ACCOUNT),
        (months.board.websites, _OF_WEBSITE),
    ):
        for subject in subjects:
            metric = _main(months, subject, metrics)
            if metric is not None:
                found.append(_verdict(months, material, subject, metric))
    return found


def section(
    verdicts: Sequence[Verdict], months: Months, cells: Cells
) -> tuple[Section, tuple[Section, ...]]:
    """Return the table of findings with the charts, or a sentence where nothing is known; and what
    belongs to it in the notes: more charts than a page has room for."""
    if not verdicts:
        return Section("trend", _TITLE, 2, (Sentence("No month's figures are known."),)), ()
    header = ("Measure", _month(months.this), "Mean", "Usual range", "Finding")
    first = sorted(verdicts, key=lambda one: one.finding not in xmr.SPECIAL)
    table = Table(
        "Where this month lies among the months known",
        header,
        tuple(_row(one, cells) for one in first),
    )
    note = cells.material.footnotes.mark(
        *((AS_READ,) if months.of_posts else ()),
        "The usual range of a series is the mean of the months known, this one among them, plus "
        "and minus 2.66 times its mean change from month to month, up or down alike, from "
        f"{xmr.LEAST} months on. Outside it, or {xmr.RUN} months in a row on one side of the mean, "
        "something other than chance is likely (special cause); everything else is chance "
        "variation (common cause).",
    )
    text = "One month up or down on the last says little; the usual range says more."
    charts = [chart(one, months) for one in first]
    sentences = [Sentence(text, note)]
    rest = tuple(charts[CHARTS:])
    if rest:
        more = "1 more chart is" if len(rest) == 1 else f"{len(rest):,} more charts are"
        sentences.append(Sentence(f"{more} in the notes."))
    page = Section("trend", _TITLE, 2, tuple(sentences), table, charts=tuple(charts[:CHARTS]))
    return page, (Section("charts", "More trends", 3, charts=rest),) if rest else ()


def months_table(verdicts: Sequence[Verdict], months: Months, cells: Cells) -> tuple[Section, ...]:
    """Return the numbers behind the charts, month by month; nothing where there are no charts."""
    if not verdicts:
        return ()
    rows = []
    for place, period in enumerate(months.periods):
        row = [_number(one, place, period, cells) for one in verdicts]
        rows.append((Cell(_month(period)), *row))
    caption = "The numbers behind the trend, month by month"
    table = Table(caption, ("Month", *(one.what for one in verdicts)), tuple(rows))
    return (Section("months", "The months behind the trend", 3, table=table),)


def chart(one: Verdict, months: Months) -> Chart:
    """Return a measure as a line over the months, with its limits; its title says what it shows."""
    points = tuple(
        Point(f"{period.start:%b %Y}", value)
        for period, value in zip(months.periods, one.values, strict=True)
    )
    rows = tuple(
        (
            Cell(point.label),
            Cell(_letter(one, place) if point.value is None else _shown(point.value)),
        )
        for place, point in enumerate(points)
    )
    title = f"{one.what}, {_month(months.periods[0])} to {_month(months.this)}"
    return Chart(
        id=f"trend_{one.subject}_{one.metric}",
        kind="line",
        title=_caption(one),
        alt=_alt(title, one, months),
        unit=months.board.metrics[one.metric].unit,
        series=(Series(one.what, points, one.limits),),
        table=Table(title, ("Month", one.what), rows),
        breaks=tuple(_drawn(one, months)),
    )


def _caption(one: Verdict) -> str:
    """Return what a chart shows, in words that stand over it."""
    last = len(one.values) - 1
    shown = _letter(one, last) if one.values[-1] is None else one.shown
    text = f"{one.what}: {shown}. {_finding(one).text}"
    if one.limits is None:
        return f"{text}."
    low, high = _round(one.limits.low), _round(one.limits.high)
    if _RANGE in text:
        return f"{text.replace(_RANGE, f'the usual {low} to {high}')}."
    return f"{text} (usual {low} to {high}, mean {_round(one.limits.mean)})."


def _main(months: Months, subject: str, metrics: Sequence[str]) -> str | None:
    for periods in ((months.this,), months.periods):
        for metric in metrics:
            if any(months.valued(period, subject, metric) for period in periods):
                return metric
    return None


def _verdict(months: Months, material: Material, subject: str, metric: str) -> Verdict:
    whole = [months.whole(period, subject, metric) for period in months.periods]
    changed = _changes(months, subject, metric, whole)
    inside = [_within(period, changed) for period in months.periods]
    values = tuple(None if cut else value for value, cut in zip(whole, inside, strict=True))
    broken = frozenset(
        place for place, value in enumerate(whole) if inside[place] and value is not None
    )
    since = _since(months.periods, changed)
    found = xmr.limits(values[since:])
    finding: xmr.Finding = xmr.judge(values[since:], found)
    if months.running:
        finding = "running"
    elif len(values) - 1 in broken:
        finding = "redefined"
    where = "of" if subject in months.board.websites else "on"
    return Verdict(
        subject,
        metric,
        f"{months.board.metrics[metric].label} {where} {material.name(subject)}",
        _month(months.this),
        _shown(values[-1]),
        values,
        found,
        finding,
        changed,
        since,
        broken,
    )


def _changes(
    months: Months, subject: str, metric: str, values: Sequence[float | None]
) -> tuple[Change, ...]:
    """Return what changed after the first of `values`: what did before it breaks nothing."""
    first = next((place for place, value in enumerate(values) if value is not None), -1)
    return months.changes(subject, metric, months.periods[first])


def _within(period: Period, changed: Sequence[Change]) -> bool:
    """Tell whether the definition changed in the middle of the month."""
    return any(period.start < one.on <= period.end for one in changed)


def _since(periods: Sequence[Period], changed: Sequence[Change]) -> int:
    """Return the place of the first month after the last break."""
    last = changed[-1].on if changed else None
    if last is None:
        return 0
    return next((n for n, one in enumerate(periods) if one.start >= last), len(periods))


def _drawn(one: Verdict, months: Months) -> Iterator[Break]:
    """Yield where the line is broken: at the first whole month of each new definition."""
    for change in one.breaks:
        after = next((month for month in months.periods if month.start >= change.on), None)
        if after is not None:
            yield Break(f"{after.start:%b %Y}", change.reason)


def _row(one: Verdict, cells: Cells) -> tuple[Cell, ...]:
    head = Cell(one.what, cells.material.footnotes.mark(cells.material.definition(one.metric)))
    last = len(one.values) - 1
    known = cells.letter(_letter(one, last)) if one.values[-1] is None else Cell(one.shown)
    if one.limits is None:
        return head, known, cells.letter(ABSENT), cells.letter(ABSENT), _finding(one)
    mean = cells.words(_round(one.limits.mean), f"{one.what}, mean")
    low, high = _round(one.limits.low), _round(one.limits.high)
    return (
        head,
        known,
        mean,
        cells.words(f"{low} to {high}", f"{one.what}, usual range"),
        _finding(one),
    )


def _finding(one: Verdict) -> Cell:
    words = xmr.words(one.finding, one.known)
    return Cell(f"{words[:1].upper()}{words[1:]}")


def _number(one: Verdict, place: int, period: Period, cells: Cells) -> Cell:
    value = one.values[place]
    if value is None:
        return cells.letter(_letter(one, place))
    return cells.words(_shown(value), f"{one.what}, {_month(period)}")


def _letter(one: Verdict, place: int) -> str:
    """Return the letter of a month without a value that is counted."""
    return BROKEN if place in one.broken else ABSENT


def _alt(title: str, one: Verdict, months: Months) -> str:
    """Return the chart in words, from its numbers."""
    known = [
        (value, _month(period))
        for period, value in zip(months.periods, one.values, strict=True)
        if value is not None
    ]
    if not known:
        return f"Line chart: {title}. No month has a figure that compares."
    low, high = (pick(known, key=lambda one: one[0]) for pick in (min, max))
    words = [f"Line chart: {title}."]
    words.append(f"Lowest {_shown(low[0])} in {low[1]}, highest {_shown(high[0])} in {high[1]}.")
    words.append(f"{_shown(known[-1][0])} in {known[-1][1]}.")
    gaps = len(one.values) - len(known) - len(one.broken)
    if gaps:
        words.append(f"{gaps} {'month has' if gaps == 1 else 'months have'} no figure.")
    if one.limits is not None:
        low_, high_ = _round(one.limits.low), _round(one.limits.high)
        words.append(f"The mean is {_round(one.limits.mean)}; the usual range {low_} to {high_}.")
    words += [
        f"What is counted changed within {_month(months.periods[place])}, which is left out."
        for place in sorted(one.broken)
    ]
    words += [f"The line is broken at {drawn.label}." for drawn in _drawn(one, months)]
    return " ".join(words)


def _shown(value: float | None) -> str:
    return ABSENT if value is None else numbers.number(value)


def _round(value: float) -> str:
    return numbers.number(round(value))


def _month(period: Period) -> str:
    return f"{period.start:%B %Y}"
