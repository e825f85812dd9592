"""`report`: its group, and `report annual`."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from pathlib import Path
from typing import get_args

import click

from sgcomms import clock, periods
from sgcomms.campaigns import load
from sgcomms.cli.common import here
from sgcomms.cli.documents import cut_off, deliver, form_of, troubled
from sgcomms.config import Board
from sgcomms.db.posts import FOREVER
from sgcomms.errors import UsageError
from sgcomms.periods import Period
from sgcomms.reports import annual
from sgcomms.reports.writing import Format

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
    known = cut_off(as_of, today)
    chosen = form_of(form, output)
    loaded = load(space.root, board)
    report = annual.gather(
        ctx.with_resource(space.database()),
        board,
        period,
        loaded.campaigns,
        known or FOREVER,
        troubled=troubled(loaded),
    )
    deliver(space, report, chosen, output)
    return 0


def _period(year: str, board: Board, today: date) -> Period:
    try:
        period = periods.year(year, board.year_starts)
    except (ValueError, OverflowError) as error:
        raise UsageError(str(error)) from None
    if period.start > today:
        raise UsageError(f"--year {year}: that year has not begun yet")
    return period
