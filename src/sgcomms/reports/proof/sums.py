"""Whether a number is a sum of figures that may not be added: impressions plus reach, say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from sgcomms.config import Board
from sgcomms.figures.mixing import why_apart
from sgcomms.reports import numbers
from sgcomms.reports.proof.facts import Fact
from sgcomms.reports.proof.fairness import bounded
from sgcomms.reports.proof.spotting import Number
from sgcomms.reports.proof.wording import Said

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
_MOST_PARTS = 4
_MOST_FACTS = 24
_DISTINCTIVE = 1000


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum that may not be made, its parts in words, and why it may not."""

    value: Decimal
    parts: str
    why: str


def of_parts(board: Board, number: Number, said: Said, facts: Sequence[Fact]) -> Sum | None:
    """Return the forbidden sum of figures of one period that a number is, with the fewest parts."""
    if number.kind != "count" or not _may_be(number, said):
        return None
    for family in (_SEEN, _FOLLOWING):
        pool = _pool(facts, family)
        for size in range(2, _MOST_PARTS + 1):
            for parts in combinations(pool, size):
                total = sum((one.value for one in parts), Decimal(0))
                if _is(number, total) and (why := _why_not(board, parts)):
                    words = " plus ".join(f"{one.name} ({one.amount})" for one in parts)
                    return Sum(total, words, why)
    return None


def of_months(
    board: Board, number: Number, said: Said, months: Sequence[Sequence[Fact]]
) -> Sum | None:
    """Return the sum over months of what counts each person once, such as users, that it is."""
    if number.kind != "count" or not _may_be(number, said):
        return None
    found: dict[tuple[str, str], list[Fact]] = {}
    for facts in months:
        for one in facts:
            if board.metrics[one.metric].over_time == "none" and one.figure.dimension is None:
                found.setdefault((one.figure.subject, one.metric), []).append(one)
    for parts in found.values():
        total = sum((one.value for one in parts), Decimal(0))
        if len(parts) > 1 and _is(number, total):
            why = board.metrics[parts[0].metric].why_not_added
            return Sum(total, f"{parts[0].name} of {len(parts)} months", why)
    return None


def _may_be(number: Number, said: Said) -> bool:
    """Tell whether a number may be one of those: its words name such a thing, or it is large."""
    named = bool(said.metrics & (_SEEN | _FOLLOWING)) or said.people
    plain = not said.metrics and number.bound is None
    return number.value >= 10 and (named or (plain and number.value >= _DISTINCTIVE))


def _is(number: Number, total: Decimal) -> bool:
    if number.bound is None:
        if number.value == total:
            return True
        step = number.step
        return step >= 100 and (total / step).to_integral_value() * step == number.value
    near = number.step if number.step > 1 else number.value / 100
    return bounded(number, total) and abs(total - number.value) < near


def _pool(facts: Sequence[Fact], family: frozenset[str]) -> list[Fact]:
    """Return the figures that a sum may be made of: whole ones, of one account or of some."""
    found = [
        one
        for one in facts
        if one.metric in family
        and one.figure.dimension is None
        and one.figure.subject != "all"
        and one.kind == "count"
        and one.value > 0
    ]
    return sorted(found, key=lambda one: -one.value)[:_MOST_FACTS]


def _why_not(board: Board, parts: Sequence[Fact]) -> str | None:
    """Return why the parts may not be added, None where they may be or lie in one another."""
    things = [(one.metric, one.subjects) for one in parts]
    for place, (metric, subjects) in enumerate(things):
        if any(metric == other and subjects & theirs for other, theirs in things[:place]):
            return None
    metrics = list(dict.fromkeys(one.metric for one in parts))
    if len(metrics) > 1:
        units = list(dict.fromkeys(_unit(board, one) for one in metrics))
        return f"{numbers.listed(units)} are different things"
    only = board.metrics[metrics[0]]
    if only.over_accounts == "sum":
        accounts = sorted({one for _, subjects in things for one in subjects})
        if set(accounts) <= board.accounts.keys():
            return why_apart(board, only.name, accounts)
        return None
    return only.why_not_added or None


def _unit(board: Board, metric: str) -> str:
    return numbers.lowered(board.metrics[metric].label)
