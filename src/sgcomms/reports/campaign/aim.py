"""What a campaign set out to do: for whom, from what to what by when, and where that stands."""

from __future__ import annotations

from collections.abc import Iterator

from sgcomms.reports import numbers
from sgcomms.reports.campaign.facts import Facts
from sgcomms.reports.model import Cell, Section, Sentence, Table
from sgcomms.reports.objectives import Judged, marks, verdict


def sections(facts: Facts) -> Iterator[Section]:
    """Yield the audience and the objective."""
    text = list(_audience(facts))
    judged = facts.judged
    if judged is None:
        if facts.campaign is not None:
            text.append(Sentence("It had no objective to be measured by."))
        yield Section("objective", "What it set out to do", 2, tuple(text) or _unknown())
        return
    text.append(verdict(facts.material, judged))
    yield Section("objective", "What it set out to do", 2, tuple(text), _table(facts, judged))


def _unknown() -> tuple[Sentence, ...]:
    return (Sentence("Its audience and its objective are not known any more."),)


def _audience(facts: Facts) -> Iterator[Sentence]:
    if facts.campaign is not None:
        words = " ".join(facts.campaign.audience.split()).rstrip(".")
        yield Sentence(f"It was for: {words}.")


def _table(facts: Facts, judged: Judged) -> Table:
    unit = judged.metric.unit
    one = judged.result
    shown = Cell("not measured")
    if one is not None:
        shown = Cell(facts.material.amount(one), marks(facts.material, one))
    row = (
        Cell(judged.metric.label),
        Cell(numbers.value(judged.aim.baseline, unit)),
        Cell(numbers.value(judged.aim.target, unit)),
        Cell(numbers.day(judged.aim.by)),
        shown,
    )
    header = ("Measure", "Baseline", "Target", "By", "Result")
    return Table("The objective of the campaign", header, (row,))
