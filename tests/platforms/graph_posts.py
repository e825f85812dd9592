"""A Graph API with posts and figures: it shows what is asked for, and refuses as Meta does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sgcomms.errors import PlatformError
from sgcomms.models import Publication, Reading
from tests.platforms.graph_cases import VERSION, Route, error
from tests.platforms.graph_server import Reply, Request, Server, serving

PACIFIC = ZoneInfo("America/Los_Angeles")
PAGE_NAMES = frozenset(("page_media_view", "page_total_media_view_unique", "page_post_engagements"))
FEW = "(#10) Not enough viewers for the media to show insights"
RIGHTS = "(#10) This endpoint requires the permission to be granted"

Refuses = Callable[[list[str], "Post"], Reply | None]
"""What is said against names of metrics, asked of a post; None where nothing is."""


@dataclass
class Post:
    """A post with all its fields, and its figures by Meta's names; a blank one is not in them."""

    id: str
    made: datetime
    fields: dict[str, Any]
    figures: dict[str, Any]
    gone: bool = False

    def has(self, name: str) -> bool:
        return name in self.figures


def not_valid(names: list[str], known: frozenset[str]) -> Reply | None:
    """Return the refusal that names nothing."""
    if set(names) <= known:
        return None
    return error(100, words="(#100) The value must be a valid insights metric")


def not_listed(names: list[str], known: frozenset[str]) -> Reply | None:
    """Return the refusal that lists what is offered, at such length as Meta does."""
    bad = [place for place, name in enumerate(names) if name not in known]
    if not bad:
        return None
    others = [f"threads_of_another_kind_{number}" for number in range(40)]
    listed = ", ".join([*others, *sorted(known)])
    words = f"(#100) metric[{bad[0]}] must be one of the following values: {listed}"
    return error(100, words=words)


def not_supported(names: list[str], known: frozenset[str]) -> Reply | None:
    """Return the refusal that names the culprits, for a kind of post."""
    bad = ", ".join(name for name in names if name not in known)
    if not bad:
        return None
    words = f"(#100) The Media Insights API does not support the {bad} metric for this media "
    return error(100, words=f"{words}product type.")


Refuse = Callable[[list[str], frozenset[str]], Reply | None]
REFUSALS = pytest.mark.parametrize("refuse", [not_valid, not_listed, not_supported])
"""Every way in which Meta refuses names of metrics that are not among those it knows."""


