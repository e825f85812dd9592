"""X on loopback: posts that are made, listed and counted, in either of X's two vocabularies.

As strict as X's OpenAPI documents, and as what X itself was seen to do: a post whose private
figures are asked for and may not be seen is left out of the answer, and named among its errors
(https://github.com/plhery/node-twitter-api-v2/issues/432).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sgcomms import clock
from sgcomms.models import Account, Publication
from sgcomms.platforms.x import X
from tests.platforms.graph_server import Reply, Request, Server, serving

SECRETS = {
    "api_key": "canary-consumer-key-1111",
    "api_secret": "canary-consumer-secret-2222",
    "access_token": "99-canary-access-token-3333",
    "access_token_secret": "canary-access-secret-4444",
}
OWN = "77"
PRIVATE = {
    "clicks_link": "url_link_clicks",
    "profile_visits": "user_profile_clicks",
    "engagements": "engagements",
}
COUNTS = {
    "impressions": 900,
    "reactions": 12,
    "comments": 3,
    "shares": 4,
    "quotes": 1,
    "saves": 2,
    "clicks_link": 21,
    "profile_visits": 5,
    "engagements": 44,
}
"""What a post has unless a test says otherwise."""

OLD_WORDS = {
    "fields": "tweet.fields",
    "shares": "retweet_count",
    "posts_total": "tweet_count",
    "references": "referenced_tweets",
    "note": "note_tweet",
    "edits": "edit_history_tweet_ids",
}
NEW_WORDS = {
    "fields": "post.fields",
    "shares": "repost_count",
    "posts_total": "post_count",
    "references": "referenced_posts",
    "note": "note_post",
    "edits": "edit_history_post_ids",
}
PUBLIC = {
    "impressions": "impression_count",
    "reactions": "like_count",
    "comments": "reply_count",
    "quotes": "quote_count",
    "saves": "bookmark_count",
}
PROBLEM = "https://api.twitter.com/2/problems/"
MONTH = timedelta(days=30)

Refusal = Literal["", "400", "403", "403-level", "withheld"]
Strange = Literal["", "401", "402", "429", "500", "reset", "html", "empty"]


def post_id(moment: datetime, number: int = 0) -> str:
    """Return an id that X would have given to a post made at `moment`."""
    milliseconds = round(moment.timestamp() * 1000) - 1_288_834_974_657
    return str((milliseconds << 22) + number)


@dataclass
class Held:
    """A post on X. `more` are fields that it has besides, by X's own names."""

    id: str
    at: datetime
    counts: dict[str, Any]
    text: str
    urls: list[dict[str, Any]]
    more: dict[str, Any]
    gone: bool = False
    withheld: bool = False
    reply: bool = False


