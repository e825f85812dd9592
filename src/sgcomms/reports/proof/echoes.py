"""Whether two places of a document give two numbers for the same thing. Pure.

The same thing is told by the same words around the number, as in a paragraph that stands twice, or
by words that name the same metric of the same accounts.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from sgcomms.reports.proof.cases import Case
from sgcomms.reports.proof.matching import is_of_one_thing
from sgcomms.reports.proof.model import Finding, Item

_FEWEST_WORDS = 5
_TODO = "find out which is right, and print it in both places"
_Judged = tuple[Case, Finding]


def disagreeing(found: Sequence[_Judged]) -> Iterator[tuple[int, Finding]]:
    """Yield the place in `found` of each number that another place contradicts, and the verdict.

    What is traced to a figure is right. Of what differs from its figure, it is told where the
    document has it right; what no figure is known of, disagrees.
    """
    same = _same_things(found)
    right = {
        one.fact: one.place for _, one in reversed(found) if one.verdict == "traced" and one.fact
    }
    for place, (case, finding) in enumerate(found):
        item = case.item
        of_change = item.number.kind == "times" or item.said.changed
        if finding.verdict == "unknown" and item.number.bound is None and not item.said.changed:
            others = [one for key in _keys(case) for one in same[key]]
            other = next((one for one in others if _contradicts(item, one[0].item)), None)
            if other is not None:
                there = f"{other[1].place} has {other[1].text}"
                says = f"another place says otherwise of the same thing: {there}"
                yield place, replace(finding, verdict="disagrees", says=says, todo=_TODO)
        elif finding.verdict in ("differs", "stale") and finding.fact in right and not of_change:
            says = f"{finding.says}, as has {right[finding.fact]}"
            yield place, replace(finding, says=says)


def _same_things(found: Sequence[_Judged]) -> dict[Hashable, list[_Judged]]:
    """Return the numbers by what they are of; of each value one is enough."""
    same: dict[Hashable, dict[object, _Judged]] = {}
    for one in found:
        for key in _keys(one[0]):
            if one[0].item.number.bound is None:
                same.setdefault(key, {}).setdefault(one[0].item.number.value, one)
    return {key: list(values.values())[:2] for key, values in same.items()}


def _keys(case: Case) -> list[Hashable]:
    keys = (_words(case.item), _thing(case))
    return [(case.item.number.kind, key) for key in keys if key is not None]


def _contradicts(item: Item, other: Item) -> bool:
    return other is not item and other.number.value != item.number.value


def _words(item: Item) -> Hashable:
    """Return the words of a number's sentence without digits, and which of its numbers it is."""
    text, at = item.passage.text, item.number.start
    if item.passage.about:
        return None
    start, end = item.span
    words = re.sub(r"[^a-z ]", "", re.sub(r"\d[\d.,]*", "", text[start:end].lower())).split()
    if len(words) < _FEWEST_WORDS:
        return None
    return " ".join(words), len(re.findall(r"\d[\d.,]*", text[start:at]))


def _thing(case: Case) -> Hashable:
    """Return what a number is of, where its own words say it in full and name no other time."""
    said = case.item.said
    if is_of_one_thing(case.item):
        return None
    if not (said.metrics and said.sure and said.own) or case.times.other or case.item.passage.about:
        return None
    if "page_views" in said.metrics:  # of the website, or of any page of it
        return None
    return said.metrics, said.subjects, said.keys
