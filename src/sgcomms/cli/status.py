"""`status`: the queue and its health."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from datetime import date, timedelta

import click

from sgcomms import clock, health, takedowns
from sgcomms import figures as figures_of
from sgcomms.cli.common import as_json, here, local, plural, print_json
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db, approvals, queue
from sgcomms.db.queue import Row
from sgcomms.due import Due, words
from sgcomms.health import Health

SHOWN_DAYS = 14
"""How long what has gone out, or will not, stays in the list."""

_IN_HEALTH = ("held", "uncertain", "failed")
"""The states whose reasons stand below, among what needs a person."""

_OVER = ("published", "withdrawn", "failed")


@click.command("status")
@click.option("--check", is_flag=True, help="For monitoring: exit code 3 when anything is wrong.")
@click.option("--all", "everything", is_flag=True, help=f"Also what is over {SHOWN_DAYS} days old.")
@click.option("--figures", is_flag=True, help="Which figures are to be fetched by hand, by when.")
@as_json
@click.pass_context
def status_command(
    ctx: click.Context, check: bool, everything: bool, figures: bool, as_json: bool
) -> int:
    """Show what is wrong, and every delivery: its state, its time, its address or the reason."""
    space = here(ctx)
    board = space.board(words=False)
    if figures:
        today = clock.now().astimezone(board.zone).date()
        with space.database() as db:
            owed = figures_of.owed(db, board, today)
        _show_owed(owed, today, as_json=as_json)
        return 0
    with space.database() as db:
        found = health.examine(space, board, db)
        rows = [] if check else _with_addresses(db, queue.rows(db))
        gone = {row.id for row in takedowns.survey(db, rows).gone}
        missing = approvals.missing(db, space.policy(board), clock.now())
    if as_json:
        listed = [_row_json(row, gone, missing) for row in rows]
        print_json(_health_json(found) if check else listed)
    elif check:
        _print_health(found, board)
    else:
        _print_rows(rows, board, gone, missing, everything=everything)
        _print_health(found, board)
    return 3 if check and found.wrong else 0


def _show_owed(owed: list[Due], today: date, *, as_json: bool) -> None:
    if as_json:
        print_json([{**asdict(one), "last_date": _iso(one.last_date)} for one in owed])
        return
    if not owed:
        echo("No figures are to be fetched by hand.")
        return
    echo("Figures to fetch by hand, then `sgcomms import` or `sgcomms record`:")
    for one in owed:
        echo(f"  {words(one, today)}")
        echo(f"    {one.why}")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _with_addresses(db: Db, rows: list[Row]) -> list[Row]:
    """Return `rows` with the addresses that became known after they went out."""
    urls = {name: url for name, _, url in queue.live(db, [row.id for row in rows])}
    return [replace(row, url=row.url or urls.get(row.id)) for row in rows]


def _print_rows(
    rows: list[Row], board: Board, gone: set[str], missing: dict[str, int], *, everything: bool
) -> None:
    since = clock.now() - timedelta(days=SHOWN_DAYS)
    shown = [row for row in rows if everything or row.state not in _OVER or row.due_at >= since]
    for row in shown:
        at = "on approval".ljust(24) if waits_for_approval(row) else local(row.due_at, board)
        line = f"{row.state:<10} {at}  {row.id}  ({row.mode})"
        echo(f"{line}  {row.url}" if row.url else line)
        if row.id in gone:
            echo(f"{'':<10} it was taken down")
        if row.reason and row.state not in _IN_HEALTH:
            echo(f"{'':<10} {row.reason}")
        if row.id in missing:
            echo(f"{'':<10} waits for {plural(missing[row.id], 'signature')}")
    counts = sorted(Counter(row.state for row in rows).items())
    if not counts:
        echo("The queue is empty: `sgcomms queue` fills it.")
        return
    if len(shown) < len(rows):
        echo(f"{len(rows) - len(shown):,} older ones are not shown; `--all` shows them.")
    found = ", ".join(f"{number:,} {state}" for state, number in counts)
    echo(f"{found}. Times: {board.zone}.")


def waits_for_approval(row: Row) -> bool:
    """Tell whether a delivery goes out as soon as somebody approves it, and nobody has."""
    return row.on_approval and row.due_at == row.expires_at


def _print_health(found: Health, board: Board) -> None:
    last = local(found.last_tick, board) if found.last_tick else "never"
    echo(f"Last tick: {last}.")
    for account, spent in found.costs.items():
        echo(f"{account}: about ${spent:.2f} for posts this month.")
    if not found.wrong:
        echo("Nothing needs a person.")
        return
    echo("What needs a person:" if len(found.wrong) > 1 else "One thing needs a person:")
    for line in found.wrong:
        echo(f"  {line}")
    if found.held:
        echo(
            "`sgcomms release DELIVERY --at TIME` sends what is held after all, `sgcomms withdraw "
            "DELIVERY` drops it."
        )
    if found.failed:
        echo(
            "What was refused goes out as a new post: correct it, give it an id of its own, then "
            "`sgcomms queue`."
        )


def _health_json(found: Health) -> dict[str, object]:
    oldest = found.overdue[0].due_at if found.overdue else None
    return {
        "healthy": not found.wrong,
        "wrong": list(found.wrong),
        "last_tick": clock.stored(found.last_tick) if found.last_tick else None,
        "oldest_overdue": clock.stored(oldest) if oldest else None,
        "overdue": [row.id for row in found.overdue],
        "uncertain": [row.id for row in found.uncertain],
        "held": [row.id for row in found.held],
        "failed": [row.id for row in found.failed],
        "handed": [row.id for row in found.handed],
        "to_take_down": [one.delivery for one in found.removals],
        "parked": {
            park.account: clock.stored(park.until) if park.until else None for park in found.parked
        },
        "paused": [str(pause) for pause in found.pauses],
        "costs_usd": {account: str(spent) for account, spent in found.costs.items()},
    }


def _row_json(row: Row, gone: set[str], missing: dict[str, int]) -> dict[str, object]:
    return {
        "id": row.id,
        "state": row.state,
        "at": None if waits_for_approval(row) else clock.stored(row.due_at),
        "account": row.account,
        "mode": row.mode,
        "reason": row.reason,
        "published_at": clock.stored(row.published_at) if row.published_at else None,
        "url": row.url,
        "taken_down": row.id in gone,
        "signatures_missing": missing.get(row.id, 0),
        "text": row.draft.text,
    }
