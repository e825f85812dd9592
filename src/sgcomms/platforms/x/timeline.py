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


REPLY, REPOST = "reply", "repost"
"""Kinds of posts that say something to somebody, or what somebody else said."""

_NOTES = ("note_tweet", "note_post")
_REFERENCES = ("referenced_tweets", "referenced_posts")
_EDITS = ("edit_history_tweet_ids", "edit_history_post_ids")
"""What X called things until July 2026, and what it has called them since."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as the timeline has it, with its words as they were written and its links whole.

    `kind` is `REPLY`, `REPOST` or None for a post that stands for itself.
    """

    id: str
    made_at: datetime
    text: str
    urls: tuple[str, ...]
    kind: str | None = None


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
        found = see(post) if isinstance(post, dict) else None
        if found is not None:
            yield found


def see(post: Mapping[str, Any]) -> Seen | None:
    """Return a post as it was written, None for what has no id of a post.

    Of a long post, X gives the beginning as its text and the whole as its note.
    """
    post_id = as_id(post.get("id"))
    if post_id is None:
        return None
    notes = [note for name in _NOTES if isinstance(note := post.get(name), dict)]
    urls = tuple(url for one in (post, *notes) for url in _urls(one))
    texts = [one.get("text") for one in (*notes, post)]
    whole = next((text for text in texts if isinstance(text, str) and text), "")
    return Seen(
        post_id,
        _moment(post.get("created_at")) or made_at(post_id),
        _written(whole, urls),
        tuple(dict.fromkeys(_whole(url) for url in urls if not _is_picture(url))),
        _kind(post, post_id),
    )


def away(urls: Iterable[str], hosts: Sequence[str]) -> tuple[str, ...]:
    """Return the addresses that lead to a page elsewhere than on `hosts`, which are X's own.

    What X could not lengthen leads nowhere that is known.
    """
    return tuple(url for url in urls if _host(url) not in ("", "t.co", *hosts))


def unnamed(post: Seen, hosts: Sequence[str]) -> str:
    """Return the words of a post without addresses on `hosts`, which are X's own.

    X puts the address of what is quoted into the words, and the name of whoever wrote that into it.
    """
    words = post.text
    for url in post.urls:
        words = words.replace(url, "") if _host(url) in hosts else words
    return words.strip()


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


def _kind(post: Mapping[str, Any], post_id: str) -> str | None:
    """Return what kind of post it is, by whatever X tells of it.

    The newer vocabulary has no field for what a post answers; its conversation is that of the first
    post in it. Where X tells nothing, a post that begins with a name is taken for a reply.
    """
    types = [
        one.get("type")
        for name in _REFERENCES
        for one in _listed(post.get(name))
        if isinstance(one, dict)
    ]
    if "retweeted" in types:
        return REPOST
    conversation = as_id(post.get("conversation_id"))
    if "replied_to" in types or post.get("in_reply_to_user_id"):
        return REPLY
    if conversation is None:
        text = post.get("text")
        return REPLY if isinstance(text, str) and text.lstrip().startswith("@") else None
    edits = [one for name in _EDITS for one in _listed(post.get(name))]
    return None if conversation in (post_id, *edits) else REPLY


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _marks(urls: Iterable[str]) -> set[str]:
    """Return every `utm_content` in `urls`."""
    return {mark for url in urls for mark in parse_qs(_parts(url).query).get("utm_content", ())}


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # a broken host; it holds nothing to go by
        return urlsplit("")


def _host(url: str) -> str:
    parts = _parts(url)
    host = parts.hostname if parts.scheme in ("http", "https") else None
    return (host or "").removeprefix("www.")


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


def _written(text: str, urls: Sequence[Mapping[str, Any]]) -> str:
    """Return the words as they were written: X escapes them, shortens links, adds pictures'."""
    words = html.unescape(text)
    for url in urls:
        words = words.replace(url["url"], "" if _is_picture(url) else _whole(url))
    return words.rstrip()


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
