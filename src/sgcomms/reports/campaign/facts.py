"""All that is known of one campaign: its plan, its deliveries, its posts and their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sgcomms import clock
from sgcomms import figures as figures_of
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db import campaigns as stored
from sgcomms.db.queue import Row, select
from sgcomms.errors import UsageError
from sgcomms.figures import CampaignPost, Figure, Question
from sgcomms.models import Campaign, Delivery
from sgcomms.periods import Period, days
from sgcomms.planning import deliveries
from sgcomms.reports.campaign.life import days_of, years
from sgcomms.reports.changes import Changes
from sgcomms.reports.material import Material
from sgcomms.reports.objectives import Judged, judge
from sgcomms.yamlfile import suggestion


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the campaign `name` in `shown`, the days that the evaluation is of.

    `campaign` is None when its file is gone. `planned` are the deliveries that the file plans,
    `rows` those of the queue, `posts` what is public, sent from here or assigned. `parts` are the
    figures of its posts by account. `judged` is the objective, over all of the campaign's days.
    `read_until` is the last day of readings that belong to it.
    """

    db: Db
    name: str
    campaign: Campaign | None
    shown: Period
    planned: Sequence[Delivery]
    rows: Sequence[Row]
    posts: Sequence[CampaignPost]
    parts: Sequence[Figure]
    judged: Judged | None
    material: Material
    today: date
    read_until: date

    @property
    def title(self) -> str:
        """What readers call the campaign."""
        return self.material.name(self.name)

    @property
    def real(self) -> list[Row]:
        """The deliveries that were meant for the public, not for a folder."""
        return [row for row in self.rows if row.mode != "outbox"]

    def whole(self, metric: str) -> Figure | None:
        """Return the figure of the campaign over its accounts, if it has a value."""
        found = self.material.valued(self.name, metric)
        return found[0] if found else None

    def part(self, account: str, metric: str) -> Figure | None:
        """Return the figure of the campaign's posts on one account, if it has a value."""
        for one in self.parts:
            if (one.subject, one.metric) == (account, metric) and one.value is not None:
                return one
        return None

    def accounts(self) -> list[str]:
        """Return the accounts of its plan, its deliveries and its posts, in the board's order."""
        every = {one.account for one in self.planned} | {one.account for one in self.rows}
        every |= {one.account for one in self.posts}
        return [
            *(one for one in self.material.board.accounts if one in every),
            *sorted(every - self.material.board.accounts.keys()),
        ]

    def label(self, account: str) -> str:
        """Return what readers call an account, also one that the board has no more."""
        return self.material.name(account)

    def day(self, moment: datetime) -> date:
        """Return the day of a moment in the board's zone."""
        return moment.astimezone(self.material.board.zone).date()


def gather_facts(
    db: Db,
    board: Board,
    name: str,
    campaigns: Sequence[Campaign],
    period: Period | None,
    as_of: date,
) -> Facts:
    """Return all that is known of the campaign `name`, in `period` or in all of its days.

    Raises UsageError for a campaign that neither the files nor the database know.
    """
    campaign = next((one for one in campaigns if one.id == name), None)
    known = list(dict.fromkeys([*(one.id for one in campaigns), *stored.names(db)]))
    if name not in known:
        raise UsageError(f"there is no campaign {name!r}{suggestion(name, known)}")
    today = clock.now().astimezone(board.zone).date()
    planned = [one.delivery for one in deliveries(campaign, board)[0]] if campaign else []
    rows = select(db, "WHERE campaign = ?", (name,))
    known_days = days_of(db, board, name, planned, rows) or [today]
    life = days(known_days[0], known_days[-1])
    shown = period or life
    counted = period or years(board, life)
    question = Question(counted, as_of=as_of)
    found = figures_of.figures(db, board, question, [name])
    own = [one for one in found if one.subject == name]
    material = Material(board, question, own, campaigns, Changes("", {}, counted.end))
    return Facts(
        db,
        name,
        campaign,
        shown,
        [one for one in planned if one.at is None or _day(board, one.at) in shown],
        [row for row in rows if _day(board, row.published_at or row.due_at) in shown],
        figures_of.campaign_posts(db, board, question, name),
        figures_of.campaign_parts(db, board, question, name),
        judge(db, board, campaign, life.start, as_of) if campaign else None,
        material,
        today,
        period.end if period else min(today, as_of),
    )


def _day(board: Board, moment: datetime) -> date:
    return moment.astimezone(board.zone).date()
