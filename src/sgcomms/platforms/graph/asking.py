"""Posts asked for together with their figures, many at once, without what Meta refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sgcomms.errors import PlatformError, RejectedError, UnavailableError
from sgcomms.metering import BudgetSpentError, Meter
from sgcomms.platforms.graph.answers import Refusal, identifier
from sgcomms.platforms.graph.api import Api, Data, following, shown_in
from sgcomms.platforms.graph.insights import figures
from sgcomms.platforms.graph.offers import Offers, Wanted, insights
from sgcomms.platforms.graph.refusals import named

MOST_PAGES = 100
"""How many pages of a list are read at most."""

LEAST_LISTED = 10
"""How many posts a page has at least, where Meta finds a longer one too much."""

_T = TypeVar("_T")


@dataclass(slots=True)
class Found:
    """A post as it was shown, with the figures that Insights had, by Meta's names.

    `complete` is false where asking broke off before everything had been asked.
    """

    id: str
    data: Data
    kind: str
    figures: dict[str, object] = field(default_factory=dict)
    complete: bool = False


class Asking:
    """The questions about the posts of an account in one run.

    `most_ids` posts are asked about at once. Everything raises BudgetSpentError and a
    PlatformError, never RejectedError; what came before is good.
    """

    def __init__(self, api: Api, meter: Meter, wanted: Wanted, *, most_ids: int) -> None:
        self.meter = meter
        self.offers = Offers(api, meter, wanted)
        self._api, self._wanted, self._most_ids = api, wanted, most_ids
        self._sample: str | None = None

    def pages(
        self, path: str, query: Mapping[str, str], since: datetime, until: datetime
    ) -> Iterator[list[Found]]:
        """Yield the posts of a list from `since` until `until`, a page at a time, newest first.

        `query` has the `limit` of a page.
        """
        params = dict(query)
        for _ in range(MOST_PAGES):
            page = self._page(path, params)
            posts = [(self._wanted.made(one), _id_of(one), one) for one in self._shown_in(page)]
            yield from self._completed(
                {
                    post: data
                    for made, post, data in posts
                    if post is not None and made is not None and since <= made < until
                }
            )
            more, oldest = following(page), posts[-1][0] if posts else None
            if not more or not posts or (oldest is not None and oldest < since):
                return
            if more.items() <= params.items():
                break
            params |= more
        self.meter.gap(f"{self._api.label} lists more posts than were read: its list did not end")

    def these(self, ids: Sequence[str]) -> Iterator[list[Found]]:
        """Yield the posts with these ids, a batch at a time; those that are gone are left out."""
        for batch in _batches(ids, self._most_ids):
            posts: dict[str, Data] = {}
            try:
                for part in self._batch(batch):
                    posts |= part
            except (BudgetSpentError, PlatformError):
                yield self._found(posts)
                raise
            yield from self._completed(posts)

    def _completed(self, posts: Mapping[str, Data]) -> Iterator[list[Found]]:
        """Yield `posts` with what is asked for apart; as they are where that breaks off."""
        found = self._found(posts)
        try:
            self._complete(found)
        except (BudgetSpentError, PlatformError):
            yield found
            raise
        for one in found:
            one.complete = True
        yield found

    def _found(self, posts: Mapping[str, Data]) -> list[Found]:
        return [
            Found(post, data, self._wanted.kind(data), figures(data.get("insights")))
            for post, data in posts.items()
        ]

    def _page(self, path: str, params: dict[str, str]) -> Data:
        """Return a page of a list, asked for again without what Meta refuses."""
        while True:
            got = self._ask(path, {**params, "fields": self.offers.fields()})
            if not isinstance(got, Refusal):
                posts = self._shown_in(got)
                self._sample = next(filter(None, map(_id_of, posts)), self._sample)
                return got
            limit = int(params["limit"])
            if got.of_size and limit > LEAST_LISTED:
                params["limit"] = str(max(limit // 2, LEAST_LISTED))
            elif not self.offers.learnt(got, lambda: self._first(path, params)) and (
                got.of_gone or not self.offers.take_apart()
            ):
                raise self._not_listed(got)

    def _first(self, path: str, params: Mapping[str, str]) -> str | None:
        """Return the id of some post of the list, None where it is empty."""
        if self._sample is None:
            got = self._ask(path, {**params, "fields": "id", "limit": "1"})
            if isinstance(got, Refusal):
                raise self._not_listed(got)
            self._sample = next(filter(None, map(_id_of, self._shown_in(got))), None)
        return self._sample

    def _not_listed(self, got: Refusal) -> PlatformError:
        if not isinstance(got.error, RejectedError):
            return got.error
        return UnavailableError(f"{self._api.label} does not list the account's posts: {got.error}")

    def _batch(self, ids: Sequence[str]) -> Iterator[dict[str, Data]]:
        """Yield the posts with these ids, in parts where one of them spoils the rest."""
        got = self._objects(ids, self.offers.fields())
        if not isinstance(got, Refusal):
            yield got
            return
        gone = named(got.fault, ids) if got.of_gone else frozenset()
        learnt = not got.of_gone and self.offers.learnt(got, lambda: ids[0])
        if learnt or 0 < len(gone) < len(ids):
            yield from self._batch([one for one in ids if one not in gone])
        elif len(ids) > 1:
            for half in _halves(ids):
                yield from self._batch(half)
        elif not got.of_gone:
            yield self._bare(ids)

    def _bare(self, ids: Sequence[str]) -> dict[str, Data]:
        """Return a post whose figures are refused."""
        got = self._objects(ids, self.offers.fields(bare=True))
        if not isinstance(got, Refusal):
            return got
        if got.of_rights:
            raise got.error
        if not got.of_gone:
            self.meter.gap(f"{self._api.label} does not show some posts: {got}")
        return {}

    def _objects(self, ids: Sequence[str], fields: str) -> dict[str, Data] | Refusal:
        """Return what is shown of these ids, in their order.

        Raises UnavailableError where it is nothing: of posts that are gone Meta says so.
        """
        one = len(ids) == 1
        path, query = (ids[0], {}) if one else ("", {"ids": ",".join(ids)})
        got = self._ask(path, {**query, "fields": fields})
        if isinstance(got, Refusal):
            return got
        shown = {ids[0]: got} if one else got
        found = ((post, shown.get(post)) for post in ids)
        there: dict[str, Data] = {
            post: data for post, data in found if isinstance(data, dict) and _id_of(data)
        }
        if not there:
            raise UnavailableError(f"{self._api.label} showed no posts, and did not say why")
        return there

    def _complete(self, posts: Sequence[Found]) -> None:
        """Ask for the figures that are not asked for together with the posts."""
        for kind in dict.fromkeys(one.kind for one in posts):
            alike = [one for one in posts if one.kind == kind]
            for batch in _batches(alike, self._most_ids):
                self._complete_alike(kind, batch)

    def _complete_alike(self, kind: str, posts: Sequence[Found]) -> None:
        """Ask for figures of posts of one kind, in parts where one of them spoils the rest."""
        while names := self.offers.apart(kind):
            got = self._objects([one.id for one in posts], f"id,{insights(names)}")
            if not isinstance(got, Refusal):
                for one in posts:
                    one.figures |= figures(got.get(one.id, {}).get("insights"))
                self.offers.shown(kind)
                return
            if self.offers.learnt_of(kind, got, posts[0].id):
                continue
            if len(posts) == 1:
                self.offers.silent(kind, got)
                return
            for half in _halves(posts):
                self._complete_alike(kind, half)
            return

    def _shown_in(self, page: Data) -> list[Data]:
        return shown_in(page, self._api.label)

    def _ask(self, path: str, params: Mapping[str, str]) -> Data | Refusal:
        return self._api.ask(path, params, self.meter.call)


def _id_of(post: Data) -> str | None:
    return identifier(post, "id")


def _batches(items: Sequence[_T], most: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), most):
        yield items[start : start + most]


def _halves(items: Sequence[_T]) -> tuple[Sequence[_T], Sequence[_T]]:
    return items[: len(items) // 2], items[len(items) // 2 :]
