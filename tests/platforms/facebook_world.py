"""Facebook on loopback: a Page, its posts, and what Insights have of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sgcomms.models import Account
from sgcomms.platforms.facebook import Facebook
from tests.platforms.graph_cases import NOW, SPECS, TOKEN, Specification
from tests.platforms.graph_posts import Insights, Post, account, stamp
from tests.platforms.graph_server import Reply, Request
from tests.platforms.graph_world import GraphWorld

PAGE = "1234567890"
ACTIVITY = "post_activity_by_action_type"
VALID = frozenset(
    (
        "post_media_view",
        "post_total_media_view_unique",
        "post_clicks",
        "post_clicks_by_type",
        "post_reactions_by_type_total",
        ACTIVITY,
    )
)
"""The names of posts' figures that a probe of the live service found valid on 1 September 2026."""


@contextmanager
def running() -> Iterator[Insights]:
    """Run a Page of 120 followers; every request is held against Meta's document."""
    with account(PAGE, "published_posts") as found:
        found.known = VALID
        found.account |= {"followers_count": 124, "fan_count": 120}
        yield found
        if SPECS.exists():
            nodes = {PAGE: "Page", f"{PAGE}_[0-9]+": "PagePost"}
            assert list(Specification(nodes).complaints_of(found.got)) == []


def connected(meta: Insights) -> Facebook:
    """Return the subject, with a token of the Page."""
    found = Account("ours", "facebook", "live", "cplscb", page_id=PAGE, api_base=meta.base)
    return Facebook(found, {"access_token": TOKEN}, None)


def post(
    number: int, *, kind: str = "photo", url: str = "", at: datetime | None = None, **fields: Any
) -> Post:
    """Return a post, the higher its number the later unless `at` says when it was made."""
    at = at or NOW - timedelta(hours=1000 - number)
    target = url or f"https://www.facebook.com/photo/?fbid={number}"
    attached = {"media_type": kind, "url": target, "unshimmed_url": target}
    whole = {
        "message": f"Post {number}",
        "created_time": stamp(at),
        "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{number}",
        "attachments": {"data": [attached]},
        "shares": {"count": 4},
        "reactions": {"data": [], "summary": {"total_count": 7}},
        "comments": {"data": [], "summary": {"order": "ranked", "total_count": 2}},
    }
    figures = {
        "post_media_view": 100 + number,
        "post_total_media_view_unique": 80,
        "post_clicks": 9,
        "post_clicks_by_type": {"link clicks": 5, "photo view": 3, "other clicks": 1},
        "post_reactions_by_type_total": {"like": 5, "love": 2},
        ACTIVITY: {"like": 7, "comment": 2, "share": 4},
    }
    return Post(f"{PAGE}_{number}", at, {**whole, **fields}, figures)


class FacebookWorld(GraphWorld):
    """A Page. Comments and reactions need a permission of their own; shares are a plain field."""

    counts: Mapping[str, int] = {
        "views": 900,
        "reach": 700,
        "clicks_all": 50,
        "clicks_link": 21,
        "reactions": 12,
        "comments": 3,
        "shares": 4,
    }
    natives: Mapping[str, str] = {
        "views": "post_media_view",
        "reach": "post_total_media_view_unique",
        "clicks_all": "post_clicks",
        "clicks_link": "post_clicks_by_type",
        "reactions": "post_reactions_by_type_total",
        "comments": ACTIVITY,
        "shares": ACTIVITY,
    }

    def adapter(self) -> Facebook:
        """Return the subject, as a new run has it."""
        found = connected(self.meta)
        return Facebook(found.account, found.secrets, self.shelf)

    def refuse(self, metric: str) -> None:
        """Offer a metric no more, from wherever it could be had."""
        super().refuse(metric)
        if metric in ("reactions", "comments"):
            self.meta.lacking |= {"reactions", "comments"}
        if metric == "shares":
            self.meta.without |= {"shares"}

    def _post(self, number: int, at: datetime, counts: Mapping[str, Any], **fields: Any) -> Post:
        one = post(number, at=at, **fields)
        by_kind = {"clicks_link": "link clicks", "reactions": "like"}
        figures = {
            self.natives[metric]: {by_kind[metric]: value} if metric in by_kind else value
            for metric, value in counts.items()
            if self.natives[metric] != ACTIVITY and value is not None
        }
        activity = {"comment": counts["comments"], "share": counts["shares"]}
        one.figures = {**figures, ACTIVITY: activity}
        for edge in ("reactions", "comments"):
            one.fields[edge] = {"data": [], "summary": {"total_count": counts[edge]}}
            if counts[edge] is None:
                del one.fields[edge]
        one.fields["shares"] = {"count": counts["shares"]}
        if counts["shares"] == 0:
            del one.fields["shares"]  # as the Graph API leaves it out
        return one

    def _published(self, request: Request, path: str) -> Reply | None:
        if (request.method, path) == ("POST", f"{PAGE}/feed"):
            return self._made_public(message=request.form["message"])
        return None

    def _prepared(self, request: Request, path: str) -> Reply | None:
        if request.method != "DELETE" or self._held(path).gone:
            return None
        self._held(path).gone = True
        return Reply({"success": True})


@contextmanager
def opened() -> Iterator[FacebookWorld]:
    """Run Facebook as long as the block lasts."""
    with running() as meta:
        yield FacebookWorld(meta)
