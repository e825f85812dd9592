"""Posts as Meta lists them: which of them is ours. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, parse_qs, urlsplit

from sgcomms.errors import UncertainError

_URL = re.compile(r"https?://[^\s<>\"]+")
_SHIMS = frozenset(("l.facebook.com", "lm.facebook.com", "l.instagram.com"))


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as the platform lists it.

    `urls` are the addresses of its attachments, in whatever form; `links` are those that it leads
    to, `address` is its own.
    """

    id: str
    made_at: datetime
    text: str
    urls: tuple[str, ...] = ()
    address: str | None = None
    kind: str | None = None
    links: tuple[str, ...] = ()


def by_mark(text: str, link: str | None, posts: Iterable[Seen]) -> list[Seen]:
    """Return the posts with the tagged link of a draft, or, where it has none, with its words.

    `utm_content` names the delivery, so a link decides alone: a person may have mended a word.
    """
    wanted = _marks([*_links(text), *([link] if link else [])])
    if not wanted:
        return by_words(text, posts) if plain(text) else []
    return [one for one in posts if wanted <= _marks([*_links(one.text), *one.urls])]


def by_words(text: str, posts: Iterable[Seen]) -> list[Seen]:
    """Return the posts that say `text`, whatever its line breaks."""
    wanted = plain(text)
    return [one for one in posts if plain(one.text) == wanted]


def only(found: Sequence[Seen], label: str) -> Seen | None:
    """Return the one post in `found`, None where there is none.

    Raises UncertainError for more than one: taking either, or neither, could be wrong.
    """
    if len(found) > 1:
        where = ", ".join(one.address or one.id for one in found[:3])
        raise UncertainError(
            f"{label} shows {len(found)} posts that could be this one: {where}; look at them, then "
            "`sgcomms settle`"
        )
    return found[0] if found else None


def plain(text: str) -> str:
    """Return `text` as two texts that read alike have it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def leads_to(text: str, urls: Iterable[str], own: str) -> tuple[str, ...]:
    """Return the addresses in `urls` and in a text, each once, without those of the host `own`."""
    found = dict.fromkeys([*map(_unwrapped, urls), *_links(text)])
    return tuple(url for url in found if _elsewhere(url, own))


def _elsewhere(url: str, own: str) -> bool:
    parts = _split(url)
    host = parts.hostname if parts is not None and parts.scheme in ("https", "http") else None
    return host is not None and not f".{host}".endswith(f".{own}")


def _links(text: str) -> list[str]:
    """Return the links of a text, without what ends the sentence that they stand in."""
    return [url.rstrip(".,;:!?)]}'’”") for url in _URL.findall(text)]


def _marks(urls: Iterable[str]) -> set[str]:
    return {mark for url in urls for mark in _query(_unwrapped(url), "utm_content")}


def _unwrapped(url: str) -> str:
    """Return where an address leads that goes through Facebook's own redirect."""
    parts = _split(url)
    if parts is not None and parts.hostname in _SHIMS:
        return next(_query(url, "u"), url)
    return url


def _query(url: str, name: str) -> Iterator[str]:
    parts = _split(url)
    if parts is not None:
        yield from parse_qs(parts.query).get(name, ())


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None
