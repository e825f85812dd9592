"""`report`: its group, and `report annual`."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import click

from sgcomms import clock, periods
from sgcomms.campaigns import load
from sgcomms.cli import documents
from sgcomms.cli.common import here
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.errors import UsageError
from sgcomms.periods import Period
from sgcomms.reports import annual, printing, sidecar
from sgcomms.reports.printing import Form

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
@click.option(
    "--from-json",
    "kept",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Print a document again, from the file that was written beside it.",
)
@click.pass_context
def annual_command(
    ctx: click.Context,
    year: str | None,
    form: Form | None,
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
        if year is not None or as_of is not None:
            raise UsageError("--from-json has its year and its day: leave --year and --as-of away")
        return _again(ctx, kept, form, output)
    if year is None:
        raise UsageError("say which year: --year 2020-21")
    return _anew(ctx, year, documents.chosen_form(form, output), output, as_of)


def _anew(ctx: click.Context, year: str, form: Form, output: Path | None, as_of: str | None) -> int:
    space = here(ctx)
    board = space.board()
    period, cut_off = _days(board, year, as_of)
    loaded = load(space.root, board)
    db = ctx.with_resource(space.database())
    gathered = annual.gathered(
        db,
        board,
        period,
        loaded.campaigns,
        cut_off,
        troubled=documents.troubled(loaded),
    )
    name = printing.template_name("annual", form)
    template, made_at = space.template_file(name), clock.now()
    content = printing.printed(gathered.report, form, template, name, made_at)
    documents.warn_of_pictures(gathered.report, form)
    if output is None:
        documents.show(content)
        return 0
    beside = sidecar.content(
        db,
        board,
        period,
        gathered,
        sidecar.Written(output.name, form, content, template),
        cut_off=cut_off,
        made_at=made_at,
        program=version("sgcomms"),
    )
    documents.write(sidecar.path_beside(output), beside)  # first: no document is without it
    documents.write(output, content)
    echo(f"written: {output}, and {sidecar.path_beside(output).name} beside it")
    return 0


def _again(ctx: click.Context, path: Path, form: Form | None, output: Path | None) -> int:
    """Print a document again, from its sidecar alone."""
    kept = sidecar.read(path)
    chosen = documents.chosen_form(form, output, kept.form)
    name = printing.template_name("annual", chosen)
    template = documents.anywhere(ctx).template_file(name)
    if sidecar.changed_template(kept, chosen, template):
        echo(f"warning: templates/{name} is not what it was then: it may look different", err=True)
    content = printing.printed(kept.report, chosen, template, name, kept.made_at)
    documents.warn_of_pictures(kept.report, chosen)
    if output is None:
        documents.show(content)
    else:
        documents.write(output, content)
        echo(f"written: {output}")
    return 0


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
