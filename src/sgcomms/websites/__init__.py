"""The tools that measure websites, by name. A new one is one file, one line here, one test file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from urllib.parse import urlsplit

from sgcomms.errors import AuthError, SecretsMissingError
from sgcomms.http import is_loopback
from sgcomms.http.hosts import host_of
from sgcomms.importing import one_at_a_time
from sgcomms.models import Website
from sgcomms.websites.base import Tool

TOOLS: Mapping[str, str] = {
    "ga4": "ga4:Analytics4",
    "matomo": "matomo:Matomo",
    "plausible": "plausible:Plausible",
}
"""Name -> module and class; a module is imported when a website of it is read."""

__all__ = ["TOOLS", "Tool", "connect", "tool"]


def connect(
    website: Website, secrets: Mapping[str, str], allowed_hosts: Collection[str] = ()
) -> Tool:
    """Return what reads the figures of `website`.

    `allowed_hosts` are those that may get the secrets although they are not the tool's own. Raises
    KeyError for a tool that is not known, SecretsMissingError, AuthError for an address that may
    not get them or a secret that cannot be used, and RejectedError for a setting of the website
    that the tool cannot work with.
    """
    found = tool(website.platform)
    _check_base(website, found, allowed_hosts)
    missing = [name for name in found.secret_names if not secrets.get(name)]
    if missing:
        variable = f"SGCOMMS_{website.id.upper().replace('-', '_')}_{missing[0].upper()}"
        raise SecretsMissingError(
            f"{website.id} has no {', '.join(missing)}: write it into secrets.yaml, or set "
            f"{variable} in the environment"
        )
    return found(website, secrets, allowed_hosts)


def tool(name: str) -> type[Tool]:
    """Return the tool of this name. Raises KeyError."""
    module, _, kind = TOOLS[name].partition(":")
    with one_at_a_time():
        found: type[Tool] = getattr(import_module(f"sgcomms.websites.{module}"), kind)
    return found


def _check_base(website: Website, found: type[Tool], allowed: Collection[str]) -> None:
    """Raise AuthError unless the secrets may go to the website's `api_base` (design, rule 16)."""
    if website.api_base is None:
        return
    host = host_of(website.api_base)
    if host is not None and is_loopback(host):
        return
    if host is None or urlsplit(website.api_base).scheme != "https":
        raise AuthError(
            f"{website.id}: its secrets only go to an address with https; correct api_base in "
            "config/board.yaml"
        )
    if not found.owns(host) and host not in allowed:
        raise AuthError(
            f"{website.id}: api_base names {host}, which may not get its secrets: if the server is "
            f"yours, write into secrets.yaml `allowed_hosts: {{{website.id}: [{host}]}}`"
        )
