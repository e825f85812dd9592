"""`report annual`."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from sgcomms import files, periods
from sgcomms.campaigns import load
from sgcomms.cli.common import day, here
from sgcomms.db.readings import FOREVER
from sgcomms.errors import UsageError
from sgcomms.reports import annual
from sgcomms.reports.writing import Format, write


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
    try:
        period = periods.year(year, board.year_starts)
    except ValueError as error:
        raise UsageError(str(error)) from None
    chosen = form or _form_of(output)
    report = annual.gather(
        ctx.with_resource(space.database()),
        board,
        period,
        load(space.root, board).campaigns,
        day(as_of, "--as-of") or FOREVER,
    )
    name = f"annual.{chosen}"
    text = write(report, space.template(name), name, chosen)
    if output is None:
        click.echo(text, nl=False)
        return 0
    files.write_whole(output, text.encode())
    click.echo(f"written: {output}")
    return 0


def _form_of(output: Path | None) -> Format:
    return "html" if output is not None and output.suffix.lower() in (".html", ".htm") else "md"
