"""How much of what a campaign planned for the month was sent: rated, and rated by that alone. Pure.

A rating is a word and a shape, never a colour alone, and never of reach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sgcomms.models import State
from sgcomms.reports import numbers
from sgcomms.reports.model import Cell, Section, Sentence, Table
from sgcomms.reports.monthly.cells import Cells

GREEN, AMBER, RED = "● Green", "▲ Amber", "■ Red"

_HALF = 0.5

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

    `waiting` are the states of what was not sent in time, None for what was never queued.
    `rehearsed` is how much went to an outbox only, or would: that is never rated.
    """

    campaign: str
    title: str
    planned: int
    sent: int
    waiting: tuple[State | None, ...] = ()
    rehearsed: int = 0


def rating(planned: int, sent: int) -> str | None:
    """Return the rating of so many sent of so many planned; None where nothing was planned."""
    if not planned:
        return None
    if sent >= planned:
        return GREEN
    return AMBER if sent / planned >= _HALF else RED


def section(found: Sequence[Delivered], cells: Cells) -> Section:
    """Return each campaign with its rating, or a sentence where none planned anything."""
    title = "Delivery of campaigns"
    if not found:
        return Section(
            "delivery", title, 2, (Sentence("No campaign planned posts for the month."),)
        )
    notes = cells.material.footnotes.mark(
        f"{GREEN}: every post planned for the month was sent in it. {AMBER}: at least half. {RED}: "
        "fewer. The rating is of posts sent against posts planned, and of nothing else."
    )
    header = ("Campaign", "Rating", "Posts sent", "Posts planned", "What was not sent")
    rows = tuple(_row(one, cells) for one in found)
    caption = "Posts sent against posts planned"
    return Section(
        "delivery", title, 2, (Sentence(_sentence(found), notes),), Table(caption, header, rows)
    )


def _sentence(found: Sequence[Delivered]) -> str:
    planned, sent = sum(one.planned for one in found), sum(one.sent for one in found)
    if not planned:
        return "Nothing was planned but rehearsals, which are not rated."
    posts = "post was" if planned == 1 else "posts were"
    return f"{planned:,} {posts} planned, {sent:,} sent."


def _row(one: Delivered, cells: Cells) -> tuple[Cell, ...]:
    rated = rating(one.planned, one.sent)
    return (
        Cell(one.title),
        Cell(rated or "Not rated"),
        cells.words(f"{one.sent:,}", f"{one.title}, posts sent"),
        cells.words(f"{one.planned:,}", f"{one.title}, posts planned"),
        Cell(_rest(one)),
    )


def _rest(one: Delivered) -> str:
    counts = Counter(_STATES[state] for state in one.waiting)
    words = [f"{number:,} {state}" for state, number in sorted(counts.items())]
    if one.rehearsed:
        posts = "post" if one.rehearsed == 1 else "posts"
        words.append(f"{one.rehearsed:,} {posts} rehearsed only (outbox)")
    return numbers.listed(words) or "nothing"
