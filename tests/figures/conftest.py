"""A board with a database in which readings can be put in one line each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from sgcomms.config import Board
from sgcomms.db import Db, readings
from sgcomms.figures import Figure, Question, figures
from sgcomms.models import PostRow, Publication, Reading, Source
from sgcomms.periods import Period, year
from sgcomms.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Desk:
    """The board, its database, and short ways to write and ask."""

    board: Board
    db: Db

    def read(
        self,
        subject: str,
        metric: str,
        value: float | None,
        first: str,
        last: str,
        read_on: str = "2021-04-03",
        **more: object,
    ) -> None:
        """Record one reading over a period."""
        more.setdefault("reason", None if value is not None else "not offered")
        reading = Reading(
            subject,
            metric,
            value,
            date.fromisoformat(first),
            date.fromisoformat(last),
            metric,
            **more,  # type: ignore[arg-type]
        )
        source = Source(
            "hand", "a screen", "recorded", subject, date.fromisoformat(read_on), by="an officer"
        )
        readings.add_recorded(self.db, [(source, reading)])

    def post(
        self,
        account: str,
        name: str,
        at: str,
        read_on: str = "2021-04-03",
        *,
        alone: bool = False,
        **values: float | None,
    ) -> None:
        """Store one post with its totals, from a source of its own.

        It lists everything on the account, or is `alone` in it.
        """
        from sgcomms.clock import parse_instant

        row = PostRow(Publication(account, name, parse_instant(at)), values)
        sha256 = f"{account}{name}{read_on}{values}"
        source = Source("file", f"{name}.csv", "test", account, date.fromisoformat(read_on), sha256)
        whole = {"since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
        readings.add(self.db, source, [row], lambda: {} if alone else whole)

    def ask(self, period: Period | str = "2020-21", **narrow: object) -> list[Figure]:
        """Return the figures of a year, or of a period."""
        whole = year(period, self.board.year_starts) if isinstance(period, str) else period
        return figures(self.db, self.board, Question(whole, **narrow), [])  # type: ignore[arg-type]

    def one(self, subject: str, metric: str, key: str | None = None, **asked: object) -> Figure:
        """Return the only figure of a subject, metric and key."""
        found = [
            one
            for one in self.ask(**asked)  # type: ignore[arg-type]
            if (one.subject, one.metric, one.key) == (subject, metric, key)
        ]
        assert len(found) == 1, f"{len(found)} figures"
        return found[0]


@pytest.fixture
def desk(space: Workspace) -> Desk:
    """An empty desk."""
    return Desk(space.board(), space.database())
