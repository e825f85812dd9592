"""What every part of a section works with: the figures, by their dates, and how they are put.

A figure whose `period` is None is one of the year. Any other prints its own dates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sgcomms.config import Board
from sgcomms.db.posts import FOREVER
from sgcomms.figures import Figure, Question
from sgcomms.models import Account, Campaign
from sgcomms.periods import Period
from sgcomms.platforms import PLATFORMS, layout
from sgcomms.reports import numbers
from sgcomms.reports.changes import Changes
from sgcomms.reports.model import Footnotes
from sgcomms.reports.phrases import Change

_RENAMED = date(2023, 7, 24)
"""Twitter became X."""

_LABELS = {"linkedin": "LinkedIn", "youtube": "YouTube"}
"""Platforms that this version lays out no posts for, where a capital is not enough."""

_NOUNS = {
    "clicks_link": ("click on links", "clicks on links"),
    "clicks_all": ("click of any kind", "clicks of any kind"),
    "profile_visits": ("profile visit", "profile visits"),
    "followers_gained": ("new follower", "new followers"),
    "profile_views": ("view of the profile", "views of the profile"),
    "users_active": ("active user", "active users"),
    "users_unspecified": ("user of a kind not stated", "users of a kind not stated"),
    "users_daily_sum": ("visitor, counted anew each day", "visitors, counted anew each day"),
}
"""One and many of a metric, where its unit does not say enough."""

_NO_NOUN = ("ratio", "seconds")
"""Units that stand in the amount already."""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, and the figures of it that charts draw."""

    period: Period
    found: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """The figures of a period. `footnotes`, `changes`, `missing` and `more` fill as it is written.

    `months` are those of the period that are over, for charts. `more` are figures that a part asked
    for by itself, and prints.
    """

    board: Board
    question: Question
    found: Sequence[Figure]
    campaigns: Sequence[Campaign]
    changes: Changes
    months: Sequence[Month] = ()
    footnotes: Footnotes = field(default_factory=Footnotes)
    missing: list[str] = field(default_factory=list)
    more: list[Figure] = field(default_factory=list)

    @property
    def period(self) -> Period:
        """The period of the report."""
        return self.question.period

    def valued(self, subject: str, metric: str, dimension: str | None = None) -> list[Figure]:
        """Return the figures with a value, whatever their dates, by dimension."""
        wanted = (subject, metric, dimension)
        return [
            one
            for one in self.found
            if (one.subject, one.metric, one.dimension) == wanted and one.value is not None
        ]

    def of_year(self, subject: str, metric: str) -> Figure | None:
        """Return the figure of the year itself, if it has a value."""
        return next((one for one in self.valued(subject, metric) if one.period is None), None)

    def dated(self, subject: str, metric: str) -> list[Figure]:
        """Return the figures of other dates than the year's."""
        return [one for one in self.valued(subject, metric) if one.period is not None]

    def has_figures(self, subject: str) -> bool:
        """Tell whether any figure of the subject itself has a value."""
        return any(
            one.subject == subject and one.value is not None and one.dimension is None
            for one in self.found
        )

    def leaves_year(self, one: Figure) -> bool:
        """Tell whether the figure's dates reach out of the period of the report."""
        return one.period is not None and not self.period.covers(*one.period)

    # words

    def amount(self, one: Figure) -> str:
        """Return the value in its unit, behind its bound: "more than 18,000"."""
        words = numbers.value(one.value or 0, one.unit)
        return f"{one.bound} {words}" if one.bound else words

    def counted(self, one: Figure) -> str:
        """Return the value with what it counts: "1 post", "a reach of 80,112"."""
        if one.metric == "reach":
            return f"a reach of {self.amount(one)}"
        single, many = self.nouns(one)
        return f"{self.amount(one)} {single if one.value == 1 else many}"

    def when(self, one: Figure) -> str:
        """Return the figure's dates: "in the year", "up to …" while it runs, or its own.

        Where days among them have no figures, the words say how many have.
        """
        if one.period is not None:
            first, last = one.period
            whole = (last - first).days + 1
            gaps = one.days is not None and one.days < whole
            known = f" (the {one.days} of {whole} days with figures)" if gaps else ""
            return f"{numbers.during(first, last)}{known}"
        if one.as_of is not None and one.as_of <= self.period.end:
            return f"up to {numbers.day(one.as_of)}"
        return "in the year"

    def level_day(self, one: Figure) -> date:
        """Return the day of a level, such as followers."""
        if one.period is not None:
            return one.period[1]
        return min(self.period.end, one.as_of or self.period.end)

    def is_level(self, one: Figure) -> bool:
        """Tell whether the figure is a level on one day."""
        return self.board.metrics[one.metric].over_time == "last"

    def marks(self, one: Figure) -> tuple[int, ...]:
        """Return the notes of a figure: what its metric means, and what it does not cover."""
        texts = [self.definition(one.metric)]
        texts += [numbers.sentence(note) for note in one.notes]
        return self.footnotes.mark(*texts)

    def definition(self, metric: str) -> str:
        """Return what a metric means, under its name."""
        found = self.board.metrics[metric]
        return f"{found.label}: {found.meaning}"

    def change(self, one: Figure) -> Change | None:
        """Return the figure beside that of the year before, where the two compare."""
        label = self.board.metrics[one.metric].label
        return self.changes.change(one, f"{numbers.lowered(label)} of {self.name(one.subject)}")

    def moved(self, one: Figure, at: str = "") -> str | None:
        """Return "an increase of 3 posts, to 8, compared with 2019-20"; None without a change.

        `at` belongs to the level: " on 31 March 2021".
        """
        change = self.change(one)
        if change is None:
            return None
        bare = "reach" if one.metric == "reach" else ""
        nouns = ("", "") if bare or one.unit in _NO_NOUN else self.nouns(one)
        long = change.long(nouns, at, bare=bare)
        return long and f"{long}.{change.steady()}".removesuffix(".")

    def same(self, one: Figure) -> str:
        """Return ", the same as in 2019-20" where the year before prints alike, or nothing."""
        change = self.change(one)
        return f", {change.short()}" if change is not None and change.amount is None else ""

    def nouns(self, one: Figure) -> tuple[str, str]:
        """Return what the figure counts, as one and as many."""
        return _NOUNS.get(one.metric, (one.unit.removesuffix("s"), one.unit))

    def label(self, account: Account) -> str:
        """Return what readers call the account: its platform, with the handle where two share."""
        platform = account.platform
        if platform == "x" and self.period.end < _RENAMED:
            words = "Twitter (now X)"
        elif platform in PLATFORMS:
            words = layout(account).label
        else:
            words = _LABELS.get(platform, platform.capitalize())
        shared = [one for one in self.board.accounts.values() if one.platform == platform]
        return f"{words} @{account.handle.lstrip('@')}" if len(shared) > 1 else words

    def name(self, subject: str) -> str:
        """Return what readers call a subject."""
        if subject == "board":
            return "the board"
        if subject in self.board.websites:
            return "the website" if len(self.board.websites) == 1 else f"the website {subject}"
        if subject in self.board.accounts:
            return self.label(self.board.accounts[subject])
        if "+" in subject:
            return f"{numbers.listed([self.name(part) for part in subject.split('+')])} together"
        titles = {campaign.id: campaign.title for campaign in self.campaigns}
        return re.sub(r"\s+", " ", titles.get(subject, subject))


def as_read(found: Sequence[Figure], as_of: date) -> str:
    """Return up to which day the figures were read."""
    days = [one.as_of for one in found if one.as_of is not None]
    asked = "" if as_of == FOREVER else numbers.day(as_of)
    if not days:
        return f"No figures had been read by {asked}." if asked else "No figures have been read."
    words = f"Figures as read up to {numbers.day(max(days))}"
    return f"{words}, and as known on {asked}." if asked else f"{words}."
