"""What a tick that finds nothing due costs, beside a bare `python3 -c "import sqlite3"`.

Whole processes are timed, one after the other in turn, so that whatever else the machine does meets
all of them alike. The smallest time of each is the least disturbed one: the ratio is theirs.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sgcomms import workspace
from sgcomms.db import queue, writing
from sgcomms.models import Delivery, Draft
from sgcomms.workspace import Workspace

RUNS = 100
GOAL = 1.5
DELIVERIES = 1_000


def main() -> None:
    """Measure and print; nothing is kept."""
    with tempfile.TemporaryDirectory() as folder:
        space = fill(Path(folder) / "board")
        publish = ("-C", str(space.root), "publish")
        script = shutil.which("sgcomms", path=sysconfig.get_path("scripts"))
        assert script is not None, "sgcomms is not installed here"
        commands = {
            'python3 -c "import sqlite3"': (sys.executable, "-c", "import sqlite3"),
            "sgcomms publish": (script, *publish),
            "python -m sgcomms publish": (sys.executable, "-m", "sgcomms", *publish),
        }
        times = measure(commands)
        assert (space.root / workspace.HEARTBEAT).exists(), "the idle look has not run"
    report(times)


def fill(folder: Path) -> Workspace:
    """Return a workspace whose queue holds deliveries, none of them due within a day."""
    for _ in workspace.init(folder):
        pass
    space = Workspace(folder)
    first = datetime.now(UTC) + timedelta(days=1)
    with space.database() as db, writing(db):
        queue.add(
            db, (_delivery(n, first + timedelta(hours=n)) for n in range(DELIVERIES)), "bench"
        )
    return space


def _delivery(number: int, at: datetime) -> Delivery:
    name, words = f"post-{number}", f"The words of post {number}."
    return Delivery(
        id=f"bench/{name}@x",
        campaign="bench",
        post=name,
        occurrence=1,
        account="x",
        platform="x",
        mode="outbox",
        at=at,
        expires_at=None,
        author="comms.officer@board.example",
        draft=Draft("x", "x", words, None, ()),
        text_key=words,
        content_hash=words,
    )


def measure(commands: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
    """Return the seconds that each command took, run by run, in turn."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True)
            times[name].append(time.perf_counter() - start)
    return times


def report(times: dict[str, list[float]]) -> None:
    """Print a line a command, and whether the goal is met."""
    bare = min(next(iter(times.values())))
    print(f"A tick that finds nothing due, {RUNS} whole processes each, {DELIVERIES:,} deliveries:")
    for name, taken in times.items():
        least, middle, ratio = min(taken) * 1000, median(taken) * 1000, min(taken) / bare
        print(f"  {name:<28} {least:6.1f} ms at best, {middle:6.1f} ms median, ratio {ratio:.2f}")
    ratio = min(times["sgcomms publish"]) / bare
    verdict = "met" if ratio < GOAL else "MISSED"
    print(f"The goal is a ratio under {GOAL} for the installed command: {verdict} ({ratio:.2f}).")


if __name__ == "__main__":
    main()
