"""The platforms by name. A new one is one file, one line here, and one test file."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from sgcomms.models import Account
from sgcomms.platforms.base import Identity, Limits, Pictures, Platform, Publisher, Refusal

PLATFORMS: Mapping[str, str] = {
    "x": "x:X",
    "facebook": "facebook:Facebook",
    "instagram": "instagram:Instagram",
    "outbox": "outbox:Folder",
}
"""Name -> module and class; a module is imported when an account of it is used."""

__all__ = [
    "PLATFORMS",
    "Identity",
    "Limits",
    "Pictures",
    "Platform",
    "Publisher",
    "Refusal",
    "connect",
    "layout",
]


def layout(account: Account) -> Platform:
    """Return the platform of `account`, as far as it needs no secrets. Raises KeyError."""
    return _class(account)(account, {})


def connect(account: Account, secrets: Mapping[str, str], pictures: Pictures) -> Publisher | None:
    """Return what sends the posts of `account`, or None for a platform that can only be laid out.

    Raises KeyError for a platform that is not known.
    """
    platform = _class(account)(account, secrets, pictures)
    return platform if isinstance(platform, Publisher) else None


def _class(account: Account) -> type[Platform]:
    module, _, name = PLATFORMS[account.platform].partition(":")
    found: type[Platform] = getattr(import_module(f"sgcomms.platforms.{module}"), name)
    return found
