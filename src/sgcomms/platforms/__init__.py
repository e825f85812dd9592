"""The platforms by name. A new one is one file, one line here, and one test file."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from sgcomms.models import Account
from sgcomms.platforms.base import Limits, Platform, Publisher, Refusal

PLATFORMS: Mapping[str, str] = {
    "x": "x:X",
    "facebook": "facebook:Facebook",
    "instagram": "instagram:Instagram",
    "outbox": "outbox:Folder",
}
"""Name -> module and class; a module is imported when an account of it is used."""

__all__ = ["PLATFORMS", "Limits", "Platform", "Publisher", "Refusal", "layout"]


def layout(account: Account) -> Platform:
    """Return the platform of `account`, as far as it needs no secrets. Raises KeyError."""
    module, _, name = PLATFORMS[account.platform].partition(":")
    found = getattr(import_module(f"sgcomms.platforms.{module}"), name)
    platform: Platform = found(account, {})
    return platform
