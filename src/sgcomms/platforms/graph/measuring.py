"""What Facebook and Instagram share where figures are read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import ClassVar

from sgcomms import clock
from sgcomms.metering import Meter
from sgcomms.models import PostRow, Publication, Reading
from sgcomms.platforms.base import Measuring
from sgcomms.platforms.graph import GraphPublisher, since_of
from sgcomms.platforms.graph.answers import identifier
from sgcomms.platforms.graph.api import Data
from sgcomms.platforms.graph.asking import Asking, Found
from sgcomms.platforms.graph.daily import Daily, Days, account_of, levels, over, why_none
from sgcomms.platforms.graph.insights import DAY_BOUNDARY, Native, called, number, worded
from sgcomms.platforms.graph.offers import Offers, Wanted
from sgcomms.platforms.graph.posts import Seen

Candidate = tuple[str, str, float | None]
"""A metric, Meta's name for it, and its value."""


class GraphMeasuring(GraphPublisher, Measuring):
    """An account whose figures Meta's Graph API has. Requests cost no money."""

    wanted: ClassVar[Wanted]
    most_listed: ClassVar[int] = 100
    most_ids: ClassVar[int] = 50
    """Posts on one page of a list, and posts asked about at once; not documented for this API."""

    levels: ClassVar[Mapping[str, str]]
    """Meta's names of the account's levels, by metric."""

    crowd: ClassVar[str]
    """The field that decides whether there are figures at all (see `daily.FEW`)."""

    _asked: Asking | None = None

    def posts(self, since: datetime, until: datetime, meter: Meter) -> Iterator[PostRow]:
        """Yield everything on the account with its figures, newest first.

        Raises BudgetSpentError and a PlatformError.
        """
        if until <= since:
            return
        query = {
            "since": since_of(since),
            "until": since_of(until + timedelta(seconds=1)),
            "limit": str(self.most_listed),
        }
        asking = self._asking(meter)
        for page in asking.pages(self._posts_edge, query, since, until):
            for found in page:
                seen = self._seen(found.data)
                if seen is not None:
                    yield PostRow(self._publication(seen), self._values(found, asking))

    def post_readings(self, posts: Sequence[Publication], meter: Meter) -> Iterator[PostRow]:
        """Yield the figures of these posts. Raises BudgetSpentError and a PlatformError."""
        known = {one.platform_id: one for one in posts if identifier({"id": one.platform_id}, "id")}
        if len(known) < len({one.platform_id for one in posts}):
            meter.gap(f"some posts are known by their address, by which {self.label} is not asked")
        asking = self._asking(meter)
        for batch in asking.these([*known]):
            for found in batch:
                post = self._as_shown(known[found.id], self._seen(found.data))
                yield PostRow(post, self._values(found, asking))

    def account_readings(self, first: date, last: date, meter: Meter) -> Iterator[Reading]:
        """Yield today's levels, and by day what the account received from `first` to `last`.

        Raises BudgetSpentError and a PlatformError.
        """
        self._noted(meter)
        fields = dict.fromkeys((*self.levels.values(), self.crowd))
        shown = account_of(self.api, meter, self._node, fields)
        today = clock.now().astimezone(self.zone).date()
        yield from levels(self.api, meter, self.account.id, today, shown, self.levels)
        days = over(self.api, meter, first, last)
        if days is not None:
            daily = Daily(self.api, meter, self.account.id, f"{self._node}/insights")
            why = why_none(self.api, number(shown.get(self.crowd)))
            yield from self._received(daily, days, why)

    @property
    @abstractmethod
    def _node(self) -> str:
        """The account's number at Meta. Raises AuthError where board.yaml has none."""

    @property
    @abstractmethod
    def _posts_edge(self) -> str:
        """The path of the account's list of posts."""

    @abstractmethod
    def _seen(self, post: Data) -> Seen | None:
        """Return a post as it was shown, None where it makes no sense."""

    @abstractmethod
    def _candidates(self, found: Found, offers: Offers) -> Iterator[Candidate]:
        """Yield the values of a post; of a metric that comes twice the first that there is."""

    @abstractmethod
    def _received(self, daily: Daily, days: Days, why: str) -> Iterator[Reading]:
        """Yield what the account received; `why` is the reason where nothing says another."""

    def _asking(self, meter: Meter) -> Asking:
        """Return the questions of the run that `meter` belongs to."""
        self._noted(meter)
        if self._asked is None or self._asked.meter is not meter:
            self._asked = Asking(self.api, meter, self.wanted, most_ids=self.most_ids)
        return self._asked

    def _noted(self, meter: Meter) -> None:
        meter.facts |= {"api": f"Graph API {self.version}", "day_boundary": DAY_BOUNDARY}

    def _as_shown(self, known: Publication, seen: Seen | None) -> Publication:
        if seen is None:
            return known
        now = self._publication(seen)
        return replace(
            known,
            url=now.url or known.url,
            kind=now.kind or known.kind,
            text=now.text or known.text,
            links=now.links or known.links,
        )

    def _values(self, found: Found, asking: Asking) -> dict[str, float | None]:
        """Return a post's values, and note where they come from and what is blank."""
        meter = asking.meter
        values: dict[str, float | None] = {}
        names: dict[str, str] = {}
        for metric, name, value in self._candidates(found, asking.offers):
            if values.get(metric) is None:
                values[metric] = value
                names.setdefault(metric, name)
                if value is not None:
                    called(meter, metric, name)
        for metric, value in values.items():
            if value is None and found.complete:
                meter.gap(f"{self.label} has no {worded(metric, names[metric])} of some posts")
        return values


def of_insights(
    natives: Iterable[Native], found: Found, offered: Sequence[str]
) -> Iterator[Candidate]:
    """Yield the values that Insights have of a post, None for what they left blank."""
    for one in natives:
        if one.name in offered:
            yield one.metric, one.name, one.take(found.figures.get(one.name))
