"""The status strip: what stops, waits or is missing, on the day of writing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sgcomms.config.calendar import Closed
from sgcomms.db.pauses import Pause
from sgcomms.figures import Coverage
from sgcomms.reports import numbers
from sgcomms.reports.brief import brief
from sgcomms.reports.material import Material
from sgcomms.reports.model import Section, Sentence

NAMED = 4
"""So many sources are named together; the rest are counted."""

WORDS = 120
"""So many characters of what somebody else wrote stand in the strip."""

_WAITING = {
    "held": "held",
    "uncertain": "uncertain: they may be live or not",
    "failed": "refused by their platform",
    "handed": "with an officer, not yet confirmed",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand on `day`, and what stopped publishing in the month.

    `paused` are the pauses that nobody has lifted, `paused_before` those that were lifted and held
    in the month; `stopped` is since when a file named STOP has lain in the workspace. `closed` is
    the closed period of today, if it is in one; `closed_before` those of the month. `waiting`
    counts the deliveries that wait for a person, by state; of what was refused, that of the month
    and since. `coverage` is that of the month;
    `last_read` the last day on which each account and website was read, None for never.
    """

    day: date
    paused: Sequence[Pause]
    paused_before: Sequence[tuple[Pause, datetime]]
    stopped: datetime | None
    closed: Closed | None
    closed_before: Sequence[Closed]
    waiting: Mapping[str, int]
    coverage: Sequence[Coverage]
    last_read: Mapping[str, date | None]


def section(standing: Standing, month: str, material: Material) -> Section:
    """Return the strip: one item a thing."""
    zone = material.board.zone
    items = [
        *_pauses(standing, month, zone),
        *_closed(standing, month),
        _held(standing),
        _gaps(standing, month, material),
        _read(standing, material),
    ]
    title = f"Status on {numbers.day(standing.day)}"
    return Section("status", title, 2, items=tuple(map(Sentence, items)))


def _pauses(standing: Standing, month: str, zone: ZoneInfo) -> Iterator[str]:
    if not standing.paused and standing.stopped is None:
        yield "Paused: no."
    for one in standing.paused:
        since = numbers.day(one.started_at.astimezone(zone).date())
        yield f"Paused: {one}, since {since}. Reason: {brief(one.reason, WORDS).rstrip('.')}."
    if standing.stopped is not None and not standing.paused:
        since = numbers.day(standing.stopped.astimezone(zone).date())
        yield f"Paused: everything, since {since}. Reason: a file named STOP is in the workspace."
    for one, lifted in standing.paused_before:
        first, last = (at.astimezone(zone).date() for at in (one.started_at, lifted))
        yield f"Paused in {month}: {one}, {numbers.during(first, last)}."


def _closed(standing: Standing, month: str) -> Iterator[str]:
    now = standing.closed
    if now is None:
        yield "Pre-election or blackout: no."
    else:
        yield f"Pre-election or blackout: {_words(now)}."
    for one in standing.closed_before:
        if one != now:
            yield f"Pre-election or blackout in {month}: {_words(one)}."


def _words(one: Closed) -> str:
    return brief(one.words.removeprefix("the pre-election period of "), WORDS).rstrip(".")


def _held(standing: Standing) -> str:
    words = [
        f"{standing.waiting[state]:,} {what}"
        for state, what in _WAITING.items()
        if standing.waiting.get(state)
    ]
    return f"Waiting for a person: {numbers.listed(words) or 'none'}."


def _gaps(standing: Standing, month: str, material: Material) -> str:
    """Return the days that may lack something: after an account's last post nobody can tell."""
    due = [one for one in standing.coverage if one.unit == "days"]
    lacking = [one for one in due if one.have < one.due]
    alike: dict[tuple[int, int], list[str]] = {}
    for one in lacking:
        alike.setdefault((one.due - one.have, one.due), []).append(material.name(one.subject))
    words = [
        f"{_some(names)} ({missing} of {days} days{' each' if len(names) > 1 else ''})"
        for (missing, days), names in alike.items()
    ]
    begin = "Days without a source"
    if not due:
        return f"{begin}: none is due yet."
    quiet = ""
    if any(one.subject in material.board.accounts for one in lacking):
        quiet = " An account may have been quiet on them: no source shows whether it was."
    return f"{begin}: {numbers.listed(words) or 'none'}.{quiet}"


def _some(names: list[str]) -> str:
    """Return as many names as there is room for, and how many more there are."""
    more = len(names) - NAMED
    return numbers.listed([*names[:NAMED], f"{more} more"] if more > 0 else names)


def _read(standing: Standing, material: Material) -> str:
    """Return when each source was last read whole, those of one day together."""
    by_day: dict[date | None, list[str]] = {}
    for subject, day in standing.last_read.items():
        by_day.setdefault(day, []).append(material.name(subject))
    if set(by_day) == {None}:
        return "Figures last read: none have been read yet."
    if len(by_day) == 1 and len(standing.last_read) > 1:
        by_day = {day: ["all"] for day in by_day}
    words = [
        f"{_some(names)} {f'on {numbers.day(day)}' if day else 'never'}"
        for day, names in sorted(by_day.items(), key=lambda one: one[0] or date.min)
    ]
    return f"Figures last read: {'; '.join(words) or 'there is nothing to read'}."
