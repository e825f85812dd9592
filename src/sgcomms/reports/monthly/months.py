"""The figures of thirteen months, the last of them the one that the summary is of. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sgcomms.config import Board
from sgcomms.figures import Figure
from sgcomms.figures.comparing import compare
from sgcomms.figures.gaps import named
from sgcomms.metrics import Break, breaks_between
from sgcomms.periods import Period

MONTHS = 13
"""This month, the same one a year before, and all between."""


@dataclass(frozen=True, slots=True)
class Months:
    """What is known of each month, the oldest first.

    `found` are the figures by the month's name. `missing` are, by account, the months of which no
    source lists its posts; `covered` the accounts, with a month, of which one lists every day.
    `running` tells that the last month is not over.
    """

    board: Board
    periods: tuple[Period, ...]
    found: Mapping[str, Sequence[Figure]]
    missing: Mapping[str, tuple[Period, ...]]
    covered: frozenset[tuple[str, str]]
    running: bool
    _index: dict[tuple[str, str, str], Figure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, found in self.found.items():
            for one in found:
                key = (name, one.subject, one.metric)
                if one.dimension is None and _better(one, self._index.get(key)):
                    self._index[key] = one

    @property
    def this(self) -> Period:
        """The month of the summary."""
        return self.periods[-1]

    @property
    def of_posts(self) -> bool:
        """Whether any account's figure is a sum over posts, each as it was last read."""
        return any(
            one.of_posts is not None and one.value is not None
            for (_, subject, metric), one in self._index.items()
            if metric != "posts" and subject in self.board.accounts
        )

    def figure(self, period: Period, subject: str, metric: str) -> Figure | None:
        """Return what is known, with a value or with the reason why there is none."""
        return self._index.get((period.name, subject, metric))

    def valued(self, period: Period, subject: str, metric: str) -> Figure | None:
        """Return the figure of that month, if it has a value."""
        one = self.figure(period, subject, metric)
        return one if one is not None and one.value is not None else None

    def posts(self, period: Period, account: str) -> float | None:
        """Return how many posts went out on `account`: 0 only where every day was looked at."""
        one = self.valued(period, account, "posts")
        if one is not None:
            return one.value
        return 0.0 if (account, period.name) in self.covered else None

    def whole(self, period: Period, subject: str, metric: str) -> float | None:
        """Return the value of the whole month, to be held against that of others; None without.

        A bound is none, nor is a sum of which no source lists some posts, nor what is running.
        """
        one = self.valued(period, subject, metric)
        if one is None or one.period is not None or one.bound is not None:
            return None
        if (self.running and period == self.this) or self._lacks(one, period):
            return None
        return one.value

    def changes(self, subject: str, metric: str, since: Period) -> tuple[Break, ...]:
        """Return the days from `since` on on which what is counted changed, by time.

        With any of them a figure of `since` is none of what this month's counts.
        """
        found: dict[Break, None] = {}
        for part in subject.split("+"):
            owner = self.board.accounts.get(part) or self.board.websites[part]
            known = breaks_between(owner.platform, metric, since.start, self.this.end)
            found.update(dict.fromkeys(known))
        return tuple(sorted(found, key=lambda one: one.on))

    def compared(self, subject: str, metric: str, earlier: Period) -> Figure | None:
        """Return this month's figure beside that of `earlier`, or with why the two do not compare.

        None where this month has none with a value.
        """
        one = self.valued(self.this, subject, metric)
        if one is None:
            return None
        before = self.figure(earlier, subject, metric)
        then = [before] if before is not None else []
        unequal = {"": "the month is not over"} if self.running else self._unequal(earlier)
        (beside,) = compare(self.board, [one], then, self.this, earlier, unequal)
        return beside

    def _unequal(self, earlier: Period) -> dict[str, str]:
        found = {}
        for account, missing in self.missing.items():
            concerned = tuple(one for one in missing if one in (self.this, earlier))
            if concerned:
                found[account] = f"no source lists posts of {named(concerned)}"
        return found

    def _lacks(self, one: Figure, period: Period) -> bool:
        return one.of_posts is not None and period in self.missing.get(one.subject, ())


def _better(one: Figure, known: Figure | None) -> bool:
    return known is None or _rank(one) > _rank(known)


def _rank(one: Figure) -> tuple[bool, bool, date]:
    """Return what a figure is preferred by: a value, the whole month, a late last day."""
    return one.value is not None, one.period is None, one.period[1] if one.period else date.min
