"""The campaigns of a year, each by the stages of evaluation: what was aimed at, what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcomms.db import Db
from sgcomms.figures import Figure
from sgcomms.metrics import Stage
from sgcomms.models import Campaign
from sgcomms.reports import numbers, stages
from sgcomms.reports.material import Material
from sgcomms.reports.model import Section, Sentence
from sgcomms.reports.objectives import Judged, judge

_FIGURES = {
    "output": ("impressions", "views"),
    "out-take": ("reactions", "comments", "shares", "clicks_link", "landing_visits"),
}
"""What is printed of a campaign, by the stage that its metric has in the registry."""

_ORDER = Sentence(
    "Each campaign is shown by the stages of the Evaluation Cycle of the Government Communication "
    "Service, from what went in to what was learnt."
)


def sections(material: Material, db: Db, troubled: Sequence[str]) -> Iterator[Section]:
    """Yield the campaigns with a post in the year.

    `troubled` are campaign files with mistakes: what they say may be lost, and the report says so.
    """
    on = [campaign for campaign in material.campaigns if _was_on(material, campaign)]
    for file in dict.fromkeys(troubled):
        material.missing.append(
            f"Campaigns: {file} has mistakes, so what it plans may be missing here; `sgcomms "
            "check` shows them."
        )
    if on:
        yield Section("campaigns", "Campaigns", 2, (_ORDER,))
    elif not troubled:
        material.missing.append("Campaigns: no campaign has a post dated in the year.")
    for campaign in on:
        title = " ".join(campaign.title.split()).rstrip(".")
        items = tuple(_stages(material, db, campaign))
        yield Section(f"campaign_{campaign.id}", title, 3, items=items)


def _was_on(material: Material, campaign: Campaign) -> bool:
    days = [post.at.date() for post in campaign.posts if post.at is not None]
    return any(day in material.period for day in days)


def _stages(material: Material, db: Db, campaign: Campaign) -> Iterator[Sentence]:
    """Yield one item a stage, in the order of the cycle; what a person wrote comes last in it."""
    judged = _judged(material, db, campaign)
    found = {
        "inputs": _inputs(campaign),
        "outputs": _outputs(material, campaign),
        "outtakes": _counted(material, campaign, "out-take"),
        "outcomes": _outcomes(material, judged),
    }
    none = {"impact": "not measured.", "learning": "nothing has been written down yet."}
    for stage, title in stages.TITLES.items():
        words, notes = found.get(stage, ([], ()))
        own = stages.written(campaign, stage)
        text = " ".join([*words, *([own] if own is not None else [])])
        yield Sentence(f"{title}: {text or none.get(stage, 'no figures.')}", notes)
    material.missing.extend(f"{campaign.title}. {line}" for line in stages.doubts(campaign))


_Part = tuple[list[str], tuple[int, ...]]
"""The sentences of a stage, and the notes that belong to them."""


def _inputs(campaign: Campaign) -> _Part:
    posts = len({post.id for post in campaign.posts})
    audience = " ".join(campaign.audience.split()).rstrip(".")
    written = "1 post was written" if posts == 1 else f"{posts:,} posts were written"
    return [f"{written}. For: {audience}."], ()


def _outputs(material: Material, campaign: Campaign) -> _Part:
    published = material.of_year(campaign.id, "posts")
    if published is None:
        return ["no figures of published posts belong to this campaign."], ()
    verb = "was" if published.value == 1 else "were"
    words = [f"{material.counted(published)} {verb} published {material.when(published)}."]
    more, notes = _counted(material, campaign, "output")
    return [*words, *more], tuple(dict.fromkeys((*material.marks(published), *notes)))


def _counted(material: Material, campaign: Campaign, stage: Stage) -> _Part:
    """Return what was counted of the campaign's posts at one stage, in one sentence."""
    known: list[Figure] = []
    for metric in _FIGURES[stage]:
        of_year = material.of_year(campaign.id, metric)
        known += [of_year] if of_year is not None else material.dated(campaign.id, metric)
    if not known:
        return [], ()
    words = []
    for one in known:
        dates = f" {material.when(one)}" if one.period is not None else ""
        words.append(f"{material.counted(one)}{dates}")
    marks = dict.fromkeys(mark for one in known for mark in material.marks(one))
    return [f"{numbers.listed(words)}."], tuple(marks)


def _judged(material: Material, db: Db, campaign: Campaign) -> Judged | None:
    began = [post.at.date() for post in campaign.posts if post.at is not None]
    return judge(db, material.board, campaign, min(began), material.question.as_of)


def _outcomes(material: Material, judged: Judged | None) -> _Part:
    """Return the objective with baseline and target, what was measured, and whether that is an
    outcome: what is none is never taken for one."""
    if judged is None:
        return [f"{stages.NOT_MEASURED}: the campaign had no objective."], ()
    words = [f"the objective was {judged.target()}."]
    notes: tuple[int, ...] = ()
    if judged.result is not None:
        material.more.extend(judged.dated)
        when = numbers.during(*judged.result.period) if judged.result.period is not None else ""
        read = f" as read up to {numbers.day(judged.result.as_of)}" if judged.result.as_of else ""
        words.append(f"Measured: {material.counted(judged.result)}{f' {when}' if when else read}.")
        notes = material.marks(judged.result)
        if judged.reached is None:
            words.append(f"Whether the target was reached is not said: {judged.why_not_said}.")
        else:
            words.append(f"The target was {'' if judged.reached else 'not '}reached.")
    why = judged.not_measured()
    if why is not None:
        words.append(f"{stages.NOT_MEASURED}: {why}.")
    return words, notes
