"""The evaluation of a campaign, ready for a committee paper: what was aimed at and what came of it.

The order is the one of the Evaluation Cycle of the Government Communication Service: inputs,
outputs, out-takes, outcomes, impact, learning and innovation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sgcomms import figures as figures_of
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.posts import FOREVER
from sgcomms.models import Campaign
from sgcomms.periods import Period
from sgcomms.reports import numbers, stages
from sgcomms.reports.campaign import aim, answers, inputs, outputs
from sgcomms.reports.campaign.facts import Facts, gather_facts
from sgcomms.reports.gathered import Gathered
from sgcomms.reports.material import as_read
from sgcomms.reports.model import Report, Section, Sentence
from sgcomms.reports.objectives import outcome

PURPOSE = (
    "Purpose: to tell the board what this campaign set out to do, what was done, and what came of "
    "it as far as it was measured."
)
NOTING = "For noting."


def gathered(
    db: Db,
    board: Board,
    name: str,
    campaigns: Sequence[Campaign],
    period: Period | None = None,
    as_of: date = FOREVER,
    *,
    troubled: Sequence[str] = (),
) -> tuple[Period, Gathered[Report]]:
    """Return the evaluation of the campaign `name`, and the days that it is of.

    They are those of `period`, or all of the campaign's. Only what was read on `as_of` or before
    counts; the deliveries are shown as they stand. The objective is judged over all days of the
    campaign, whatever the period. A campaign whose file is gone is evaluated from what is stored.
    `troubled` are the names of campaign files with mistakes.
    Raises UsageError for a campaign that nothing is known of.
    """
    facts = gather_facts(db, board, name, campaigns, period, as_of)
    sections = (
        *aim.sections(facts),
        *inputs.sections(facts),
        *outputs.sections(facts),
        *answers.sections(facts),
        *_outcomes(facts),
        *_last(facts),
    )
    facts.material.missing.extend(_missing(facts, troubled, as_of))
    found = [*facts.material.found, *facts.parts]
    found += facts.judged.dated if facts.judged is not None else ()
    wanted = {source for one in found for source in one.sources}
    sources = figures_of.source_lines(db, wanted)
    days = numbers.days(facts.shown.start, facts.shown.end)
    report = Report(
        title=f"Evaluation of a campaign: {facts.title}",
        board=board.name,
        period=days,
        days=days,
        as_read=as_read(found, as_of),
        remarks=tuple(_remarks(facts)),
        sections=sections,
        notes=facts.material.footnotes.notes(),
        missing=tuple(dict.fromkeys(facts.material.missing)),
        sources=tuple(dict.fromkeys(map(numbers.dated_last, sources))),
    )
    return facts.shown, Gathered(report, tuple(found))


def _remarks(facts: Facts) -> Iterator[str]:
    yield PURPOSE
    yield NOTING
    if facts.today < facts.shown.start:
        first = numbers.day(facts.shown.start)
        yield f"The campaign begins on {first}: what stands here is its plan."
    elif facts.today <= facts.shown.end:
        last = numbers.day(facts.shown.end)
        yield f"The campaign runs until {last}: what stands here is not final."


def _outcomes(facts: Facts) -> Iterator[Section]:
    """Yield the outcome, or that there is none: an out-take is never taken for one."""
    known = facts.campaign is not None
    text = [outcome(facts.material, facts.judged, known=known)]
    text += stages.sentences(facts.campaign, "outcomes")
    yield Section("outcomes", stages.TITLES["outcomes"], 2, tuple(text))


def _last(facts: Facts) -> Iterator[Section]:
    """Yield what only people can say: the impact, and what was learnt."""
    for stage, none in (
        ("impact", "Impact not measured."),
        ("learning", "Nothing has been written down yet."),
    ):
        text = stages.sentences(facts.campaign, stage)
        yield Section(stage, stages.TITLES[stage], 2, text or (Sentence(none),))


def _missing(facts: Facts, troubled: Sequence[str], as_of: date) -> Iterator[str]:
    if facts.campaign is None:
        yield (
            "The campaign's file is not in campaigns/ any more, or lost its id: its audience, "
            "objective and evaluation are not known, only what was queued and published."
        )
    elif facts.campaign.evaluation is None or "learning" not in facts.campaign.evaluation.words:
        yield "Learning: nothing has been written down in the campaign's file yet."
    for file in dict.fromkeys(troubled):
        yield (
            f"{file} has mistakes, so what it plans may be missing here; `sgcomms check` shows "
            "them."
        )
    if as_of < facts.today and facts.rows:
        yield "The deliveries are shown as they stand today, not as on the day of the cut-off."
    yield from stages.doubts(facts.campaign)
    yield from _without_value(facts)


def _without_value(facts: Facts) -> Iterator[str]:
    """Yield the campaign's figures that have a reason in the place of a value."""
    for one in facts.material.found:
        if one.value is None and one.dimension is None:
            label = facts.material.board.metrics[one.metric].label
            why = numbers.plain(one.reason or "no reason was given").rstrip(".")
            yield f"{label}: not available: {why}."
