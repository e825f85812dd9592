"""`collect`: figures from the APIs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from sgcomms.cli.common import as_json, at_home, day, here, may_write, plural, print_json
from sgcomms.cli.saying import echo
from sgcomms.collecting import Collected
from sgcomms.config import Board
from sgcomms.errors import UsageError
from sgcomms.measuring import measure
from sgcomms.periods import midnight
from sgcomms.yamlfile import suggestion


@click.command("collect")
@click.option("--account", "accounts", multiple=True, metavar="ID", help="Only this account.")
@click.option("--website", "websites", multiple=True, metavar="ID", help="Only this website.")
@click.option("--since", metavar="DATE", help="Everything since that day, due or not.")
@as_json
@click.pass_context
def collect_command(
    ctx: click.Context,
    accounts: tuple[str, ...],
    websites: tuple[str, ...],
    since: str | None,
    as_json: bool,
) -> int:
    """Read figures from the platforms and the websites' tools: what cron calls each hour.

    Only what is due is read: posts hourly on their first day, daily to day 30, weekly to day 90,
    and once when the year is over. Exit code 1: something could not be read.
    """
    space = here(ctx)
    board = space.board()
    may_write(board)
    db = ctx.with_resource(space.database())
    at_home(space, db)
    subjects = _subjects(board, accounts, websites)
    run = measure(space, board, db, subjects=subjects, since=_since(board, since))
    order = [*board.accounts, *board.websites]
    if not as_json and (sys.stdout.isatty() or sys.stderr.isatty()):
        found = _print_as_done(run, len(subjects or order), told_which=subjects is not None)
        return 1 if any(one.error for one in found) else 0
    found = sorted((one for one, _ in run), key=lambda one: order.index(one.subject))
    if as_json:
        print_json([_json(one) for one in found])
    elif all(one.idle is not None for one in found):
        _print_idle(found, told_which=subjects is not None)
    else:
        for one in found:
            _print(one)
    return 1 if any(one.error for one in found) else 0


def _subjects(
    board: Board, accounts: tuple[str, ...], websites: tuple[str, ...]
) -> tuple[str, ...] | None:
    for given, known, what in (
        (accounts, board.accounts, "account"),
        (websites, board.websites, "website"),
    ):
        for name in given:
            if name not in known:
                raise UsageError(
                    f"{name!r} is no {what} of config/board.yaml{suggestion(name, known)}"
                )
    return (*accounts, *websites) or None


def _since(board: Board, given: str | None) -> datetime | None:
    found = day(given, "--since")
    return None if found is None else midnight(found, board.zone)


def _print_as_done(
    run: Iterator[tuple[Collected, int]], subjects: int, *, told_which: bool
) -> list[Collected]:
    """Print what became of each of so many subjects as soon as it is known, for who is watching.

    A bar under the lines says how far the run is, where errors are shown on a terminal.
    """
    found: list[Collected] = []
    idle: list[Collected] = []  # that nothing was read at all is known in the end only
    with _bar(subjects) as step:
        for one, _ in run:
            found.append(one)
            lines: list[Collected] = []
            if one.idle is not None and len(idle) == len(found) - 1:
                idle.append(one)
            else:
                lines = [*idle, one]
                idle = []
            step(lines)
    if idle:
        _print_idle(idle, told_which=told_which)
    return found


@contextmanager
def _bar(length: int) -> Iterator[Callable[[Iterable[Collected]], None]]:
    """Give what prints lines above a bar and moves it on by one."""
    if not sys.stderr.isatty():
        yield _print_all
        return
    with click.progressbar(length=length, label="Reading figures", file=sys.stderr) as bar:

        def step(lines: Iterable[Collected]) -> None:
            blank = " " * (shutil.get_terminal_size().columns - 1)
            sys.stderr.write(f"\r{blank}\r")
            sys.stderr.flush()
            _print_all(lines)
            bar.update(1)

        yield step


def _print_all(lines: Iterable[Collected]) -> None:
    for one in lines:
        _print(one)


def _print_idle(found: list[Collected], *, told_which: bool) -> None:
    if found and not told_which:
        echo("Nothing was read.")
    _print_all(found)


def _print(one: Collected) -> None:
    if one.idle is not None:
        echo(f"{one.subject}: {one.idle}")
        return
    if one.error is not None:
        echo(f"sgcomms: {one.subject}: {one.error}", err=True)
    if one.sweep is None:
        return
    cost = ""
    if one.dollars or one.budget is not None:
        cost = f", ${one.dollars:.3f} (${one.month:.3f}"
        cost += f" of ${one.budget:.2f} this month)" if one.budget is not None else " this month)"
    what = [plural(one.posts, "post")] if one.posts or one.sweep != "periods" else []
    what.append(plural(one.readings, "figure"))
    echo(
        f"{one.subject}: {', '.join(what)} from {one.label} ({one.sweep}); "
        f"{plural(one.calls, 'request')}{cost}"
    )
    for gap in one.gaps:
        echo(f"  not had: {gap}")
    for note in one.notes:
        echo(f"  {note}")


def _json(one: Collected) -> dict[str, object]:
    return {
        "subject": one.subject,
        "from": one.label,
        "sweep": one.sweep,
        "idle": one.idle,
        "posts": one.posts,
        "readings": one.readings,
        "calls": one.calls,
        "dollars": str(one.dollars),
        "dollars_this_month": str(one.month),
        "budget": str(one.budget) if one.budget is not None else None,
        "gaps": list(one.gaps),
        "notes": list(one.notes),
        "error": one.error,
    }
