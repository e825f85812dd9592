"""The platforms by name. A new one is one file, one line here, and one test file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from urllib.parse import urlsplit

from sgcomms.errors import AuthError
from sgcomms.fitting import PictureLimits
from sgcomms.importing import one_at_a_time
from sgcomms.models import Account
from sgcomms.platforms.base import (
    Handing,
    Identity,
    Limits,
    Measuring,
    Pictures,
    Platform,
    Publisher,
    Refusal,
)

PLATFORMS: Mapping[str, str] = {
    "x": "x:X",
    "facebook": "facebook:Facebook",
    "instagram": "instagram:Instagram",
    "outbox": "outbox:Folder",
}
"""Name -> module and class; a module is imported when an account of it is used."""

__all__ = [
    "PLATFORMS",
    "Handing",
    "Identity",
    "Limits",
    "Measuring",
    "Pictures",
    "Platform",
    "Publisher",
    "Refusal",
    "connect",
    "layout",
    "measures",
    "picture_limits",
    "publishes",
]


def layout(account: Account) -> Platform:
    """Return the platform of `account`, as far as it needs no secrets. Raises KeyError."""
    return _class(account)(account, {})


def picture_limits(platform: str) -> PictureLimits:
    """Return what pictures the platform of this name takes. Raises KeyError."""
    return _named(platform).limits.pictures


def publishes(account: Account) -> bool:
    """Tell whether this version can send posts to the platform of `account`. Raises KeyError."""
    return issubclass(_class(account), Publisher)


def measures(account: Account) -> bool:
    """Tell whether this version can read the figures of `account`. Raises KeyError."""
    return issubclass(_class(account), Measuring)


def connect(
    account: Account,
    secrets: Mapping[str, str],
    pictures: Pictures,
    allowed_hosts: Collection[str] = (),
) -> Publisher | None:
    """Return what sends the posts of `account`, or None for a platform that can only be laid out.

    `allowed_hosts` are those that may get the account's secrets although they are not the
    platform's own (design, rule 16). Raises KeyError for a platform that is not known, AuthError
    for an `api_base` that may not get them.
    """
    found = _class(account)
    if not issubclass(found, Publisher):
        return None
    _check_base(account, found, allowed_hosts)
    with one_at_a_time():
        import_module(found.wire)
    return found(account, secrets, pictures)


def _check_base(account: Account, found: type[Publisher], allowed: Collection[str]) -> None:
    if account.api_base is None:
        return
    parts = urlsplit(account.api_base)
    host = parts.hostname or ""
    if host in LOOPBACK or (parts.scheme == "https" and host in {*found.hosts, *allowed}):
        return
    raise AuthError(
        f"{account.id}: api_base names {host or account.api_base}, which may not get its token: "
        f"take api_base away, or allow the host in secrets.yaml (allowed_hosts: {account.id})"
    )


LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Hosts that are this machine itself."""


def _class(account: Account) -> type[Platform]:
    return _named(account.platform)


def _named(platform: str) -> type[Platform]:
    module, _, name = PLATFORMS[platform].partition(":")
    with one_at_a_time():
        found: type[Platform] = getattr(import_module(f"sgcomms.platforms.{module}"), name)
    return found
