"""The board's calendar: blackouts, the periods before elections, awareness days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sgcomms.elections import latest_start
from sgcomms.periods import midnight, to_utc

Kind = Literal["blackout", "election"]


@dataclass(frozen=True, slots=True)
class Closed:
    """A period in which only what is marked `election_safe`, and signed by another, may go out.

    It runs from `first` to `until`, which is the first moment after it; both are UTC. `words` go on
    from "it falls into …".
    """

    name: str
    kind: Kind
    first: datetime
    until: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Awareness:
    """An awareness day or week of somebody else's, both days included.

    `confirmed` tells that whoever holds it has named the date; no date is computed by a rule.
    """

    name: str
    first: date
    last: date
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every closed period, the one that begins first in front; and the awareness days, likewise.

    `holidays` are bank holidays that came once, beyond those that the program knows.
    """

    closures: tuple[Closed, ...] = ()
    awareness: tuple[Awareness, ...] = ()
    holidays: frozenset[date] = frozenset()

    def closed_at(self, moment: datetime) -> Closed | None:
        """Return the period that `moment` falls into.

        Of several it is the one that began first: what must have been queued before each of them
        must have been queued before that one.
        """
        inside = (one for one in self.closures if one.first <= moment < one.until)
        return next(inside, None)

    def within(self, first: datetime, until: datetime) -> tuple[Closed, ...]:
        """Return the periods of which any part lies between `first` and `until` (excluded)."""
        return tuple(one for one in self.closures if one.first < until and first < one.until)


def blackout(
    name: str, first: date, last: date, reason: str | None, zone: ZoneInfo
) -> Closed | None:
    """Return the blackout from `first` to `last`, or None where it would end before it begins.

    Days count whole; a datetime is wall-clock time in `zone`, and `last` is then the moment at
    which the blackout is over. Raises ClockChangeError for a time that does not exist, or comes
    twice.
    """
    begins, ends = _begin(first, zone), _end(last, zone)
    if ends <= begins:
        return None
    words = f"{name} ({_shown(first)} to {_shown(last)})"
    return Closed(name, "blackout", begins, ends, f"{words}: {reason}" if reason else words)


def election(
    name: str, poll: date, starts: date | None, holidays: Collection[date], zone: ZoneInfo
) -> Closed:
    """Return the pre-election period of the poll on the day `poll`.

    It begins on `starts`, or else on the latest day on which the notice of election can be
    published. It ends with the poll's day: polls close at 22:00, but whoever stands in the queue by
    then may still vote, and nothing that a board says is worth those two hours.
    """
    begins = min(latest_start(poll, holidays), starts or date.max)
    words = f"the pre-election period of {name} ({_shown(begins)} to {_shown(poll)})"
    return Closed(name, "election", _begin(begins, zone), _end(poll, zone), words)


def calendar(closures: Collection[Closed], awareness: Collection[Awareness] = ()) -> Calendar:
    """Return the calendar of `closures` and `awareness`, in whatever order they come."""
    return Calendar(
        tuple(sorted(closures, key=lambda one: (one.first, one.until, one.name))),
        tuple(sorted(awareness, key=lambda one: (one.first, one.last, one.name))),
    )


def _begin(moment: date, zone: ZoneInfo) -> datetime:
    return to_utc(moment, zone) if isinstance(moment, datetime) else midnight(moment, zone)


def _end(moment: date, zone: ZoneInfo) -> datetime:
    if isinstance(moment, datetime):
        return to_utc(moment, zone)
    return midnight(moment + timedelta(days=1), zone)


def _shown(moment: date) -> str:
    time = f" {moment:%H:%M}" if isinstance(moment, datetime) else ""
    return f"{moment.day} {moment:%B %Y}{time}"
