"""What commands share: the workspace they work in, `--json`, how problems and times are printed."""

from __future__ import annotations

import getpass
import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from sgcomms import clock, workspace
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db, home
from sgcomms.db.home import ElsewhereError
from sgcomms.errors import Problem, SgcommsError, UsageError
from sgcomms.periods import ClockChangeError, to_utc
from sgcomms.workspace import Workspace

as_json: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, for programs."
)


def here(ctx: click.Context) -> Workspace:
    """Return the workspace that `-C DIR` or the current folder lies in."""
    _check_rehearsal()
    return workspace.find(Path(ctx.obj))


def _check_rehearsal() -> None:
    try:
        clock.rehearsed()
    except ValueError as error:
        raise UsageError(f"{clock.VARIABLE}: {error}") from None


def may_write(board: Board) -> None:
    """Refuse to write while another time is rehearsed, unless nothing could go out for real."""
    workspace.refuse_rehearsal(board)


def at_home(space: Workspace, db: Db) -> None:
    """Refuse in a copy of the workspace: what is decided there stops nothing that goes out.

    Raises ElsewhereError.
    """
    known = home.home(db)
    if known is not None and known != space.home:
        raise ElsewhereError(
            f"this is a copy, and nothing was changed: give the command where the workspace that "
            f"publishes is, {known}"
        )


def user() -> str:
    """Return the name that the system has for whoever runs the command."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def print_json(value: object) -> None:
    """Print `value` as JSON that people can read too."""
    echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_problems(problems: Iterable[Problem]) -> None:
    """Print one line a problem."""
    for problem in problems:
        echo(str(problem), err=True)


def width() -> int:
    """Return how many columns a line may have: the terminal's, 80 where there is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 80


def wrapped(line: str, hanging: str) -> str:
    """Return `line` in lines that fit the terminal, each but the first after `hanging`.

    A word that is longer than a line, such as an address, stays whole so that it can be copied.
    """
    if len(line) <= width():
        return line
    return textwrap.fill(
        line,
        width(),
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )


def problems_json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """Return problems as JSON has them."""
    names = ("file", "line", "column", "severity", "rule", "message")
    return [{name: getattr(one, name) for name in names} for one in problems]


def local(moment: datetime, board: Board) -> str:
    """Return a time as officers read it: wall-clock, with the name of the zone."""
    return f"{moment.astimezone(board.zone):%a %d %b %Y %H:%M %Z}"


def day(text: str | None, option: str) -> Any:
    """Return the day that an option names. Raises UsageError."""
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not a day; write it as 2021-04-03") from None


def moment(text: str, option: str, zone: tzinfo) -> datetime:
    """Return the instant that an option names: wall-clock time in `zone`, or with its offset.

    Raises UsageError, also for a time that a clock change leaves out or brings twice.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{option}: {text!r} is no time; write it as 2027-03-08 09:30") from None
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    if not isinstance(zone, ZoneInfo):
        return found.replace(tzinfo=UTC)
    try:
        return to_utc(found, zone)
    except ClockChangeError:
        raise UsageError(
            f"{option}: {text} does not exist, or comes twice, when the clocks change"
        ) from None


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return "1 post" or "2 posts"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def fail(message: str, code: int = 1) -> None:
    """End the command with `code` and one line on standard error."""
    error = SgcommsError(message)
    error.exit_code = code
    raise error
