"""`report`: its group, and `report annual`."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from pathlib import Path

import click

from sgcomms import clock, periods
from sgcomms.campaigns import load
from sgcomms.cli import documents
from sgcomms.cli.common import here
from sgcomms.config import Board
from sgcomms.errors import UsageError
from sgcomms.periods import Period
from sgcomms.reports import annual
from sgcomms.reports.kinds import ANNUAL

_ELSEWHERE = {
    "campaign": "evaluation",
    "monthly": "monthly",
    "proof": "proof",
    "settle": "distribute",
}
"""Command -> the module of this package that holds it."""


class _Lazy(click.Group):
    """A group whose commands of other modules are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(
            import_module(f"sgcomms.cli.{_ELSEWHERE[cmd_name]}"), f"{cmd_name}_command"
        )
        return command


@click.group("report", cls=_Lazy)
def report_command() -> None:
    """Write a document from the figures."""


@report_command.command("annual")
@click.option("--year", metavar="2020-21", help="The year of the board.")
@documents.format_option
@documents.output_option
@click.option("--as-of", metavar="DATE", help="With the figures as known on that day.")
@documents.again_option
@click.pass_context
def annual_command(
    ctx: click.Context,
    year: str | None,
    form: str | None,
    output: Path | None,
    as_of: str | None,
    kept: Path | None,
) -> int:
    """Write the annual report's section "Website and social media".

    Beside a file, NAME.json is written: every figure with its sources, the database's fingerprint,
    the program's version and the cut-off. `--from-json NAME.json` prints the document again from
    it alone.
    """
    if kept is not None:
        others = {"--year": year, "--as-of": as_of}
        return documents.again(ctx, ANNUAL, kept, form, output, others)
    if year is None:
        raise UsageError("say which year: --year 2020-21")
    chosen = documents.chosen_form(ANNUAL, form, output)
    space = here(ctx)
    board = space.board()
    period, cut_off = _days(board, year, as_of)
    loaded = load(space.root, board)
    db = ctx.with_resource(space.database())
    names = documents.troubled(loaded)
    found = annual.gathered(db, board, period, loaded.campaigns, cut_off, troubled=names)
    desk = documents.Desk(space, board, db)
    return documents.deliver(desk, ANNUAL, period, found, chosen, output, cut_off=cut_off)


def _days(board: Board, year: str, as_of: str | None) -> tuple[Period, date]:
    """Return the year and the last day of reading that counts. Raises UsageError."""
    today = clock.now().astimezone(board.zone).date()
    try:
        period = periods.year(year, board.year_starts)
    except (ValueError, OverflowError) as error:
        raise UsageError(str(error)) from None
    if period.start > today:
        raise UsageError(f"--year {year}: that year has not begun yet")
    return period, documents.cut_off(as_of, today)
