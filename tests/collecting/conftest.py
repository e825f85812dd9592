"""A platform and a website's tool that hold what they are given, and a collector that asks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar

import pytest

from sgcomms import collecting
from sgcomms.clock import parse_instant
from sgcomms.collecting import Collected, Request
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.errors import RejectedError, SecretsMissingError, SgcommsError
from sgcomms.metering import Meter
from sgcomms.models import Account, Budget, Content, Draft, PostRow, Publication, Reading, Website
from sgcomms.platforms import Measuring
from sgcomms.platforms.base import Limits
from sgcomms.websites import Tool
from sgcomms.workspace import Workspace

PAGE = 100


@dataclass
class Shown:
    """A post as the platform shows it. One that is not listed is there all the same."""

    at: datetime
    counts: dict[str, float | None]
    links: tuple[str, ...] = ()
    text: str | None = None
    listed: bool = True


class Fake(Measuring):
    """A platform that charges a tenth of a cent for each post it shows, a hundred a page."""

    name: ClassVar[str] = "fake"
    label: ClassVar[str] = "Fake"
    limits: ClassVar[Limits] = Limits(280, "characters", len, (0, 4), None, "nowhere")
    prices = MappingProxyType({"owned_read": Decimal("0.001")})
    measures: ClassVar[frozenset[str]] = frozenset({"impressions", "comments"})

    def __init__(self, account: Account) -> None:
        super().__init__(account, {})
        self.shown: dict[str, Shown] = {}
        self.asked: list[str] = []
        self.fails: dict[str, Exception] = {}
        self.before: Callable[[], None] = lambda: None

    def show(self, name: str, at: str, **counts: float | None) -> Shown:
        self.shown[name] = Shown(parse_instant(at), counts)
        return self.shown[name]

    def render(self, content: Content) -> Draft:
        raise AssertionError("nothing is published here")

    def posts(self, since: datetime, until: datetime, meter: Meter) -> Iterator[PostRow]:
        found = sorted(
            (name for name, one in self.shown.items() if one.listed and since <= one.at < until),
            key=lambda name: self.shown[name].at,
            reverse=True,
        )
        for first in range(0, max(len(found), 1), PAGE):
            yield from self._page("posts", found[first : first + PAGE], meter)

    def post_readings(self, posts: Sequence[Publication], meter: Meter) -> Iterator[PostRow]:
        names = [one.platform_id for one in posts]
        yield from self._page("ids", [name for name in names if name in self.shown], meter)

    def account_readings(self, first: date, last: date, meter: Meter) -> Iterator[Reading]:
        self._ask("account", meter)
        today = datetime.fromisoformat("2026-11-22").date()
        yield Reading(self.account.id, "followers", 1007.0, today, today, "followers_count")
        yield Reading(self.account.id, "impressions", 50.0, last, last, "daily", basis="received")

    def _page(self, what: str, names: Sequence[str], meter: Meter) -> Iterator[PostRow]:
        self._ask(what, meter, Decimal("0.001") * len(names))
        meter.natives |= {"impressions": "impression_count"}
        for name in names:
            one = self.shown[name]
            publication = Publication(
                self.account.id,
                name,
                one.at,
                f"https://fake.example/{name}",
                None,
                one.text,
                one.links,
            )
            yield PostRow(publication, one.counts)

    def _ask(self, what: str, meter: Meter, dollars: Decimal = Decimal(0)) -> None:
        meter.call(dollars)
        if what == "posts":
            self.before()
        meter.charge(dollars)
        self.asked.append(what)
        if what in self.fails:
            raise self.fails[what]


class FakeTool(Tool):
    """A tool that counts ten page views for each day."""

    name: ClassVar[str] = "fake"
    label: ClassVar[str] = "Fake Analytics"

    def __init__(self, website: Website) -> None:
        super().__init__(website, {})
        self.asked: list[tuple[date, date]] = []
        self.refused: set[tuple[date, date]] = set()

    def verify(self, meter: Meter) -> str:
        return "everything"

    def readings(self, first: date, last: date, meter: Meter) -> Iterator[Reading]:
        meter.call()
        self.asked.append((first, last))
        if (first, last) in self.refused:
            raise RejectedError("no such period")
        days = (last - first).days + 1
        yield Reading(self.website.id, "page_views", 10.0 * days, first, last, "views")
        yield Reading(self.website.id, "users_total", 7.0 * days**0.5, first, last, "users")


@dataclass
class Office:
    """A board whose x account and website are read from fakes; its other accounts have no key."""

    board: Board
    db: Db
    x: Fake
    website: FakeTool
    errors: dict[str, SgcommsError] = field(default_factory=dict)

    def allow(self, dollars: str) -> None:
        """Let x cost no more in a month."""
        self.x.account = replace(self.x.account, budget=Budget(dollars=Decimal(dollars)))

    def measuring(self, account: str) -> Measuring | None:
        if account in self.errors:
            raise self.errors[account]
        if account != "x":
            raise SecretsMissingError(f"{account} has no access_token")
        return self.x

    def tool(self, website: str) -> Tool:
        return self.website

    def collect(self, *subjects: str, **more: object) -> dict[str, Collected]:
        """Run once; return what became of each subject."""
        request = Request(subjects or None, **more)  # type: ignore[arg-type]
        return {
            one.subject: one for one, _ in collecting.collect(self.db, self.board, self, request)
        }


@pytest.fixture
def office(space: Workspace) -> Iterator[Office]:
    board = space.board()
    with space.database() as db:
        yield Office(board, db, Fake(board.accounts["x"]), FakeTool(board.websites["website"]))
