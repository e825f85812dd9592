"""The proof-reader: every number in a finished document held against the database.

A document is read into passages (`reading`); in each the numbers are found, and what is no figure
is left out (`spotting`, `leaving`); the words around a number say what it counts (`wording`); then
it is judged against the figures (`judging`), sums that may not be made (`sums`), shares (`shares`),
other places of the document (`echoes`), and the section as this program prints it today (`ours`).

Nothing is changed: neither the document nor the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sgcomms import figures as figures_of
from sgcomms import periods
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.errors import UsageError
from sgcomms.figures import Question
from sgcomms.models import Campaign
from sgcomms.periods import Period
from sgcomms.reports import annual
from sgcomms.reports.proof import echoes, shares
from sgcomms.reports.proof.cases import Case
from sgcomms.reports.proof.facts import Library
from sgcomms.reports.proof.judging import Judge
from sgcomms.reports.proof.model import VERDICTS, Finding, Item, Proof, Verdict, around
from sgcomms.reports.proof.ours import Ours, Token
from sgcomms.reports.proof.reading import Passage, read
from sgcomms.reports.proof.spotting import Number, spot
from sgcomms.reports.proof.times import years_named
from sgcomms.reports.proof.wording import Vocabulary, said

__all__ = ["VERDICTS", "Finding", "Proof", "Verdict", "proof", "read", "year_of"]

_YEARS_BACK = 10

MOST_NUMBERS = 20_000
"""Numbers of one document: a report of a thousand pages has some thousands."""


def year_of(
    db: Db, board: Board, passages: Sequence[Passage], campaigns: Sequence[str], today: date
) -> Period:
    """Return the year of a document: the one its first heading names, else the one it names most.

    Where it names none that has figures, the latest year with figures. Raises UsageError when there
    are none in ten years.
    """
    named = [name for passage in passages for name in years_named(passage.text, board.year_starts)]
    often = [name for name, _ in Counter(named).most_common()]
    for name in dict.fromkeys([*named[:1], *often]):
        period = periods.year(name, board.year_starts)
        if period.start <= today and _has_figures(db, board, period, campaigns):
            return period
    period = periods.year_of(today, board.year_starts)
    for _ in range(_YEARS_BACK):
        if _has_figures(db, board, period, campaigns):
            return period
        period = periods.before(period, board.year_starts)
    raise UsageError(
        f"there are no figures of the last {_YEARS_BACK} years to hold the document against: "
        "`sgcomms import FILE` takes in export files"
    )


def _has_figures(db: Db, board: Board, period: Period, campaigns: Sequence[str]) -> bool:
    found = figures_of.figures(db, board, Question(period), campaigns)
    return any(one.value is not None for one in found)


def proof(
    db: Db, board: Board, year: Period, campaigns: Sequence[Campaign], passages: Sequence[Passage]
) -> Proof:
    """Return what is to be said of every number in a document, in its order."""
    judge = Judge(Library(db, board, campaigns), year)
    vocabulary = Vocabulary(board)
    ours = Ours()
    ours.add(annual.gather(db, board, year, campaigns))
    left: Counter[str] = Counter()
    placed: list[_Placed] = []
    changed: list[_Placed] = []
    for order, passage in enumerate(passages):
        found, taken = spot(passage.text, alone=bool(passage.about))
        if len(placed) + len(found) > MOST_NUMBERS:
            raise UsageError(f"the document has more than {MOST_NUMBERS:,} numbers: no report has")
        left.update(one.rule for one in taken)
        tokens = ours.tokens(passage)
        for number in range(len(found)):
            item = Item(passage, found[number], said(vocabulary, passage, found, taken, number))
            case = judge.case(item)
            finding = _beside_ours(item, judge.judge(case), tokens)
            placed.append(_Placed(order, item.number.start, finding, case))
        changed += [
            _Placed(order, token.start, _changed(passage, token))
            for token in tokens
            if not token.agrees and not _covered(token, found)
        ]
    found_in_all = [*_together(placed), *changed]
    found_in_all.sort(key=lambda one: (one.order, one.start))
    return Proof(year.name, tuple(one.finding for one in found_in_all), left)


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
        says = "as the section prints it from the figures"
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
    says = f"the section has {right} here, from the figures as they are known now"
    return Finding(place, text, words, "differs", says, f"print {right}")
