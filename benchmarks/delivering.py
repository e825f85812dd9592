"""What publishing costs: deliveries per second, and one delivery beside the least it could cost.

The platforms are a process of their own on loopback (see `tests/faults`), which answers at once or
after 200 ms. The least that a delivery could cost is a bare `requests.post` of the same words, and
the rows that must be committed around it: claimed, armed, published, each durable by itself.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import requests
import tweepy  # type: ignore[import-untyped]
from tests.faults import platform
from tests.faults.canaries import SECRETS
from tests.faults.platform import FaultPlatform

from sgcomms import clock, ticking
from sgcomms.workspace import DATABASE, Workspace

BEFORE, AFTER = "2026-11-22T09:00+00:00", "2026-11-22T10:00+00:00"
LATENCIES = {0: 100, 200: 20}
"""Milliseconds, and how many posts go to each of the three accounts at that speed."""

ROUNDS = 5
POSTS = 40

TABLES = """
CREATE TABLE deliveries (id TEXT PRIMARY KEY, state TEXT, owner TEXT, draft TEXT, url TEXT) STRICT;
CREATE TABLE attempts (delivery TEXT, claimed TEXT, armed TEXT, outcome TEXT) STRICT;
CREATE TABLE publications (account TEXT, platform_id TEXT, url TEXT, text TEXT) STRICT;
CREATE TABLE audit (at TEXT, actor TEXT, action TEXT, subject TEXT, seal TEXT) STRICT;
"""


def main() -> None:
    """Measure and print; nothing is kept."""
    with tempfile.TemporaryDirectory() as folder, platform.running() as faulty:
        print("Deliveries end to end, three accounts side by side, the platforms on loopback:")
        for latency, posts in LATENCIES.items():
            space = _queued(faulty, Path(folder) / str(latency), posts, platform.ACCOUNTS)
            faulty.set_latency(latency)
            taken, count = _timed(space)
            print(
                f"  answers after {latency:>3} ms: {count / taken:6.1f} a second"
                f" ({count} in {taken:.1f} s)"
            )
        faulty.set_latency(0)
        ours, bare = _compare(faulty, Path(folder))
    print(f"One delivery to X, least of {ROUNDS} rounds of {POSTS}:")
    print(f"  sgcomms                                  {ours * 1000:6.1f} ms")
    print(f"  requests.post and three commits          {bare * 1000:6.1f} ms")
    print(f"  ratio                                    {ours / bare:6.2f}")


def _queued(faulty: FaultPlatform, folder: Path, posts: int, accounts: Sequence[str]) -> Workspace:
    """Return a workspace where `posts` posts are queued for each account."""
    faulty.reset()
    faulty.set_clock(datetime.fromisoformat(AFTER))
    space = faulty.workspace(
        folder, posts=posts, accounts=accounts, picture="instagram" in accounts
    )
    for command in (["queue"], ["media", "export", str(folder / "public")]):
        subprocess.run(
            [sys.executable, "-m", "sgcomms", "-C", str(folder), *command],
            env={**os.environ, clock.VARIABLE: BEFORE},
            check=True,
            capture_output=True,
        )
    return space


def _timed(space: Workspace) -> tuple[float, int]:
    """Let one tick send all that is queued; return its seconds and how many went out."""
    with clock.rehearse(datetime.fromisoformat(AFTER)):
        start = time.perf_counter()
        done = ticking.tick(space)
        taken = time.perf_counter() - start
    assert done.exit_code == 0, done
    return taken, len(done.published)


def _compare(faulty: FaultPlatform, folder: Path) -> tuple[float, float]:
    """Return the seconds of one delivery, and of the least that it could be, in turn."""
    ours, bare = [], []
    for number in range(ROUNDS):
        space = _queued(faulty, folder / f"ours-{number}", POSTS, ("x",))
        taken, count = _timed(space)
        assert count == POSTS
        ours.append(taken / POSTS)
        bare.append(_bare(faulty, folder / f"bare-{number}.db", _journal_mode(space)) / POSTS)
    return min(ours), min(bare)


def _journal_mode(space: Workspace) -> str:
    with closing(sqlite3.connect(space.root / DATABASE)) as db:
        return str(db.execute("PRAGMA journal_mode").fetchone()[0])


def _bare(faulty: FaultPlatform, database: Path, journal_mode: str) -> float:
    """Return the seconds that posts take whose sender does nothing but what it must."""
    names = {name.replace("api_", "consumer_"): value for name, value in SECRETS["x"].items()}
    auth = tweepy.OAuth1UserHandler(**names).apply_auth()
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute(f"PRAGMA journal_mode={journal_mode}").fetchall()
        db.execute("PRAGMA synchronous=FULL")
        db.executescript(TABLES)
        rows = [(f"bench/post-{n}", "queued", f"Bare words of post {n}.") for n in range(POSTS)]
        db.executemany("INSERT INTO deliveries (id, state, draft) VALUES (?, ?, ?)", rows)
        start = time.perf_counter()
        for name, _, words in rows:
            _commit(db, name, "publishing", ("INSERT INTO attempts VALUES (?, '', NULL, NULL)",))
            _commit(db, name, "armed", ("UPDATE attempts SET armed = '' WHERE delivery = ?",))
            answer = requests.post(
                f"{faulty.base_url}/2/tweets", json={"text": words}, auth=auth, timeout=60
            )
            assert answer.status_code == 201, answer.text
            done = (
                "UPDATE attempts SET outcome = 'published' WHERE delivery = ?",
                "INSERT INTO publications VALUES ('x', ?, '', '')",
            )
            _commit(db, name, "published", done)
        return time.perf_counter() - start


def _commit(db: sqlite3.Connection, name: str, state: str, more: Sequence[str]) -> None:
    """Commit a state with the rows that belong to it, and one row of the trail."""
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE deliveries SET state = ? WHERE id = ?", (state, name))
    for statement in more:
        db.execute(statement, (name,))
    seal = hashlib.sha256(f"{name} {state}".encode()).hexdigest()
    db.execute("INSERT INTO audit VALUES ('', 'bench', ?, ?, ?)", (state, name, seal))
    db.execute("COMMIT")
