"""Lists of posts: asked for in the words that X understands, and turned page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sgcomms.errors import RejectedError, UnavailableError
from sgcomms.platforms.x.answers import GONE, Answer, as_id, kind_of

WORDS = ("tweet.fields", "post.fields")
"""What X calls the fields that are asked for: in its documents until July 2026, and since."""

PAGES = 32
"""X keeps 3,200 posts of a timeline, 100 a page: https://docs.x.com/x-api/posts/timelines"""

LEAST = 5
"""The fewest posts of a timeline that can be asked for."""

MOST = 100
"""The most posts that X gives in one answer: `max_results` and `ids` in its OpenAPI document."""

WITHHELD = frozenset(("not-authorized-for-field", "field-unauthorized"))
"""Types of problems that say that a field was asked for which these keys may not see."""

NOT_SHOWN = frozenset(
    (GONE, "not-authorized-for-resource", "resource-unavailable", "disallowed-resource")
)
"""Types of problems that say that a post is gone, or is not to be seen any more."""

Ask = Callable[[str, Mapping[str, str]], Answer]
"""Asks X once for a route with its query, and returns the answer. Raises a PlatformError."""


@dataclass(slots=True)
class Learnt:
    """What X's answers have told of how it wants to be asked, for as long as an account is open.

    `words` are those that it may understand; `private` is whether it may give the account's own
    keys what it gives nobody else.
    """

    words: tuple[str, ...] = WORDS
    private: bool = True


def asked(
    learnt: Learnt, ask: Ask, route: str, query: Mapping[str, str], fields: Mapping[str, str]
) -> Answer:
    """Return an answer about posts, asked for in the words that X understands.

    `fields` has by word what is asked for. Raises a PlatformError; RejectedError where X takes the
    question in no words.
    """
    page, refusal = None, None
    for word in learnt.words:
        try:
            page = ask(route, {**query, word: fields[word]})
        except RejectedError as error:  # it may not know the word
            refusal = error
            continue
        posts = page.body.get("data")
        if posts and _understood(posts):
            learnt.words = (word,)
        if not posts or _understood(posts):
            break
    if page is None:
        raise refusal or UnavailableError("X was not asked")
    return page


def pages(
    turn: Callable[[Mapping[str, str]], Answer], query: Mapping[str, str]
) -> Iterator[Answer]:
    """Yield what `turn` returns for `query` and the pages after it, at most all that X keeps."""
    for _ in range(PAGES):
        page = turn(query)
        yield page
        more = following(page)
        if more is None:
            return
        query = {**query, "pagination_token": more}


def following(page: Answer) -> str | None:
    """Return the token of the page after `page`, None where it is the last."""
    meta = page.body.get("meta")
    more = meta.get("next_token") if isinstance(meta, dict) else None
    return more if isinstance(more, str) and more else None


def held(page: Answer) -> list[Mapping[str, Any]] | None:
    """Return the posts in an answer as X wrote them; None where it does not say that it has none.

    An answer that merely lacks them is not the news that there are none.
    """
    data, meta = page.body.get("data"), page.body.get("meta")
    if isinstance(data, list):
        return [post for post in data if isinstance(post, dict)]
    none = isinstance(meta, dict) and meta.get("result_count") == 0
    return [] if data is None and none else None


def withheld(page: Answer) -> tuple[str, ...]:
    """Return the ids of the posts that X left out because of a field that was asked for."""
    there = [as_id(post.get("id")) for post in held(page) or ()]
    ids = (
        as_id(problem.get("resource_id")) or as_id(problem.get("value"))
        for problem in page.problems
        if kind_of(problem) in WITHHELD
    )
    return tuple(dict.fromkeys(one for one in ids if one is not None and one not in there))


def _understood(posts: object) -> bool:
    """Tell whether X gave what it was asked for: words that it does not know it may pass over."""
    return isinstance(posts, list) and any(
        isinstance(post, dict) and "created_at" in post for post in posts
    )
