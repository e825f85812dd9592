"""Addresses of posts, so that the same one is known again however somebody copied it. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit


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
