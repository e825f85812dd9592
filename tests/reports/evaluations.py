"""A campaign on live accounts, whose deliveries and figures are put in one line each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pytest

from sgcomms.clock import parse_instant, stored
from sgcomms.db import readings, writing
from sgcomms.db.outcomes import keep_publication
from sgcomms.models import PostRow, Publication, Reading, Source
from sgcomms.workspace import Workspace
from tests.conftest import At, Run

OFFICER = "comms.officer@board.example"

NOBODY = "http://127.0.0.1:9"
"""Where live accounts would publish in these tests: no test sends anything."""

WARM = """\
campaign: warm-rooms
title: Warm rooms
author: comms.officer@board.example
audience: Parents of new babies
objective: {measure: clicks_link, baseline: 10, target: 40, by: 2026-12-31}
strategy: Say one thing, often.
link: https://www.example.org/warm
accounts: [x, facebook]
posts:
  - {id: first, at: 2026-12-01 09:30, repeat: {every: week, times: 2}, text: "Not too warm. {link}"}
  - {id: second, at: 2026-12-03 18:00, accounts: [x], text: "Sixteen to twenty degrees. {link}"}
"""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The campaign warm-rooms: queued, nothing sent yet."""

    run: Run
    space: Workspace
    at: At

    def publish(self, name: str, number: str, moment: str, *, mode: str = "live") -> None:
        """Let the delivery `warm-rooms/NAME` be published as `number`."""
        one = f"warm-rooms/{name}"
        account = name.rpartition("@")[2]
        when = parse_instant(moment)
        url = f"https://example.org/{account}/{number}"
        with self.space.database() as db, writing(db):
            done = db.conn.execute(
                "UPDATE deliveries SET state = 'published', mode = ?, published_at = ?, url = ?"
                " WHERE id = ?",
                (mode, stored(when), url, one),
            ).rowcount
            assert done == 1, one
            found = Publication(account, number, when, url, text=f"The words of {name}")
            keep_publication(db, one, mode, found)  # type: ignore[arg-type]

    def state(self, name: str, state: str, reason: str | None = None) -> None:
        """Let the delivery be in another state."""
        with self.space.database() as db, writing(db):
            db.conn.execute(
                "UPDATE deliveries SET state = ?, reason = ?, wake_at = NULL WHERE id = ?",
                (state, reason, f"warm-rooms/{name}"),
            )

    def read(
        self, account: str, number: str, moment: str, read_on: str, **values: float | None
    ) -> None:
        """Store a post's totals, from a source of its own that lists the whole account."""
        row = PostRow(
            Publication(account, number, parse_instant(moment), text=f"Post {number}"), values
        )
        sha256 = f"{account}{number}{read_on}{values}"
        day = date.fromisoformat(read_on)
        source = Source("file", f"{account}-{number}.csv", "test", account, day, sha256)
        whole = {"since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
        with self.space.database() as db:
            readings.add(db, source, [row], lambda: whole)

    def record(
        self,
        subject: str,
        metric: str,
        value: float,
        first: str,
        last: str,
        key: str | None = None,
        read_on: str = "2027-01-20",
    ) -> None:
        """Record a figure over days; with a `key`, visits by the tag of a link."""
        one = Reading(
            subject,
            metric,
            value,
            date.fromisoformat(first),
            date.fromisoformat(last),
            metric,
            "content" if key else None,
            key,
        )
        source = Source(
            "hand", "a screen", "recorded", subject, date.fromisoformat(read_on), by=OFFICER
        )
        with self.space.database() as db:
            readings.add_recorded(db, [(source, one)])

    def spend(self, account: str, dollars: str, moment: str) -> None:
        """Let a collection run have cost something."""
        with self.space.database() as db, writing(db):
            db.conn.execute(
                "INSERT INTO sources (kind, name, layout, subject, read_on, added_at, calls,"
                " dollars, detail) VALUES ('api', 'X', 'run', ?, ?, ?, 1, ?, '{}')",
                (account, moment[:10], stored(parse_instant(moment)), dollars),
            )

    def edit(self, old: str, new: str) -> None:
        """Change words in the campaign's file."""
        file = self.space.root / "campaigns" / "warm-rooms.yaml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def paper(self, *arguments: str) -> str:
        """Return the evaluation as Markdown, notes and marks left out of its sentences."""
        result = self.run("report", "campaign", "warm-rooms", *arguments)
        assert (result.code, result.err) == (0, "")
        return re.sub(r"\[\^\d+\](?!:)", "", result.out)

    def section(self, title: str, *arguments: str) -> str:
        """Return what stands under a heading, up to the next of its level or above."""
        paper = self.paper(*arguments)
        found = re.search(
            rf"^(#+) {title}\n(.*?)(?=^#{{1,2}} |\Z)", paper, re.MULTILINE | re.DOTALL
        )
        assert found is not None, paper
        return found[2]


@pytest.fixture
def warm(run: Run, space: Workspace, at: At) -> Evaluated:
    """The campaign warm-rooms, queued for X and Facebook, which are live."""
    board = space.root / "config" / "board.yaml"
    text = board.read_text("utf-8")
    for name in ("x: {platform: x, handle: cplscb, mode: outbox", '1234567890", mode: outbox'):
        assert name in text
        text = text.replace(name, name.replace("outbox", f'live, api_base: "{NOBODY}"'))
    board.write_text(text, "utf-8")
    for other in (space.root / "campaigns").glob("*.yaml"):
        other.unlink()
    (space.root / "campaigns" / "warm-rooms.yaml").write_text(WARM, "utf-8")
    queued = run("queue")
    assert queued.code == 0, queued.err
    return Evaluated(run, space, at)
