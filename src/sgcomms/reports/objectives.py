"""A campaign's objective: what was measured for it, and whether the target was reached.

Nothing is inferred. What counts whole websites or accounts is no figure of a campaign; a target is
said to be reached, or not, only once its day is over and the figure has settled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sgcomms import clock
from sgcomms import figures as figures_of
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.figures import Figure, Question
from sgcomms.metrics import Metric, offered
from sgcomms.models import Campaign, Objective
from sgcomms.periods import SETTLES, days, year_of
from sgcomms.reports import numbers, stages
from sgcomms.reports.material import Material
from sgcomms.reports.model import Sentence

_WHOSE = {
    "account": "are counted for each account as a whole",
    "website": "are counted for the website as a whole",
}

_ABSENT = " is not in it: "
"""How a sum says that an account has no figure in it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An objective, its metric, and the `result` of it, or `why_none` there is no result.

    `reached` is None where it cannot be said yet; then `why_not_said` says why, unless there is no
    result at all. `over` are the days that `result` is of, unless it has its own.
    """

    aim: Objective
    metric: Metric
    result: Figure | None
    why_none: str = ""
    reached: bool | None = None
    why_not_said: str = ""
    over: tuple[date, date] | None = None

    @property
    def dated(self) -> tuple[Figure, ...]:
        """The result with its dates, to stand among figures of another period; none without one."""
        one = self.result
        return () if one is None else (replace(one, period=one.period or self.over),)

    def target(self) -> str:
        """Return "link clicks from 120 to 400 by 31 March 2027"."""
        label, unit = numbers.lowered(self.metric.label), self.metric.unit
        baseline, target = (
            numbers.value(one, unit) for one in (self.aim.baseline, self.aim.target)
        )
        return f"{label} from {baseline} to {target} by {numbers.day(self.aim.by)}"

    @property
    def is_outcome(self) -> bool:
        """Tell whether what is measured is an outcome, not an output or an out-take."""
        return self.metric.stage == "outcome"

    def not_measured(self) -> str | None:
        """Return why no outcome was measured, None where one was."""
        if self.result is None:
            return self.why_none
        if self.is_outcome:
            return None
        a = {"output": "an output", "out-take": "an out-take"}[self.metric.stage]
        return f"{numbers.lowered(self.metric.label)} are {a}, not a change in what people do"


def judge(db: Db, board: Board, campaign: Campaign, began: date, as_of: date) -> Judged | None:
    """Return the objective of `campaign`, judged by what was read on `as_of` or before.

    `began` is the first day on which anything of it may have been counted. None for a campaign
    without an objective, or with one whose metric the board has no more.
    """
    aim = campaign.objective
    metric = board.metrics.get(aim.measure) if aim is not None else None
    if aim is None or metric is None:
        return None
    if metric.scope in _WHOSE:
        why = f"{numbers.lowered(metric.label)} {_WHOSE[metric.scope]}, not for a campaign"
        return Judged(aim, metric, None, why)
    first = year_of(began, board.year_starts).start
    if aim.by < first:
        return Judged(aim, metric, None, "its last day was before the campaign began")
    today = min(clock.now().astimezone(board.zone).date(), as_of)
    until = max(first, min(aim.by, today))
    question = Question(days(first, until), as_of=as_of, metrics=(aim.measure,))
    result = _result(db, board, question, campaign.id, metric)
    if result is None or result.value is None:
        why = result.reason if result is not None and result.reason else _no_figure(aim, today)
        return Judged(aim, metric, None, numbers.plain(why).rstrip("."))
    if today <= aim.by:
        why = f"the objective runs until {numbers.day(aim.by)}"
    else:
        enough = _is_enough(aim, result)
        why = _why_not_said(db, board, question, campaign.id, result, enough=enough)
    reached = None if why else _reached(aim, result.value)
    return Judged(aim, metric, result, "", reached, why, (first, until))


def _no_figure(aim: Objective, today: date) -> str:
    if today <= aim.by:
        by = numbers.day(aim.by)
        return f"no source has given a figure yet, and the objective runs until {by}"
    return "no source gave a figure"


def verdict(material: Material, judged: Judged) -> Sentence:
    """Return whether the target was reached, or why nobody can say so, with what was measured.

    Every document that speaks of an objective prints these words, so that no two disagree.
    """
    if judged.result is None:
        return Sentence(f"The objective was not measured: {judged.why_none}.")
    one = judged.result
    dates = f" {numbers.during(*one.period)}" if one.period is not None else ""
    target = numbers.value(judged.aim.target, judged.metric.unit)
    text = f"{material.counted(one)}{dates}, against a target of {target}."
    if judged.reached is None:
        why = _named(material, judged.why_not_said)
        text = f"Known so far: {text} Whether the target was reached is not said: {why}."
    elif judged.reached:
        text = f"The target was reached: {text}"
    else:
        text = f"The target was not reached: {text}"
    return Sentence(text, marks(material, one))


def outcome(material: Material, judged: Judged | None, *, known: bool = True) -> Sentence:
    """Return what was measured of an outcome, with its days, or that none was: an out-take is never
    taken for one.

    `known` tells that the campaign's file is there, and so whether it had an objective.
    """
    if judged is None:
        why: str | None = "it had no objective" if known else "no objective is known"
    else:
        why = judged.not_measured()
    if why is not None or judged is None or judged.result is None:
        return Sentence(f"{stages.NOT_MEASURED}: {why}.")
    one = judged.result
    when = f" {numbers.during(*one.period)}" if one.period is not None else ""
    whose = ", as the board recorded them for everything it did" if one.subject == "board" else ""
    text = f"{material.counted(one)}{when}{whose}."
    return Sentence(f"{text[0].upper()}{text[1:]}", marks(material, one))


def marks(material: Material, one: Figure) -> tuple[int, ...]:
    """Return the notes of a campaign's figure. An account whose platform never tells the metric
    lacks nothing by having none, so no note says that it has none."""
    texts = [material.definition(one.metric)]
    first, last = material.period.start, material.period.end
    label = material.board.metrics[one.metric].label
    for note in one.notes:
        account, sign, _ = note.partition(_ABSENT)
        owner = material.board.accounts.get(account) if sign else None
        if owner is None:
            texts.append(numbers.sentence(note))
        elif offered(owner.platform, one.metric, first, last):
            texts.append(numbers.sentence(f"{label}: {_part(material, note)}"))
    return material.footnotes.mark(*texts)


def _named(material: Material, why: str) -> str:
    """Return a reason with the accounts in it under the names that readers know."""
    return "; ".join(_part(material, part) for part in why.split("; "))


def _part(material: Material, part: str) -> str:
    account, sign, rest = part.partition(_ABSENT)
    if sign and account in material.board.accounts:
        return f"{material.name(account)}{_ABSENT.rstrip(': ')} ({rest})"
    account, sign, rest = part.partition(": ")
    if account in material.board.accounts:
        return f"{material.name(account)}{sign}{rest}"
    return part


def _result(
    db: Db, board: Board, question: Question, campaign: str, metric: Metric
) -> Figure | None:
    """Return the figure up to the objective's day: of what the board counts, the last one."""
    subject = "board" if metric.scope == "board" else campaign
    found = [
        one
        for one in figures_of.figures(db, board, question, [campaign])
        if one.subject == subject and one.metric == metric.name and one.dimension is None
    ]
    valued = [one for one in found if one.value is not None] or found
    return max(valued, key=lambda one: _last_day(one, question), default=None)


