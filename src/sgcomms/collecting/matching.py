"""Posts found on an account, held against our deliveries: by id, then by link, then by text. Pure.

The id decides by itself where it is known. A person who confirmed a post may have given an address
that does not show it: then the tagged link tells which post it is, and without one its words do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sgcomms import planning
from sgcomms.models import Publication

NEAR = timedelta(days=7)
"""The same words may go out again another time; so far apart they are another post."""

_MARK = re.compile(r"[?&]utm_content=([A-Za-z0-9.\-]+)")
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery that is public, or may be, and whose post's id is not known.

    `link` is the draft's link or text with it, `text_key` its words (see `planning.text_key`).
    """

    delivery: str
    link: str
    text_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """The post that a delivery is, and what told it."""

    delivery: str
    publication: Publication
    by: str


def matches(found: Iterable[Publication], sent: Sequence[Sent]) -> Iterator[Match]:
    """Yield the one post that each of `sent` is; nothing where none is, or several could be."""
    posts = list(found)
    for one in sent:
        marks = set(_MARK.findall(one.link))
        by_link = [post for post in posts if marks & _marks(post)]
        by_text = [
            post
            for post in posts
            if post.text
            and abs(post.published_at - one.at) <= NEAR
            and one.text_key in _keys(post.text)
        ]
        for by, candidates in (("its link", by_link), ("its words", by_text)):
            if len(candidates) == 1:
                yield Match(one.delivery, candidates[0], by)
            if candidates:
                break


def _keys(text: str) -> set[str]:
    """Return the keys of a text with its addresses and without: a draft's own has no link."""
    return {planning.text_key(text), planning.text_key(_ADDRESS.sub(" ", text))}


def _marks(post: Publication) -> set[str]:
    return set(_MARK.findall(" ".join((*post.links, post.text or ""))))
