"""What is still to be said about a file that was taken in."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from sgcomms.config import Board
from sgcomms.importers.base import Importer, Notes
from sgcomms.webkeys import HIDDEN_BELOW


def unfinished(days: Collection[date], spans: Collection[tuple[date, date]]) -> Iterator[str]:
    """Yield the days whose figures were those of a part of them, and what ends with such a day."""
    for day in sorted(days):
        yield f"{day} was not over when the file was exported, so that day is left out"
    for first, last in sorted(spans):
        yield (
            f"with it all figures of {first} to {last} in one are left out: to have them, export "
            "days that are over"
        )


def rare_pages(number: int) -> Iterator[str]:
    """Yield how many pages were seen so rarely that they could point to one family."""
    if number:
        pages = "1 page" if number == 1 else f"{number:,} pages"
        fewer = f"seen fewer than {HIDDEN_BELOW} times"
        yield f"{pages} {fewer} left out: a rare one can tell of a family"


def left_to_others(board: Board, path: Path, on: date, notes: Notes) -> Iterator[str]:
    """Yield, for each table of another platform, the command that takes it in."""
    for platform, tables in notes.left_to.items():
        names = [one.id for one in board.accounts.values() if one.platform == platform]
        whose = f"not taken: {', '.join(tables)}, of {platform.capitalize()}"
        if not names:
            yield f"{whose}, of which config/board.yaml has no account"
        for name in names:
            yield (
                f"{whose}: sgcomms import {shlex.quote(str(path))} --account {name} --read-on {on}"
            )


def cut_off(notes: Notes) -> Iterator[str]:
    """Yield what is as long as one export can be, so that there may be more."""
    for what, rows in notes.full.items():
        yield (
            f"it holds {rows:,} {what}, as many as one export can hold, so others may be missing: "
            "export a shorter time, too"
        )


def zone_not_known(importer: Importer) -> Iterator[str]:
    """Yield the question that is asked once of each website."""
    if importer.platform == "website" and importer.said.zone is None:
        yield (
            f"its days are of {importer.boundary}, which no export names: say it once, with the "
            "next file, such as --timezone Europe/London"
        )
