"""What the words around a number say: which metric, whose, of what kind. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sgcomms.config import Board
from sgcomms.reports.proof.leaving import Left, blanked
from sgcomms.reports.proof.naming import TIME_OF_VISIT, Metrics, keys
from sgcomms.reports.proof.reading import Passage
from sgcomms.reports.proof.sentences import span_of
from sgcomms.reports.proof.spotting import Number
from sgcomms.reports.proof.whose import Subjects

_PEOPLE = re.compile(
    r"\s*(?:(?:different|individual|unique|local|more)\s+)*"
    r"(?:people|persons?|individuals|residents|families|professionals|parents|citizens)\b",
    re.IGNORECASE,
)
_CUT = re.compile(r"[,;:]\s|\s(?:and|but|while|whereas|which)\s|[()]")
_LISTED_ON = re.compile(r"\w\w.*(?:,|\band)\s*$", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*(?:[,;)]|and\b|&)", re.IGNORECASE)
_LABEL = re.compile(r"\w\s*[:=]\s*$")
"""What stands before a number as its name: "Posts: 26". Then words behind are of the next one."""

_LEAD = re.compile(r"[^:\d]{1,60}:\s")
"""What a list begins with: "Posts: Facebook 262, Instagram 138"."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the words around a number say.

    `metrics` may be meant, `sure` is true where the word has no other meaning; `word` is it.
    `subjects` are ids; `own` is true where the sentence, row or column itself names them, and not
    only a heading above. `people` tells that the text counts people.
    """

    metrics: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()
    own: bool = False
    sure: bool = False
    people: bool = False
    word: str = ""


@dataclass(slots=True)
class Vocabulary:
    """The words of a board: its metrics, its accounts and websites."""

    board: Board
    metrics: Metrics = field(init=False)
    subjects: Subjects = field(init=False)

    def __post_init__(self) -> None:
        """Make both from the board."""
        self.metrics = Metrics(self.board)
        self.subjects = Subjects(self.board)


def said(
    vocabulary: Vocabulary,
    passage: Passage,
    found: Sequence[Number],
    taken: Sequence[Left],
    place: int,
) -> Said:
    """Return what the words around the number at `place` of `found` say.

    First the words after the number up to the next one, then those before it; in a table the
    headings of its row and column. A number that says nothing itself counts what the one before it
    in the sentence does: "458 followers on Facebook and 124 on Instagram".
    """
    number = found[place]
    start, end = span_of(passage.text, number.start)
    text = blanked(passage.text, taken)
    after, before = _windows(text, found, place, start, end)
    behind = _LABEL.search(before) is None and _GOES_ON.match(after) is None
    around = [*((after, before) if behind else (before, after)), *passage.about]
    lead = _LEAD.match(text[start : number.start])
    meant = _metrics(vocabulary.metrics, [*around, *([lead[0]] if lead else [])], number)
    if not meant.metrics and _follows(found, place, start) and not passage.about:
        meant = said(vocabulary, passage, found, taken, place - 1)
    wide = " ".join([text[start:end], *passage.about, passage.heading])
    meant = replace(meant, sure=meant.sure and vocabulary.metrics.in_full(meant.metrics, wide))
    subjects, own = vocabulary.subjects.of(passage, text, after, (start, number.start, end))
    people = _PEOPLE.match(text, number.end) is not None
    # words between two numbers, as far as "and", belong to the first
    theirs = place > 0 and found[place - 1].start >= start and re.search(r"\w{3}", after)
    near = [after, *passage.about] if theirs and _LISTED_ON.search(before) else around
    return replace(meant, subjects=subjects, own=own, keys=keys(near), people=people)


def _follows(found: Sequence[Number], place: int, start: int) -> bool:
    """Tell whether a number of the same kind stands before it in the sentence from `start` on."""
    return (
        place > 0 and found[place - 1].start >= start and found[place - 1].kind == found[place].kind
    )


def _windows(
    text: str, found: Sequence[Number], place: int, start: int, end: int
) -> tuple[str, str]:
    """Return the words after and before a number, as far as they belong to it."""
    number = found[place]
    until = min(end, found[place + 1].start if place + 1 < len(found) else end)
    since = max(start, found[place - 1].end if place else start)
    after, before = text[number.end : until], text[since : number.start]
    cut = _CUT.search(after, 1)
    after = after[: cut.start()] if cut else after
    cuts = [one.end() for one in _CUT.finditer(before)]
    near = before[cuts[-1] :] if cuts else before
    return after, near if re.search(r"\w{3}", re.sub(r"\b(?:had|of|a|the)\b", "", near)) else before


def _metrics(known: Metrics, around: Sequence[str], number: Number) -> Said:
    """Return which metrics the nearest telling words may mean."""
    if number.kind == "seconds":
        telling = any(TIME_OF_VISIT.search(one) for one in around)
        return Said(frozenset({"session_seconds"} if telling else ()), sure=telling, word="minutes")
    beside = " ".join(around[:2])
    for place, window in enumerate(around):
        metrics, word, sure = known.counted_here(window, behind=place == 0) or known.named(window)
        if metrics and not sure:
            metrics, word, sure = known.counted_here(beside) or (metrics, word, sure)
        if number.kind != "points":
            metrics = {
                one for one in metrics if (one in known.ratios) == (number.kind == "percent")
            }
        if metrics:
            return Said(frozenset(metrics), sure=sure, word=word)
    return Said()
