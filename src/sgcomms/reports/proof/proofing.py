"""A whole document: each number judged by itself, then beside the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sgcomms import clock
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.errors import UsageError
from sgcomms.models import Campaign
from sgcomms.periods import Period
from sgcomms.reports import annual, numbers
from sgcomms.reports.model import Report
from sgcomms.reports.proof import echoes, own, shares
from sgcomms.reports.proof.cases import Case
from sgcomms.reports.proof.facts import Library
from sgcomms.reports.proof.judging import Judge
from sgcomms.reports.proof.leaving import blanked
from sgcomms.reports.proof.model import Finding, Item, Proof, around
from sgcomms.reports.proof.ours import Ours, Token
from sgcomms.reports.proof.reading import Passage
from sgcomms.reports.proof.spotting import Number, spot
from sgcomms.reports.proof.wording import Passing, Vocabulary

MOST_NUMBERS = 20_000
"""Numbers of one document: a report of a thousand pages has some thousands."""


IN_WORDS = "number in words"
"""What is left out: "two partners" is no figure."""

_FEW = 10
"""What is told in a word below this is mostly a part of something: "two posts explained"."""

_MANY = 1000
"""What is told in words from here on is a figure: "half a million people"."""


def proof(
    db: Db, board: Board, year: Period, campaigns: Sequence[Campaign], passages: Sequence[Passage]
) -> Proof:
    """Return what is to be said of every number in a document, in its order."""
    return Reader(db, board, year, campaigns).proof(passages)


@dataclass(slots=True)
class Reader:
    """Reads documents of one year; what the database knows is looked up once for all of them."""

    db: Db
    board: Board
    year: Period
    campaigns: Sequence[Campaign]
    _judge: Judge = field(init=False)
    _vocabulary: Vocabulary = field(init=False)
    _section: Report = field(init=False)

    def __post_init__(self) -> None:
        """Take up the words of the board, and the section as it is printed today."""
        self._judge = Judge(Library(self.db, self.board, self.campaigns), self.year)
        self._vocabulary = Vocabulary(self.board)
        self._section = annual.gather(self.db, self.board, self.year, self.campaigns)

    def proof(self, passages: Sequence[Passage]) -> Proof:
        """Return what is to be said of every number in a document, in its order.

        Raises UsageError for more numbers than any report has.
        """
        ours = self._ours(passages)
        left: Counter[str] = Counter()
        placed: list[_Placed] = []
        changed: list[_Placed] = []
        for order, passage in enumerate(passages):
            found, taken = spot(passage.text, alone=bool(passage.about))
            if len(placed) + len(found) > MOST_NUMBERS:
                raise UsageError(
                    f"the document has more than {MOST_NUMBERS:,} numbers: no report has"
                )
            left.update(one.rule for one in taken)
            tokens = ours.tokens(passage)
            digits = [one for one in found if not one.worded]
            words = Passing(self._vocabulary, passage, blanked(passage.text, taken), digits)
            for number in found:
                case = self._judge.case(Item(passage, number, words.said(number)))
                finding = _beside_ours(case.item, self._judge.judge(case), tokens)
                if number.worded and _is_none(number, finding):
                    left[IN_WORDS] += 1
                else:
                    placed.append(_Placed(order, number.start, finding, case))
            changed += [
                _Placed(order, token.start, _changed(passage, token))
                for token in tokens
                if not token.agrees and not _covered(token, found)
            ]
        found_in_all = [*_together(placed), *changed]
        found_in_all.sort(key=lambda one: (one.order, one.start))
        return Proof(self.year.name, tuple(one.finding for one in found_in_all), left)

    def _ours(self, passages: Sequence[Passage]) -> Ours:
        ours = Ours()
        ours.add(self._section)
        calendar = self._judge.calendar
        today = numbers.day(clock.now().astimezone(self.board.zone).date())
        is_of_today = any(today in one.text for one in passages)
        for one in own.documents(self.db, self.board, self.campaigns, calendar, passages):
            ours.add(one, None if is_of_today else today)
        return ours


@dataclass(frozen=True, slots=True)
class _Placed:
    """A finding, and the passage and the sign in it that it belongs to."""

    order: int
    start: int
    finding: Finding
    case: Case | None = None


def _together(placed: Sequence[_Placed]) -> Iterator[_Placed]:
    """Yield the findings with what only several numbers together show."""
    known = [(one.case.item, one) for one in placed if one.case is not None]
    judged = [(one.case, one.finding) for one in placed if one.case is not None]
    changed = dict(echoes.disagreeing(judged))
    for number, (_, one) in enumerate(known):
        yield replace(one, finding=changed.get(number, one.finding))
    orders = {id(item): one.order for item, one in known}
    for item, finding in shares.short_of_all([(item, one.finding.fact) for item, one in known]):
        yield _Placed(orders[id(item)], item.number.end, finding)


def _is_none(number: Number, finding: Finding) -> bool:
    """Tell whether a number in words is no figure, for all that anybody can tell."""
    if number.kind != "count":
        return finding.verdict == "unknown"
    if finding.verdict == "unknown":
        return number.value < _MANY
    return number.value < _FEW and finding.is_wrong


def _covered(token: Token, found: Sequence[Number]) -> bool:
    return any(one.start <= token.start < one.end for one in found)


def _beside_ours(item: Item, finding: Finding, tokens: Sequence[Token]) -> Finding:
    """Return the finding, unless our own sentence of these words settles it."""
    inside = [one for one in tokens if item.number.start <= one.start < item.number.end]
    if not inside:
        return finding
    if all(one.agrees for one in inside):
        if finding.verdict in ("traced", "rounded"):
            return finding
        says = "as this program prints it from the figures"
        return replace(finding, verdict="traced", says=says, todo="", fact=None, sources=())
    if finding.is_wrong:
        return finding
    right = " ".join(one.ours for one in inside)
    return replace(_differing(finding.place, finding.around, finding.text, right))


def _changed(passage: Passage, token: Token) -> Finding:
    """Return the finding on digits that are no figure, such as a date's, and are not as in ours."""
    words = around(passage, token.start, token.end)
    return _differing(passage.place, words, token.text, token.ours)


def _differing(place: str, words: str, text: str, right: str) -> Finding:
    says = f"the figures as they are known now give {right} here"
    return Finding(place, text, words, "differs", says, f"print {right}")
