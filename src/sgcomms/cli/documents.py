"""What the commands share that write a document: its format, its template, where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sgcomms import files
from sgcomms.campaigns import Loaded
from sgcomms.cli.common import day
from sgcomms.cli.saying import echo
from sgcomms.errors import UsageError
from sgcomms.reports.model import Report
from sgcomms.reports.writing import Format, write
from sgcomms.workspace import Workspace

_ENDINGS: dict[str, Format] = {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html"}

TEMPLATE = "annual"
"""The template of every report made of blocks, so that all of them look alike."""


def form_of(form: Format | None, output: Path | None) -> Format:
    """Return the format that was named, or that the file's ending says.

    Raises UsageError where it says none, and for a folder.
    """
    if output is None:
        return form or "md"
    found = form or _ENDINGS.get(output.suffix.lower())
    if found is None and not output.is_dir():
        ending = f"no format ends in {output.suffix}" if output.suffix else "it has no ending"
        raise UsageError(f"-o {output}: {ending}; name it .md or .html, or say --format")
    if output.is_dir():
        raise UsageError(f"-o {output} is a folder: name a file in it")
    return found or "md"


def cut_off(as_of: str | None, today: date) -> date | None:
    """Return the day that --as-of names. Raises UsageError for one that has not come yet."""
    found: date | None = day(as_of, "--as-of")
    if found is not None and found > today:
        raise UsageError(f"--as-of {as_of}: that day has not come yet")
    return found


def troubled(loaded: Loaded) -> Sequence[str]:
    """Return the names of the campaign files with mistakes."""
    return sorted({one.file for one in loaded.problems if one.severity == "error"})


def deliver(space: Workspace, report: Report, form: Format, output: Path | None) -> None:
    """Print a report by the board's template, or write it whole to the file that was named."""
    name = f"{TEMPLATE}.{form}"
    text = write(report, space.template(name), name, form)
    if output is None:
        echo(text, nl=False)
        return
    try:
        files.write_whole(output, text.encode())
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror or error}") from error
    echo(f"written: {output}")