def _last_day(one: Figure, question: Question) -> date:
    return one.period[1] if one.period is not None else question.period.end


def _reached(aim: Objective, value: float) -> bool:
    """Tell whether the target was reached: from above, where it lies below the baseline."""
    return value >= aim.target if aim.target >= aim.baseline else value <= aim.target


def _why_not_said(
    db: Db, board: Board, question: Question, campaign: str, result: Figure, *, enough: bool
) -> str:
    """Return why it cannot be said whether the target was reached once its day is over; "" where it
    can."""
    by = question.period.end
    last = _last_day(result, question)
    if last < by:
        return f"the figure is only of the days up to {numbers.day(last)}"
    if result.bound is not None:
        return f"the figure is not exact ({result.bound} {numbers.number(result.value or 0)})"
    if result.subject == "board":
        return ""
    return _why_unsettled(db, board, question, campaign, result, enough=enough)


def _is_enough(aim: Objective, result: Figure) -> bool:
    """Tell whether the target is reached by what is known: what is not known could only add."""
    return aim.target >= aim.baseline and _reached(aim, result.value or 0)


def _why_unsettled(
    db: Db, board: Board, question: Question, campaign: str, result: Figure, *, enough: bool
) -> str:
    """Return why the figure of a campaign's posts may still change; "" where it has settled."""
    by = question.period.end
    if result.lacking and not enough:
        return numbers.plain("; ".join(result.lacking))
    if result.as_of is None or result.as_of < by + SETTLES:
        read = f"was last read on {numbers.day(result.as_of)}" if result.as_of else "was never read"
        return f"the figure {read}, and settles {SETTLES.days} days after {numbers.day(by)}"
    posts = figures_of.campaign_posts(db, board, question, campaign)
    early = sum(1 for one in posts if result.metric in one.unsettled)
    if early:
        which = "1 post was" if early == 1 else f"{early:,} posts were"
        return f"{which} last read before the figures had settled"
    return ""
