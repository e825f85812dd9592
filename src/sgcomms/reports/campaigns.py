"""The campaigns of a year: what was aimed at, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcomms.models import Campaign
from sgcomms.reports import numbers
from sgcomms.reports.material import Material
from sgcomms.reports.model import Section, Sentence

_FIGURES = ("impressions", "reactions", "comments", "shares")


def sections(material: Material, troubled: Sequence[str]) -> Iterator[Section]:
    """Yield the campaigns with a post in the year.

    `troubled` are campaign files with mistakes: what they say may be lost, and the report says so.
    """
    items = tuple(
        _campaign(material, campaign)
        for campaign in material.campaigns
        if _was_on(material, campaign)
    )
    for file in dict.fromkeys(troubled):
        material.missing.append(
            f"Campaigns: {file} has mistakes, so what it plans may be missing here; `sgcomms "
            "check` shows them."
        )
    if items:
        yield Section("campaigns", "Campaigns", 2, items=items)
    elif not troubled:
        material.missing.append("Campaigns: no campaign has a post dated in the year.")


def _was_on(material: Material, campaign: Campaign) -> bool:
    days = [post.at.date() for post in campaign.posts if post.at is not None]
    return any(day in material.period for day in days)


def _campaign(material: Material, campaign: Campaign) -> Sentence:
    posts = len({post.id for post in campaign.posts})
    title, audience = (
        " ".join(text.split()).rstrip(".") for text in (campaign.title, campaign.audience)
    )
    words = [f"{title}. For: {audience}."]
    words.append("1 post was written." if posts == 1 else f"{posts:,} posts were written.")
    notes: tuple[int, ...] = ()
    published = material.of_year(campaign.id, "posts")
    if published is None:
        words.append("No figures of published posts belong to this campaign.")
    else:
        verb = "was" if published.value == 1 else "were"
        words.append(f"{material.amount(published)} {verb} published {material.when(published)}.")
        notes += material.marks(published)
    for metric in _FIGURES:
        one = material.of_year(campaign.id, metric)
        if one is not None:
            words.append(f"{material.board.metrics[metric].label}: {material.amount(one)}.")
            notes += material.marks(one)
    words += _aim(material, campaign)
    return Sentence(" ".join(words), tuple(dict.fromkeys(notes)))


def _aim(material: Material, campaign: Campaign) -> Iterator[str]:
    aim = campaign.objective
    metric = material.board.metrics.get(aim.measure) if aim is not None else None
    if aim is None or metric is None:
        return
    yield (
        f"The objective was {numbers.lowered(metric.label)} from "
        f"{numbers.value(aim.baseline, metric.unit)} to {numbers.value(aim.target, metric.unit)} "
        f"by {numbers.day(aim.by)}."
    )
    outcome = material.of_year(campaign.id, aim.measure)
    if outcome is None:
        yield "The outcome was not measured."
    else:
        yield f"The outcome was {material.amount(outcome)}."
