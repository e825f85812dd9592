"""Which host an address leads to."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine: `localhost` only where it really leads there."""
    if host not in LOOPBACK:
        return False
    if host != "localhost":
        return True
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(ipaddress.ip_address(str(one).partition("%")[0]).is_loopback for one in found)


def may_have_token(url: str, own: Collection[str], allowed: Collection[str]) -> bool:
    """Tell whether a token may go to `url` (design, rule 16); hosts are in small letters.

    That is to the `own` hosts of what it opens and to those that are `allowed`, by https, and to
    this machine.
    """
    host = host_of(url)
    if host is None:
        return False
    parts = urlsplit(url)
    theirs = (host in own and parts.port in (None, 443)) or host in allowed
    return (parts.scheme == "https" and theirs) or is_loopback(host)


def host_of(url: str) -> str | None:
    """Return the host of `url`, or None where two readers might see two hosts in it."""
    if re.search(r"[\x00-\x20\\\x7f-\U0010ffff]", url):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or "@" in parts.netloc:
        return None
    return host
