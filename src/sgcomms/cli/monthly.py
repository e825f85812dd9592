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
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.errors import UsageError
from sgcomms.periods import Period
from sgcomms.reports import monthly
from sgcomms.workspace import Workspace

_ENDINGS = {
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".txt": "txt",
    ".eml": "eml",
}


@click.command("monthly")
@click.option("--month", metavar="2021-03", help="The month; without it, the last that is over.")
@click.option("--so-far", is_flag=True, help="The month is not over yet: sum it up so far.")
@click.option(
    *("--format", "form"),
    type=click.Choice(["md", "html", "eml", "txt"]),
    help="eml is an e-mail that your own mail program opens as a draft.",
)
@click.option("-o", "output", type=click.Path(path_type=Path), help="Write to this file.")
@click.option("--as-of", metavar="DATE", help="With the figures as known on that day.")
@click.option("--for-decision", metavar="WORDS", help="What the board is asked to decide.")
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
    **given: Any,
) -> int:
    """Write the monthly reach summary for the board."""
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
    if output is not None and output.is_dir():
        raise UsageError(f"-o {output} is a folder: name a file in it")
    chosen = form or _form_of(output)
    loaded = load(space.root, board)
    db = ctx.with_resource(space.database())
    summary = monthly.gather(
        db,
        board,
        period,
        loaded.campaigns,
        known,
        stopped=space.stopped(),
        troubled=documents.troubled(loaded),
    )
    if decision:
        summary = replace(summary, decision=f"For decision: {decision}")
    if given["send"]:
        mail = monthly.letter(summary, space.template)
        asked = Asked(
            given["yes_to"],
            given["by"],
            given["revise"],
            given["not_sent_before"],
            decision,
            given["as_json"],
        )
        return offer(space, board, db, mail, asked, _before(period, so_far=so_far))
    content = _written(space, board, summary, chosen)
    if output is None:
        echo(content.decode().replace("\r\n", "\n"), nl=False)  # an e-mail's line ends
        return 0
    documents.write(output, content)
    echo(f"written: {output}")
    return 0


def _before(period: Period, *, so_far: bool) -> date:
    """Return the last day on which the summary of a month cannot have been sent yet."""
    return period.start - timedelta(days=1) if so_far else period.end


def _written(space: Workspace, board: Board, summary: monthly.Summary, form: str) -> bytes:
    if form == "eml":
        return monthly.draft_mail(monthly.letter(summary, space.template), board.reports.recipients)
    source = space.template(f"monthly.{form}")
    if form == "html":
        return monthly.page(summary, source).encode()
    for known in monthly.FORMATS:
        if known == form:
            return monthly.write(summary, source, known).encode()
    raise UsageError(f"--format {form} is not known")


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


def _form_of(output: Path | None) -> str:
    """Return the format that the file's ending says. Raises UsageError where it says none."""
    if output is None:
        return "md"
    found = _ENDINGS.get(output.suffix.lower())
    if found is None:
        ending = f"no format ends in {output.suffix}" if output.suffix else "it has no ending"
        raise UsageError(
            f"-o {output}: {ending}; name it .md, .html, .txt or .eml, or say --format"
        )
    return found
