"""Addresses of posts, so that the same one is known again however somebody copied it. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ON_X = re.compile(
    r"/(?:i|i/web|([a-z0-9_]+))/status(?:es)?/([0-9]{1,19})(?:/.*)?", re.ASCII | re.IGNORECASE
)


def plain_address(url: str) -> str | None:
    """Return the address of a page without `www.`, `m.`, query and last slash.

    None for what is no https address of a page on a host.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return None
    if parts.scheme != "https" or not host or len(parts.path) < 2:
        return None
    return f"https://{host}{parts.path.rstrip('/')}"


def post_on_x(url: str) -> tuple[str | None, str] | None:
    """Return the handle, in lower case, and the id in the address of a post on X.

    The handle is None in `/i/status/1` and `/i/web/status/1`: X sends these on to the account that
    made the post, and they name none. None for what is no address of a post; whose host it is, is
    not looked at.
    """
    try:
        found = _ON_X.fullmatch(urlsplit(url.strip()).path)
    except ValueError:
        return None
    if found is None:
        return None
    return (found[1].lower() if found[1] else None), found[2]
