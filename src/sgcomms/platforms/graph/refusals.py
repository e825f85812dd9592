"""Which metrics, or which posts, a refusal of Meta is about. Pure.

One name that is not offered makes the whole request fail. Meta says so in three ways, which other
readers have recorded on the live service in 2026: one lists what is offered, one names what is not
offered for a kind of post, one names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sgcomms.platforms.graph.answers import Fault

_LISTED = re.compile(r"must be one of the following values:\s*(.+)")
_PLACE = re.compile(r"metric\[(\d{1,3})\]")
_UNFIT = re.compile(
    r"does not support the ([\w, ]+?) metrics?\b|the ([\w, ]+?) metrics? (?:is|are) no longer"
)
_NO_METRIC = "must be a valid insights metric"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a refusal says of the names that were asked for.

    `unknown` are offered for nothing, `unfit` not for this kind of post; `vague` is a refusal that
    is about some of the names and does not say which.
    """

    unknown: frozenset[str] = frozenset()
    unfit: frozenset[str] = frozenset()
    vague: bool = False

    @property
    def about_names(self) -> bool:
        """Whether it is about names of metrics at all."""
        return bool(self.unknown or self.unfit or self.vague)


def judged(fault: Fault, asked: Sequence[str]) -> Judged:
    """Return what `fault` says of the metrics `asked`, in the order they were asked in."""
    if unfit := _UNFIT.search(fault.whole):
        named = frozenset(re.findall(r"\w+", unfit[1] or unfit[2])) & frozenset(asked)
        return Judged(unfit=named, vague=not named)
    offered = _LISTED.search(fault.whole)
    if offered and _PLACE.search(fault.whole):
        unknown = frozenset(asked) - set(re.findall(r"\w+", offered[1]))
        unknown = unknown or _at_place(fault, asked)
        return Judged(unknown, vague=not unknown)
    if _NO_METRIC in fault.whole:
        return Judged(frozenset(asked)) if len(asked) == 1 else Judged(vague=True)
    return Judged()


def named(fault: Fault, ids: Sequence[str]) -> frozenset[str]:
    """Return which of `ids` stand in the words of `fault`."""
    return frozenset(re.findall(r"[0-9_]+", fault.whole)) & frozenset(ids)


def _at_place(fault: Fault, asked: Sequence[str]) -> frozenset[str]:
    place = _PLACE.search(fault.whole)
    return frozenset(asked[int(place[1]) : int(place[1]) + 1] if place else ())
