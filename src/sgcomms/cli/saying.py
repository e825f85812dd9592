"""The one way in which commands print: file names and other people's words do nothing there."""

from __future__ import annotations

import click

from sgcomms.signs import shown


def echo(message: object = "", *, err: bool = False, nl: bool = True, bold: str = "") -> None:
    """Print a message, to standard error with `err`; signs that a terminal obeys are written out.

    `nl` adds a line break; `bold` is the part of the message that stands out. Bytes are a document
    of its own, such as the audit trail in CSV, and go out as they are.
    """
    if isinstance(message, bytes):
        click.echo(message, err=err, nl=nl)
        return
    words = shown(str(message))
    if bold:
        words = words.replace(shown(bold), click.style(shown(bold), bold=True), 1)
    click.echo(words, err=err, nl=nl)
