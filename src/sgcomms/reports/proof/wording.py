"""What the words around a number say: which metric, whose, of what kind. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sgcomms.config import Board
from sgcomms.reports.proof.naming import TIME_OF_VISIT, Metrics, keys
from sgcomms.reports.proof.pages import Pages
from sgcomms.reports.proof.pairing import of_place, spans
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
_MOST_OF_LIST = 12
"""Numbers of a list that one word behind the last may be of."""

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

_A_SHARE = re.compile(r"\s?\(\d[\d.]*\s?(?:%|per ?cent)\)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[^\d,;.()]{0,40}\((?:or )?")
"""What stands between a number in words and the same in digits: "three in ten visits (30%)"."""

_LEAD = re.compile(r"[^:\d]{1,60}:\s")
"""What a list begins with: "Posts: Facebook 262, Instagram 138"."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the words around a number say.

    `metrics` may be meant, `sure` is true where the word has no other meaning; `word` is it.
    `subjects` are ids; `own` is true where the sentence, row or column itself names them, and not
    only a heading above. `pages` are the titles of the pages nearest to it. `people` tells that the
    text counts people, `often` that it counts how often, `changed` that it is how far something
    moved, `in_order` that its place among other numbers says whose it is, `unclear` that it
    should and does not.
    """

    metrics: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()
    own: bool = False
    sure: bool = False
    people: bool = False
    often: bool = False
    changed: bool = False
    in_order: bool = False
    unclear: bool = False
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


@dataclass(slots=True)
class Passing:
    """The words of one passage around its numbers; `text` is without what is no figure.

    `digits` are its numbers in their order, but for those in words.
    """

    vocabulary: Vocabulary
    passage: Passage
    text: str
    digits: Sequence[Number]
    _known: dict[int, Said] = field(default_factory=dict)

    def said(self, number: Number) -> Said:
        """Return what the words around a number say.

        First the words after the number up to the next one, then those before it; in a table the
        headings of its row and column. A number that says nothing itself counts what the one before
        it in the sentence does: "458 followers on Facebook and 124 on Instagram".
        """
        if number.start not in self._known:
            told = self._in_digits(number)
            said = self.said(told) if told is not None else self._ordered(number)
            self._known[number.start] = said
            if number.between is not None and number.value < number.between[1]:
                whole = self.said(self._behind(number)[0])
                self._known[number.start] = whole if whole.metrics else said
        return self._known[number.start]

    def _in_digits(self, number: Number) -> Number | None:
        """Return the number in brackets that says a number in words again."""
        behind = self._behind(number) if number.worded else ()
        if not behind or behind[0].kind != number.kind:
            return None
        between = self.text[number.end : behind[0].start]
        return behind[0] if _IN_BRACKETS.fullmatch(between) else None

    def _ordered(self, number: Number) -> Said:
        """Return what the words say, as far as order tells it: "71,987 and 98,500 respectively"."""
        said, text = self._said(number), self.text
        found = spans(text, span_of(self.passage.text, number.start), number.start)
        if found is None or number not in self.digits:
            return said
        names, (first, last) = text[slice(*found[0])], found[1]
        here = [one for one in self.digits if first <= one.start < last and one.kind == number.kind]
        place = here.index(number)
        metric = of_place(place, len(here), self.vocabulary.metrics.each(names))
        named = dict.fromkeys(name for _, name in self.vocabulary.subjects.mentioned(names))
        subject = of_place(place, len(here), [*named])
        key = of_place(place, len(here), keys([names]))
        if key is not None:
            said = replace(said, keys=(key,), in_order=True)
        is_told = len(here) > 1 and found[0][1] != first  # "(1,007 against 999)" needs no order
        if is_told and metric is None and subject is None and key is None:
            return replace(said, sure=False, unclear=True)
        if metric is not None:
            said = replace(said, metrics=metric[0], word=metric[1], sure=True)
        if subject is not None:
            said = replace(said, subjects=frozenset([subject]), own=True, in_order=True)
        return said

    def _said(self, number: Number) -> Said:
        known, passage, text = self.vocabulary.metrics, self.passage, self.text
        start, end = span_of(passage.text, number.start)
        after, before = self._windows(number)
        label = _LABEL.search(before) is not None and not known.named(after)[0]
        behind = not label and _GOES_ON.match(after) is None
        leading = text[start : number.start]
        changed = _CHANGED.search(leading) is not None
        changed = changed or any(_CHANGE_COLUMN.match(one) for one in passage.about)
        around = [*((after, before) if behind else (before, after)), *passage.about]
        lead = _LEAD.match(leading)
        windows = [*around, *([lead[0]] if lead else [])]
        meant = _metrics(known, windows, number, before, changed=changed)
        if not meant.metrics and not passage.about:
            meant = self._beside(number)
        wide = " ".join([text[start:end], *passage.about, passage.heading])
        subjects, own = self.vocabulary.subjects.of(
            passage, text, after, (start, number.start, end)
        )
        of_whole = _OF_WHOLE.search(leading)  # "Twitter had 328 of our 728 posts"
        if of_whole and not self.vocabulary.subjects.mentioned(after):
            subjects, own = frozenset(), False
        # words between two numbers, as far as "and", belong to the first
        first = self._before(number)
        theirs = first is not None and first.start >= start and re.search(r"\w{3}", after)
        near = [after, *passage.about] if theirs and _LISTED_ON.search(before) else around
        return replace(
            meant,
            sure=meant.sure and known.in_full(meant.metrics, wide),
            subjects=subjects,
            own=own,
            keys=keys(near),
            people=_PEOPLE.match(text, number.end) is not None,
            often=_TIMES.match(text, number.end) is not None,
            changed=changed,
            pages=self.vocabulary.pages.nearest(
                passage, text, (start, number.start, number.end, end)
            ),
        )

    def _place(self, number: Number) -> int:
        return bisect_left(self.digits, number.start, key=lambda one: one.start)

    def _before(self, number: Number) -> Number | None:
        place = self._place(number)
        return self.digits[place - 1] if place else None

    def _behind(self, number: Number) -> Sequence[Number]:
        """Return the next numbers of its sentence."""
        _, end = span_of(self.passage.text, number.start)
        place = self._place(number)
        place += place < len(self.digits) and self.digits[place].start == number.start
        return [one for one in self.digits[place : place + _MOST_OF_LIST] if one.start < end]

    def _beside(self, number: Number) -> Said:
        """Return what a number that says nothing itself counts: as the one before, or behind."""
        start, _ = span_of(self.passage.text, number.start)
        before = self._before(number)
        if before is not None and number.kind == "count":
            counted = self._before(before)
            if counted is not None and self._share_of(counted, [before]) is not None:
                before = counted
        if before is not None and before.start >= start:
            alike = before.kind == number.kind
            if alike or before.kind in ("points", "percent"):
                meant = self.said(before)
                if alike or meant.changed:
                    return _of_kind(self.vocabulary.metrics, meant, number)
        behind = self._behind(number)
        if not behind or behind[0].kind != number.kind:
            return Said()
        if not _NEXT_OF_LIST.fullmatch(self.passage.text[number.end : behind[0].start]):
            return Said()
        for later in behind:
            after, _ = self._windows(later)
            meant = _metrics(self.vocabulary.metrics, [after], later)
            if meant.metrics:
                return meant
        return Said()

    def _share_of(self, number: Number, behind: Sequence[Number]) -> int | None:
        """Return where brackets end that only hold the share that a count is: "328 (45%) on"."""
        if not behind or (number.kind, behind[0].kind) != ("count", "percent"):
            return None
        found = _A_SHARE.match(self.text, number.end)
        return found.end() if found is not None and found.end() > behind[0].start else None

    def _windows(self, number: Number) -> tuple[str, str]:
        """Return the words after and before a number, as far as they belong to it."""
        start, end = span_of(self.passage.text, number.start)
        behind, first = self._behind(number), self._before(number)
        share = self._share_of(number, behind)
        if share is not None:
            behind = behind[1:]
        until = min(end, behind[0].start if behind else end)
        since = max(start, first.end if first is not None else start)
        after, before = self.text[share or number.end : until], self.text[since : number.start]
        cut = _CUT.search(after, 1)
        after = after[: cut.start()] if cut else after
        cuts = [0, *(one.end() for one in _CUT.finditer(before))]
        clauses = (before[cut:] for cut in reversed(cuts))
        telling = (one for one in clauses if re.search(r"\w{3}", _NO_WORDS.sub("", one)))
        return after, next(telling, before)


def _of_kind(known: Metrics, meant: Said, number: Number) -> Said:
    """Return what was meant, without what a number of another kind cannot count."""
    if number.kind == "points":
        return meant
    share = number.kind == "percent"
    metrics = frozenset(one for one in meant.metrics if (one in known.ratios) == share)
    return replace(meant, metrics=metrics)


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
            sure = sure or (number.kind == "percent" and _borne_out(known, metrics, around[:2]))
            return Said(frozenset(metrics), sure=sure, word=word)
    return Said()


def _borne_out(known: Metrics, metrics: set[str], around: Sequence[str]) -> bool:
    """Tell whether a sure word beside a number names what others only may mean."""
    return any(sure and named >= metrics for named, _, sure in map(known.named, around))
