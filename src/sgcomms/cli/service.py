"""`run`: the service."""

from __future__ import annotations

import click

from sgcomms import clock
from sgcomms.cli.common import here
from sgcomms.cli.saying import echo
from sgcomms.errors import UsageError


@click.command("run")
@click.pass_context
def run_command(ctx: click.Context) -> None:
    """Publish each minute, and back up each day, until stopped: instead of cron.

    SIGTERM or Ctrl-C: what is being sent is finished and recorded first.
    """
    from sgcomms import service

    space = here(ctx)
    if clock.rehearsed() is not None:
        raise UsageError(
            f"the service lives by the machine's own time: unset {clock.VARIABLE}, or rehearse "
            "with `sgcomms publish`"
        )
    service.of(space, _say).run()


def _say(line: str, *, wrong: bool) -> None:
    echo(line, err=wrong)