class Insights:
    """An account at Meta: `node` lists `posts` under `edge`, newest first.

    `known` are the metrics of posts, `refuse` says how others are refused; `lacking` are fields and
    metrics that the token may not read, `without` fields that posts do not have any more. `daily`
    has the account's own figures, by day and name, `single` those that come as one number for the
    time asked for. `tells_gone` is whether the id of a post that is gone is named.
    `routes` answer in place of all this, by method and path.
    """

    def __init__(self, server: Server, node: str, edge: str) -> None:
        self.server, self.node, self.edge = server, node, edge
        self.posts: list[Post] = []
        self.account: dict[str, Any] = {"id": node}
        self.known: frozenset[str] = frozenset()
        self.refuse: Refuse = not_valid
        self.refuses: Refuses = lambda names, post: None
        self.lacking: frozenset[str] = frozenset()
        self.without: frozenset[str] = frozenset()
        self.daily: dict[tuple[date, str], Any] = {}
        self.single: dict[tuple[date, str], Any] = {}
        self.account_known: frozenset[str] = PAGE_NAMES
        self.most_days = 90
        self.most_listed = 100
        self.no_more_than = 10_000
        self.tells_gone = True
        self.routes: dict[str, Route] = {}
        self.after: Callable[[Request, Reply], Reply] = lambda request, reply: reply
        server.answer = self._answer

    @property
    def base(self) -> str:
        return self.server.base

    @property
    def got(self) -> list[Request]:
        return self.server.got

    def asked(self, path: str) -> list[Request]:
        """Return the requests of a path, "" being that of several nodes."""
        return [one for one in self.got if _path(one) == path]

    def _answer(self, request: Request) -> Reply:
        found = self.routes.get(_path(request))
        if found is not None:
            reply = found if isinstance(found, Reply) else found(request)
        else:
            reply = self._shown(request)
        return self.after(request, reply)

    def _shown(self, request: Request) -> Reply:
        node, _, edge = _path(request).partition("/")
        query = request.query
        if node == self.node:
            return self._of_account(request, edge)
        if not node:
            return self._several(query)
        post = self._post(node)
        if post is None:
            return self._gone(node)
        if edge == "insights":
            return self._figures(post, query["metric"].split(","))
        return self._one(post, query["fields"])

    def _of_account(self, request: Request, edge: str) -> Reply:
        if edge == self.edge:
            return self._listed(request)
        if edge == "insights":
            return self._days(request.query)
        asked = request.query["fields"].split(",")
        return Reply({one: self.account[one] for one in asked if one in self.account})

    def _post(self, number: str) -> Post | None:
        return next((one for one in self.posts if one.id == number and not one.gone), None)

    def _gone(self, number: str) -> Reply:
        which = f"Object with ID '{number}'" if self.tells_gone else "Object"
        return error(100, 33, words=f"Unsupported get request. {which} does not exist")

    def _several(self, query: Mapping[str, str]) -> Reply:
        body = {}
        for number in query["ids"].split(","):
            post = self._post(number)
            reply = self._one(post, query["fields"]) if post else self._gone(number)
            if reply.status != 200:
                return reply
            body[number] = reply.body
        return Reply(body)

    def _listed(self, request: Request) -> Reply:
        query = request.query
        limit = min(int(query["limit"]), self.most_listed)
        since, until = (float(query.get(name, 0)) for name in ("since", "until"))
        there = [one for one in self.posts if not one.gone and since <= one.made.timestamp()]
        posts = [one for one in there if not until or one.made.timestamp() < until]
        start = int(query.get("after", "0"))
        if limit > self.no_more_than and "insights" in query["fields"]:
            words = "Please reduce the amount of data you're asking for, then retry your request"
            return error(1, status=500, words=words)
        data = []
        for post in posts[start : start + limit]:
            reply = self._one(post, query["fields"])
            if reply.status != 200:
                return reply
            data.append(reply.body)
        body: dict[str, Any] = {"data": data}
        if start + limit < len(posts):
            following = f"{self.base}{request.path}?after={start + limit}&access_token=x"
            body["paging"] = {"next": following}
        return Reply(body)

    def _one(self, post: Post, fields: str) -> Reply:
        """Return a post with the fields that are asked for."""
        shown: dict[str, Any] = {}
        for part in _parts(fields):
            name = re.split(r"[.{]", part)[0]
            if name in self.lacking:
                return error(10, words=RIGHTS, status=403)
            if name in self.without:
                return error(100, words=f"(#100) Tried accessing nonexisting field ({name})")
            if name == "insights":
                reply = self._figures(post, part[part.index("(") + 1 : -1].split(","))
                if reply.status != 200:
                    return reply
                shown[name] = reply.body
            elif name in post.fields:
                shown[name] = post.fields[name]
        return Reply({"id": post.id, **shown})

    def _figures(self, post: Post, names: list[str]) -> Reply:
        if self.lacking & {*names}:
            return error(10, words=RIGHTS, status=403)
        refused = self.refuse(names, self.known) or self.refuses(names, post)
        if refused is not None:
            return refused
        return Reply({"data": [_figure(one, post.figures[one]) for one in names if post.has(one)]})

    def _days(self, query: Mapping[str, str]) -> Reply:
        names = query["metric"].split(",")
        if self.lacking & {*names}:
            return error(200, words=RIGHTS, status=403)
        refused = self.refuse(names, self.account_known)
        if refused is not None:
            return refused
        since, until = (int(query[name]) for name in ("since", "until"))
        if until - since > self.most_days * 86_400:
            return error(100, 1_504_016, words=f"no more than {self.most_days} days")
        if query.get("metric_type") == "total_value":
            day = datetime.fromtimestamp(since, PACIFIC).date()
            found = [(one, self.single.get((day, one))) for one in names]
            data = [{"name": n, "total_value": {"value": v}} for n, v in found if v is not None]
            return Reply({"data": data})
        series: list[dict[str, Any]] = []
        for name in names:
            values = [
                {"value": value, "end_time": f"{end:%Y-%m-%dT%H:%M:%S}+0000"}
                for (day, one), value in sorted(self.daily.items(), key=lambda item: item[0])
                for end in [_end(day)]
                if one == name and since < end.timestamp() <= until
            ]
            series.append({"name": name, "period": "day", "values": values})
        return Reply({"data": [one for one in series if one["values"]]})


def _figure(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "period": "lifetime", "values": [{"value": value}]}


def _end(day: date) -> datetime:
    """Return when a day of Meta's ends, in UTC."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=PACIFIC).astimezone(UTC)


def _parts(fields: str) -> list[str]:
    return re.findall(r"(?:[^,({]|\([^)]*\)|\{[^}]*\})+", fields)


def _path(request: Request) -> str:
    return request.path.removeprefix(VERSION).strip("/")


@contextmanager
def account(node: str, edge: str) -> Iterator[Insights]:
    """Run an account at Meta as long as the block lasts."""
    with serving() as server:
        yield Insights(server, node, edge)


def broken(
    rows: Iterator[Any], kind: type[Exception] = PlatformError
) -> tuple[list[Any], Exception]:
    """Return what came before an error, and the error."""
    found = []
    try:
        for row in rows:
            found.append(row)  # noqa: PERF402  what came before the error is wanted
    except kind as error:
        return found, error
    raise AssertionError("it did not break off")


def publications(posts: Iterable[Post]) -> list[Publication]:
    """Return what is known of posts."""
    return [Publication("ours", one.id, one.made) for one in posts]


def by_metric(rows: Iterable[Reading], metric: str) -> list[Reading]:
    """Return the readings of one metric."""
    return [one for one in rows if one.metric == metric]


def stamp(at: datetime) -> str:
    """Return a time as Meta writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000"


def nested(request: Request) -> set[str]:
    """Return the metrics that are asked for together with posts."""
    found = re.search(r"insights\.metric\(([^)]*)\)", request.query["fields"])
    return set(found[1].split(",")) if found else set()
