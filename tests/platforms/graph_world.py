"""An account at Meta as the contracts want it: posts that are counted, made and taken down."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest

from sgcomms import clock
from sgcomms.models import Publication
from sgcomms.platforms.graph import GraphPublisher
from sgcomms.platforms.graph import api as graph_api
from sgcomms.platforms.graph.measuring import GraphMeasuring
from tests.platforms.graph_cases import APP_SECRET, TOKEN, VERSION, Shelf, error
from tests.platforms.graph_posts import Insights, Post
from tests.platforms.graph_server import Reply, Request

Strange = Literal["401", "429", "500", "reset", "html", "empty"]
STRANGE: Mapping[Strange, Reply] = {
    "401": error(190, 463, 401),
    "429": error(80_001),
    "500": error(2, status=500),
    "reset": Reply(fault="reset"),
    "html": Reply(b"<html>Sorry, something went wrong</html>"),
    "empty": Reply({}),
}


def hurry(patch: pytest.MonkeyPatch, seconds: float = 2.0) -> None:
    """Take the pauses out, forget limits that were met, and wait for no answer any longer."""
    graph_api.WAITS.clear()
    patch.setattr(GraphPublisher, "deadline", timedelta(seconds=seconds))
    patch.setattr("sgcomms.http.WAITS", (0.0, 0.0))


class GraphWorld(ABC):
    """An account at Meta that can be made to go wrong.

    `counts` is what a post has unless a test says otherwise, `natives` Meta's names of the metrics
    that Insights have.
    """

    secrets = (TOKEN, APP_SECRET)
    counts: Mapping[str, int]
    natives: Mapping[str, str]

    def __init__(self, meta: Insights) -> None:
        self.meta = meta
        self.shelf = Shelf(meta.base)
        self.loses = False
        self._strange: Strange | None = None
        self._strange_after = 0
        self._usual, meta.server.answer = meta.server.answer, self._answer

    @property
    def asked(self) -> list[Request]:
        """The requests that arrived, in order."""
        return self.meta.got

    @property
    def followers(self) -> Any:
        return self.meta.account["followers_count"]

    @followers.setter
    def followers(self, value: Any) -> None:
        self.meta.account["followers_count"] = value

    @abstractmethod
    def adapter(self) -> GraphMeasuring:
        """Return the subject, as a new run has it."""

    def hold(self, at: datetime, counts: Mapping[str, Any] | None = None) -> Publication:
        """Put a post on the account. What `counts` has as None, Meta leaves blank."""
        return self._hold(at, {**self.counts, **(counts or {})})

    def lose(self, post: Publication) -> None:
        """Take a post down."""
        self._held(post.platform_id).gone = True

    def refuse(self, metric: str) -> None:
        """Offer a metric no more, from wherever it could be had."""
        self.meta.known -= {self.natives.get(metric, "")}

    def be_strange(self, strange: Strange, after: int = 0) -> None:
        """Answer strangely once so many more requests have been answered well."""
        self._strange, self._strange_after = strange, len(self.asked) + after

    def public(self) -> int:
        """Return how many posts anybody can see."""
        return sum(not one.gone for one in self.meta.posts)

    @abstractmethod
    def _post(self, number: int, at: datetime, counts: Mapping[str, Any], **fields: Any) -> Post:
        """Return a post with these counts by metric."""

    @abstractmethod
    def _published(self, request: Request, path: str) -> Reply | None:
        """Return the answer to what makes a post public, None for any other request."""

    def _prepared(self, request: Request, path: str) -> Reply | None:
        """Return the answer to what goes before publishing, None for any other request."""
        return None

    def _hold(self, at: datetime, counts: Mapping[str, Any], **fields: Any) -> Publication:
        post = self._post(len(self.meta.posts) + 1, at, counts, **fields)
        self.meta.posts.insert(0, post)
        self.meta.posts.sort(key=lambda one: one.made, reverse=True)
        return Publication("ours", post.id, at)

    def _made_public(self, **fields: Any) -> Reply:
        return Reply({"id": self._hold(clock.now(), self.counts, **fields).platform_id})

    def _held(self, number: str) -> Post:
        return next(one for one in self.meta.posts if one.id == number)

    def _answer(self, request: Request) -> Reply:
        if self._strange and len(self.asked) > self._strange_after:
            return STRANGE[self._strange]
        path = request.path.removeprefix(VERSION).strip("/")
        made = self._published(request, path)
        if made is not None:
            return Reply(fault="reset") if self.loses else made
        return self._prepared(request, path) or self._usual(request)
