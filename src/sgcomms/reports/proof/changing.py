"""Changes from the year before: how far a figure moved, and which way the words say it did."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from sgcomms.reports import numbers
from sgcomms.reports.proof.cases import Case
from sgcomms.reports.proof.facts import Fact
from sgcomms.reports.proof.fairness import bounded
from sgcomms.reports.proof.matching import compatible, is_named, is_of_one_thing, thing
from sgcomms.reports.proof.model import Finding, Item

_CHANGED = re.compile(
    r"\b(?:increas\w*|decreas\w*|up|down|rise\w*|rose|fell|fall\w*|drop\w*|grew|growth|gain\w*"
    r"|change\w*|improv\w*|worsen\w*|more|fewer|less)(?: (?:of|by|in))?\s*(?:\w+ ){0,2}$",
    re.IGNORECASE,
)
_MORE_BEHIND = re.compile(r"\s+(?:\w+\s+){0,2}(?:more|fewer|less|higher|lower)\b")
_LOOK_BACK = 120
"""Characters before a number in which words such as "rose by" may stand."""

_FELL = r"(?:fell|fall(?:s|en|ing)?|drop\w*|decreas\w*|declin\w*|down|reduc\w*|fewer|less|lower)"
_ROSE = r"(?:rose|r[ai]s(?:e|es|en|ing)|gr[eo]w\w*|increas\w*|gain\w*|up|more|higher)"
_WAY = r"\b(?:(?P<fell>{fell})|(?P<rose>{rose}))"
_WAY_BEFORE = re.compile(
    _WAY.format(fell=_FELL, rose=_ROSE) + r"\b(?: (?:of|by|in|to))?\s*(?:[a-z]+ ){0,2}$",
    re.IGNORECASE,
)
_WAY_BEHIND = re.compile(
    r"\s+(?:[a-z]+\s+){0,2}?" + _WAY.format(fell="fewer|less|lower", rose="more|higher") + r"\b",
    re.IGNORECASE,
)
_WAY_TO = re.compile(
    _WAY.format(fell=_FELL, rose=_ROSE) + r"\b(?: [\d.,%]+| by| from){0,3} to (?:[a-z]+ ){0,2}$",
    re.IGNORECASE,
)


_SIGN = re.compile(r"(?:^|[\s(])(?:(?P<fell>[-−–▼↓])|(?P<rose>[+▲↑]))\s?$")


def change(case: Case) -> Finding | None:
    """How far a figure lies from that of the year before."""
    item = case.item
    number, text = item.number, item.passage.text
    before = text[max(0, number.start - _LOOK_BACK) : number.start]
    told_so = item.said.changed or _CHANGED.search(before)
    if not told_so and not _MORE_BEHIND.match(text[number.end :]):
        return None
    then = {thing(one): one for one in case.earlier}
    for fact in case.ranked:
        old = then.get(thing(fact))
        if old is not None and compatible(item, fact) and _is_change(item, fact, old):
            says = f"the change of {fact.name} from {old.amount}, {old.when}, to {fact.amount}"
            told = _WAY_BEFORE.search(before) or _WAY_BEHIND.match(text, number.end)
            told = told or _SIGN.search(before)
            if told is not None and _is_other_way(told, fact, old):
                return _turned(case, fact, old)
            return case.finding("traced", says, "", fact)
    return _other_change(case)


def _other_change(case: Case) -> Finding | None:
    """How far the figure that the words name moved, where they say that it moved otherwise."""
    item, number = case.item, case.item.number
    told = item.said.changed and item.said.sure and not is_of_one_thing(item)
    years = {case.year, case.calendar.year_before()}
    if not told or case.times.part or not years.issuperset(case.times.periods):
        return None
    for fact in _moved(case):
        old = next(one for one in case.earlier if thing(one) == thing(fact))
        says = f"{fact.name}: from {old.amount}, {old.when}, to {fact.amount}, {fact.when}"
        moved = numbers.change(fact.figure.value or 0, old.figure.value or 0, fact.figure.unit)
        if number.kind == "percent" and fact.kind == "percent":
            todo = f"say {moved}: a per cent of per cents is another thing" if moved else ""
            return case.finding("misnamed", says, todo or "print both", fact)
        if number.kind == "percent" and fact.kind == "count" and old.value:
            share = abs(fact.value - old.value) / old.value
            return case.finding("differs", says, f"print {numbers.per_cent(float(share))}", fact)
        if number.kind == ("points" if fact.kind == "percent" else fact.kind):
            return case.finding("differs", says, f"print {moved or 'that it is the same'}", fact)
    return None


def _moved(case: Case) -> Iterator[Fact]:
    """Yield the figures that the words name, where the year before has them too."""
    then = {thing(one) for one in case.earlier}
    scopes = case.library.board.metrics
    for fact in case.ranked:
        alike = replace(case.item, number=replace(case.item.number, kind=fact.kind))
        named = is_named(alike, fact, scopes[fact.metric].scope)
        if named and fact.period == case.year and thing(fact) in then:
            yield fact


def times_as_many(case: Case) -> Finding | None:
    """How many times a figure is that of the year before: "doubled"."""
    item, number = case.item, case.item.number
    if number.kind != "times" or not item.said.sure:
        return None
    for fact in _moved(case):
        old = next(one for one in case.earlier if thing(one) == thing(fact))
        if not old.value:
            continue
        says = f"{fact.name}: from {old.amount}, {old.when}, to {fact.amount}, {fact.when}"
        if bounded(number, fact.value / old.value):
            return case.finding("rounded", says, "", fact)
        return case.finding("differs", says, "say by how much it changed", fact)
    return None


def wrong_way(case: Case, fact: Fact) -> Finding | None:
    """A right figure that is said to have fallen to its value, and rose, or the other way."""
    start, _ = case.item.span
    told = _WAY_TO.search(case.item.passage.text[start : case.item.number.start])
    if told is None or case.item.number.bound == "at most" or fact.period != case.year:
        return None
    old = next((one for one in case.earlier if thing(one) == thing(fact)), None)
    if old is None or not _is_other_way(told, fact, old):
        return None
    return _turned(case, fact, old)


def _turned(case: Case, fact: Fact, old: Fact) -> Finding:
    way = "rose" if fact.value > old.value else "fell"
    says = f"{fact.name} {way}: from {old.amount}, {old.when}, to {fact.amount}, {fact.when}"
    return case.finding("differs", says, f"say that it {way}", fact)


def _is_other_way(told: re.Match[str], now: Fact, then: Fact) -> bool:
    """Tell whether words such as "fell by" say the opposite of what two values do."""
    if now.value == then.value:
        return False
    return (told["fell"] is not None) == (now.value > then.value)


def _is_change(item: Item, now: Fact, then: Fact) -> bool:
    """Tell whether a number is the change between two values, or its share of the first."""
    number = item.number
    difference = abs(now.value - then.value)
    if number.kind == "percent" and now.kind == "count":
        if not then.value:
            return False
        share = difference / then.value * 100
        if number.bound is not None:
            return bounded(number, share)
        unit = Decimal(1).scaleb(-number.decimals)
        return share.quantize(unit, ROUND_HALF_UP) == number.value
    if "percent" in (number.kind, now.kind):
        whole = difference.quantize(Decimal(1), ROUND_HALF_UP)
        return number.kind == "points" and whole == number.value
    return number.kind == now.kind and difference == number.value and difference != 0
