"""How much of what a campaign planned for the month was sent: rated, and rated by that alone. Pure.

A rating is a word and a shape, never a colour alone, and never of reach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sgcomms.models import State
from sgcomms.reports import numbers
from sgcomms.reports.brief import brief
from sgcomms.reports.model import Cell, Section, Sentence, Table
from sgcomms.reports.monthly.cells import Cells

GREEN, AMBER, RED = "● Green", "▲ Amber", "■ Red"

_HALF = 0.5

SHOWN = 4
"""So many campaigns have room on the page: those furthest behind."""

TITLE = 60

_STATES: dict[State | None, str] = {
    "queued": "waiting",
    "publishing": "waiting",
    "held": "held",
    "uncertain": "uncertain",
    "failed": "refused by the platform",
    "handed": "with an officer",
    "withdrawn": "withdrawn",
    "published": "sent late",
    None: "never queued",
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a campaign planned for the month, up to now, and where each of it stands.

    `posts` is how many posts that is; `planned` counts a post anew for each account and time, as
    `sent` does. `waiting` are the states of what was not sent in time, None for what was never
    queued. `rehearsed` is how much went to an outbox only, or would: that is never rated.
    """

    campaign: str
    title: str
    planned: int
    sent: int
    posts: int
    waiting: tuple[State | None, ...] = ()
    rehearsed: int = 0


def rating(planned: int, sent: int) -> str | None:
    """Return the rating of so many sent of so many planned; None where nothing was planned."""
    if not planned:
        return None
    if sent >= planned:
        return GREEN
    return AMBER if sent / planned >= _HALF else RED


def section(found: Sequence[Delivered], cells: Cells) -> tuple[Section, tuple[Section, ...]]:
    """Return each campaign with its rating, or a sentence where none planned anything; of many
    campaigns those that fell behind, and all of them for the notes."""
    title = "Delivery of campaigns"
    if not found:
        none = Sentence("No campaign planned posts for the month.")
        return Section("delivery", title, 2, (none,)), ()
    notes = cells.material.footnotes.mark(
        f"{GREEN}: every delivery planned for the month was sent in it. {AMBER}: at least half. "
        f"{RED}: fewer. A delivery is one post, to one account, at one time. The rating is of "
        "deliveries sent against deliveries planned, and of nothing else."
    )
    header = ("Campaign", "Rating", "Deliveries sent", "Deliveries planned", "What was not sent")
    order = sorted(found, key=lambda one: one.sent / one.planned if one.planned else 1.0)
    rows = tuple(_row(one, cells) for one in order)
    table = Table("Deliveries sent against deliveries planned", header, rows)
    sentences = [Sentence(_sentence(found), notes)]
    more = len(rows) - SHOWN
    if more <= 0:
        return Section("delivery", title, 2, tuple(sentences), table), ()
    sentences.append(Sentence(f"{more:,} more {'stands' if more == 1 else 'stand'} in the notes."))
    page = Section("delivery", title, 2, tuple(sentences), replace(table, rows=rows[:SHOWN]))
    return page, (Section("deliveries", "Delivery of every campaign", 3, table=table),)


def _sentence(found: Sequence[Delivered]) -> str:
    planned, sent = sum(one.planned for one in found), sum(one.sent for one in found)
    if not planned:
        return "Nothing was planned but rehearsals, which are not rated."
    posts = sum(one.posts for one in found)
    were = "post was" if posts == 1 else "posts were"
    deliveries = "delivery" if planned == 1 else "deliveries"
    return f"{posts:,} {were} planned: {planned:,} {deliveries}, {sent:,} sent."


def _row(one: Delivered, cells: Cells) -> tuple[Cell, ...]:
    rated = rating(one.planned, one.sent)
    return (
        Cell(brief(one.title, TITLE)),
        Cell(rated or "Not rated"),
        cells.words(f"{one.sent:,}", f"{one.title}, deliveries sent"),
        cells.words(f"{one.planned:,}", f"{one.title}, deliveries planned"),
        Cell(_rest(one)),
    )


def _rest(one: Delivered) -> str:
    counts = Counter(_STATES[state] for state in one.waiting)
    words = [f"{number:,} {state}" for state, number in sorted(counts.items())]
    if one.rehearsed:
        deliveries = "delivery" if one.rehearsed == 1 else "deliveries"
        words.append(f"{one.rehearsed:,} {deliveries} rehearsed only (outbox)")
    return numbers.listed(words) or "nothing"
