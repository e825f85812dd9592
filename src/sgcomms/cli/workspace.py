"""`init` and `demo`."""

from __future__ import annotations

from pathlib import Path

import click

from sgcomms import workspace
from sgcomms.cli.common import plural


@click.command("init")
@click.argument("folder", default=".", metavar="[DIR]")
def init_command(folder: str) -> None:
    """Lay out a new workspace in DIR (here, if none is named). Nothing is overwritten."""
    made = kept = 0
    for name, is_new in workspace.init(Path(folder)):
        made += is_new
        kept += not is_new
        click.echo(f"  {'made' if is_new else 'kept'}  {name}")
    click.echo(f"{plural(made, 'file')} made, {kept:,} kept as they were.")
    click.echo("Next: sgcomms check, then sgcomms queue.")
