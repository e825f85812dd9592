"""The idle look, then the command line.

`sgcomms publish` runs each minute and mostly has nothing to do. So before anything else is imported
a bare look at the database decides whether a tick is needed at all.
"""

import os
import sqlite3
import sys
import time

from sgcomms import clock

_DUE = (
    "SELECT 1 FROM deliveries WHERE wake_at <= :now"
    " UNION ALL SELECT 1 FROM chores WHERE due_at <= :now"
    " UNION ALL SELECT 1 FROM alerts WHERE sent_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM chores WHERE name = 'mail' AND due_at > :now) LIMIT 1"
)
"""A delivery to look at, something to do now and then, or something that nobody was told yet.

E-mails wait a while after one that was not sent, and while another process is at them.
"""

GAP_SECONDS = 900.0
"""After a longer time without a tick the command itself looks, and tells somebody."""


def main() -> None:
    """Run the command that the arguments name, and end the process with its exit code."""
    if not _nothing_due(sys.argv[1:]):
        from sgcomms.cli import run

        run()


def _nothing_due(arguments: list[str]) -> bool:
    """Tell whether this is a plain `publish` (with `-C DIR` or without) and nothing is due.

    Any doubt, such as a database that cannot be read, is left to the command itself.
    """
    if clock.VARIABLE in os.environ:
        return False
    if arguments == ["publish"]:
        folder = "."
    elif len(arguments) == 3 and arguments[0] == "-C" and arguments[2] == "publish":
        folder = arguments[1]
    else:
        return False
    try:
        root = _workspace(os.path.realpath(folder))  # pathlib would cost as much as the look
        if root is None or _stopped(root) or _due(f"{root}/sgcomms.db"):
            return False
        heartbeat = f"{root}/sgcomms.tick"
        if time.time() - os.stat(heartbeat).st_mtime > GAP_SECONDS:  # noqa: PTH116
            return False
        os.utime(heartbeat)
    except (sqlite3.Error, OSError, ValueError):
        return False
    return True


def _stopped(root: str) -> bool:
    """Tell whether a file named STOP is there: the command itself makes a pause of it."""
    return any(name.lower() in ("stop", "stop.txt") for name in os.listdir(root))  # noqa: PTH208


def _workspace(folder: str) -> str | None:
    """Return the workspace that `folder` lies in, or None."""
    while not os.path.isfile(f"{folder}/config/board.yaml"):  # noqa: PTH113
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return None
        folder = above
    return folder


def _due(database: str) -> bool:
    """Tell whether there is anything to do. Raises sqlite3.Error where that is not known."""
    connection = sqlite3.connect(f"file://{_quoted(database)}?mode=ro", uri=True)
    try:
        return connection.execute(_DUE, {"now": clock.stored_now()}).fetchone() is not None
    finally:
        connection.close()


def _quoted(path: str) -> str:
    """Return `path` as it stands in a file: URI, on every system."""
    path = path.replace("\\", "/").replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return path if path.startswith("/") else f"/{path}"


if __name__ == "__main__":
    main()
