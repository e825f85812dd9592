"""A full month: thirteen months of figures, campaigns that run, end and come, a poll ahead.

March 2027 of the shipped campaigns, on accounts that are live. What stands here is made up.
"""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sgcomms import clock
from sgcomms.cli import run as run_command
from sgcomms.clock import parse_instant
from sgcomms.db import readings, writing
from sgcomms.db.outcomes import keep_publication
from sgcomms.models import PostRow, Publication, Source
from sgcomms.periods import Period, YearStart, before, month
from sgcomms.workspace import Workspace
from tests.figures.conftest import Desk

OFFICER, HEAD = "comms.officer@board.example", "head.of.service@board.example"

BEGIN = "2026-11-22T09:00+00:00"
NOW = "2027-04-05T09:00+00:00"
MONTH = "2027-03"

READ_ON = "2027-04-04"

_NOBODY = "http://127.0.0.1:9"
_WHOLE = {"since": "2000-01-01T00:00:00Z", "until": "2027-04-04T00:00:00Z"}
_LEFT = {
    "safer-sleeping/sofa@x": ("failed", "the platform refused it"),
    "safer-sleeping/worried@facebook": ("held", "it came due while publishing was paused"),
}
"""What did not go out, and how it stands."""

CALENDAR = """\
polls:
  - {name: Local elections, date: 2027-05-06}
awareness:
  - {name: Child Safety Week, first: 2027-06-07, last: 2027-06-13, source: "past years"}
  - {name: World Health Day, first: 2027-04-07, confirmed: true, source: "always on 7 April"}
  - {name: Stalking Awareness Week, first: 2027-04-19, last: 2027-04-23, source: "past years"}
"""

APRIL = """\
campaign: child-safety-at-home
title: Child safety at home
author: comms.officer@board.example
planned_on: 2026-11-02
audience: Parents of children under five
objective: {measure: clicks_link, baseline: 30, target: 100, by: 2027-04-30}
link: https://www.safeguardingcambspeterborough.org.uk/home-safety
accounts: [x, facebook]
posts:
  - {id: blinds, at: 2027-04-13 10:00, election_safe: true, text: "Tie up blind cords. {link}"}
  - {id: bath, at: 2027-04-15 18:00, election_safe: true, text: "Stay in reach. {link}"}
  - {id: stairs, at: 2027-04-20 18:00, text: "A gate at the stairs. {link}"}
"""


def command(folder: Path, *arguments: str) -> int:
    """Run a command in the workspace and return how it ended."""
    try:
        run_command(["-C", str(folder), *arguments])
    except SystemExit as ended:
        return int(ended.code or 0)
    raise AssertionError("a command ends by leaving")


def lay_out(fresh: Path, folder: Path) -> Workspace:
    """Return a workspace in `folder` with the full month in it; `fresh` is one that is copied."""
    space = Workspace(Path(shutil.copytree(fresh, folder)))
    board = space.root / "config" / "board.yaml"
    text = board.read_text("utf-8").replace("outbox}", f'live, api_base: "{_NOBODY}"}}')
    board.write_text(text, "utf-8")
    (space.root / "config" / "calendar.yaml").write_text(CALENDAR, "utf-8")
    (space.root / "campaigns" / "covid-safeguarding.yaml").unlink()
    (space.root / "campaigns" / "child-safety-at-home.yaml").write_text(APRIL, "utf-8")
    with clock.rehearse(datetime.fromisoformat(BEGIN)):
        assert command(space.root, "queue") == 0
        for name in ("safer-sleeping", "dangerous-dogs", "child-safety-at-home/blinds"):
            assert command(space.root, "approve", name, "--by", HEAD) == 0
    _send(space)
    _read(space)
    _measure(space)
    return space


