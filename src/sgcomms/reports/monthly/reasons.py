"""Why a post may have stood out: what it has, where the account's own months bear that out. Pure.

Nothing is guessed. A thing that a post has is named only when enough posts of the account have it
and enough have not, and those that have it did better by the rule below. Even so it tells what goes
together, and not what caused what: the note says that too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median, quantiles

from sgcomms.reports import numbers

EACH = 10
"""So many posts must have a thing, and so many not: as many points as anything here is judged by
(`xmr.LEAST`)."""

EVENING = range(17, 22)
"""The hours, by the board's clock, that are called the evening."""

_SATURDAY = 5

NONE = "No tested difference"

NOTE = (
    "A reason is printed only where the account's posts of up to 13 months bear it out: at least "
    f"{EACH} have the thing named and {EACH} have not, and half of those that have it did as well "
    "as the best quarter of the others, or better. Tested are: a picture or film, a link, a "
    f"campaign, a weekend, the evening ({EVENING.start}:00 to {EVENING.stop}:00). It shows what "
    "goes together, not what caused it."
)


@dataclass(frozen=True, slots=True)
class Made:
    """A post: how often it was seen, when (in the board's zone), and what it is made of.

    None stands for what no source says.
    """

    value: float
    at: datetime
    pictured: bool | None = None
    linked: bool | None = None
    of_campaign: bool | None = None


_Test = Callable[[Made], bool | None]

_TESTS: tuple[tuple[_Test, str, str], ...] = (
    (lambda one: one.pictured, "Has a picture or film", "without"),
    (lambda one: _not(one.pictured), "Has no picture or film", "with one"),
    (lambda one: one.linked, "Has a link", "without"),
    (lambda one: _not(one.linked), "Has no link", "with one"),
    (lambda one: one.of_campaign, "Part of a campaign", "others"),
    (lambda one: one.at.weekday() >= _SATURDAY, "At a weekend", "on other days"),
    (lambda one: one.at.hour in EVENING, "In the evening", "at other times"),
)
"""What is asked of a post, and how the answer and its opposite read."""


def reason(top: Made, posts: Sequence[Made]) -> str:
    """Return what `top` has that goes with being seen more often among `posts` of its account.

    Of several things it is the one whose posts lie furthest above the others. `NONE` without any.
    """
    found = list(_borne_out(top, posts))
    return max(found, key=lambda one: one[0])[1] if found else NONE


def _borne_out(top: Made, posts: Sequence[Made]) -> Iterator[tuple[float, str]]:
    for test, words, opposite in _TESTS:
        if not test(top):
            continue
        having = [one.value for one in posts if test(one) is True]
        others = [one.value for one in posts if test(one) is False]
        if len(having) < EACH or len(others) < EACH:
            continue
        middle, rest = median(having), median(others)
        if middle > rest and middle >= quantiles(others, method="inclusive")[2]:
            times = middle / rest if rest else float("inf")
            number = numbers.number
            yield times, f"{words}: median {number(middle)}, {opposite} {number(rest)}"


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer
