"""One number of a document held against the figures: the verdicts, in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sgcomms.periods import Period
from sgcomms.reports import numbers
from sgcomms.reports.proof import matching
from sgcomms.reports.proof.averaging import average
from sgcomms.reports.proof.cases import Case
from sgcomms.reports.proof.changing import change, times_as_many, wrong_way
from sgcomms.reports.proof.facts import Fact, Library
from sgcomms.reports.proof.fairness import fit
from sgcomms.reports.proof.matching import is_meant, is_part_only, is_striking, score, thing
from sgcomms.reports.proof.model import Finding, Item
from sgcomms.reports.proof.sums import Sums
from sgcomms.reports.proof.times import Calendar
from sgcomms.reports.proof.timing import of_other_time

_FAR = 10
"""A number this many times a figure, or this part of it, is no slip of that figure."""

_EARLIER_DAYS = 40
"""So many days of reading are looked back for a value that is no more."""

_PEOPLE_NOT = {
    "impressions": "how many times posts were shown",
    "views": "how many times posts were displayed or played",
    "page_views": "how many times pages were loaded",
    "sessions": "visits",
    "users_total": "browsers",
    "users_active": "browsers",
    "users_unspecified": "browsers",
    "users_new": "browsers",
    "users_daily_sum": "visitors counted anew each day",
}
_COUNTED_ONCE = frozenset(
    ["users_total", "users_active", "users_unspecified", "users_new", "reach", "followers"]
)
_OF_ONE_PAGE = re.compile(
    r"\b(?:the|our|its)(?: [\w-]+){1,5} page\b(?! views)[^,;.()\d]{0,40}$", re.IGNORECASE
)
_NONE_LIKE_IT = "the database has no figure like it"
_UNKNOWN_TODO = "if it is a figure of yours, say where it comes from or record it: `sgcomms record`"


@dataclass(slots=True)
class Judge:
    """Holds numbers against the facts of the document's year and of the times a text names."""

    library: Library
    year: Period
    sums: Sums = field(init=False)

    def __post_init__(self) -> None:
        """Make the sums from the same facts."""
        self.sums = Sums(self.library)

    @property
    def calendar(self) -> Calendar:
        """What times are told from, where no month is named."""
        return Calendar(self.year, self.library.board.year_starts)

    def case(self, item: Item) -> Case:
        """Return a number beside what it may be held against."""
        return Case(item, self.library, self.year)

    def judge(self, case: Case) -> Finding:
        """Return the verdict on one number: the first that applies."""
        if case.item.said.unclear:  # whose it is nobody can tell, so nobody is accused
            return _consistent(case) or self._unknown(case)
        for judged in (
            _consistent,
            change,
            times_as_many,
            average,
            of_other_time,
            self._sum,
            _misnamed,
            _other,
        ):
            found = judged(case)
            if found is not None:
                return found
        return self._unknown(case)

    def _sum(self, case: Case) -> Finding | None:
        """A sum that may not be made."""
        found = self.sums.forbidden(case)
        if found is None:
            return None
        says = f"{numbers.number(float(found.value))} is {found.parts}: {found.why}"
        todo = "print the parts beside each other, each under its own name"
        return case.finding("forbidden sum", says, todo)

    def _unknown(self, case: Case) -> Finding:
        striking = next(
            (one for one in case.ranked if is_striking(case.item, one, fit(case.item.number, one))),
            None,
        )
        says = _NONE_LIKE_IT
        if striking is not None:
            says = f"the words do not say that it is {striking.words}, which has the same value"
        elif (chance := self.sums.by_chance(case)) is not None:
            value = numbers.number(float(chance.value))
            says = f"{says}; {value} would be {chance.parts}, which may not be added"
        return case.finding("unknown", says, _UNKNOWN_TODO)


