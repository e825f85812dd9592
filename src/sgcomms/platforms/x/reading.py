"""Figures of X, read on a meter: posts of a time, posts by their ids, and the account itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sgcomms import clock
from sgcomms.errors import AuthError, RejectedError, UnavailableError
from sgcomms.metering import Meter
from sgcomms.models import PostRow, Publication, Reading
from sgcomms.platforms.x.answers import Answer, as_id, kind_of
from sgcomms.platforms.x.figures import (
    DEFINITIONS,
    PRIVATE,
    Counts,
    counted,
    counted_fields,
    gaps,
    leveled,
    listed_fields,
    named,
    readings,
)
from sgcomms.platforms.x.listing import (
    LEAST,
    MOST,
    NOT_SHOWN,
    PAGES,
    WITHHELD,
    Ask,
    Learnt,
    asked,
    following,
    held,
    pages,
    withheld,
)
from sgcomms.platforms.x.metered import Metered, Once
from sgcomms.platforms.x.timeline import REPLY, REPOST, Seen, away, made_at, see, unnamed
from sgcomms.platforms.x.windows import Window, windows

Post = tuple[Mapping[str, Any], bool]
"""A post as X wrote it, and whether its private figures were asked for."""

Fields = Callable[[bool], Mapping[str, str]]
"""What is asked for, by word, with private figures or without."""

_SOME_REFUSED = f"X refuses {named(tuple(PRIVATE))} of some posts"
_ALL_REFUSED = f"X gives these keys no {named(tuple(PRIVATE))} of any post"


@dataclass(frozen=True, slots=True)
class Prices:
    """What X charges, in US dollars, for a post in a list, a post looked up, and an account."""

    listed: Decimal
    post: Decimal
    user: Decimal


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the figures of one account, whose id in this program is `account`, within one run.

    `hosts` are X's own; `publication` makes one of an id, a time and a text; `seconds` are those
    that a question may take. Everything raises a PlatformError, never RejectedError or
    UncertainError, and BudgetSpentError.
    """

    account: str
    once: Once
    publication: Callable[[str, datetime, str], Publication]
    hosts: tuple[str, ...]
    seconds: float
    prices: Prices
    learnt: Learnt
    meter: Meter

    private_for: ClassVar[timedelta] = timedelta(days=29, hours=23)
    """How old a post may be for its private figures: X's thirty days (see `DEFINITIONS`), less an
    hour for clocks that differ."""

    impressions_from: ClassVar[date] = date(2022, 12, 15)
    """Since when X counts impressions in public (reported at
    https://github.com/DocNow/twarc/pull/682): of older posts it gives 0, which was not counted."""

    def __post_init__(self) -> None:
        self.meter.facts |= {
            "api": "X API v2",
            "day_boundary": "UTC",
            "documents": DEFINITIONS,
            "promoted": "what was paid for counts too",
            "private_days": f"{named(tuple(PRIVATE))}: for 30 days after a post, then no more",
            "reaches_back": f"the newest {PAGES * MOST:,} posts of the account",
        }

    def me(self, handle: str, fields: Mapping[str, str]) -> Answer:
        """Return what X says of the account whose keys these are.

        Raises AuthError where they are not those of `handle`: figures must be the account's own.
        """
        try:
            answer = self._metered(self.prices.user, 1)("/2/users/me", fields)
        except RejectedError as error:
            reason = f"X did not say whose keys these are: {error}"
        else:
            if answer.id is not None:
                owner = answer.data.get("username")
                if isinstance(owner, str) and owner.casefold() != handle.casefold():
                    raise AuthError(
                        f"the keys of {self.account} belong to @{owner}, and config/board.yaml "
                        f"says @{handle}: correct whichever is wrong"
                    )
                return answer
            reason = f"X did not say whose keys these are: {answer.words or 'it named no id'}"
        raise UnavailableError(reason)

    def levels(self, user: Mapping[str, Any], today: date) -> Iterator[Reading]:
        """Yield what `user`, X's answer about the account, counts today."""
        found = leveled(user)
        self._note(found, "for the account")
        yield from readings(found, self.account, today)

    def posts(self, own_id: str, since: datetime, until: datetime) -> Iterator[PostRow]:
        """Yield the posts and replies of the account `own_id` from `since` until `until`.

        Newest first, each once, with its figures; without what it only passed on.
        """
        now = clock.now()
        known: set[str] = set()
        for window in windows(since, until, self._edge(now)):
            for post, private in self._listed(own_id, window, now):
                found = see(post)
                if found is None or found.kind == REPOST or found.id in known:
                    continue
                if since <= found.made_at < until:
                    known.add(found.id)
                    yield PostRow(
                        self._published(found), self._values(post, found.made_at, private)
                    )
        if len(known) >= PAGES * MOST:
            self._note_end()

    def look_up(self, posts: Sequence[Publication]) -> Iterator[PostRow]:
        """Yield the figures of these posts, as far as X still shows them."""
        by_id = {one.platform_id: one for one in posts if as_id(one.platform_id) is not None}
        edge = self._edge(clock.now())
        is_young = {one: edge is not None and made_at(one) >= edge for one in by_id}
        for private in (True, False):
            ids = [one for one in by_id if is_young[one] == private]
            for start in range(0, len(ids), MOST):
                batch = ids[start : start + MOST]
                for post, asked_for in self._looked_up(batch, counted_fields, private=private):
                    own = by_id[post["id"]]
                    yield PostRow(own, self._values(post, own.published_at, asked_for))

    def _listed(self, own_id: str, window: Window, now: datetime) -> Iterator[Post]:
        size = max(LEAST, self.meter.covers(self.prices.listed, MOST))
        ask = self._metered(self.prices.listed, size)
        route = f"/2/users/{own_id}/tweets"
        query = {"max_results": str(size), "exclude": "retweets", **window.query(now)}
        private = False

        def turn(query: Mapping[str, str]) -> Answer:
            nonlocal private
            page, private = self._page(ask, route, query, listed_fields, private=window.private)
            return page

        for number, page in enumerate(pages(turn, query), start=1):
            posts = held(page)
            if posts is None:
                raise UnavailableError(f"X does not show the account's posts: {_why(page)}")
            self._note_problems(page, WITHHELD)
            missing = withheld(page)[:MOST] if private else ()
            yield from self._complete(posts, private, missing, listed_fields)
            if number == PAGES and following(page) is not None:
                self._note_end()

    def _looked_up(self, ids: Sequence[str], fields: Fields, *, private: bool) -> list[Post]:
        """Return the posts of these ids, at most a hundred, that X shows."""
        ask = self._metered(self.prices.post, len(ids))
        query = {"ids": ",".join(ids)}
        page, private = self._page(ask, "/2/tweets", query, fields, private=private)
        posts = held(page)
        if posts is None:
            if not page.kinds or page.kinds - NOT_SHOWN:
                raise UnavailableError(f"X does not show the account's posts: {_why(page)}")
            posts = []
        self._note_problems(page, WITHHELD | NOT_SHOWN)
        wanted = {one: post for post in posts if (one := as_id(post.get("id"))) in ids}
        missing = [one for one in withheld(page) if one in ids] if private else ()
        return self._complete(list(wanted.values()), private, missing, fields)

    def _complete(
        self,
        posts: Sequence[Mapping[str, Any]],
        private: bool,
        missing: Sequence[str],
        fields: Fields,
    ) -> list[Post]:
        """Return the posts of a page, newest first, with the `missing` that X left out of it.

        It leaves out a whole post, public figures and all, when one field may not be seen.
        """
        found = [(post, private) for post in posts]
        if missing:
            found += self._looked_up(missing, fields, private=False)
        return sorted(found, key=lambda one: int(as_id(one[0].get("id")) or 0), reverse=True)

    def _page(
        self, ask: Ask, route: str, query: Mapping[str, str], fields: Fields, *, private: bool
    ) -> tuple[Answer, bool]:
        """Return an answer about posts, and whether it was asked for private figures.

        Where X refuses these as a whole, the rest is asked for, and they never again.
        """
        alone = False
        private = private and self.learnt.private
        if private:
            try:
                page = asked(self.learnt, ask, route, query, fields(True))
            except (RejectedError, AuthError):  # the app may have too little access for them
                pass
            else:
                if held(page) or not page.kinds & WITHHELD:
                    return page, True
                alone = len(withheld(page)) == 1
        try:
            page = asked(self.learnt, ask, route, query, fields(False))
        except RejectedError as error:
            reason = f"X does not show the account's posts: {error}"
        else:
            if private:
                self.meter.gap(_SOME_REFUSED if alone else _ALL_REFUSED)
                self.learnt.private = alone
            return page, False
        raise UnavailableError(reason)

    def _metered(self, price: Decimal, most: int) -> Ask:
        return Metered(self.once, self.meter, price, most, self.seconds)

    def _edge(self, now: datetime) -> datetime | None:
        """Return the time since which posts have private figures; None where X gives none."""
        if self.learnt.private:
            return now - self.private_for
        self.meter.gap(_ALL_REFUSED)
        return None

    def _values(
        self, post: Mapping[str, Any], at: datetime, private: bool
    ) -> Mapping[str, float | None]:
        found = counted(post, at, private=private, impressions_from=self.impressions_from)
        self._note(found, "for some posts")
        return found.values

    def _note(self, found: Counts, of: str) -> None:
        self.meter.natives.update(found.natives)
        for words in gaps(found, of):
            self.meter.gap(words)

    def _note_problems(self, page: Answer, known: frozenset[str]) -> None:
        """Note what X names as wrong with a page, by its types: its own words may name people."""
        if page.kinds & WITHHELD:
            self.meter.gap(_SOME_REFUSED)
        if any(kind_of(problem) not in known for problem in page.problems):
            self.meter.gap("X could not show some posts: they may be missing")

    def _note_end(self) -> None:
        self.meter.gap(
            f"X lists the newest {PAGES * MOST:,} posts of an account: older ones are missing"
        )

    def _published(self, post: Seen) -> Publication:
        """Return a post as it is kept. What a reply says is said to a person: it is not kept."""
        return replace(
            self.publication(post.id, post.made_at, ""),
            kind=post.kind,
            text=None if post.kind == REPLY else unnamed(post, self.hosts) or None,
            links=away(post.urls, self.hosts),
        )


def _why(page: Answer) -> str:
    return page.words or "its answer has none, and does not say that there are none"
