"""Campaigns live or just ended: what was aimed at, put out, answered, and changed. Pure.

The stages are those of the Evaluation Cycle of the Government Communication Service:
https://gcs.civilservice.gov.uk/publications/gcs-evaluation-cycle/
What is said of an objective is what the evaluation of the campaign says (`reports.objectives`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sgcomms.figures import Figure
from sgcomms.metrics import Stage
from sgcomms.models import Campaign
from sgcomms.periods import Period
from sgcomms.reports import numbers, objectives, stages
from sgcomms.reports.brief import END, brief
from sgcomms.reports.model import Section, Sentence
from sgcomms.reports.monthly.cells import Cells
from sgcomms.reports.objectives import Judged

SHOWN = 2
"""So many campaigns a page has room for; the rest stand in the notes."""

TITLE, WORDS = 80, 160
"""So many characters of a campaign's title and of what a person wrote stand on the page."""

_STAGES: Mapping[Stage, str] = {"output": "Output", "out-take": "Out-take"}
_TITLE = "Campaigns live or just ended"
_LEARNING = "Learning and next step"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A campaign with its figures up to the end of the month.

    `campaign` is None where its file is gone, or cannot be read. `period` begins with the year of
    its first day, as that of its evaluation does. `rehearsed` tells that all it planned up to the
    end of the month was for an outbox, `live` that it had posts in the month.
    """

    name: str
    campaign: Campaign | None
    period: Period
    found: Sequence[Figure]
    judged: Judged | None
    rehearsed: bool
    live: bool

    @property
    def title(self) -> str:
        """What readers call it."""
        title = self.campaign.title if self.campaign is not None else self.name
        return " ".join(title.split()).rstrip(".")


@dataclass(frozen=True, slots=True)
class Shown:
    """The section, a part of it for each campaign, and what has room only in the notes."""

    section: Section
    campaigns: tuple[Section, ...] = ()
    rest: tuple[Section, ...] = ()


def section(found: Sequence[Evaluated], cells: Cells, judged_on: str) -> Shown:
    """Return each campaign by its stages, those with posts in the month first.

    `judged_on` is the day as on which objectives are judged, in words.
    """
    if not found:
        words = "No campaign had posts in the month, or ended in the month before."
        return Shown(Section("campaigns", _TITLE, 2, (Sentence(words),)))
    said = len(cells.material.footnotes.numbers)
    order = sorted(found, key=lambda one: not one.live)
    parts = [
        _without(said, _part(one, cells, whole=place >= SHOWN)) for place, one in enumerate(order)
    ]
    rest = [*_whole_words(order[:SHOWN]), *parts[SHOWN:]]
    end = numbers.day(cells.material.period.end)
    text = f"Counted up to {end}; objectives as judged on {judged_on}."
    more = len(parts) - SHOWN
    if more > 0:
        text += f" {more:,} more {'stands' if more == 1 else 'stand'} in the notes."
    head = Section("campaigns", _TITLE, 2, (Sentence(text),))
    return Shown(head, tuple(parts[:SHOWN]), tuple(rest))


def doubts(found: Sequence[Evaluated]) -> Iterator[str]:
    """Yield a line for what somebody wrote that calls figures by a name they do not bear."""
    for one in found:
        for line in stages.doubts(one.campaign, ("outcomes", "learning")):
            yield f"{brief(one.title, TITLE)}: {line}"


def _without(said: int, part: Section) -> Section:
    """Return `part` without the marks of notes that stand above it: what the channels count."""
    sentences = (
        replace(one, notes=tuple(mark for mark in one.notes if mark > said))
        for one in part.sentences
    )
    return replace(part, sentences=tuple(sentences))


def _part(one: Evaluated, cells: Cells, *, whole: bool) -> Section:
    title = one.title if whole else brief(one.title, TITLE)
    return Section(f"campaign_{one.name}", title, 3, tuple(_sentences(one, cells, whole=whole)))


def _sentences(one: Evaluated, cells: Cells, *, whole: bool) -> Iterator[Sentence]:
    if one.rehearsed and not any(_whole(one)):
        yield Sentence("Rehearsed only, not for the public.")
    if one.campaign is None:
        yield Sentence(
            "Its file is gone or has mistakes, so its objective and what was learnt are not known."
        )
    elif one.judged is None:
        yield Sentence("No objective was set.")
    else:
        yield Sentence(_aim(one.judged))
    for stage, name in _STAGES.items():
        yield _stage(one, cells, stage, name)
    material = cells.material
    changed = objectives.outcome(material, one.judged, known=one.campaign is not None)
    measured = "" if changed.text.startswith(stages.NOT_MEASURED) else "Outcome: "
    yield Sentence(f"{measured}{changed.text}", changed.notes)
    yield from _written(one, "outcomes", "Outcome, in words", whole=whole)
    if one.judged is not None and one.judged.result is not None:
        yield objectives.verdict(material, one.judged)
    learnt = list(_written(one, "learning", _LEARNING, whole=whole))
    yield from learnt or (Sentence(f"{_LEARNING}: nothing written yet."),)


def _aim(judged: Judged) -> str:
    aim, metric = judged.aim, judged.metric
    baseline, target = (numbers.value(one, metric.unit) for one in (aim.baseline, aim.target))
    return (
        f"Objective: {numbers.lowered(metric.label)}; baseline {baseline}, target {target} by "
        f"{numbers.day(aim.by)}."
    )


def _stage(one: Evaluated, cells: Cells, stage: Stage, name: str) -> Sentence:
    """Return what was counted at one stage, up to the end of the month."""
    known = list(_of_stage(one, cells, stage))
    if not known:
        return Sentence(f"{name}: no figures.")
    words = []
    for figure in known:
        dates = f" ({numbers.during(*figure.period)})" if figure.period is not None else ""
        words.append(f"{cells.material.counted(figure)}{dates}")
        label = cells.material.board.metrics[figure.metric].label
        cells.figures[f"{brief(one.title, TITLE)}, {label}"] = cells.material.amount(figure)
    marks = dict.fromkeys(
        mark for figure in known for mark in objectives.marks(cells.material, figure)
    )
    return Sentence(f"{name}: {numbers.listed(words)}.", tuple(marks))


def _written(one: Evaluated, stage: str, name: str, *, whole: bool) -> Iterator[Sentence]:
    """Yield what a person wrote of a stage, with her name: as much of it as there is room for."""
    text = stages.written(one.campaign, stage)
    if text is None:
        return
    words, _, by = text.rpartition(" (written by ")
    shown = words if whole else brief(words, WORDS)
    yield Sentence(f"{name}: {shown} (written by {by}")


def _whole_words(found: Sequence[Evaluated]) -> Iterator[Section]:
    """Yield what had to be cut on the page."""
    for one in found:
        sentences = tuple(
            whole
            for stage, name in (("outcomes", "Outcome, in words"), ("learning", _LEARNING))
            for whole in _written(one, stage, name, whole=True)
            if END in "".join(cut.text for cut in _written(one, stage, name, whole=False))
        )
        if sentences or len(one.title) > TITLE:
            yield Section(f"words_{one.name}", one.title, 3, sentences)


def _of_stage(one: Evaluated, cells: Cells, stage: Stage) -> Iterator[Figure]:
    for figure in _whole(one):
        if cells.material.board.metrics[figure.metric].stage == stage:
            yield figure


def _whole(one: Evaluated) -> Iterator[Figure]:
    """Yield the campaign's own figures up to the end of the month, the first of each metric."""
    seen = set[str]()
    for figure in one.found:
        named = figure.subject == one.name and figure.dimension is None
        if named and figure.value is not None and figure.metric not in seen:
            seen.add(figure.metric)
            yield figure
