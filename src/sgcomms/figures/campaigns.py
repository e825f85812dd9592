"""The posts of a campaign one by one, with their figures, and the median of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median as median_of

from sgcomms import clock
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db import campaigns as stored
from sgcomms.db.campaigns import Member
from sgcomms.figures.landing import METRIC as VISITS
from sgcomms.figures.landing import visits_by_tag
from sgcomms.figures.mixing import why_apart
from sgcomms.figures.model import Question
from sgcomms.figures.posts import posts_of
from sgcomms.figures.spans import period_figures
from sgcomms.periods import SETTLES


@dataclass(frozen=True, slots=True)
class CampaignPost:
    """A post of a campaign: where it stands, and what was counted for it, as last read.

    `delivery` is None for one that somebody assigned; `gone` tells that it is not there any more.
    `values` lacks what no source has told. `unsettled` are the metrics that were last read before
    they had settled.
    """

    account: str
    platform_id: str
    url: str | None
    published_at: datetime
    text: str | None
    delivery: str | None
    gone: bool
    values: Mapping[str, float]
    unsettled: frozenset[str]


def campaign_posts(db: Db, board: Board, question: Question, campaign: str) -> list[CampaignPost]:
    """Return the posts of `campaign` that were published in the period, by their time.

    Visits are those that a website's tool has for the post's own tag, whatever their dates.
    """
    today = clock.now().astimezone(board.zone).date()
    known = Question(question.period, as_of=min(question.as_of, today))
    visits = visits_by_tag(known, list(period_figures(db, board, known)))
    found = stored.members(db, posts_of(board, known, campaign))
    return [_post(board, one, visits) for one in found]


def tag(delivery: str) -> str:
    """Return the `utm_content` of the link of a delivery (see `planning`)."""
    name, _, account = delivery.rpartition("@")
    return f"{name.replace('/', '.', 1)}.{account}"


def _post(board: Board, one: Member, visits: Mapping[str, float]) -> CampaignPost:
    values = {
        metric: value
        for metric, (value, _) in one.readings.items()
        if value is not None and metric in board.metrics
    }
    if one.delivery is not None and tag(one.delivery) in visits:
        values[VISITS] = visits[tag(one.delivery)]
    settles = one.published_at.astimezone(board.zone).date() + SETTLES
    early = frozenset(metric for metric, (_, read) in one.readings.items() if read < settles)
    return CampaignPost(
        one.account,
        one.platform_id,
        one.url,
        one.published_at,
        one.text,
        one.delivery,
        one.gone,
        values,
        early,
    )


def median(board: Board, metric: str, found: Sequence[CampaignPost]) -> tuple[float, int] | None:
    """Return the median of `metric` over the posts that have it, and how many they are.

    None where none has it, or where their platforms count different things by that name.
    """
    having = [one for one in found if metric in one.values]
    accounts = {one.account for one in having}
    if not having or (len(accounts) > 1 and not accounts <= board.accounts.keys()):
        return None
    if len(accounts) > 1 and why_apart(board, metric, sorted(accounts)) is not None:
        return None
    return median_of(one.values[metric] for one in having), len(having)


def visits(found: Sequence[CampaignPost], account: str) -> float | None:
    """Return the visits that the posts of one account brought; None where no tool told of any."""
    known = [one.values[VISITS] for one in found if one.account == account and VISITS in one.values]
    return sum(known) if known else None