def _consistent(case: Case) -> Finding | None:
    """A figure that has the value and is what the words say."""
    item = case.item
    fits = [(how, one) for one in case.timely if (how := fit(item.number, one)) is not None]
    good = [
        (how, one)
        for how, one in fits
        if is_meant(item, one, how) and not is_part_only(item, one, case.ranked)
    ]
    if not good:
        return None
    how, fact = max(good, key=lambda one: (score(item, one[1]), one[0] == "exact"))
    metric = case.library.board.metrics[fact.metric]
    counts = _PEOPLE_NOT.get(fact.metric)
    if metric.unit == "views":
        counts = counts or "how many times something was viewed"
    if item.said.people and counts is not None:
        says = f"{fact.amount} is {fact.words}: {counts}, not people"
        return case.finding("misnamed", says, f"call it {numbers.lowered(metric.label)}", fact)
    if item.said.often and fact.metric in _COUNTED_ONCE:
        says = f"{fact.amount} is {fact.words}: each is counted once, not how often"
        return case.finding("misnamed", says, f"call it {numbers.lowered(metric.label)}", fact)
    if fact.metric == "page_views" and fact.figure.dimension is None and _is_of_one_page(item):
        says = f"{fact.amount} is {fact.words}: of all its pages, and the text speaks of one"
        return case.finding("misnamed", says, "print the figure of that page", fact)
    wrong = wrong_way(case, fact)
    if wrong is not None or how == "exact":
        return wrong or case.finding("traced", fact.words, "", fact)
    return case.finding("rounded", f"{fact.words}: {fact.amount}", "", fact)


def _is_of_one_page(item: Item) -> bool:
    """Tell whether a number is of the one page that is named before it: "the Covid page had"."""
    start, _ = item.span
    return _OF_ONE_PAGE.search(item.passage.text[start : item.number.start]) is not None


def _misnamed(case: Case) -> Finding | None:
    """A figure that has the value, too large for chance, and is not what the words say."""
    item, board = case.item, case.library.board
    fact = next((one for one in case.ranked if is_striking(item, one, fit(item.number, one))), None)
    if fact is None:
        return None
    label = numbers.lowered(board.metrics[fact.metric].label)
    if not item.said.sure and item.said.word and item.said.word.lower() in label:
        return None  # "views" may be these views too
    if item.said.metrics and fact.metric not in item.said.metrics:
        says = f"{fact.amount} is {fact.words}, and the text says “{item.said.word.lower()}”"
        return case.finding("misnamed", says, f"call it {label}", fact)
    if not item.said.metrics or not item.said.subjects:
        return None
    theirs = [case.library.name(one, case.year) for one in sorted(item.said.subjects)]
    says = f"{fact.amount} is {fact.words}, and the text speaks of {numbers.listed(theirs)}"
    return case.finding("misnamed", says, "say whose figure it is", fact)


def _other(case: Case) -> Finding | None:
    """The figure that the words name, where it has another value."""
    item, bound = case.item, case.bound
    metrics = case.library.board.metrics
    fact = next(
        (one for one in case.timely if matching.is_named(item, one, metrics[one.metric].scope)),
        None,
    )
    if fact is None or matching.is_of_one_thing(item) or item.said.changed:
        return None
    if (case.times.part or case.times.other) and bound.period is None:
        return None
    if not fact.value / _FAR <= item.number.value <= fact.value * _FAR:
        return None
    stale = _stale(case, fact)
    if stale is not None:
        return stale
    if fact.figure.bound is not None and item.number.value == fact.value:
        says = f"the figure is {fact.amount} ({fact.words}), not exactly {item.number.text}"
    else:
        says = f"{fact.words}: the database has {fact.amount}"
        if item.number.bound is not None:
            says = f"{says}, of which these words are not fair"
    return case.finding("differs", says, f"print {fact.amount}", fact)


def _stale(case: Case, fact: Fact) -> Finding | None:
    """The value that the figure had as known on an earlier day."""
    for day in case.library.days_read(_EARLIER_DAYS)[1:]:
        for one in case.library.of(fact.period, day):
            if thing(one) == thing(fact) and fit(case.item.number, one) is not None:
                says = (
                    f"{fact.words}: it was {one.amount} as known on {numbers.day(day)}; the "
                    f"database now has {fact.amount}"
                )
                todo = f"print {fact.amount}, or say as of which day it is"
                return case.finding("stale", says, todo, fact)
    return None
