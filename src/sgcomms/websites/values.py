"""What stands in the answers of tools -> numbers and words. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

MOST = 10**15
"""More than any website counts: a number beyond it is none."""

_COUNT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,16})(?:\.0+)?", re.ASCII)
_DECIMAL = re.compile(r"\d{1,16}(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Given:
    """A number that is not negative, or None and the reason why there is none."""

    value: float | None
    reason: str | None = None

    def times(self, other: Given) -> Given:
        """Return the product, or the first reason why there is none."""
        if self.value is None or other.value is None:
            return self if self.value is None else other
        return Given(self.value * other.value)


def count(raw: object, label: str) -> Given:
    """Return the count that `raw` is, out of JSON: 1938, 1938.0, "1938" or "1,938".

    `label` is the tool's name, for the reason why anything else is none.
    """
    text = raw.strip() if isinstance(raw, str) else ""
    if isinstance(raw, str) and _COUNT.fullmatch(text):
        return _checked(float(text.replace(",", "")), raw, label)
    if isinstance(raw, int | float) and not isinstance(raw, bool) and raw == raw // 1:
        return _checked(raw, raw, label)
    return _none(raw, label, "count")


def number(raw: object, label: str) -> Given:
    """Return the number that `raw` is, out of JSON: 62.3, "62.3" or "6.23e+01"."""
    if isinstance(raw, str) and _DECIMAL.fullmatch(raw.strip()):
        return _checked(float(raw), raw, label)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _checked(raw, raw, label)
    return _none(raw, label, "number")


def share(raw: object, label: str, whole: float = 1) -> Given:
    """Return the share from 0 to 1 that `raw` of `whole` is."""
    found = number(raw, label)
    if found.value is None:
        return found
    if found.value > whole:
        return Given(None, f"{label} gave {_shown(raw)}, which is more than all visits")
    return Given(found.value / whole)


def said(raw: object) -> str:
    """Return a tool's own words as one short line; nothing for what is no text."""
    words = " ".join(html.unescape(raw).split()) if isinstance(raw, str) else ""
    return "".join(sign for sign in words if sign.isprintable())[:200].strip()


def _checked(value: float, raw: object, label: str) -> Given:
    if 0 <= value <= MOST:  # neither is true of what is no number
        return Given(float(value))
    return _none(raw, label, "figure")


def _none(raw: object, label: str, what: str) -> Given:
    if raw is None:
        return Given(None, f"{label} gave no figure")
    return Given(None, f"{label} gave {_shown(raw)}, which is no {what}")


def _shown(raw: object) -> str:
    """Return `raw` as a reason shows it: it may be long, or anybody's words."""
    if isinstance(raw, list | dict):
        return "a list" if isinstance(raw, list) else "an object"
    if isinstance(raw, int) and abs(raw) > MOST:
        return "a huge number"
    text = said(str(raw))
    short = text if len(text) <= 40 else f"{text[:39]}…"
    return repr(short) if isinstance(raw, str) else short
