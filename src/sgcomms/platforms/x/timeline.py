"""Posts of a timeline: when they were made, what they say, which of them is ours. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from sgcomms.errors import UncertainError
from sgcomms.platforms.links import links
from sgcomms.platforms.x.answers import as_id

FIRST_MILLISECOND = 1_288_834_974_657

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_PICTURE = re.compile(r"/(?:photo|video)/[0-9]+$")


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as the timeline has it, with its words as they were written and its links whole."""

    id: str
    made_at: datetime
    text: str
    urls: tuple[str, ...]


def made_at(post_id: str) -> datetime:
    """Return when the post `post_id` was made: its upper bits count milliseconds.

    Source: https://docs.x.com/fundamentals/x-ids, and twepoch in IdWorker.scala,
    https://github.com/twitter-archive/snowflake
    """
    since_first = timedelta(milliseconds=int(post_id) >> 22)
    return (
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=FIRST_MILLISECOND) + since_first
    )


def seen(posts: object) -> Iterator[Seen]:
    """Yield the posts of a page that make sense."""
    for post in posts if isinstance(posts, list) else ():
        post_id = as_id(post.get("id")) if isinstance(post, dict) else None
        if post_id is not None:
            urls = tuple(_urls(post))
            yield Seen(
                post_id,
                _moment(post.get("created_at")) or made_at(post_id),
                _written(post.get("text"), urls),
                tuple(_whole(url) for url in urls if not _is_picture(url)),
            )


def ours(wanted: str, posts: Iterable[Seen]) -> Seen | None:
    """Return the one post that says `wanted`, or None where none does.

    Raises UncertainError for more than one: nobody can tell which, and there must be no third.
    A link whose `utm_content` names the delivery decides; a text without one is compared whole.
    """
    wanted = unicodedata.normalize("NFC", wanted)
    marks = _marks(wanted[link.start : link.end] for link in links(wanted))
    plain = _plain(wanted)
    found = {
        post.id: post
        for post in posts
        if (marks <= _marks(post.urls) if marks else plain and _plain(post.text) == plain)
    }
    if len(found) > 1:
        which = ", ".join(f"https://x.com/i/status/{name}" for name in sorted(found))
        raise UncertainError(f"more than one post on X says this: {which}. Look which is to stay")
    return next(iter(found.values()), None)


def _marks(urls: Iterable[str]) -> set[str]:
    """Return every `utm_content` in `urls`."""
    return {mark for url in urls for mark in parse_qs(_parts(url).query).get("utm_content", ())}


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # a broken host; it holds nothing to go by
        return urlsplit("")


def _plain(text: str) -> str:
    """Return `text` as two texts that read alike have it: X writes http:// before bare domains."""
    text = unicodedata.normalize("NFC", text)
    return " ".join(word.rstrip("/") for word in _SCHEME.sub("", text).split())


def _urls(post: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for url in urls if isinstance(urls, list) else ():
        if isinstance(url, dict) and isinstance(url.get("url"), str) and url["url"]:
            yield url


def _whole(url: Mapping[str, Any]) -> str:
    whole = url.get("expanded_url")
    # not every entity: `&copy=1` in an address is no sign
    return (whole if isinstance(whole, str) and whole else str(url["url"])).replace("&amp;", "&")


def _is_picture(url: Mapping[str, Any]) -> bool:
    return bool(url.get("media_key")) or _PICTURE.search(_parts(_whole(url)).path) is not None


def _written(text: object, urls: Sequence[Mapping[str, Any]]) -> str:
    """Return the words as they were written: X escapes them, shortens links, adds pictures'."""
    words = html.unescape(text) if isinstance(text, str) else ""
    for url in urls:
        words = words.replace(url["url"], "" if _is_picture(url) else _whole(url))
    return words.rstrip()


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
