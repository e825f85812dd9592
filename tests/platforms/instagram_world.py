"""Instagram on loopback: an account, its posts, and what Insights have of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sgcomms.models import Account
from sgcomms.platforms.instagram import Instagram
from tests.platforms.graph_cases import NOW, SPECS, TOKEN, Specification
from tests.platforms.graph_posts import Insights, Post, account, not_supported, stamp
from tests.platforms.graph_server import Reply, Request
from tests.platforms.graph_world import GraphWorld

USER = "17841400000000000"
FIRST = 17_900_000_000_000_000
CONTAINERS = 18_000_000_000_000_000
ALL = frozenset(("views", "reach", "likes", "comments", "shares", "saved", "total_interactions"))
"""Those that a probe of the live service in July 2026 found offered for every kind of post."""

FEED = ALL | {"follows", "profile_visits", "link_clicks"}


@contextmanager
def running() -> Iterator[Insights]:
    """Run an account of 124 followers; every request is held against Meta's document."""
    with account(USER, "media") as found:
        found.known = FEED
        found.account_known = frozenset(("reach", "views", "total_interactions"))
        found.most_days = 30
        found.account |= {"followers_count": 124, "media_count": 400}
        yield found
        if SPECS.exists():
            nodes = {USER: "IGUser", "179[0-9]+": "IGMedia", "18[0-9]+": "container"}
            asked = [one for one in found.got if not one.path.startswith("/media/")]
            assert list(Specification(nodes).complaints_of(asked)) == []


def connected(meta: Insights) -> Instagram:
    """Return the subject, with a token of the account."""
    found = Account("ours", "instagram", "live", "a", ig_user_id=USER, api_base=meta.base)
    return Instagram(found, {"access_token": TOKEN}, None)


def post(
    number: int,
    kind: str = "IMAGE",
    product: str = "FEED",
    *,
    at: datetime | None = None,
    **fields: Any,
) -> Post:
    """Return a post, the higher its number the later unless `at` says when it was made."""
    at = at or NOW - timedelta(hours=1000 - number)
    whole = {
        "caption": f"Post {number}",
        "timestamp": stamp(at),
        "permalink": f"https://www.instagram.com/p/{number}/",
        "media_type": kind,
        "media_product_type": product,
        "like_count": 99,
        "comments_count": 98,
    }
    figures = {
        "views": 100 + number,
        "reach": 80,
        "likes": 7,
        "comments": 2,
        "shares": 3,
        "saved": 4,
        "total_interactions": 16,
        "follows": 1,
        "profile_visits": 5,
        "link_clicks": 6,
    }
    return Post(str(FIRST + number), at, {**whole, **fields}, figures)


class InstagramWorld(GraphWorld):
    """An account. `containers` are what was prepared: the caption of each, and its status."""

    counts: Mapping[str, int] = {
        "views": 900,
        "reach": 700,
        "reactions": 12,
        "comments": 3,
        "shares": 4,
        "saves": 2,
        "engagements": 44,
        "follows": 1,
        "profile_visits": 5,
        "clicks_link": 21,
    }
    natives: Mapping[str, str] = {
        "views": "views",
        "reach": "reach",
        "reactions": "likes",
        "comments": "comments",
        "shares": "shares",
        "saves": "saved",
        "engagements": "total_interactions",
        "follows": "follows",
        "profile_visits": "profile_visits",
        "clicks_link": "link_clicks",
    }
    fields: Mapping[str, str] = {"reactions": "like_count", "comments": "comments_count"}

    def __init__(self, meta: Insights) -> None:
        super().__init__(meta)
        meta.refuse = not_supported
        self.containers: dict[str, dict[str, str]] = {}

    def adapter(self) -> Instagram:
        """Return the subject, as a new run has it."""
        found = connected(self.meta)
        return Instagram(found.account, found.secrets, self.shelf)

    def refuse(self, metric: str) -> None:
        """Offer a metric no more, from wherever it could be had."""
        super().refuse(metric)
        if metric in self.fields:
            self.meta.without |= {self.fields[metric]}

    def _post(self, number: int, at: datetime, counts: Mapping[str, Any], **fields: Any) -> Post:
        one = post(number, at=at, **fields)
        there = {metric: value for metric, value in counts.items() if value is not None}
        one.figures = {self.natives[metric]: value for metric, value in there.items()}
        for metric, name in self.fields.items():
            one.fields[name] = counts[metric]
            if counts[metric] is None:
                del one.fields[name]
        return one

    def _published(self, request: Request, path: str) -> Reply | None:
        if path != f"{USER}/media_publish":
            return None
        container = self.containers[request.form["creation_id"]]
        container["status_code"] = "PUBLISHED"
        return self._made_public(caption=container["caption"])

    def _prepared(self, request: Request, path: str) -> Reply | None:
        if path == f"{USER}/content_publishing_limit":
            return Reply({"data": [{"quota_usage": 0, "config": {"quota_total": 100}}]})
        if path in self.containers:
            return Reply({"id": path, "status_code": self.containers[path]["status_code"]})
        if (request.method, path) == ("POST", f"{USER}/media"):
            number = str(CONTAINERS + len(self.containers))
            caption = request.form["caption"]
            self.containers[number] = {"caption": caption, "status_code": "FINISHED"}
            return Reply({"id": number})
        sha256 = path.removeprefix("media/").removesuffix(".jpg")
        content = self.shelf.content_of.get(sha256)
        return Reply(content) if content is not None else None


@contextmanager
def opened() -> Iterator[InstagramWorld]:
    """Run Instagram as long as the block lasts."""
    with running() as meta:
        yield InstagramWorld(meta)
