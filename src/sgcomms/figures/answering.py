"""Figures and their sources as JSON has them: the form of the design, section 8."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.sources import KnownSource
from sgcomms.figures.model import Figure
from sgcomms.figures.tracing import source_names, sources
from sgcomms.periods import Period


def period_json(board: Board, period: Period) -> dict[str, object]:
    """Return a period with its days and the board's zone."""
    return {
        "name": period.name,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "timezone": str(board.zone),
    }


def figure_json(one: Figure) -> dict[str, object]:
    """Return a figure with every field of the design, section 8."""
    first, last = one.period or (None, None)
    return {
        "subject": one.subject,
        "metric": one.metric,
        "value": plain_number(one.value),
        "unit": one.unit,
        "dimension": one.dimension,
        "key": one.key,
        "basis": one.basis,
        "period": {"start": first.isoformat(), "end": last.isoformat()} if first and last else None,
        "bound": one.bound,
        "added": one.added,
        "as_of": one.as_of.isoformat() if one.as_of else None,
        "sources": list(one.sources),
        "reason": one.reason,
        "notes": list(one.notes),
        "previous": plain_number(one.previous),
        "comparable": one.comparable,
    }


def plain_number(value: float | None) -> float | int | None:
    """Return a whole number without its point."""
    return int(value) if value is not None and value == int(value) else value


def sources_json(db: Db, board: Board, found: Sequence[Figure]) -> Iterator[dict[str, object]]:
    """Yield every source that `found` name, with what is known of it."""
    wanted = {source for one in found for source in one.sources}
    names = source_names(db, wanted)
    for one in sources(db, wanted):
        yield {
            "id": one.id,
            "source": names[one.id],
            "sha256": one.sha256,
            "imported_on": imported_on(board, one),
            "day_boundary": one.detail.get("day_boundary"),
            "definitions": one.detail.get("definitions", {}),
            "quality": one.detail.get("quality", {}),
            "gaps": one.detail.get("gaps", []),
            "calls": one.calls,
            "dollars": str(one.dollars),
        }


def imported_on(board: Board, source: KnownSource) -> str:
    """Return the day in the board's zone on which a source was taken in, as 2021-04-03."""
    return source.added_at.astimezone(board.zone).date().isoformat()
