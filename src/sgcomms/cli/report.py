"""`report annual`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import click

from sgcomms import clock, distributing, files, periods
from sgcomms.campaigns import load
from sgcomms.cli.common import day, here
from sgcomms.cli.distribute import Asked, offer, send_options, settle_command
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db.posts import FOREVER
from sgcomms.errors import UsageError
from sgcomms.periods import Period
from sgcomms.reports import annual
from sgcomms.reports.writing import Format, write

_ENDINGS: dict[str, Format] = {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html"}


@click.group("report")
def report_command() -> None:
    """Write a document from the figures."""


@report_command.command("annual")
@click.option("--year", metavar="2020-21", required=True, help="The year of the board.")
@click.option("--format", "form", type=click.Choice(get_args(Format)), help="md or html.")
@click.option("-o", "output", type=click.Path(path_type=Path), help="Write to this file.")
@click.option("--as-of", metavar="DATE", help="With the figures as known on that day.")
@click.pass_context
def annual_command(
    ctx: click.Context, year: str, form: Format | None, output: Path | None, as_of: str | None
) -> int:
    """Write the annual report's section "Website and social media"."""
    space = here(ctx)
    board = space.board()
    today = clock.now().astimezone(board.zone).date()
    period = _period(year, board, today)
    cut_off = day(as_of, "--as-of")
    if cut_off is not None and cut_off > today:
        raise UsageError(f"--as-of {as_of}: that day has not come yet")
    chosen = form or _form_of(output)
    if output is not None and output.is_dir():
        raise UsageError(f"-o {output} is a folder: name a file in it")
    loaded = load(space.root, board)
    report = annual.gather(
        ctx.with_resource(space.database()),
        board,
        period,
        loaded.campaigns,
        cut_off or FOREVER,
        troubled=sorted({one.file for one in loaded.problems if one.severity == "error"}),
    )
    name = f"annual.{chosen}"
    text = write(report, space.template(name), name, chosen)
    if output is None:
        echo(text, nl=False)
        return 0
    _write(output, text)
    echo(f"written: {output}")
    return 0


@report_command.command("monthly")
@click.option("--month", metavar="2021-03", required=True, help="The month.")
@send_options
@click.pass_context
def monthly_command(
    ctx: click.Context, month: str, send: bool, yes_to: str | None, by: str | None, revise: bool
) -> int:
    """Write the monthly summary to the board, and send it."""
    space = here(ctx)
    board = space.board()
    try:
        period = periods.month(month)
    except ValueError as error:
        raise UsageError(f"--month: {error}") from None
    if period.end >= clock.now().astimezone(board.zone).date():
        raise UsageError(f"--month {month}: that month is not over yet")
    db = ctx.with_resource(space.database())
    mail = distributing.maker(space, board, db)(period)
    if send:
        return offer(space, board, db, mail, Asked(yes_to, by, revise))
    echo(mail.text)
    return 0


report_command.add_command(settle_command)


def _period(year: str, board: Board, today: date) -> Period:
    try:
        period = periods.year(year, board.year_starts)
    except (ValueError, OverflowError) as error:
        raise UsageError(str(error)) from None
    if period.start > today:
        raise UsageError(f"--year {year}: that year has not begun yet")
    return period


def _form_of(output: Path | None) -> Format:
    """Return the format that the file's ending says. Raises UsageError where it says none."""
    if output is None:
        return "md"
    found = _ENDINGS.get(output.suffix.lower())
    if found is None and not output.is_dir():
        ending = f"no format ends in {output.suffix}" if output.suffix else "it has no ending"
        raise UsageError(f"-o {output}: {ending}; name it .md or .html, or say --format")
    return found or "md"


def _write(output: Path, text: str) -> None:
    try:
        files.write_whole(output, text.encode())
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror or error}") from error
