"""From a figure back to the readings it is made of, and to their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sgcomms.config import Board
from sgcomms.db import Db, posts, spans
from sgcomms.db import sources as stored
from sgcomms.db.posts import PostReading, Posts
from sgcomms.db.sources import KnownSource
from sgcomms.db.spans import PeriodReading
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
        for one in (spans.readings_by_id(db, figure.readings) if figure.readings else ())
    ]
    if figure.of_posts is not None:
        metric = figure.metric if figure.metric != "posts" else None
        found += _post_traces(db, board, figure.of_posts, metric)
    return found


def _post_traces(db: Db, board: Board, meant: Posts, metric: str | None) -> Iterator[Trace]:
    """Yield the readings of posts; for the count of posts, one reading of each."""
    found = posts.post_readings(db, meant, metric)
    used = sources(db, {one.source for one in found})
    natives = {one.id: one.detail.get("native", {}) for one in used}
    for one in found:
        native = natives[one.source].get(metric) if metric else None
        about = _about_post(one, board)
        yield Trace(about, one.value, one.read_on, one.source, native, one.url)


def _about(one: PeriodReading) -> str:
    which = f" {one.dimension} {one.key}" if one.dimension else ""
    return f"{one.subject} {one.metric}{which}, {one.first} to {one.last}"


def _about_post(one: PostReading, board: Board) -> str:
    at = one.published_at.astimezone(board.zone)
    return f"{one.account} post {one.platform_id}, {at:%Y-%m-%d %H:%M %Z}"


def sources(db: Db, numbers: Iterable[int]) -> list[KnownSource]:
    """Return these sources as they stand in the database."""
    return stored.by_id(db, numbers)


def source_names(db: Db, numbers: Iterable[int]) -> Mapping[int, str]:
    """Return each source as a line that a person can follow: what, by whom, when."""
    return {one.id: _source_line(one) for one in sources(db, numbers)}


def source_lines(db: Db, numbers: Iterable[int]) -> list[str]:
    """Return these sources as lines for readers outside: what and when, without who read it.

    All runs of an API, which may be thousands, are one. The order is that of coming in.
    """
    found = []
    for one in stored.alike(db, numbers):
        when = f"{one.days:,} days from {one.first} to {one.last}"
        when = when if one.days > 1 else f"{one.last}"
        found.append(_line(one.kind, one.name, one.title, "hand", when))
    return found


def _source_line(one: KnownSource) -> str:
    title = str(one.detail.get("title", one.layout))
    return _line(one.kind, one.name, title, f"{one.by}", f"{one.read_on}")


def _line(kind: str, name: str, title: str, by: str, when: str) -> str:
    if kind == "hand":
        return f"recorded by {by} from: {name}; read on {when}"
    return f"{name}: {title}; read on {when}"
