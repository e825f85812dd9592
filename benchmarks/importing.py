"""What an import costs: a million posts of X's content layout, beside the least it could cost.

The least is a bare `executemany` of the same posts and the same readings, one row each as the
design counts them, from memory into tables with no more than their keys, in one transaction as
durable as ours. The other measure is `sqlite-utils insert --csv` of the same file, which keeps the
columns as they are. Each runs in a process of its own, whose peak of memory is told.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from sgcomms import collecting, workspace
from sgcomms.importers import Notes, open_sheet, recognise
from sgcomms.models import PostRow
from sgcomms.workspace import Workspace

POSTS = 1_000_000
FEW = 50_000
"""So few posts take as much memory as many, or it is not flat."""

READ_ON = date(2026, 4, 3)
HEADER = (
    "Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,"
    "Replies,Reposts,Profile visits,Detail Expands,URL Clicks,Hashtag Clicks,Permalink Clicks\n"
)
TABLES = """
CREATE TABLE publications (id INTEGER PRIMARY KEY, account TEXT, platform_id TEXT,
    published_at TEXT, url TEXT, text TEXT, UNIQUE (account, platform_id)) STRICT;
CREATE TABLE readings (publication INTEGER, metric TEXT, read_on TEXT, source INTEGER, value REAL,
    PRIMARY KEY (publication, metric, read_on, source)) STRICT, WITHOUT ROWID;
"""


def main() -> None:
    """Measure and print; nothing is kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, many = write(folder / "few.csv", FEW), write(folder / "many.csv", POSTS)
        print(f"Import of {POSTS:,} posts (X, content), each in a process of its own:")
        _, small = run("ours", few, folder)
        ours, large = run("ours", many, folder)
        bare, _ = run("bare", many, folder)
        other, _ = run("sqlite-utils", many, folder)
    print(f"  sgcomms import                           {ours:6.1f} s, {POSTS / ours:,.0f} a second")
    print(f"  executemany of the same readings         {bare:6.1f} s")
    print(f"  sqlite-utils insert --csv                {other:6.1f} s")
    print(f"  ratio to executemany (goal: 2)           {ours / bare:6.2f}")
    print(f"  ratio to sqlite-utils (goal: below 1)    {ours / other:6.2f}")
    print(f"  memory at {FEW:>9,} posts                {small:6.0f} MB")
    print(f"  memory at {POSTS:>9,} posts                {large:6.0f} MB")


def write(path: Path, posts: int) -> Path:
    """Write the export of a year with so many posts, as X writes it."""
    chance = random.Random(1)  # noqa: S311  no secret
    first = int(datetime(2025, 4, 1, tzinfo=UTC).timestamp() * 1000)
    step = 365 * 86_400_000 / posts
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(HEADER)
        for number in range(posts):
            made = int(first + number * step)
            post = (made - 1_288_834_974_657) << 22 | number & 0xFFF
            day = datetime.fromtimestamp(made / 1000, UTC).strftime("%a, %b %d, %Y")
            counts = ",".join(str(chance.randrange(2_000)) for _ in range(13))
            out.write(
                f'{post},"{day}","Babies sleep safest on their back, number {number} '
                f'https://t.co/abc",https://x.com/cplscb/status/{post},{counts}\n'
            )
    return path


def run(what: str, file: Path, folder: Path) -> tuple[float, float]:
    """Return how many seconds it took, and the peak of its memory in megabytes."""
    target = folder / f"{what}-{file.stem}"
    command = [sys.executable, "-m", "benchmarks.importing", what, str(file), str(target)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    shutil.rmtree(target, ignore_errors=True)
    seconds, megabytes = told.split()
    return float(seconds), float(megabytes)


def ours(file: Path, target: Path) -> float:
    """Import the file into a new workspace, as `sgcomms import` does."""
    for _ in workspace.init(target):
        pass
    space = Workspace(target)
    board = space.board()
    with space.database() as db:
        return _timed(lambda: collecting.import_file(db, board, file, read_on=READ_ON))


def bare(file: Path, target: Path) -> float:
    """Write the same posts and readings with nothing around them."""
    target.mkdir()
    sheet = open_sheet(file)
    found = recognise(sheet).extract(sheet, "x", Notes())
    rows = [row for row in found if isinstance(row, PostRow)]
    posts = [
        (
            number,
            row.publication.account,
            row.publication.platform_id,
            row.publication.published_at.isoformat(),
            row.publication.url,
            row.publication.text,
        )
        for number, row in enumerate(rows)
    ]
    with closing(sqlite3.connect(target / "bare.db", isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=FULL")
        db.executescript(TABLES)
        return _timed(lambda: _write(db, posts, rows))


def _write(
    db: sqlite3.Connection, posts: Sequence[tuple[object, ...]], rows: list[PostRow]
) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO publications VALUES (?, ?, ?, ?, ?, ?)", posts)
    db.executemany("INSERT INTO readings VALUES (?, ?, ?, ?, ?)", _readings(rows))
    db.execute("COMMIT")


def _readings(rows: list[PostRow]) -> Iterator[tuple[object, ...]]:
    read_on = READ_ON.isoformat()
    for number, row in enumerate(rows):
        for metric, value in row.values.items():
            yield number, metric, read_on, 1, value


def sqlite_utils(file: Path, target: Path) -> float:
    """Keep the columns of the file as they are."""
    target.mkdir()
    script = shutil.which("sqlite-utils", path=sysconfig.get_path("scripts"))
    assert script is not None, "sqlite-utils is not installed here"
    command = (script, "insert", str(target / "other.db"), "posts", str(file), "--csv")
    return _timed(lambda: subprocess.run(command, check=True, capture_output=True))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    works = {"ours": ours, "bare": bare, "sqlite-utils": sqlite_utils}
    taken = works[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    peak = 0
    if sys.platform != "win32":  # Windows does not tell
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(taken, peak / 1_000_000)
    sys.stdout.flush()
    os._exit(0)  # a million rows in memory need not be tidied up
