"""Whether a number is a sum of figures that may not be added: impressions plus reach, say.

A sum is named only where it is no chance. A number that is its exact value is, while so few sums
are possible that an equal one would be rare. A rounding is, where the words are those of such a
sum: they speak of being seen or followed, and of just the accounts that it is made of, which are
several. What else is near a sum may be noted, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain, combinations, islice, product

from sgcomms.config import Board
from sgcomms.figures.gaps import months
from sgcomms.figures.mixing import why_apart
from sgcomms.periods import Period
from sgcomms.reports import numbers
from sgcomms.reports.proof.cases import Case
from sgcomms.reports.proof.facts import Fact, Library
from sgcomms.reports.proof.fairness import bounded
from sgcomms.reports.proof.spotting import Number

_SEEN = frozenset(
    [
        "impressions",
        "reach",
        "views",
        "page_views",
        "profile_views",
        "sessions",
        "users_total",
        "users_active",
        "users_unspecified",
        "users_daily_sum",
        "users_new",
    ]
)
_FOLLOWING = frozenset({"followers"})
_SPOKEN_OF = re.compile(
    r"\b(?:audiences?|reach\w*|saw|seen|seeing|view\w*|visit\w*|impressions?|exposure|engag\w*"
    r"|follow\w*|looked at)\b",
    re.IGNORECASE,
)
_MOST_FACTS = 24
_MOST_SUMS = 4096
"""So many are looked at for one number."""

_PER_SUM = 100
"""A number must be this many times as large as there are sums, that one of them hits by chance once
in a hundred times."""

_FEWEST_BY_CHANCE = 10_000
"""Of what is less, some sum is always near."""

_MOST_MONTHS = 12
_FEWEST_DIGITS = 4
_FEWEST_OF_ROUNDING = 2
"""Digits that count: 191,495 may be rounded to 190,000, not to 200,000 without "about"."""


@dataclass(frozen=True, slots=True)
class Part:
    """A figure that a sum may be made of, or what the months of a year give when they are added."""

    metric: str
    subjects: frozenset[str]
    days: tuple[date, date] | None
    value: Decimal
    words: str
    over_months: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum that may not be made, its parts in words, and why it may not."""

    value: Decimal
    parts: str
    why: str
    subjects: frozenset[str]
    metrics: frozenset[str]


@dataclass(slots=True)
class Sums:
    """The sums that may not be made of the facts of a library, found once for each period."""

    library: Library
    _pools: dict[tuple[Period, bool], list[Part]] = field(default_factory=dict)
    _found: dict[tuple[object, ...], list[Sum]] = field(default_factory=dict)

    def forbidden(self, case: Case) -> Sum | None:
        """Return the forbidden sum that a number is, with the fewest parts."""
        if not _is_spoken_of(case):
            return None
        return next(self._fitting(case), None)

    def by_chance(self, case: Case) -> Sum | None:
        """Return a sum that a large number may be the value of by chance."""
        number = case.item.number
        if number.kind != "count" or number.value < _FEWEST_BY_CHANCE or not _is_spoken_of(case):
            return None
        return next(
            (
                one
                for family in self._families(case)
                for one in self._plain(case, family)
                if case.item.number.value == one.value or _is_near(case.item.number, one.value)
            ),
            None,
        )

    def _fitting(self, case: Case) -> Iterator[Sum]:
        number = case.item.number
        for family in self._families(case):
            for one in self._natural(case, family):
                exact = number.bound is None and number.value == one.value
                said = len(one.subjects) > 1 or one.metrics <= case.item.said.metrics
                if exact or (said and _is_near(number, one.value)):
                    yield one
            if number.bound is None and _digits(number) >= _FEWEST_DIGITS:
                few = min(_MOST_SUMS, int(number.value / _PER_SUM))
                for one in islice(self._plain(case, family), few):
                    if number.value == one.value:
                        yield one

    def _families(self, case: Case) -> Iterator[frozenset[str]]:
        """Yield what may have been added: what was seen, who follows."""
        said = case.item.said.metrics
        if not said & _FOLLOWING or said & _SEEN:
            yield _SEEN
        if not said & _SEEN:
            yield _FOLLOWING

    def _plain(self, case: Case, family: frozenset[str]) -> list[Sum]:
        """Return sums of any figures of a period, those with the fewest parts first."""
        period = case.bound.period or case.year
        key = (period, family)
        if key not in self._found:
            pool = self._pool(period, family)
            every = chain.from_iterable(
                combinations(pool, size) for size in range(1, len(pool) + 1)
            )
            self._found[key] = list(self._sums(islice(every, 4 * _MOST_SUMS)))[:_MOST_SUMS]
        return self._found[key]

    def _natural(self, case: Case, family: frozenset[str]) -> list[Sum]:
        """Return the sums over just those accounts that the words name, or over all of them.

        What is added there is one figure of each, or every figure of some kinds.
        """
        period = case.bound.period or case.year
        accounts = case.item.said.subjects or frozenset(self.library.board.accounts)
        key = (period, family, accounts)
        if key not in self._found:
            pool = [one for one in self._pool(period, family) if one.subjects <= accounts]
            every = chain(_of_kinds(pool), _one_of_each(pool))
            whole = frozenset().union(*(one.subjects for one in pool))
            self._found[key] = [
                one
                for one in self._sums(islice(every, _MOST_SUMS))
                if one.subjects == (accounts if case.item.said.subjects else whole)
            ]
        return self._found[key]

    def _sums(self, every: Iterator[tuple[Part, ...]]) -> Iterator[Sum]:
        for parts in every:
            why = _why_not(self.library.board, parts)
            if why is not None:
                yield Sum(
                    sum((one.value for one in parts), Decimal(0)),
                    " plus ".join(one.words for one in sorted(parts, key=lambda one: -one.value)),
                    why,
                    frozenset().union(*(one.subjects for one in parts)),
                    frozenset(one.metric for one in parts),
                )

    def _pool(self, period: Period, family: frozenset[str]) -> list[Part]:
        """Return the figures that a sum may be made of: whole ones, of one account or of some."""
        key = (period, family is _SEEN)
        if key not in self._pools:
            found = [
                Part(
                    one.metric,
                    one.subjects,
                    one.figure.period,
                    one.value,
                    f"{one.name} ({one.amount})",
                )
                for one in self.library.of(period)
                if one.metric in family and self._is_whole(one)
            ]
            found = sorted(found, key=lambda one: -one.value)[:_MOST_FACTS]
            self._pools[key] = [*found, *self._over_months(period, family)]
        return self._pools[key]

    def _over_months(self, period: Period, family: frozenset[str]) -> Iterator[Part]:
        """Yield what the months of a period give when they are added, of what they may not be."""
        every = list(months(period))
        if family is _FOLLOWING or not 1 < len(every) <= _MOST_MONTHS:
            return
        found: dict[tuple[str, frozenset[str]], list[Fact]] = {}
        for month in every:
            for one in self.library.of(month):
                none = self.library.board.metrics[one.metric].over_time == "none"
                if none and one.metric in family and self._is_whole(one):
                    found.setdefault((one.metric, one.subjects), []).append(one)
        for (metric, subjects), parts in found.items():
            if len(parts) > 1:
                value = sum((one.value for one in parts), Decimal(0))
                words = f"{parts[0].name} of {len(parts)} months ({numbers.number(float(value))})"
                yield Part(metric, subjects, None, value, words, over_months=True)

    def _is_whole(self, one: Fact) -> bool:
        known = {*self.library.board.accounts, *self.library.board.websites}
        return (
            one.figure.dimension is None
            and one.figure.subject != "all"
            and one.kind == "count"
            and one.value > 0
            and one.subjects <= known
        )


