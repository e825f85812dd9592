"""What reading figures costs when every answer takes 100 ms.

X and a Facebook Page on loopback, a thousand posts of the last four weeks each, read as `collect`
reads them each day. The floor is ceil(n / 100) requests for the posts and their figures, one for
the followers, and on Facebook one for the days of the Page. One account is asked one request after
the other, as each page tells where the next begins; accounts are asked side by side.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from math import ceil
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from tests.platforms.facebook_world import PAGE, VALID, post
from tests.platforms.graph_cases import TOKEN
from tests.platforms.graph_posts import account
from tests.platforms.graph_server import Reply, Request
from tests.platforms.x_world import SECRETS, opened

from sgcomms import collecting, workspace
from sgcomms.collecting import Collected
from sgcomms.collecting import Request as Wanted
from sgcomms.db import Db, readings
from sgcomms.models import Source
from sgcomms.workspace import Reach, Workspace

POSTS = 1_000
BATCH = 100
LATENCY = 0.1
GOAL = 1.3
ROUNDS = 3
FLOORS = {"x": ceil(POSTS / BATCH) + 1, "facebook": ceil(POSTS / BATCH) + 2}


def main() -> None:
    """Measure and print; nothing is kept."""
    now = datetime.now(UTC).replace(microsecond=0)
    ours, theirs = get_context("spawn").Pipe()
    platforms = get_context("spawn").Process(target=_serve, args=(theirs, now), daemon=True)
    platforms.start()
    with tempfile.TemporaryDirectory() as folder:
        x, page = ours.recv()
        import_module("sgcomms.platforms.x.wire")  # loading libraries is no part of reading
        rounds = [
            _round(_workspace(Path(folder) / str(number), x, page), now) for number in range(ROUNDS)
        ]
    ours.send("end")
    platforms.join()
    taken, done = min(rounds, key=lambda one: one[0])
    print(f"Reading {POSTS:,} posts on X and {POSTS:,} on Facebook, least of {ROUNDS} rounds:")
    for subject, floor in FLOORS.items():
        found = done[subject]
        assert (found.error, found.posts) == (None, POSTS), found
        print(f"  {subject:<10} {found.calls:>3} requests (floor: {floor})")
    floor_time = max(FLOORS.values()) * LATENCY
    print(f"  time       {taken:5.2f} s (floor: {floor_time:.2f} s)")
    print(f"  ratio (goal: {GOAL})                       {taken / floor_time:6.2f}")


def _serve(pipe: Connection, now: datetime) -> None:
    """Be X and Facebook, in a process of their own, until told to end."""
    with opened() as x, account(PAGE, "published_posts") as page:
        page.known, page.account = VALID, {"id": PAGE, "followers_count": 124}
        for number in range(POSTS):
            at = now - timedelta(hours=2) - number * timedelta(days=27) / POSTS
            x.hold(at)
            page.posts.append(post(POSTS - number, at=at))
        x.server.answer, page.server.answer = map(_slow, (x.server.answer, page.server.answer))
        pipe.send((x.server.base, page.server.base))
        pipe.recv()


def _round(space: Workspace, now: datetime) -> tuple[float, dict[str, Collected]]:
    """Return how many seconds a run takes, and what it has."""
    board = space.board()
    with space.database() as db:
        for subject in FLOORS:
            _read_before(db, subject, now)
        wanted = Wanted(tuple(FLOORS))
        began = time.perf_counter()
        found = collecting.collect(db, board, Reach(space, board), wanted)
        done = {one.subject: one for one, _ in found}
        return time.perf_counter() - began, done


def _slow(answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    def later(request: Request) -> Reply:
        time.sleep(LATENCY)
        return answer(request)

    return later


def _workspace(folder: Path, x: str, page: str) -> Workspace:
    for _ in workspace.init(folder):
        pass
    config = folder / "config" / "board.yaml"
    words = config.read_text("utf-8")
    words = words.replace("handle: cplscb, mode", f"handle: cplscb, api_base: '{x}', mode", 1)
    words = words.replace(
        "mode: outbox}\n  instagram", f"mode: outbox, api_base: '{page}'}}\n  instagram"
    )
    config.write_text(
        words.replace("api_base: '" + x, "budget: {dollars: 100}, api_base: '" + x), "utf-8"
    )
    secrets = folder / "secrets.yaml"
    keys = "\n".join(f"  {name}: {value}" for name, value in SECRETS.items())
    secrets.write_text(f"x:\n{keys}\nfacebook:\n  access_token: {TOKEN}\n", "utf-8")
    secrets.chmod(0o600)
    return Workspace(folder)


def _read_before(db: Db, subject: str, now: datetime) -> None:
    """Let the year and the week have been read already: the run is one of each day."""
    for layout in ("first", "weekly"):
        source = Source("api", "API", layout, subject, now.date(), calls=1, dollars=Decimal(0))
        readings.add(db, source, [], dict)
    db.conn.execute(
        "UPDATE sources SET added_at = ?", (f"{now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",)
    )


if __name__ == "__main__":
    main()
