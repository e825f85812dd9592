"""From a figure back to the readings it is made of, and to their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sgcomms.config import Board
from sgcomms.db import Db, readings
from sgcomms.db.readings import KnownSource, PeriodReading, PostReading, Posts
from sgcomms.figures.model import Figure


@dataclass(frozen=True, slots=True)
class Trace:
    """One reading that a figure is made of: its subject, value, day and source.

    `native` is the platform's own name of the column, `url` where the post stands, where known.
    """

    about: str
    value: float | None
    read_on: date
    source: int
    native: str | None = None
    url: str | None = None


def trace(db: Db, board: Board, figure: Figure) -> list[Trace]:
    """Return every reading that `figure` is made of."""
    found = [
        Trace(_about(one), one.value, one.read_on, one.source, one.native)
        for one in (readings.readings_by_id(db, figure.readings) if figure.readings else ())
    ]
    if figure.of_posts is not None:
        metric = figure.metric if figure.metric != "posts" else None
        found += _post_traces(db, board, figure.of_posts, metric)
    return found


def _post_traces(db: Db, board: Board, posts: Posts, metric: str | None) -> Iterator[Trace]:
    """Yield the readings of posts; for the count of posts, one reading of each."""
    names = [metric] if metric else list(board.metrics)
    natives = {one.id: one.detail.get("native", {}) for one in readings.sources(db)}
    seen: set[tuple[str, str]] = set()
    for name in names:
        for one in readings.post_readings(db, posts, name):
            post = (one.account, one.platform_id)
            if post in seen:
                continue
            seen.add(post)
            value = one.value if metric else 1.0
            native = natives[one.source].get(metric) if metric else None
            yield Trace(_about_post(one, board), value, one.read_on, one.source, native, one.url)


def _about(one: PeriodReading) -> str:
    which = f" {one.dimension} {one.key}" if one.dimension else ""
    return f"{one.subject} {one.metric}{which}, {one.first} to {one.last}"


def _about_post(one: PostReading, board: Board) -> str:
    at = one.published_at.astimezone(board.zone)
    return f"{one.account} post {one.platform_id}, {at:%Y-%m-%d %H:%M %Z}"


def sources(db: Db, numbers: Iterable[int]) -> list[KnownSource]:
    """Return these sources as they stand in the database."""
    wanted = set(numbers)
    return [one for one in readings.sources(db) if one.id in wanted]


def source_names(db: Db, numbers: Iterable[int]) -> Mapping[int, str]:
    """Return each source as a line that a person can follow: what, by whom, when."""
    return {one.id: _source_line(one) for one in sources(db, numbers)}


def _source_line(one: KnownSource) -> str:
    if one.kind == "hand":
        return f"recorded by {one.by} from: {one.name}; read on {one.read_on}"
    return f"{one.name}: {one.detail.get('title', one.layout)}; read on {one.read_on}"
