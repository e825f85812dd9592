"""`check` and `schema`."""

from __future__ import annotations

from pathlib import Path

import click

from sgcomms import clock
from sgcomms.campaigns import json_schema, load
from sgcomms.campaigns.loading import shown
from sgcomms.checks import check
from sgcomms.cli.common import (
    as_json,
    here,
    plural,
    print_json,
    print_problems,
    problems_json,
)
from sgcomms.db import queue


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@as_json
@click.pass_context
def check_command(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> int:
    """Find every mistake in the campaigns, or in FILE alone. Exit code 2 if there is an error."""
    space = here(ctx)
    board = space.board()
    db = space.database()
    loaded = load(space.root, board, files)
    checked = check(loaded, board, queue.rows(db), clock.now())
    names = {shown(path, space.root) for path in files}
    problems = [one for one in checked.problems if not names or one.file in names]
    errors = sum(one.severity == "error" for one in problems)
    if as_json:
        print_json(problems_json(problems))
    else:
        print_problems(problems)
        count = len(names or loaded.files)
        found = plural(errors, "error"), plural(len(problems) - errors, "warning")
        click.echo(f"{plural(count, 'file')}: {', '.join(found)}", err=bool(problems))
    return 2 if errors else 0


@click.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a campaign file, for editors that check while you type."""
    print_json(json_schema())
