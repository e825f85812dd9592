"""What became public, and every request: the judge of whether anything was posted twice."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus


@dataclass
class Item:
    """An image that is public: the SHA-256 of its bytes and its alt text."""

    sha256: str
    alt: str | None


@dataclass
class Public:
    """A post that everybody can see, or could until it was removed."""

    platform: str
    account: str
    id: str
    key: str
    text: str
    link: str | None
    media: Sequence[Item]
    at: datetime
    container: str | None = None
    removed: bool = False

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat()}


@dataclass
class Seen:
    """A request that arrived. `token_in` says where it carried a secret: header, url, body."""

    number: int
    protocol: str
    request: str
    method: str
    path: str
    target: str
    fields: Sequence[str]
    key: str
    fault: str
    token_in: Sequence[str]
    status: int | None = None
    made_public: bool = False


def key_of(text: str, link: str | None = None) -> str:
    """Return what names the delivery of a post: its link's own tag, or else its text."""
    found = re.search(r"utm_content=([^&\s]+)", f"{link or ''} {text}")
    return unquote_plus(found[1]) if found else text


@dataclass
class Ledger:
    """Everything that happened since the last reset."""

    posts: list[Public] = field(default_factory=list)
    requests: list[Seen] = field(default_factory=list)
    elsewhere: list[Mapping[str, Any]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def see(self, seen: Seen) -> Seen:
        with self.lock:
            seen.number = len(self.requests) + 1
            self.requests.append(seen)
        return seen

    def of(self, platform: str, account: str) -> list[Public]:
        """Return what stands on an account now, newest first."""
        with self.lock:
            return [
                one
                for one in reversed(self.posts)
                if (one.platform, one.account) == (platform, account) and not one.removed
            ]

    def get(self, platform: str, number: str) -> Public | None:
        with self.lock:
            found = (one for one in self.posts if (one.platform, one.id) == (platform, number))
            return next((one for one in found if not one.removed), None)

    def by_key(self) -> dict[str, list[str]]:
        """Return the ids of all that ever became public, by account and delivery."""
        grouped: dict[str, list[str]] = {}
        with self.lock:
            for one in self.posts:
                grouped.setdefault(f"{one.platform}: {one.key}", []).append(one.id)
        return grouped


def secrets_in(secrets: Iterable[str], headers: str, target: str, body: bytes) -> list[str]:
    """Return where a request carries one of `secrets`, which no encoding of the web changes."""
    places = {"header": headers.encode("latin-1"), "url": target.encode("latin-1"), "body": body}
    known = [secret.encode() for secret in secrets]
    return [place for place, text in places.items() if any(one in text for one in known)]
