"""What commands that write documents share: the format, where it goes, the file beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from sgcomms import clock, files, workspace
from sgcomms.campaigns import Loaded
from sgcomms.cli.common import day, here
from sgcomms.cli.saying import echo
from sgcomms.db.posts import FOREVER
from sgcomms.errors import UsageError, WorkspaceError
from sgcomms.reports.model import Report
from sgcomms.reports.printing import (
    BINARY,
    ENDINGS,
    FORMS,
    Form,
    lacking,
    printed,
    template_name,
)
from sgcomms.workspace import Workspace

TEMPLATE = "annual"
"""The template of every report made of blocks, so that all of them look alike."""

format_option: Callable[[Any], Any] = click.option(
    "--format", "form", type=click.Choice(FORMS), help=f"{', '.join(FORMS[:-1])} or {FORMS[-1]}."
)
output_option: Callable[[Any], Any] = click.option(
    "-o", "output", type=click.Path(path_type=Path), help="Write to this file."
)


def chosen_form(form: Form | None, output: Path | None, otherwise: Form = "md") -> Form:
    """Return the format that was asked for, or that the file's ending says.

    Raises UsageError where the ending says none, where the file is a folder, and where a document
    that no terminal shows has no file.
    """
    if output is not None and output.is_dir():
        raise UsageError(f"-o {output} is a folder: name a file in it")
    found = form or (otherwise if output is None else _by_ending(output, ENDINGS))
    if output is None and found in BINARY:
        raise UsageError(f"--format {found} needs a file: say -o NAME.{found}")
    return found


def _by_ending(output: Path, endings: Mapping[str, Form]) -> Form:
    found = endings.get(output.suffix.lower())
    if found is None:
        ending = f"no format ends in {output.suffix}" if output.suffix else "it has no ending"
        named = ", ".join(f".{form}" for form in FORMS[:-1])
        raise UsageError(f"-o {output}: {ending}; name it {named} or .{FORMS[-1]}, or say --format")
    return found


def cut_off(as_of: str | None, today: date) -> date:
    """Return the last day of reading that counts. Raises UsageError for one that has not come."""
    found: date | None = day(as_of, "--as-of")
    if found is not None and found > today:
        raise UsageError(f"--as-of {as_of}: that day has not come yet")
    return found or FOREVER


def troubled(loaded: Loaded) -> Sequence[str]:
    """Return the names of the campaign files with mistakes."""
    return sorted({one.file for one in loaded.problems if one.severity == "error"})


def deliver(space: Workspace, report: Report, form: Form, output: Path | None) -> None:
    """Print a report by the board's template, or write it whole to the file that was named."""
    name = template_name(TEMPLATE, form)
    content = printed(report, form, space.template_file(name), name, clock.now())
    warn_of_pictures(report, form)
    if output is None:
        show(content)
        return
    write(output, content)
    echo(f"written: {output}")


def anywhere(ctx: click.Context) -> Workspace:
    """Return the workspace, or, where there is none, the shipped templates' one."""
    try:
        return here(ctx)
    except WorkspaceError:
        return Workspace(workspace.shipped())


def warn_of_pictures(report: Report, form: Form) -> None:
    """Say on standard error when a page is written without its charts."""
    why = lacking(report, form)
    if why is not None:
        echo(f"warning: {why}", err=True)


def show(content: bytes) -> None:
    """Print a document of text."""
    echo(content.decode(), nl=False)


def write(output: Path, content: bytes) -> None:
    """Write a document whole. Raises UsageError where the file cannot be written."""
    try:
        files.write_whole(output, content)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror or error}") from error
