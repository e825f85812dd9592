"""The idle look, then the command line.

`sgcomms publish` runs each minute and mostly has nothing to do. So before anything else is imported
a bare look at the database decides whether a tick is needed at all.
"""

import os
import sqlite3
import sys

from sgcomms import clock

_DUE = "SELECT 1 FROM deliveries WHERE wake_at <= ? LIMIT 1"


def main() -> None:
    """Run the command that the arguments name, and end the process with its exit code."""
    if not _nothing_due(sys.argv[1:]):
        from sgcomms.cli import run

        run()


def _nothing_due(arguments: list[str]) -> bool:
    """Tell whether this is a plain `publish` (with `-C DIR` or without) and nothing is due.

    Any doubt, such as a database that cannot be read, is left to the command itself.
    """
    if arguments == ["publish"]:
        folder = os.getcwd()  # noqa: PTH109  pathlib alone costs as much as the whole look
    elif len(arguments) == 3 and arguments[0] == "-C" and arguments[2] == "publish":
        folder = os.path.abspath(arguments[1])  # noqa: PTH100
    else:
        return False
    if clock.VARIABLE in os.environ:
        return False
    while not os.path.isfile(os.path.join(folder, "config", "board.yaml")):  # noqa: PTH113, PTH118
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return False
        folder = above
    database = os.path.join(folder, "sgcomms.db")  # noqa: PTH118
    heartbeat = os.path.join(folder, "sgcomms.tick")  # noqa: PTH118
    try:
        connection = sqlite3.connect(f"file:{_quoted(database)}?mode=ro", uri=True)
        due = connection.execute(_DUE, (clock.stored_now(),)).fetchone()
        connection.close()
        if due is None:
            with open(heartbeat, "a", encoding="ascii"):  # noqa: PTH123
                os.utime(heartbeat)
    except (sqlite3.Error, OSError):
        return False
    return due is None


def _quoted(path: str) -> str:
    """Return `path` as it stands in a file: URI, on every system."""
    path = path.replace("\\", "/").replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return path if path.startswith("/") else f"/{path}"


if __name__ == "__main__":
    main()
