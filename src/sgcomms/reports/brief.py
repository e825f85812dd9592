"""Words of other people where there is room for so many. Pure."""

from __future__ import annotations

import re

from sgcomms.signs import plain

END = "…"
_LOOK_BACK = 20
"""So far before the end a cut may fall between two words; within a longer word it falls inside."""


def brief(text: str, most: int) -> str:
    """Return `text` on one line, cut to at most `most` characters, with a sign where it is cut."""
    line = plain(" ".join(text.split()))
    if len(line) <= most:
        return line
    kept = line[: most - 1]
    space = kept.rfind(" ", max(0, most - _LOOK_BACK))
    return f"{(kept if space < 0 else kept[:space]).rstrip(' .,:;')}{END}"


def untagged(text: str) -> str:
    """Return words whose links are without what was put on them to count visits."""
    return re.sub(r"[?&]utm_\S*", "", text)
