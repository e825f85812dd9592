"""Rows of a report -> one sum a key. Pure.

The keys are those that export files get too (`sgcomms.webkeys`): several rows of a tool may be one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sgcomms.webkeys import HIDDEN_BELOW, channel, content, device, page
from sgcomms.websites.values import count

MOST_ROWS = 1000
"""So many rows of a breakdown are asked for, the largest first."""

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A metric by a dimension: how the tool's name of a row becomes a key, None for none of ours.

    Keys whose sum is below `least` are left out.
    """

    dimension: str
    metric: str
    key: Callable[[str], str | None]
    least: int = 1


BREAKDOWNS: Mapping[str, Breakdown] = {
    one.dimension: one
    for one in (
        Breakdown("channel", "sessions", channel),
        Breakdown("device", "sessions", device),
        Breakdown("page", "page_views", page, HIDDEN_BELOW),
        Breakdown("content", "sessions", content),
    )
}


@dataclass(frozen=True, slots=True)
class Sums:
    """What rows add up to by key. `hidden` keys had too little, `strange` rows made no sense."""

    by_key: Mapping[str, float]
    hidden: int
    strange: int


def summed(breakdown: Breakdown, rows: Iterable[tuple[object, object]], label: str) -> Sums:
    """Return what `rows`, the tool's name and count of each, add up to."""
    found: dict[str, float] = {}
    strange = 0
    for name, raw in rows:
        amount = count(raw, label).value
        if amount is None or not isinstance(name, str) or not _sound(name):
            strange += 1
            continue
        key = breakdown.key(name)
        if key is not None and amount:
            found[key] = found.get(key, 0) + amount
    shown = {key: value for key, value in found.items() if value >= breakdown.least}
    return Sums(shown, len(found) - len(shown), strange)


def _sound(name: str) -> bool:
    """Tell whether a name may be stored and shown: whoever visits can make one up."""
    return len(name) <= _LONGEST and name.isprintable()