@dataclass
class XWorld:
    """X, with one account on it. `refuses` says how it refuses private figures as a whole.

    `size` limits how many posts a page has, however many are asked for. `end_included` is whether
    the end of a list is in it: X's documents say both. While it `loses` answers, a post is made and
    nobody hears of it.
    """

    server: Server
    words: Mapping[str, str] = field(default_factory=lambda: OLD_WORDS)
    passes_over: bool = False
    refuses: Refusal = ""
    names_posts_by: tuple[str, ...] = ("resource_id", "value")
    end_included: bool = False
    size: int = 100
    loses: bool = False
    followers: Any = 312
    posts_total: Any = 4_021
    posts: list[Held] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    strange: Strange = ""
    strange_after: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    secrets = tuple(SECRETS.values())

    def __post_init__(self) -> None:
        self.server.answer = self._answer

    @property
    def asked(self) -> list[Request]:
        """The requests that arrived, in order."""
        return self.server.got

    def routes(self) -> list[str]:
        """Return what was asked for, in order."""
        return [one.path for one in self.asked]

    def adapter(self, kind: type[X] = X) -> X:
        """Return the subject, with keys of the account."""
        account = Account("x", "x", "live", "@cplscb", api_base=self.server.base)
        return kind(account, SECRETS)

    def hold(
        self,
        at: datetime,
        counts: Mapping[str, Any] | None = None,
        *,
        text: str = "Words",
        urls: list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> Publication:
        """Put a post on the account. What `counts` has as None, X leaves out of its answers."""
        number = post_id(at, len(self.posts))
        self.posts.append(
            Held(number, at, {**COUNTS, **(counts or {})}, text, urls or [], dict(more))
        )
        return Publication("x", number, at)

    def held(self, post: Publication) -> Held:
        """Return a post as X has it."""
        return next(one for one in self.posts if one.id == post.platform_id)

    def lose(self, post: Publication) -> None:
        """Take a post down."""
        self.held(post).gone = True

    def refuse(self, metric: str) -> None:
        """Give no figures of one metric any more."""
        if metric in PRIVATE:
            self.refuses = "403"
        self.refused.add(metric)

    def be_strange(self, strange: Strange, after: int = 0) -> None:
        """Answer strangely once so many more requests have been answered well."""
        self.strange, self.strange_after = strange, len(self.asked) + after

    def _answer(self, request: Request) -> Reply:
        if self.strange and len(self.asked) > self.strange_after:
            return self._strangely()
        routes: dict[str, Callable[[Request], Reply]] = {
            "/2/users/me": self._me,
            f"/2/users/{OWN}/tweets": self._timeline,
            "/2/tweets": self._lookup,
        }
        if request.path.startswith("/2/tweets") and request.method in ("POST", "DELETE"):
            return self._made(request) if request.method == "POST" else self._taken_down(request)
        found = routes.get(request.path)
        if found is None or request.method != "GET":
            return _not_found()
        return found(request)

    def public(self) -> int:
        """Return how many posts anybody can see."""
        return sum(not one.gone for one in self.posts)

    def _made(self, request: Request) -> Reply:
        text = json.loads(request.body)["text"]
        urls = [{"url": one, "expanded_url": one} for one in re.findall(r"https?://\S+", text)]
        post = self.hold(clock.now(), text=text, urls=urls)
        made = {"id": post.platform_id, "text": text, self.words["edits"]: [post.platform_id]}
        return Reply(fault="reset") if self.loses else Reply({"data": made}, 201)

    def _taken_down(self, request: Request) -> Reply:
        number = request.path.rpartition("/")[2]
        if all(one.gone or one.id != number for one in self.posts):
            return _not_found()
        next(one for one in self.posts if one.id == number).gone = True
        return Reply({"data": {"deleted": True}})

    def _strangely(self) -> Reply:
        if self.strange == "reset":
            return Reply(fault="reset")
        if self.strange == "html":
            return Reply(b"<html>Over capacity</html>")
        if self.strange == "empty":
            return Reply({})
        words = {"title": "Said", "detail": f"no: {SECRETS['access_token']}", "type": "about:blank"}
        return Reply(words, int(self.strange), self.headers)

    def _me(self, request: Request) -> Reply:
        data: dict[str, Any] = {"id": OWN, "name": "The board", "username": "CPLSCB"}
        if request.query.get("user.fields") == "public_metrics":
            names = {"followers": "followers_count", "posts_total": self.words["posts_total"]}
            counts = {"followers": self.followers, "posts_total": self.posts_total}
            data["public_metrics"] = {
                "following_count": 9,
                **{name: counts[one] for one, name in names.items() if one not in self.refused},
            }
        return Reply({"data": data})

    def _timeline(self, request: Request) -> Reply:
        query = request.query
        fields = self._fields(query, {"max_results", "exclude", "start_time", "end_time"})
        if isinstance(fields, Reply):
            return fields
        posts = sorted(self.posts, key=lambda one: int(one.id), reverse=True)
        if "start_time" in query:
            start = datetime.fromisoformat(query["start_time"])
            posts = [one for one in posts if one.at >= start]
        if "end_time" in query:
            end = datetime.fromisoformat(query["end_time"])
            beyond = timedelta(seconds=1) if self.end_included else timedelta(0)
            posts = [one for one in posts if one.at < end + beyond]
        excluded = query.get("exclude", "").split(",")
        posts = [one for one in posts if not one.gone and not (one.reply and "replies" in excluded)]
        begin = int(query.get("pagination_token", "p0")[1:])
        end_at = begin + min(self.size, int(query["max_results"]))
        body = self._shown(posts[begin:end_at], fields)
        body["meta"] = {"result_count": len(body.get("data", ()))}
        if end_at < len(posts):
            body["meta"]["next_token"] = f"p{end_at}"
        return Reply(body)

    def _lookup(self, request: Request) -> Reply:
        fields = self._fields(request.query, {"ids"})
        if isinstance(fields, Reply):
            return fields
        ids = request.query["ids"].split(",")
        if not 0 < len(ids) <= 100 or not all(re.fullmatch("[0-9]{1,19}", one) for one in ids):
            return _invalid("ids")
        by_id = {one.id: one for one in self.posts if not one.gone}
        body = self._shown([by_id[one] for one in ids if one in by_id], fields)
        missing = [
            {"type": PROBLEM + "resource-not-found", "resource_id": one, "title": "Not Found Error"}
            for one in ids
            if one not in by_id
        ]
        if missing:
            body["errors"] = [*body.get("errors", ()), *missing]
        if not body:
            body = {"data": [], "meta": {"result_count": 0}}
        return Reply(body)

    def _fields(self, query: Mapping[str, str], known: set[str]) -> set[str] | Reply:
        """Return the fields that are asked for, or how X refuses the question."""
        word = self.words["fields"]
        unknown = set(query) - known - {word, "pagination_token"}
        if unknown and not self.passes_over:
            return _invalid(min(unknown))
        fields = {one for one in query.get(word, "").split(",") if one}
        if "non_public_metrics" in fields:
            if self.refuses == "400":
                return _invalid("non_public_metrics")
            if self.refuses == "403":
                return Reply(
                    {"title": "Forbidden", "detail": "Not you", "type": "about:blank"}, 403
                )
            if self.refuses == "403-level":
                kind = PROBLEM + "client-forbidden"
                return Reply({"title": "Client Forbidden", "type": kind, "detail": "Level"}, 403)
        return fields

    def _shown(self, posts: list[Held], fields: set[str]) -> dict[str, Any]:
        data, errors = [], []
        for post in posts:
            old = clock.now() - post.at > MONTH
            if "non_public_metrics" in fields and (
                old or post.withheld or self.refuses == "withheld"
            ):
                errors += [
                    {**_withheld(name), **dict.fromkeys(self.names_posts_by, post.id)}
                    for name in PRIVATE.values()
                ]
                continue
            data.append(self._one(post, fields))
        return {name: value for name, value in (("data", data), ("errors", errors)) if value}

    def _one(self, post: Held, fields: set[str]) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": post.id, "text": post.text, self.words["edits"]: [post.id]}
        offered = {
            "created_at": f"{post.at:%Y-%m-%dT%H:%M:%S}.{post.at.microsecond // 1000:03}Z",
            "conversation_id": post.id,
            "entities": {"urls": post.urls},
            **post.more,
            "public_metrics": self._counts(post, {**PUBLIC, "shares": self.words["shares"]}),
            "non_public_metrics": self._counts(post, PRIVATE) | {"impression_count": 900},
        }
        always = {self.words["edits"]}
        return shown | {name: value for name, value in offered.items() if name in fields | always}

    def _counts(self, post: Held, names: Mapping[str, str]) -> dict[str, Any]:
        return {
            name: post.counts[metric]
            for metric, name in names.items()
            if metric not in self.refused and post.counts[metric] is not None
        }


def _not_found() -> Reply:
    kind = PROBLEM + "resource-not-found"
    problem = {"title": "Not Found Error", "type": kind, "detail": "Could not find it."}
    return Reply({"errors": [problem]}, 404)


def _invalid(name: str) -> Reply:
    error = {"message": f"The query parameter [{name}] is not valid", "parameters": {name: [""]}}
    return Reply(
        {"errors": [error], "title": "Invalid Request", "type": PROBLEM + "invalid-request"}, 400
    )


def _withheld(name: str) -> dict[str, str]:
    return {
        "resource_type": "tweet",
        "field": f"non_public_metrics.{name}",
        "parameter": "ids",
        "title": "Field Authorization Error",
        "section": "data",
        "detail": f"Sorry, you are not authorized to access 'non_public_metrics.{name}'",
        "type": PROBLEM + "not-authorized-for-field",
    }


@contextmanager
def opened() -> Iterator[XWorld]:
    """Run X as long as the block lasts."""
    with serving() as server:
        yield XWorld(server)
