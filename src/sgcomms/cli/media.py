"""`media export`: the pictures for the public folder that Instagram fetches them from."""

from __future__ import annotations

from pathlib import Path

import click

from sgcomms.cli.common import here, plural
from sgcomms.cli.saying import echo
from sgcomms.db import queue
from sgcomms.errors import UsageError
from sgcomms.media import VIDEOS, MediaError, is_whole


@click.group("media")
def media_command() -> None:
    """See to the pictures of the queue."""


@media_command.command("export")
@click.argument("folder", metavar="DIR")
@click.pass_context
def export_command(ctx: click.Context, folder: str) -> None:
    """Write the pictures that Instagram fetches into DIR, for `media_base_url`.

    Each is named by its SHA-256. What is there already, whole, stays; nothing is deleted.
    """
    space = here(ctx)
    board = space.board(words=False)
    with space.database() as db:
        rows = queue.rows(db, ["queued", "held", "publishing", "uncertain"])
    pictures = {
        (item.sha256, item.kind): item
        for row in rows
        if row.platform == "instagram" and row.mode != "by_hand"
        for item in row.draft.media
        if item.kind not in VIDEOS  # an officer posts them by hand
    }
    target = Path(folder)
    written = kept = 0
    for item in pictures.values():
        path = target / space.store.path(item.sha256, item.kind).name
        if is_whole(path, item.sha256):
            kept += 1
            continue
        try:
            space.store.copy(item.sha256, item.kind, path)
        except MediaError as error:
            raise UsageError(f"{error}: `sgcomms queue` copies it again") from error
        except OSError as error:
            raise UsageError(f"{folder} cannot be written: {error.strerror or error}") from error
        written += 1
    echo(f"{plural(written, 'picture')} written to {folder}, {kept:,} there already.")
    if not pictures:
        echo("Nothing in the queue has a picture for Instagram.")
    if board.media_base_url is None:
        echo(
            "Instagram fetches pictures from a public address: set `publishing.media_base_url` in "
            "config/board.yaml to where this folder is served."
        )
    elif pictures:
        echo(f"Instagram has to find them at {board.media_base_url}")
