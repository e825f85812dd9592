"""What a reader must know of the figures: what is missing, what changed, what they count. Pure.

Only what concerns the measures that are shown; what the page has no room for stands in the notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcomms.reports.model import Section, Sentence
from sgcomms.reports.monthly.cells import AS_READ, Cells

MISSING, CHANGED = 3, 2
"""So many lines of what is missing, and of what changed, stand on the page."""

_USERS = "Users are browsers and devices, not people."
_SHORT = {
    "impressions": "Impressions: how often posts were shown.",
    "views": "Views: how often posts were played or displayed.",
    "reach": "Reach: how many accounts saw something, as the platform estimates it.",
    "engagements": "Engagements: what each platform adds up, each of them other things.",
    "users_total": _USERS,
    "users_active": _USERS,
    "users_unspecified": _USERS,
    "users_daily_sum": "Visitors are browsers and devices, counted anew each day, not people.",
}
"""What a measure counts, as short as it can be said; the notes have it whole."""

_NOT_PEOPLE = "Nothing here counts people."
_GROWING = "Figures of posts are as last read: those of the newest may still grow."


def section(
    missing: Sequence[str], changed: Sequence[str], cells: Cells
) -> tuple[Section, tuple[Section, ...]]:
    """Return the caveats for the page, and those that have room only in the notes.

    `missing` are lines that say what could not be printed and why, `changed` those of changed
    definitions, the oldest first.
    """
    items = [*missing[:MISSING], *changed[-CHANGED:]]
    rest = [*missing[MISSING:], *changed[:-CHANGED]]
    if rest:
        lines = "1 more caveat is" if len(rest) == 1 else f"{len(rest):,} more caveats are"
        items.append(f"{lines} in the notes.")
    items += [" ".join(words) for words in (list(_counted(cells)), cells.shorthand()) if words]
    page = Section("caveats", "Caveats and definitions", 2, items=tuple(map(Sentence, items)))
    if not rest:
        return page, ()
    return page, (Section("limits", "More caveats", 3, items=tuple(map(Sentence, rest))),)


def _counted(cells: Cells) -> Iterator[str]:
    """Yield what the measures count that have a definition among the notes."""
    material = cells.material
    used = material.footnotes.numbers
    known = dict.fromkeys(
        words for metric, words in _SHORT.items() if material.definition(metric) in used
    )
    if AS_READ in used:
        yield _GROWING
    yield from known
    if known and _USERS not in known:
        yield _NOT_PEOPLE