def _send(space: Workspace) -> None:
    """Let what was due be published, but for one that was refused and one that is held."""
    with space.database() as db, writing(db):
        due = db.conn.execute(
            "SELECT id, account, due_at FROM deliveries WHERE due_at < '2027-04-01'"
            " ORDER BY due_at, id"
        ).fetchall()
        for number, (name, account, due_at) in enumerate(due):
            if name in _LEFT:
                _stands(db, name, *_LEFT[name], None)
                continue
            _stands(db, name, "published", None, due_at)
            at, url = parse_instant(due_at), f"https://example.org/{account}/{number}"
            keep_publication(db, name, "live", Publication(account, f"s{number}", at, url))


def _read(space: Workspace) -> None:
    """Let all posts be read, those that were sent and those of the months before."""
    with space.database() as db:
        found = db.conn.execute(
            "SELECT p.account, p.platform_id, p.published_at FROM publications AS p"
            " ORDER BY p.published_at, p.platform_id"
        ).fetchall()
        rows: dict[str, list[PostRow]] = {"x": [], "facebook": [], "instagram": []}
        for number, (account, name, at) in enumerate(found):
            seen = 380 + (number * 137) % 400 + (1900 if number % 11 == 3 else 0)
            values = _values(account, seen, 4 + number % 9, number % 3, number % 5)
            if account != "instagram":
                values["clicks_link"] = 3 + number % 17
            rows[account].append(PostRow(Publication(account, name, parse_instant(at)), values))
        _older(rows)
        for account, posts in rows.items():
            name = f"{account}.csv"
            source = Source("file", name, "test", account, date(2027, 4, 4), f"all of {account}")
            readings.add(db, source, posts, lambda: _WHOLE)


def _values(
    account: str, seen: int, reactions: int, comments: int, shares: int
) -> dict[str, float | None]:
    metric = "impressions" if account == "x" else "views"
    return {metric: seen, "reactions": reactions, "comments": comments, "shares": shares}


def _stands(db: Any, name: str, state: str, reason: str | None, at: str | None) -> None:
    db.conn.execute(
        "UPDATE deliveries SET state = ?, reason = ?, published_at = ?, wake_at = NULL"
        " WHERE id = ?",
        (state, reason, at, name),
    )


def _older(rows: dict[str, list[PostRow]]) -> None:
    """Add posts that were typed by hand: four each month and account."""
    for back, period in enumerate(_months()):
        for place, (account, posts) in enumerate(rows.items()):
            for number in range(4):
                day = datetime.combine(period.start, time(8 + 3 * number), UTC)
                at = day + timedelta(days=3 + 6 * number)
                seen = 400 + (back * 97 + place * 53 + number * 71) % 260
                values = _values(
                    account, seen, 3 + (back + number) % 5, back * number % 3, (back + place) % 4
                )
                text = f"Look out for each other, {period.start:%B}, number {number + 1}."
                one = Publication(account, f"{account}-{period.name}-{number}", at, text=text)
                posts.append(PostRow(one, values))


def _months() -> list[Period]:
    """Return the thirteen months, the newest first."""
    found = [month(MONTH)]
    while len(found) < 13:
        found.append(before(found[-1], YearStart(1, 4)))
    return found


def _measure(space: Workspace) -> None:
    """Record followers, reach and the website, month by month."""
    with space.database() as db:
        desk = Desk(space.board(), db)
        for back, period in enumerate(_months()):
            first, last = period.start.isoformat(), period.end.isoformat()
            for account, followers in (("x", 1290), ("facebook", 812), ("instagram", 388)):
                desk.read(account, "followers", followers - 9 * back, last, last, READ_ON)
            for account, reach in (("facebook", 2900), ("instagram", 1700)):
                desk.read(account, "reach", reach - (back * 131) % 700, first, last, READ_ON)
            views = 21_000 + (back * 1733) % 5200
            for metric, part in (("page_views", 1), ("sessions", 3), ("users_active", 4)):
                desk.read("website", metric, views // part, first, last, READ_ON)
