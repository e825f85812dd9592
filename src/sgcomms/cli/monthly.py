"""`report monthly`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from sgcomms import clock, periods
from sgcomms.campaigns import load
from sgcomms.cli import documents
from sgcomms.cli.common import here
from sgcomms.cli.distribute import Asked, offer, send_options
from sgcomms.config import Board
from sgcomms.errors import UsageError
from sgcomms.periods import Period
from sgcomms.reports import monthly
from sgcomms.reports.monthly import MONTHLY


@click.command("monthly")
@click.option("--month", metavar="2021-03", help="The month; without it, the last that is over.")
@click.option("--so-far", is_flag=True, help="The month is not over yet: sum it up so far.")
@click.option(
    *("--format", "form"),
    type=click.Choice(["md", "html", "eml", "txt"]),
    help="eml is an e-mail that your own mail program opens as a draft.",
)
@documents.output_option
@click.option("--as-of", metavar="DATE", help="With the figures as known on that day.")
@click.option("--for-decision", metavar="WORDS", help="What the board is asked to decide.")
@documents.again_option
@send_options
@click.pass_context
def monthly_command(
    ctx: click.Context,
    /,
    month: str | None,
    so_far: bool,
    form: str | None,
    output: Path | None,
    as_of: str | None,
    for_decision: str | None,
    kept: Path | None,
    **given: Any,
) -> int:
    """Write the monthly reach summary for the board.

    Beside a file, NAME.json is written: `--from-json NAME.json` prints the summary again from it
    alone.
    """
    if kept is not None:
        others = {
            "--month": month,
            "--so-far": so_far,
            "--as-of": as_of,
            "--for-decision": for_decision,
            **{f"--{name.replace('_', '-')}": value for name, value in given.items()},
        }
        return documents.again(ctx, MONTHLY, kept, form, output, others)
    space = here(ctx)
    board = space.board()
    today = clock.now().astimezone(board.zone).date()
    period = _period(month, board, so_far=so_far)
    known = documents.cut_off(as_of, today)
    if given["send"] and (output is not None or form is not None):
        raise UsageError(
            "--send sends the e-mail as it is: leave out -o and --format, and give them in a "
            "command of their own"
        )
    if given["as_json"] and not given["send"]:
        raise UsageError("--json goes with --send; `sgcomms stats --json` prints the figures")
    decision = " ".join((for_decision or "").split())
    if for_decision is not None and not decision:
        raise UsageError("--for-decision: say what the board is asked to decide")
    chosen = documents.chosen_form(MONTHLY, form, output)
    loaded = load(space.root, board)
    db = ctx.with_resource(space.database())
    found = monthly.gathered(
        db,
        board,
        period,
        loaded.campaigns,
        known,
        stopped=space.stopped(),
        troubled=documents.troubled(loaded),
    )
    if decision:
        report = replace(found.report, decision=f"For decision: {decision}")
        found = replace(found, report=report)
    if given["send"]:
        mail = monthly.letter(found.report, space.template)
        asked = Asked(
            given["yes_to"],
            given["by"],
            given["revise"],
            given["not_sent_before"],
            decision,
            given["as_json"],
        )
        return offer(space, board, db, mail, asked, _before(period, so_far=so_far))
    desk = documents.Desk(space, board, db)
    to = board.reports.recipients if chosen == "eml" else ()
    return documents.deliver(desk, MONTHLY, period, found, chosen, output, cut_off=known, to=to)


def _before(period: Period, *, so_far: bool) -> date:
    """Return the last day on which the summary of a month cannot have been sent yet."""
    return period.start - timedelta(days=1) if so_far else period.end


def _period(name: str | None, board: Board, *, so_far: bool) -> Period:
    """Return the month that is meant. Raises UsageError for one that is not over, or not begun."""
    today = clock.now().astimezone(board.zone).date()
    if name is None:
        running = periods.month(f"{today:%Y-%m}")
        return running if so_far else periods.before(running, board.year_starts)
    try:
        period = periods.month(name)
    except ValueError as error:
        raise UsageError(f"--month: {error}") from None
    if period.start > today:
        raise UsageError(f"--month {name}: that month has not begun yet")
    if period.end >= today and not so_far:
        over = period.end + timedelta(days=1)
        raise UsageError(
            f"--month {name} is not over until {over.day} {over:%B %Y}: say --so-far for what is "
            "known of it up to now"
        )
    if period.end < today and so_far:
        raise UsageError(f"--month {name} is over: leave out --so-far")
    return period