def _is_spoken_of(case: Case) -> bool:
    """Tell whether a number may be such a sum: its words speak of being seen or followed."""
    said, number = case.item.said, case.item.number
    if number.kind != "count" or number.value < 10:
        return False
    if said.metrics:
        return bool(said.metrics & (_SEEN | _FOLLOWING))
    return _SPOKEN_OF.search(case.item.sentence) is not None


def _digits(number: Number) -> int:
    """Return how many digits of a number count: 6 of 191,495, 2 of 190,000."""
    return len(str(int(number.value / number.step))) if number.step else 0


def _is_near(number: Number, total: Decimal) -> bool:
    if number.bound is None:
        step = number.step
        if _digits(number) < _FEWEST_OF_ROUNDING:
            return False
        return step >= 100 and (total / step).to_integral_value() * step == number.value
    near = number.step if number.step > 1 else number.value / 100
    return bounded(number, total) and abs(total - number.value) < near


def _of_kinds(pool: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
    """Yield all figures of one kind, then of two, and so on: all reach, all impressions and reach.

    Of an account alone and with others, that with others counts.
    """
    kinds = sorted({one.metric for one in pool})
    for size in range(1, len(kinds) + 1):
        for chosen in combinations(kinds, size):
            parts: list[Part] = []
            for one in sorted(pool, key=lambda one: (one.over_months, -len(one.subjects))):
                alike = [two for two in parts if two.metric == one.metric]
                if one.metric in chosen and not any(one.subjects & two.subjects for two in alike):
                    parts.append(one)
            yield tuple(parts)


def _one_of_each(pool: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
    """Yield one figure of each account, in all ways, first with those of several together."""
    for together in (True, False):
        groups: dict[frozenset[str], list[Part]] = {}
        taken: set[str] = set()
        for one in sorted(pool, key=lambda one: -len(one.subjects) if together else 0):
            if one.subjects in groups:
                groups[one.subjects].append(one)
            elif not one.subjects & taken and (together or len(one.subjects) == 1):
                groups[one.subjects] = [one]
                taken |= one.subjects
        yield from product(*groups.values())


def _why_not(board: Board, parts: Sequence[Part]) -> str | None:
    """Return why the parts may not be added, None where they may be or lie in one another."""
    if len(parts) < 2:
        over = parts and parts[0].over_months
        return board.metrics[parts[0].metric].why_not_added or None if over else None
    in_time = False
    for place, one in enumerate(parts):
        for other in parts[:place]:
            if one.metric == other.metric and one.subjects & other.subjects:
                if not _apart(one, other):
                    return None
                in_time = True
    metrics = list(dict.fromkeys(one.metric for one in parts))
    if len(metrics) > 1:
        units = list(dict.fromkeys(numbers.lowered(board.metrics[one].label) for one in metrics))
        return f"{numbers.listed(units)} are different things"
    return _why_not_alike(board, parts, in_time=in_time)


def _why_not_alike(board: Board, parts: Sequence[Part], *, in_time: bool) -> str | None:
    only = board.metrics[parts[0].metric]
    if in_time:
        return (only.why_not_added or None) if only.over_time == "none" else None
    if only.over_accounts == "sum":
        accounts = sorted({name for one in parts for name in one.subjects})
        if set(accounts) <= board.accounts.keys():
            return why_apart(board, only.name, accounts)
        return None
    return only.why_not_added or None


def _apart(one: Part, other: Part) -> bool:
    """Tell whether two figures of the same thing are of days that do not overlap."""
    if one.days is None or other.days is None:
        return False
    return one.days[1] < other.days[0] or other.days[1] < one.days[0]
