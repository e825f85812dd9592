"""`report campaign`."""

from __future__ import annotations

from pathlib import Path

import click

from sgcomms import clock
from sgcomms.campaigns import load
from sgcomms.cli import documents
from sgcomms.cli.common import day, here
from sgcomms.errors import UsageError
from sgcomms.periods import Period, days
from sgcomms.reports.campaign import gathered
from sgcomms.reports.kinds import CAMPAIGN

EARLIEST, LATEST = 1991, 2999
"""Years of which a campaign may be; there were no websites before."""


@click.command("campaign")
@click.argument("campaign", metavar="CAMPAIGN", required=False)
@click.option("--from", "first", metavar="DATE", help="The first day, with --to.")
@click.option("--to", "last", metavar="DATE", help="The last day, with --from.")
@click.option("--as-of", metavar="DATE", help="With the figures as known on that day.")
@documents.format_option
@documents.output_option
@documents.again_option
@click.pass_context
def campaign_command(
    ctx: click.Context,
    campaign: str | None,
    first: str | None,
    last: str | None,
    as_of: str | None,
    form: str | None,
    output: Path | None,
    kept: Path | None,
) -> int:
    """Write the evaluation of a campaign, ready for a committee paper.

    Without --from and --to, of all of its days. A campaign whose file is gone is evaluated from
    what was queued and published. Beside a file, NAME.json is written; `--from-json NAME.json`
    prints the document again from it alone.
    """
    if kept is not None:
        others = {"CAMPAIGN": campaign, "--from": first, "--to": last, "--as-of": as_of}
        return documents.again(ctx, CAMPAIGN, kept, form, output, others)
    if campaign is None:
        raise UsageError("say which campaign: sgcomms report campaign safer-sleeping")
    space = here(ctx)
    board = space.board()
    today = clock.now().astimezone(board.zone).date()
    period = _period(first, last)
    known = documents.cut_off(as_of, today)
    chosen = documents.chosen_form(CAMPAIGN, form, output)
    loaded = load(space.root, board)
    db = ctx.with_resource(space.database())
    shown, found = gathered(
        db,
        board,
        campaign,
        loaded.campaigns,
        period,
        known,
        troubled=documents.troubled(loaded),
    )
    desk = documents.Desk(space, board, db)
    return documents.deliver(desk, CAMPAIGN, shown, found, chosen, output, cut_off=known)


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
