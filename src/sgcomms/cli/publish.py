"""`publish`: one tick."""

from __future__ import annotations

from dataclasses import asdict

import click

from sgcomms import publishing
from sgcomms.cli.common import as_json, here, may_write, print_json
from sgcomms.models import Mode
from sgcomms.platforms import Publisher
from sgcomms.publishing import Tick, TickStoppedError

_STATES = ("published", "waiting", "failed", "uncertain", "held", "withdrawn")


@click.command("publish")
@as_json
@click.pass_context
def publish_command(ctx: click.Context, as_json: bool) -> int:
    """Publish what is due, then end: what cron calls each minute.

    Exit code 3: something needs a person; 1: something failed or has to wait.
    """
    space = here(ctx)
    board = space.board(words=False)
    may_write(board)
    space.tidy()

    def connect(account: str, mode: Mode) -> Publisher:
        return space.publisher(board, account, mode)

    with space.database() as db:
        try:
            done = publishing.tick(
                db, connect, board.late_after, modes=("outbox",), owner=publishing.owner_name()
            )
        except TickStoppedError as error:
            _print(error.done, as_json)  # what went out, went out
            raise
    _print(done, as_json)
    space.beat()
    return done.exit_code


def _print(done: Tick, as_json: bool) -> None:
    if as_json:
        print_json(asdict(done))
        return
    told = set()
    for state in _STATES:
        for name in getattr(done, state):
            reason = done.notes.get(name)
            click.echo(f"{state:<10} {name}" + (f": {reason}" if reason else ""))
            told.add(name)
    for name in done.notes.keys() - told:
        click.echo(f"{'note':<10} {name}: {done.notes[name]}")
