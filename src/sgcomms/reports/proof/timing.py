"""A right figure of a wrong time: another year's, month's or day's than the words name."""

from __future__ import annotations

from sgcomms.reports import numbers
from sgcomms.reports.proof.cases import Case
from sgcomms.reports.proof.facts import Fact, when_of
from sgcomms.reports.proof.fairness import fit
from sgcomms.reports.proof.matching import (
    DISTINCTIVE,
    is_of_one_thing,
    may_be_taken_for,
    score,
    thing,
)
from sgcomms.reports.proof.model import Finding

_RATES = "a month or week"


def of_other_time(case: Case) -> Finding | None:
    """The figure of another time than the words name, or than the document is of."""
    item = case.item
    if not item.said.metrics or (is_of_one_thing(item) and case.bound.kind != "rate"):
        return None
    pool = [one for one in case.ranked if may_be_taken_for(item, one)]
    late = [one for one in pool if not case.allows(one) and fit(item.number, one) is not None]
    if not case.times.part and case.bound.period in (None, case.year):
        late += [
            one
            for one in case.earlier
            if may_be_taken_for(item, one) and fit(item.number, one) == "exact"
        ]
    late = [one for one in late if item.said.sure or one.value >= DISTINCTIVE]
    if not late:
        return None
    return _late(case, max(late, key=lambda one: score(item, one)))


def _late(case: Case, fact: Fact) -> Finding:
    bound = case.bound
    says = f"that is {fact.when}’s: {fact.words}: {fact.amount}"
    of_days = fact.figure.period is not None and fact.figure.period[0] != fact.figure.period[1]
    if of_days:
        says = f"{fact.amount} is {fact.name}, {fact.when}"
        if bound.period is not None:
            says = f"{says}, not {when_of(bound.period)}"
        return case.finding("misnamed", says, f"say that it is of {fact.when}", fact)
    right = next((one for one in case.timely if thing(one) == thing(fact)), None)
    wanted = right.when if right is not None else _wanted(case)
    if right is not None:
        return case.finding(
            "misnamed", f"{says}; {wanted} has {right.amount}", f"print {right.amount}", fact
        )
    todo = f"print the figure of {wanted}, or say that it is {fact.when}’s"
    return case.finding("misnamed", says, todo, fact)


def _wanted(case: Case) -> str:
    """Return the time that the words name, in words."""
    bound = case.bound
    if bound.period is not None:
        return when_of(bound.period)
    if bound.day is not None:
        return numbers.day(bound.day)
    if bound.kind == "rate":
        return _RATES
    return "the time it names" if bound.kind == "part" else case.year.name
