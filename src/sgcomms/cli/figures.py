"""`import` and `record`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from sgcomms import clock, collecting
from sgcomms.campaigns import load
from sgcomms.cli.common import as_json, day, here, may_write, plural, print_json
from sgcomms.collecting import Imported, ReadOnNeededError
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.errors import SgcommsError
from sgcomms.importers.recorded import Judged, figure
from sgcomms.workspace import Workspace


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--account", metavar="ID", help="Whose it is, if the file does not say.")
@click.option("--read-on", metavar="DATE", help="The day the file was exported: 2021-04-03.")
@as_json
@click.pass_context
def import_command(
    ctx: click.Context,
    files: tuple[Path, ...],
    account: str | None,
    read_on: str | None,
    as_json: bool,
) -> int:
    """Take in export files and recorded figures.

    FILE is an export of X, Meta, LinkedIn, YouTube, Google Analytics or Plausible, as it was
    downloaded (CSV, ZIP, .xls), or a list of figures recorded by hand. It is known by what is in
    it, never by its name. The same file twice changes nothing.
    """
    space = here(ctx)
    board = space.board()
    may_write(board)
    db = ctx.with_resource(space.database())
    on: date | None = day(read_on, "--read-on")
    code = 0
    results: list[dict[str, object]] = []
    for path in files:
        try:
            done = _import_one(space, board, db, path, account, on)
        except SgcommsError as error:  # one file's failure does not stop the others
            click.echo(f"sgcomms: {error}", err=True)
            results.append({"file": path.name, "error": str(error)})
            code = max(code, error.exit_code)
            continue
        results.append(_json(done))
        if not as_json:
            _print(done)
    if as_json:
        print_json(results)
    return code


def _import_one(
    space: Workspace, board: Board, db: Db, path: Path, account: str | None, on: date | None
) -> Imported:
    campaigns = load(space.root, board).ids

    def go(read_on: date | None) -> Imported:
        return collecting.import_file(
            db, board, path, account=account, read_on=read_on, campaigns=campaigns
        )

    try:
        return go(on)
    except ReadOnNeededError:
        if not sys.stdin.isatty():
            raise
        answer = click.prompt(f"{path.name}: on which day was it exported (2021-04-03)?")
        return go(day(str(answer), "the day"))


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
        click.echo(
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
    click.echo(f"{done.file}: {done.title}, {done.subject}{read}: {', '.join(parts)}")
    for line in done.skipped[:5]:
        click.echo(f"  not taken: {line}")
    if len(done.skipped) > 5:
        click.echo(f"  not taken: {len(done.skipped) - 5:,} more rows")
    if done.unused:
        shown = ", ".join(done.unused[:6]) + (", …" if len(done.unused) > 6 else "")
        click.echo(f"  not used: {shown}")
