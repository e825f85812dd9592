"""`publish`: one tick."""

from __future__ import annotations

from dataclasses import asdict

import click

from sgcomms import publishing
from sgcomms.cli.common import as_json, here, may_write, print_json
from sgcomms.models import Mode
from sgcomms.platforms import Publisher


@click.command("publish")
@as_json
@click.pass_context
def publish_command(ctx: click.Context, as_json: bool) -> int:
    """Publish what is due, then end: what cron calls each minute."""
    space = here(ctx)
    board = space.board()
    may_write(board)

    def connect(account: str, mode: Mode) -> Publisher:
        return space.publisher(board, account, mode)

    done = publishing.tick(
        space.database(),
        connect,
        board.late_after,
        modes=("outbox",),
        owner=publishing.owner_name(),
    )
    space.beat()
    if as_json:
        print_json(asdict(done))
        return done.exit_code
    for state in ("published", "waiting", "failed", "uncertain", "held", "withdrawn"):
        for name in getattr(done, state):
            reason = done.notes.get(name)
            click.echo(f"{state:<10} {name}" + (f": {reason}" if reason else ""))
    return done.exit_code
