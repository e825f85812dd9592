"""`check` and `schema`."""

from __future__ import annotations

from pathlib import Path

import click

from sgcomms import clock
from sgcomms.campaigns import json_schema
from sgcomms.checks import examine
from sgcomms.cli.common import (
    as_json,
    here,
    plural,
    print_json,
    print_problems,
    problems_json,
)
from sgcomms.cli.saying import echo
from sgcomms.db import queue


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@as_json
@click.pass_context
def check_command(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> int:
    """Find every mistake in the campaigns, or in FILE alone. Exit code 2 if there is an error."""
    space = here(ctx)
    with space.database() as db:
        rows = queue.rows(db)
    found = examine(space.root, files, rows, clock.now())
    errors = sum(one.severity == "error" for one in found.problems)
    if as_json:
        print_json(problems_json(found.problems))
    else:
        print_problems(found.problems)
        counts = plural(errors, "error"), plural(len(found.problems) - errors, "warning")
        summary = f"{plural(len(found.files), 'file')}: {', '.join(counts)}"
        if not found.files and not found.problems:
            summary = f"there are no campaigns/*.yaml in {space.root}"
        echo(summary, err=bool(found.problems))
    return 2 if errors else 0


@click.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a campaign file, for editors that check while you type."""
    print_json(json_schema())
