"""`report campaign`."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from sgcomms import clock
from sgcomms.campaigns import load
from sgcomms.cli.common import day, here
from sgcomms.cli.documents import cut_off, deliver, form_of, troubled
from sgcomms.db.posts import FOREVER
from sgcomms.errors import UsageError
from sgcomms.periods import Period, days
from sgcomms.reports.campaign import gather
from sgcomms.reports.writing import Format

EARLIEST, LATEST = 1991, 2999
"""Years of which a campaign may be; there were no websites before."""


@click.command("campaign")
@click.argument("campaign", metavar="CAMPAIGN")
@click.option("--from", "first", metavar="DATE", help="The first day, with --to.")
@click.option("--to", "last", metavar="DATE", help="The last day, with --from.")
@click.option("--as-of", metavar="DATE", help="With the figures as known on that day.")
@click.option("--format", "form", type=click.Choice(get_args(Format)), help="md or html.")
@click.option("-o", "output", type=click.Path(path_type=Path), help="Write to this file.")
@click.pass_context
def campaign_command(
    ctx: click.Context,
    campaign: str,
    first: str | None,
    last: str | None,
    as_of: str | None,
    form: Format | None,
    output: Path | None,
) -> int:
    """Write the evaluation of a campaign, ready for a committee paper.

    Without --from and --to, of all of its days. A campaign whose file is gone is evaluated from
    what was queued and published.
    """
    space = here(ctx)
    board = space.board()
    today = clock.now().astimezone(board.zone).date()
    period = _period(first, last)
    known = cut_off(as_of, today)
    chosen = form_of(form, output)
    loaded = load(space.root, board)
    report = gather(
        ctx.with_resource(space.database()),
        board,
        campaign,
        loaded.campaigns,
        period,
        known or FOREVER,
        troubled=troubled(loaded),
    )
    deliver(space, report, chosen, output)
    return 0


def _period(first: str | None, last: str | None) -> Period | None:
    """Return the days that were asked for, None for all of the campaign's."""
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise UsageError("say both --from and --to, or neither for all days of the campaign")
    try:
        found = days(day(first, "--from"), day(last, "--to"))
    except ValueError as error:
        raise UsageError(str(error)) from None
    if found.start.year < EARLIEST or found.end.year > LATEST:
        raise UsageError(f"{found.name}: say days of the years {EARLIEST} to {LATEST}")
    return found
