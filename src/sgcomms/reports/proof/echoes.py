"""Whether two places of a document give two numbers for the same thing. Pure.

The same thing is told by the same words around the number, as in a paragraph that stands twice, or by
words that name the same metric of the same accounts.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from sgcomms.reports.proof.model import Finding, Item
from sgcomms.reports.proof.times import Times
from sgcomms.reports.proof.wording import sentences

_FEWEST_WORDS = 5


def disagreeing(found: Sequence[tuple[Item, Finding, Times]]) -> Iterator[tuple[int, Finding]]:
    """Yield the place in `found` of each number that another place contradicts, and the verdict.

    What is traced to a figure is right. What differs from its figure is told where the document has
    it right; what no figure is known of, disagrees.
    """
    for place, (item, finding, _) in enumerate(found):
        if finding.verdict in ("traced", "rounded") or item.number.bound is not None:
            continue
        other = next((one for one in found if _contradicts(item, found[place], one)), None)
        if other is None:
            continue
        there = f"{other[1].place} has {other[1].text}"
        if finding.verdict != "unknown":
            yield place, replace(finding, says=f"{finding.says}; {there}")
        else:
            says = f"another place says otherwise of the same thing: {there}"
            todo = "find out which is right, and print it in both places"
            yield place, replace(finding, verdict="disagrees", says=says, todo=todo)


def _contradicts(
    item: Item, mine: tuple[Item, Finding, Times], other: tuple[Item, Finding, Times]
) -> bool:
    them = other[0]
    if them is item or them.number.bound is not None or them.number.kind != item.number.kind:
        return False
    if them.number.value == item.number.value:
        return False
    if _words(item) is not None and _words(item) == _words(them):
        return True
    thing = _thing(item, mine[2])
    return thing is not None and thing == _thing(them, other[2])


def _words(item: Item) -> Hashable:
    """Return the words of a number's sentence without digits, and which of its numbers it is."""
    text, at = item.passage.text, item.number.start
    if item.passage.about:
        return None
    start, end = next((span for span in sentences(text) if span[0] <= at < span[1]), (0, len(text)))
    words = re.sub(r"[^a-z ]", "", re.sub(r"\d[\d.,]*", "", text[start:end].lower())).split()
    if len(words) < _FEWEST_WORDS:
        return None
    return " ".join(words), len(re.findall(r"\d[\d.,]*", text[start:at]))


def _thing(item: Item, named: Times) -> Hashable:
    """Return what a number is of, where its own words say it in full and name no other time."""
    said = item.said
    if not (said.metrics and said.sure and said.own) or named.other or item.passage.about:
        return None
    return said.metrics, said.subjects, said.keys
