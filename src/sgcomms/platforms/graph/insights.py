"""What Insights answer -> figures. Pure.

A figure is a number, or numbers by kind; it stands in `values`, one a period, or in `total_value`:
https://developers.facebook.com/docs/graph-api/reference/insights and
https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-user/insights.
What has no figure is left out of an answer: that is no nought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sgcomms.metering import Meter
from sgcomms.metrics import METRICS
from sgcomms.platforms.graph.answers import moment
from sgcomms.platforms.graph.api import Data, listed

DAY_BOUNDARY = "America/Los_Angeles"
"""Meta's days end at 07:00 or 08:00 UTC, which is midnight there."""

PACIFIC = ZoneInfo(DAY_BOUNDARY)
FIRST_YEAR = 2004
MOST = 10**15
HALF_A_DAY = timedelta(hours=12)


def number(value: object) -> float | None:
    """Return a count, None for what is none: not a number, less than nothing, a part of a whole."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= MOST and value == int(value) else None


def summed(value: object) -> float | None:
    """Return a count, or the sum of counts by kind; None where one of them is none.

    Of counts by kind Meta leaves out the noughts: "Breakdown metrics for Page post and Page view
    insights will only return non-zero values" (the reference above, limitations).
    """
    if not isinstance(value, dict):
        return number(value)
    counts = [number(one) for one in value.values()]
    known = [one for one in counts if one is not None]
    return sum(known, 0.0) if len(known) == len(counts) else None


def whole(value: object) -> float | None:
    """Return a count that may come in parts, which are then summed; None where there are none."""
    return None if value == {} else summed(value)


def of_kind(kind: str) -> Callable[[object], float | None]:
    """Return what takes the count of one kind out of counts by kind (see `summed`)."""

    def taken(value: object) -> float | None:
        return number(value.get(kind, 0)) if isinstance(value, dict) else None

    return taken


@dataclass(frozen=True, slots=True)
class Native:
    """A metric of ours, Meta's name for it, and how its count is taken out of a figure."""

    metric: str
    name: str
    take: Callable[[object], float | None] = number

    def __str__(self) -> str:
        """Return what a person calls it, with Meta's name where that is another."""
        return worded(self.metric, self.name)


def worded(metric: str, name: str) -> str:
    """Return what a person calls a metric, with Meta's name for it where that is another."""
    label = METRICS[metric].label.lower()
    return label if name == label else f"{label} ({name})"


def called(meter: Meter, metric: str, name: str) -> None:
    """Note under what name Meta gave a metric, beside other names that it was given under."""
    names = meter.natives.get(metric, "").split(" / ")
    meter.natives[metric] = " / ".join([*filter(None, names), *({name} - set(names))])


def figures(insights: object) -> dict[str, object]:
    """Return the figures of a post by Meta's names; those that were left out are missing."""
    found = {}
    for one in listed(insights) if isinstance(insights, dict) else ():
        name, value = one.get("name"), _only_value(one)
        if isinstance(name, str) and value is not None:
            found[name] = value
    return found


def totals(answer: Data) -> dict[str, object]:
    """Return the figures for the whole time asked for, by Meta's names: no series is one."""
    return {
        str(one.get("name")): _inner(one.get("total_value"))
        for one in listed(answer)
        if _inner(one.get("total_value")) is not None
    }


def by_day(answer: Data, name: str) -> Iterator[tuple[date, object]]:
    """Yield the days of a daily series of `name` with their figures."""
    for one in listed(answer):
        values = one.get("values") if one.get("name") == name else None
        for value in values if isinstance(values, list) else ():
            end = moment(value.get("end_time")) if isinstance(value, dict) else None
            if end is not None and end.year >= FIRST_YEAR and value.get("value") is not None:
                yield day_of(end), value["value"]


def day_of(end: datetime) -> date:
    """Return the day that ends at `end`; Meta does not always mind the change of the clocks."""
    return (end - HALF_A_DAY).astimezone(PACIFIC).date()


def begin(day: date) -> datetime:
    """Return the moment at which one of Meta's days begins."""
    return datetime.combine(day, time.min, tzinfo=PACIFIC)


def _only_value(one: Mapping[str, object]) -> object:
    total, values = _inner(one.get("total_value")), one.get("values")
    first = values[0] if isinstance(values, list) and values else None
    return total if total is not None else _inner(first)


def _inner(place: object) -> object:
    return place.get("value") if isinstance(place, dict) else None
