"""Campaigns live or just ended: what was aimed at, put out, answered, and changed. Pure.

The stages are those of the Evaluation Cycle of the Government Communication Service:
https://gcs.civilservice.gov.uk/publications/gcs-evaluation-cycle/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sgcomms.figures import Figure
from sgcomms.metrics import Stage
from sgcomms.models import Campaign
from sgcomms.periods import Period
from sgcomms.reports import numbers, stages
from sgcomms.reports.material import Material
from sgcomms.reports.model import Section, Sentence

_STAGES: Mapping[Stage, str] = {"output": "Output", "out-take": "Out-take"}
_TITLE = "Campaigns live or just ended"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A campaign with its figures up to the end of the month.

    `period` begins with the year of its first day, as that of its evaluation does. `rehearsed`
    tells that all it planned up to the end of the month was for an outbox.
    """

    campaign: Campaign
    period: Period
    found: Sequence[Figure]
    rehearsed: bool


def section(found: Sequence[Evaluated], material: Material) -> Section:
    """Return one item a campaign."""
    if not found:
        words = "No campaign had posts in the month, or ended in the month before."
        return Section("campaigns", _TITLE, 2, (Sentence(words),))
    items = tuple(Sentence(" ".join(_words(one, material)), _notes(one, material)) for one in found)
    return Section("campaigns", _TITLE, 2, items=items)


def doubts(found: Sequence[Evaluated]) -> Iterator[str]:
    """Yield a line for what somebody wrote that calls figures by a name they do not bear."""
    for one in found:
        for line in stages.doubts(one.campaign, ("learning",)):
            yield f"{_title(one)}: {line}"


def _title(one: Evaluated) -> str:
    return " ".join(one.campaign.title.split()).rstrip(".")


def _words(one: Evaluated, material: Material) -> Iterator[str]:
    yield f"{_title(one)}."
    if one.rehearsed and not any(_whole(one)):
        yield "Rehearsed only, not for the public."
    yield _aim(one.campaign, material)
    for stage, name in _STAGES.items():
        known = [_counted(figure, material) for figure in _of_stage(one, material, stage)]
        yield f"{name}: {numbers.listed(known)}." if known else f"{name}: no figures."
    yield _outcome(one, material)
    learnt = stages.written(one.campaign, "learning")
    if learnt is not None:
        yield f"Learning: {learnt}"


def _notes(one: Evaluated, material: Material) -> tuple[int, ...]:
    """Return the notes of the figures that stand in the words, each once."""
    aim = one.campaign.objective
    metrics = material.board.metrics
    shown = [
        figure
        for figure in _whole(one)
        if metrics[figure.metric].stage in (*_STAGES, "outcome")
        or (aim is not None and figure.metric == aim.measure)
    ]
    return tuple(dict.fromkeys(mark for figure in shown for mark in material.marks(figure)))


def _counted(figure: Figure, material: Material) -> str:
    """Return a figure with what it counts, and with its own dates where it has some."""
    return f"{material.counted(figure)}{_dates(figure)}"


def _dates(figure: Figure) -> str:
    return f" ({numbers.during(*figure.period)})" if figure.period is not None else ""


def _aim(campaign: Campaign, material: Material) -> str:
    aim = campaign.objective
    metric = material.board.metrics.get(aim.measure) if aim is not None else None
    if aim is None or metric is None:
        return "No objective was set."
    baseline, target = (numbers.value(one, metric.unit) for one in (aim.baseline, aim.target))
    return (
        f"Objective: {numbers.lowered(metric.label)}; baseline {baseline}, target {target} by "
        f"{numbers.day(aim.by)}."
    )


def _outcome(one: Evaluated, material: Material) -> str:
    """Return what changed: the objective's own measure, as far as that is an outcome, or others."""
    known = [_counted(figure, material) for figure in _of_stage(one, material, "outcome")]
    aim = one.campaign.objective
    so_far = ""
    if aim is not None and aim.measure in material.board.metrics:
        label = numbers.lowered(material.board.metrics[aim.measure].label)
        reached = next((f for f in _whole(one) if f.metric == aim.measure), None)
        if reached is not None:
            end = numbers.day(one.period.end)
            so_far = (
                f" Against the objective: {material.amount(reached)} by {end}{_dates(reached)}."
            )
        else:
            so_far = f" Against the objective: {label} not measured."
    outcome = f"Outcome: {numbers.listed(known)}." if known else "Outcome not measured."
    return f"{outcome}{so_far}"


def _of_stage(one: Evaluated, material: Material, stage: Stage) -> Iterator[Figure]:
    for figure in _whole(one):
        if material.board.metrics[figure.metric].stage == stage:
            yield figure


def _whole(one: Evaluated) -> Iterator[Figure]:
    """Yield the campaign's own figures up to the end of the month, the first of each metric."""
    seen = set[str]()
    for figure in one.found:
        named = figure.subject == one.campaign.id and figure.dimension is None
        if named and figure.value is not None and figure.metric not in seen:
            seen.add(figure.metric)
            yield figure
