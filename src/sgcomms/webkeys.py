"""What website reports break visits down by -> the keys under which figures are kept. Pure.

The keys are those of every analytics tool, so that a report need not know where a figure came from.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from sgcomms.signs import plain

_CUT = re.compile(r"[?#]|%3f|%23", re.IGNORECASE)

CONTENT = r"[a-z0-9-]+\.[a-z0-9-]+(\.([2-9]|[1-9][0-9]+))?\.[a-z0-9-]+"
"""The `utm_content` of a link of ours: `campaign.post.account`, with the number of the occurrence
before the account from the second on. RE2, which the tools speak, reads it as Python does."""

HIDDEN_BELOW = 5
"""Pages seen fewer times are not kept: a rare page of a safeguarding website can point to one
family."""

_CHANNELS = {
    "organic search": "search",
    "paid search": "search",
    "direct": "direct",
    "referral": "referral",
    "social": "social",
    "organic social": "social",
    "paid social": "social",
    "email": "email",
    "ai assistant": "ai_assistant",
    "affiliates": "paid_other",
    "audio": "paid_other",
    "cross-network": "paid_other",
    "display": "paid_other",
    "other advertising": "paid_other",
    "paid other": "paid_other",
    "paid shopping": "paid_other",
    "paid video": "paid_other",
}

OTHER = "other"
CHANNELS = (*dict.fromkeys(_CHANNELS.values()), OTHER)
"""The keys of channels, as `channel` returns them."""
DEVICES = ("desktop", "mobile", "tablet", OTHER)
"""The keys of devices, as `device` returns them."""


_ADDRESS = re.compile(r"[^/@\s]+(?:@|%40)[^/@\s]+\.[^/@\s]+", re.IGNORECASE)
"""An e-mail address in a path: it names somebody."""


def page(text: str, hosts: Collection[str] = ()) -> str:
    """Return the path of a page, without query, fragment, and slash at its end.

    `hosts` are those of the website itself (see `hosts_of`). A page that is given with another host
    keeps it, as `other.example/path`: one script may count on several websites, and what was seen
    there was not seen here. Without `hosts` nothing tells, and every host is cut.

    What follows `?` or `#`, written out or as `%3F` and `%23`, is cut first: it can hold names,
    case numbers or e-mail addresses; an address in the path itself is taken out, and signs that
    nobody sees. `(other)` and `(not set)` stay as they are; a blank is `(not set)`, as Google calls
    what it was not told.
    """
    text = plain(text).strip()
    if not text:
        return "(not set)"
    path = _CUT.split(text, maxsplit=1)[0]
    host = ""
    before, scheme, after = path.partition("://")
    if scheme and "/" not in before:
        host, _, rest = after.partition("/")
        path = "/" + rest
    elif not path.startswith("/"):
        before, slash, rest = path.partition("/")
        if slash and "." in before:
            host, path = before, "/" + rest
    path = _ADDRESS.sub("(address)", path).rstrip("/ ") or "/"
    return path if not host or not hosts or _bare(host) in hosts else _bare(host) + path


def hosts_of(url: str) -> frozenset[str]:
    """Return the hosts of the website at `url`, as `page` takes them: with `www.` and without."""
    host = urlsplit(url).hostname
    return frozenset({_bare(host)}) if host else frozenset()


def _bare(host: str) -> str:
    """Return a host as it is compared: without name, port, `www.` and capitals."""
    return host.rpartition("@")[2].partition(":")[0].rstrip(".").lower().removeprefix("www.")


def channel(text: str) -> str:
    """Return the kind of way that visits came by: `search`, `direct`, …, or else `other`.

    A key that is one of `CHANNELS` already stays as it is.
    """
    name = text.strip().lower()
    return name if name in CHANNELS else _CHANNELS.get(name, OTHER)


def device(text: str) -> str:
    """Return `desktop`, `mobile`, `tablet`, or else `other` (such as a smart television)."""
    name = text.strip().lower()
    return name if name in DEVICES else OTHER


def content(text: str) -> str | None:
    """Return the `utm_content` of a link of ours, such as `safer-sleeping.clear-cot.facebook`.

    None for what this program cannot have written: the tags of others may name anybody.
    """
    return text if re.fullmatch(CONTENT, text) else None
