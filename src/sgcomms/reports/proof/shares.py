"""Whether shares of one whole, told in one place, add up to 100%. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from decimal import Decimal

from sgcomms.reports.proof.facts import Fact
from sgcomms.reports.proof.model import Finding, Item, around

_DIMENSIONS = {
    "desktop": "device",
    "mobile": "device",
    "tablet": "device",
    "search": "channel",
    "direct": "channel",
    "social": "channel",
    "referral": "channel",
    "email": "channel",
}
_NAMED = {"device": "devices", "channel": "ways to the website"}
_REST = re.compile(
    r"\b(?:the (?:rest|remainder|others?)|remaining|elsewhere|other (?:devices|sources|ways))\b",
    re.IGNORECASE,
)
_HUNDRED = Decimal(100)


def short_of_all(items: Sequence[tuple[Item, Fact | None]]) -> Iterator[tuple[Item, Finding]]:
    """Yield a finding at the last of the shares of one whole in one place that leave a rest unsaid.

    `items` are numbers with the facts that they were traced to.
    """
    groups: dict[tuple[int, str, str], list[Item]] = {}
    for item, fact in items:
        dimension = _dimension(item, fact)
        if dimension is not None:
            where = (item.passage.block, _line(item), dimension)
            groups.setdefault(where, []).append(item)
    for (_, _, dimension), shares in groups.items():
        beside = {
            one.number.value
            for one, _ in items
            if one.passage.block == shares[0].passage.block and one.number.kind == "percent"
        }
        finding = _judged(shares, _NAMED[dimension], beside)
        if finding is not None:
            yield shares[-1], finding


def _line(item: Item) -> str:
    """Return which row or column of a table a share belongs to: the one that names no share."""
    row, column = (*item.passage.about, "", "")[:2]
    kinds = re.compile("|".join(_DIMENSIONS), re.IGNORECASE)
    return row if kinds.search(column) else column


def _dimension(item: Item, fact: Fact | None) -> str | None:
    """Return which whole a number is a share of, None where it is none."""
    if item.number.kind != "percent" or item.number.bound is not None:
        return None
    if fact is not None:
        found = fact.figure.dimension if fact.metric == "sessions_share" else None
        return found if found in _NAMED else None
    if "sessions_share" not in item.said.metrics or not item.said.keys:
        return None
    return _DIMENSIONS.get(item.said.keys[0])


def _judged(shares: Sequence[Item], named: str, beside: Set[Decimal]) -> Finding | None:
    """Return what is wrong with shares of one whole; `beside` are all per cents of the place."""
    total = sum((one.number.value for one in shares), Decimal(0))
    slack = 1 if len(shares) > 2 else 0  # each was rounded
    if len(shares) < 2 or abs(total - _HUNDRED) <= slack:
        return None
    last = shares[-1]
    rest = _HUNDRED - total
    if rest > 0 and (
        rest in beside or any(map(_REST.search, {one.passage.text for one in shares}))
    ):
        return None
    parts = " + ".join(one.number.text for one in shares)
    if rest > 0:
        says = f"{parts} = {total}% of {named}: {rest}% unsaid"
        todo = f"say what the other {rest}% are, or that the source does not say"
    else:
        says = f"{parts} = {total}% of {named}: {-rest}% too much"
        todo = "look each of them up"
    return Finding(
        last.passage.place,
        parts,
        around(last.passage, last.number.start, last.number.end),
        "shares",
        says,
        todo,
    )
