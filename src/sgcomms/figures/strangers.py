"""What the database has and config/board.yaml has no more: shown or named, never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sgcomms.config import Board
from sgcomms.db import Db, posts, spans
from sgcomms.db.posts import Posts
from sgcomms.figures.model import Figure, Question
from sgcomms.periods import span

NOTE = "not in config/board.yaml any more"


def marked(figure: Figure, known: Sequence[str]) -> Figure:
    """Return `figure` with a note for each part of its subject that is not among `known`."""
    parts = figure.subject.split("+")
    gone = [part for part in parts if part not in known]
    if not gone:
        return figure
    notes = [NOTE if len(parts) == 1 else f"{part}: {NOTE}" for part in gone]
    return replace(figure, notes=(*figure.notes, *notes))


def left_out(db: Db, board: Board, question: Question) -> list[str]:
    """Return a warning for each metric that has readings in the period and is known no more."""
    period = question.period
    found: dict[str, list[str]] = {}
    for one in spans.period_readings(db, period.start, period.end, question.as_of):
        found.setdefault(one.metric, []).append(one.subject)
    for total in posts.told(db, Posts(*span(period, board.zone), question.as_of)).sums:
        found.setdefault(total.metric, []).append(total.account)
    asked = question.subjects
    return [
        f"{metric} is left out ({', '.join(names)}): config/board.yaml has no such metric any more"
        for metric, subjects in found.items()
        if metric not in board.metrics and not question.metrics
        for names in [list(dict.fromkeys(one for one in subjects if not asked or one in asked))]
        if names
    ]
