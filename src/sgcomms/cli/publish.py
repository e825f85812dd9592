"""`publish`: one tick."""

from __future__ import annotations

from dataclasses import asdict

import click

from sgcomms import ticking
from sgcomms.cli.common import as_json, here, print_json
from sgcomms.cli.saying import echo
from sgcomms.publishing import Tick, TickStoppedError

_STATES = ("published", "handed", "waiting", "failed", "uncertain", "held", "withdrawn", "parked")


@click.command("publish")
@as_json
@click.pass_context
def publish_command(ctx: click.Context, as_json: bool) -> int:
    """Publish what is due, then end: what cron calls each minute.

    Exit code 3: something needs a person; 1: something failed or has to wait.
    """
    try:
        done = ticking.tick(here(ctx))
    except TickStoppedError as error:
        _print(error.done, as_json)  # what went out, went out
        raise
    _print(done, as_json)
    return done.exit_code


def _print(done: Tick, as_json: bool) -> None:
    if as_json:
        print_json(asdict(done))
        return
    told = set()
    for state in _STATES:
        for name in getattr(done, state):
            reason = done.notes.get(name)
            echo(f"{state:<10} {name}" + (f": {reason}" if reason else ""))
            told.add(name)
    for name in done.notes.keys() - told:
        echo(f"{'note':<10} {name}: {done.notes[name]}")
