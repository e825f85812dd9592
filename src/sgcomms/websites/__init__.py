"""The tools that measure websites, by name. A new one is one file, one line here, one test file."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sgcomms.models import Website
from sgcomms.websites.base import Tool

TOOLS: Mapping[str, str] = {}
"""Name -> module and class; a module is imported when a website of it is read."""

__all__ = ["TOOLS", "Tool", "connect"]


def connect(
    website: Website, secrets: Mapping[str, str], allowed_hosts: Collection[str] = ()
) -> Tool:
    """Return what reads the figures of `website`.

    `allowed_hosts` are those that may get the secrets although they are not the tool's own. Raises
    KeyError for a tool that is not known, SecretsMissingError, and AuthError for an address that
    may not get them.
    """
    raise KeyError(website.platform)
