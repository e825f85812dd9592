"""What the words around a number say: which metric, whose, of what kind. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sgcomms.config import Board
from sgcomms.reports.proof.leaving import Left, blanked
from sgcomms.reports.proof.naming import TIME_OF_VISIT, Metrics, keys
from sgcomms.reports.proof.pages import Pages
from sgcomms.reports.proof.reading import Passage
from sgcomms.reports.proof.sentences import span_of
from sgcomms.reports.proof.spotting import Number
from sgcomms.reports.proof.whose import Subjects

_PEOPLE = re.compile(
    r"\s*(?:(?:different|individual|unique|local|more)\s+)*"
    r"(?:people|persons?|individuals|residents|families|professionals|parents|citizens)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"(?:\b(?:increas\w*|decreas\w*|r[io]se|risen|fell|fall\w*|drop\w*|grew|grow\w*|gain\w*"
    r"|declin\w*|improv\w*|worsen\w*|change\w*|went up|went down|up|down) (?:of|by)"
    r"|(?<![a-z] )\b(?:up|down)|[(,] ?(?:up|down|plus|minus)|\bgained|\blost)"
    r"\s(?:(?:about|around|over|nearly|almost|just|more|than|some|an?|another|roughly|under)\s){0,3}$",
    re.IGNORECASE,
)
_CHANGE_COLUMN = re.compile(
    r"(?:%|percentage|absolute)? ?(?:changes?|differences?|diff|variance|growth|\+/-|\+/−)\b",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\s+times\b(?! (?:as|more|higher|the)\b)", re.IGNORECASE)
_CUT = re.compile(r"[,;:]\s|\s?[|•]\s?|\s(?:and|but|while|whereas|which|vs\.?|versus)\s|[()]")
_NO_WORDS = re.compile(
    r"\b(?:had|of|a|the|from|to|by|with|was|were|about|around|over|some|just|only|nearly|almost"
    r"|more|than)\b",
    re.IGNORECASE,
)
_LISTED_ON = re.compile(r"\w\w.*(?:,|\band)\s*$", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*(?:[,;)|•/]|and\b|&)", re.IGNORECASE)
_LABEL = re.compile(r"\w\s*[:=]\s*$")
"""What stands before a number as its name: "Posts: 26". Then words behind are of the next one."""

_OF_WHOLE = re.compile(
    r"(?:^|\d )(?:out )?of (?:(?:the|our|all|these|its|a total of) ){0,2}$", re.IGNORECASE
)
_NEXT_OF_LIST = re.compile(
    r"\s*(?:out )?of (?:(?:the|our|all|these|its|a total of) ){0,2}"
    r"|\s*(?:,|and\b|&|;)?\s*(?:(?:and|on|for)\s+)*[A-Z@]?\w*\s*"
)
"""What stands between two numbers of a list: "Facebook 262, Instagram 138 posts"."""

_LEAD = re.compile(r"[^:\d]{1,60}:\s")
"""What a list begins with: "Posts: Facebook 262, Instagram 138"."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the words around a number say.

    `metrics` may be meant, `sure` is true where the word has no other meaning; `word` is it.
    `subjects` are ids; `own` is true where the sentence, row or column itself names them, and not
    only a heading above. `pages` are the titles of the pages nearest to it. `people` tells that the
    text counts people, `often` that it counts how often, `changed` that it is how far something
    moved.
    """

    metrics: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()
    own: bool = False
    sure: bool = False
    people: bool = False
    often: bool = False
    changed: bool = False
    word: str = ""
    pages: tuple[str, ...] = ()


@dataclass(slots=True)
class Vocabulary:
    """The words of a board: its metrics, its accounts and websites."""

    board: Board
    metrics: Metrics = field(init=False)
    subjects: Subjects = field(init=False)
    pages: Pages = field(init=False)

    def __post_init__(self) -> None:
        """Make both from the board."""
        self.metrics = Metrics(self.board)
        self.subjects = Subjects(self.board)
        self.pages = Pages(self.board)


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
    named_after = vocabulary.metrics.named(after)[0]
    label = _LABEL.search(before) is not None and not named_after
    behind = not label and _GOES_ON.match(after) is None
    changed = _CHANGED.search(text[start : number.start]) is not None
    changed = changed or any(_CHANGE_COLUMN.match(one) for one in passage.about)
    around = [*((after, before) if behind else (before, after)), *passage.about]
    lead = _LEAD.match(text[start : number.start])
    windows = [*around, *([lead[0]] if lead else [])]
    meant = _metrics(vocabulary.metrics, windows, number, before, changed=changed)
    if not meant.metrics and not passage.about:
        meant = _beside(vocabulary, passage, found, taken, place)
    wide = " ".join([text[start:end], *passage.about, passage.heading])
    meant = replace(meant, sure=meant.sure and vocabulary.metrics.in_full(meant.metrics, wide))
    subjects, own = vocabulary.subjects.of(passage, text, after, (start, number.start, end))
    of_whole = _OF_WHOLE.search(text[start : number.start])
    if of_whole and not vocabulary.subjects.mentioned(after):  # "Twitter had 328 of our 728 posts"
        subjects, own = frozenset(), False
    people = _PEOPLE.match(text, number.end) is not None
    # words between two numbers, as far as "and", belong to the first
    theirs = place > 0 and found[place - 1].start >= start and re.search(r"\w{3}", after)
    near = [after, *passage.about] if theirs and _LISTED_ON.search(before) else around
    return replace(
        meant,
        subjects=subjects,
        own=own,
        keys=keys(near),
        people=people,
        often=_TIMES.match(text, number.end) is not None,
        changed=changed,
        pages=vocabulary.pages.nearest(passage, text, (start, number.start, number.end, end)),
    )


def _beside(
    vocabulary: Vocabulary,
    passage: Passage,
    found: Sequence[Number],
    taken: Sequence[Left],
    place: int,
) -> Said:
    """Return what a number that says nothing itself counts: as the one before, or behind, it."""
    start, end = span_of(passage.text, found[place].start)
    number = found[place]
    before = found[place - 1] if place and found[place - 1].start >= start else None
    if before is not None and (before.kind == number.kind or before.kind in ("points", "percent")):
        meant = said(vocabulary, passage, found, taken, place - 1)
        if before.kind == number.kind or meant.changed:
            return _of_kind(vocabulary.metrics, meant, number)
    behind = found[place + 1] if place + 1 < len(found) else None
    if behind is None or behind.start >= end or behind.kind != number.kind:
        return Said()
    between = passage.text[number.end : behind.start]
    if not _NEXT_OF_LIST.fullmatch(between):
        return Said()
    text = blanked(passage.text, taken)
    for later in range(place + 1, len(found)):
        if found[later].start >= end:
            break
        after, _ = _windows(text, found, later, start, end)
        meant = _metrics(vocabulary.metrics, [after], found[later])
        if meant.metrics:
            return meant
    return Said()


def _of_kind(known: Metrics, meant: Said, number: Number) -> Said:
    """Return what was meant, without what a number of another kind cannot count."""
    if number.kind == "points":
        return meant
    share = number.kind == "percent"
    metrics = frozenset(one for one in meant.metrics if (one in known.ratios) == share)
    return replace(meant, metrics=metrics)


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
    cuts = [0, *(one.end() for one in _CUT.finditer(before))]
    clauses = (before[cut:] for cut in reversed(cuts))
    telling = (one for one in clauses if re.search(r"\w{3}", _NO_WORDS.sub("", one)))
    return after, next(telling, before)


def _metrics(
    known: Metrics,
    around: Sequence[str],
    number: Number,
    before: str | None = None,
    *,
    changed: bool = False,
) -> Said:
    """Return which metrics the nearest telling words may mean.

    A per cent by which something `changed` may be of any.
    """
    if number.kind == "seconds":
        telling = any(TIME_OF_VISIT.search(one) for one in around)
        return Said(frozenset({"session_seconds"} if telling else ()), sure=telling, word="minutes")
    beside = " ".join(around[:2])
    for place, window in enumerate(around):
        here = known.counted_here(window, behind=place == 0)
        metrics, word, sure = here or known.named(window, last=window == before)
        if metrics and not sure:
            metrics, word, sure = known.counted_here(beside) or (metrics, word, sure)
        if number.kind != "points" and not (changed and number.kind == "percent"):
            share = number.kind == "percent"
            metrics = {one for one in metrics if (one in known.ratios) == share}
        if metrics:
            return Said(frozenset(metrics), sure=sure, word=word)
    return Said()
