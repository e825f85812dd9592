"""`import` and `record`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import click

from sgcomms import clock, collecting, periods
from sgcomms.campaigns import load
from sgcomms.cli.common import as_json, day, here, may_write, plural, print_json
from sgcomms.cli.saying import echo
from sgcomms.collecting import Imported, ReadOnNeededError
from sgcomms.config import Board
from sgcomms.errors import SgcommsError, UsageError
from sgcomms.importers import IMPORTERS, Answers
from sgcomms.importers.recorded import Judged, figure
from sgcomms.periods import Period
from sgcomms.signs import one_line
from sgcomms.yamlfile import suggestion


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--account", metavar="ID", help="Whose it is, if the file does not say.")
@click.option("--read-on", metavar="DATE", help="The day the file was exported: 2021-04-03.")
@click.option(
    "--period",
    metavar="PERIOD",
    help="The days it covers, if it does not say: 2025-04, or 2025-26.",
)
@click.option("--from", "first", metavar="DATE", help="The first of those days, with --to.")
@click.option("--to", "last", metavar="DATE", help="The last of those days, with --from.")
@click.option("--timezone", metavar="ZONE", help="The zone of its times, if it does not say.")
@click.option(
    "--dates",
    type=click.Choice(["day-first", "month-first"]),
    help="How dates such as 3/9/2025 read, if a spreadsheet has changed them and none tells.",
)
@click.option(
    "--layout",
    metavar="NAME",
    help=f"Which export it is, if its header does not tell: {', '.join(IMPORTERS)}.",
)
@as_json
@click.pass_context
def import_command(
    ctx: click.Context, /, files: tuple[Path, ...], as_json: bool, **given: Any
) -> int:
    """Take in export files and recorded figures.

    FILE is an export of X, Meta, LinkedIn, YouTube, Google Analytics, Matomo or Plausible, as it
    was downloaded (CSV, ZIP, .xls), or a list of figures recorded by hand. It is known by what is
    in it, never by its name. The same file twice changes nothing. What a file does not say is asked
    for, never guessed.
    """
    space = here(ctx)
    board = space.board()
    may_write(board)
    db = ctx.with_resource(space.database())
    said = Answers(_zone(given["timezone"]), _period(board, given), given["dates"])
    take = partial(
        collecting.import_file,
        db,
        board,
        account=given["account"],
        campaigns=load(space.root, board).ids,
        layout=given["layout"],
        said=said,
    )
    on: date | None = day(given["read_on"], "--read-on")
    code = 0
    results: list[dict[str, object]] = []
    for path in files:
        try:
            done = _import_one(take, path, on)
        except SgcommsError as error:  # one file's failure does not stop the others
            echo(f"sgcomms: {error}", err=True)
            results.append({"file": one_line(path.name), "error": str(error)})
            code = max(code, error.exit_code)
            continue
        results.append(_json(done))
        if not as_json:
            _print(done)
    if as_json:
        print_json(results)
    return code


def _import_one(take: Callable[..., Imported], path: Path, on: date | None) -> Imported:
    try:
        return take(path, read_on=on)
    except ReadOnNeededError:
        if not sys.stdin.isatty():
            raise
        answer = click.prompt(f"{one_line(path.name)}: on which day was it exported (2021-04-03)?")
        return take(path, read_on=day(str(answer), "the day"))


def _zone(text: str | None) -> ZoneInfo | None:
    if text is None:
        return None
    known = available_timezones()
    if text not in known:
        raise UsageError(f"--timezone: {text!r} is no zone{suggestion(text, sorted(known))}")
    return ZoneInfo(text)


def _period(board: Board, given: dict[str, Any]) -> Period | None:
    """Return the period that --period, or --from with --to, names. Raises UsageError."""
    named, first, last = given["period"], given["first"], given["last"]
    if (first is None) != (last is None) or (named is not None and first is not None):
        raise UsageError("say either --period, or --from and --to")
    if first is not None:
        try:
            return periods.days(day(first, "--from"), day(last, "--to"))
        except ValueError as error:
            raise UsageError(str(error)) from None
    return None if named is None else _named_period(board, named)


def _named_period(board: Board, text: str) -> Period:
    for read in (
        periods.month,
        partial(periods.year, starts=board.year_starts),
        partial(periods.quarter, starts=board.year_starts),
    ):
        try:
            return read(text)
        except ValueError:
            continue
    raise UsageError(
        f"--period: {text!r} is no month (2025-04), quarter (2025-26-Q4) or year of the board "
        "(2025-26)"
    )


@click.command("record")
@click.argument("subject")
@click.argument("metric")
@click.argument("value", type=float)
@click.option("--from", "first", required=True, metavar="DATE", help="First day of the period.")
@click.option("--to", "last", required=True, metavar="DATE", help="Last day of the period.")
@click.option("--read-on", required=True, metavar="DATE", help="The day the figure was read.")
@click.option(
    "--source", required=True, help="Where it was read: the screen, the report, the page."
)
@click.option("--by", required=True, metavar="WHO", help="Who read it.")
@click.option("--bound", help="If it is not exact: more than, at least, close to, …")
@click.option("--dimension", help="With --key: page, channel or device.")
@click.option("--key", help="Which page, channel or device.")
@as_json
@click.pass_context
def record_command(ctx: click.Context, /, as_json: bool, **given: Any) -> int:
    """Record one figure by hand.

    SUBJECT METRIC VALUE, such as `x followers 1007`. It is for what no export holds: followers on
    a past day, attendances, a reach that only a screen shows.
    """
    space = here(ctx)
    board = space.board()
    may_write(board)
    campaigns = load(space.root, board).ids
    names = {"first": "from", "last": "to"}
    values = {names.get(key, key): value for key, value in given.items() if value is not None}
    today = clock.now().astimezone(board.zone).date()
    found = figure(values, Judged(board, campaigns, today))
    db = ctx.with_resource(space.database())
    done = collecting.record(db, str(given["metric"]), [found])
    if as_json:
        print_json(_json(done))
    else:
        _print(done)
    return 0


def _json(done: Imported) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(done).items()
    }


def _print(done: Imported) -> None:
    if done.already is not None:
        echo(
            f"{done.file}: imported on {done.already} already, as read on {done.read_on}; nothing "
            "changed"
        )
        return
    parts = [plural(done.readings, "reading")]
    if done.posts:
        parts.insert(0, plural(done.posts, "post"))
    if done.known:
        parts.append(f"{done.known:,} there already")
    read = f", read on {done.read_on}" if done.read_on else ""
    echo(f"{done.file}: {done.title}, {done.subject}{read}: {', '.join(parts)}")
    for line in done.skipped[:5]:
        echo(f"  not taken: {line}")
    if len(done.skipped) > 5:
        echo(f"  not taken: {len(done.skipped) - 5:,} more rows")
    if done.unused:
        shown = ", ".join(done.unused[:6]) + (", …" if len(done.unused) > 6 else "")
        echo(f"  not used: {shown}")
    for remark in done.remarks:
        echo(f"  {remark}")
