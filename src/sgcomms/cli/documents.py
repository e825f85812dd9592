"""What commands that write documents share: the format, where it goes, the file beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from sgcomms import clock, files, workspace
from sgcomms.campaigns import Loaded
from sgcomms.cli.common import day, here
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.posts import FOREVER
from sgcomms.errors import UsageError, WorkspaceError
from sgcomms.periods import Period
from sgcomms.reports import sidecar
from sgcomms.reports.gathered import Gathered
from sgcomms.reports.kinds import Kind
from sgcomms.reports.numbers import listed
from sgcomms.reports.printing import FORMS, lacking
from sgcomms.workspace import Workspace

T = TypeVar("T")

format_option: Callable[[Any], Any] = click.option(
    "--format", "form", type=click.Choice(FORMS), help=f"{', '.join(FORMS[:-1])} or {FORMS[-1]}."
)
output_option: Callable[[Any], Any] = click.option(
    "-o", "output", type=click.Path(path_type=Path), help="Write to this file."
)
again_option: Callable[[Any], Any] = click.option(
    "--from-json",
    "kept",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Print a document again, from the file that was written beside it.",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a document is made from: the workspace, its board, its database."""

    space: Workspace
    board: Board
    db: Db


def chosen_form(kind: Kind[T], form: str | None, output: Path | None, otherwise: str = "md") -> str:
    """Return the format that was asked for, or that the file's ending says.

    Raises UsageError where the ending says none, where the file is a folder, and where a document
    that no terminal shows has no file.
    """
    if output is not None and output.is_dir():
        raise UsageError(f"-o {output} is a folder: name a file in it")
    found = form or (otherwise if output is None else _by_ending(output, kind))
    if output is None and found in kind.binary:
        raise UsageError(f"--format {found} needs a file: say -o NAME.{found}")
    return found


def _by_ending(output: Path, kind: Kind[T]) -> str:
    found = kind.endings.get(output.suffix.lower())
    if found is None:
        ending = f"no format ends in {output.suffix}" if output.suffix else "it has no ending"
        *first, last = (f".{form}" for form in kind.forms)
        raise UsageError(
            f"-o {output}: {ending}; name it {', '.join(first)} or {last}, or say --format"
        )
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


def deliver(
    desk: Desk,
    kind: Kind[T],
    period: Period,
    gathered: Gathered[T],
    form: str,
    output: Path | None,
    *,
    cut_off: date,
    to: Sequence[str] = (),
) -> int:
    """Print a document, or write it whole to the file that was named, its sidecar beside it."""
    template = desk.space.template_file
    if output is None:
        content = kind.printed(gathered.report, form, template, clock.now(), to)
        _warn_of_pictures(kind, gathered.report, form)
        _show(content)
        return 0
    order = sidecar.Order(output, form, template, cut_off, to)
    made = sidecar.files_of(kind, desk.db, desk.board, period, gathered, order)
    _warn_of_pictures(kind, gathered.report, form)
    for path, content in made:
        _write(path, content)
    echo(f"written: {output}, and {sidecar.path_beside(output).name} beside it")
    return 0


def again(
    ctx: click.Context,
    kind: Kind[T],
    path: Path,
    form: str | None,
    output: Path | None,
    others: Mapping[str, object],
) -> int:
    """Print a document again, from its sidecar alone. Raises UsageError where `others` were said.

    `others` are the command's other arguments, by the names that people know them by.
    """
    said = [name for name, value in others.items() if value not in (None, False)]
    if said:
        raise UsageError(f"--from-json prints what was written then: leave {listed(said)} away")
    kept = sidecar.read(path, kind)
    chosen = chosen_form(kind, form, output, kept.form)
    template = _anywhere(ctx).template_file
    if sidecar.changed_template(kind, kept, chosen, template):
        names = [f"templates/{name}" for name in kind.templates(chosen)]
        which = f"one of {listed(names)}" if len(names) > 1 else names[0]
        echo(f"warning: {which} is not what it was then: it may look different", err=True)
    content = kind.printed(kept.report, chosen, template, kept.made_at, kept.to)
    _warn_of_pictures(kind, kept.report, chosen)
    if output is None:
        _show(content)
    else:
        _write(output, content)
        echo(f"written: {output}")
    return 0


def _anywhere(ctx: click.Context) -> Workspace:
    """Return the workspace, or, where there is none, the shipped templates' one."""
    try:
        return here(ctx)
    except WorkspaceError:
        return Workspace(workspace.shipped())


def _warn_of_pictures(kind: Kind[T], report: T, form: str) -> None:
    """Say on standard error when a page is written without its charts."""
    why = lacking(kind.charts(report), form)
    if why is not None:
        echo(f"warning: {why}", err=True)


def _show(content: bytes) -> None:
    """Print a document of text; an e-mail's line ends are not the terminal's."""
    echo(content.decode().replace("\r\n", "\n"), nl=False)


def _write(output: Path, content: bytes) -> None:
    """Write a document whole. Raises UsageError where the file cannot be written."""
    try:
        files.write_whole(output, content)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror or error}") from error
