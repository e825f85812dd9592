"""`stats --explain`: the readings behind a figure, under the sources that they came from."""

from __future__ import annotations

from collections.abc import Sequence

from sgcomms import figures as figures_of
from sgcomms.cli.common import wrapped
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.sources import KnownSource
from sgcomms.figures import Figure, Trace
from sgcomms.figures.answering import imported_on
from sgcomms.reports import numbers

_SOURCE, _ABOUT, _AMOUNT = 4, 6, 10
"""How far sources and what is said of them are set in, and how wide a value may be."""


def print_trace(db: Db, board: Board, one: Figure) -> None:
    """Print every source of a figure, with the readings that were taken from it."""
    steps = figures_of.trace(db, board, one)
    wanted = {step.source for step in steps}
    names = figures_of.source_names(db, wanted)
    for source in figures_of.sources(db, wanted):
        taken = [step for step in steps if step.source == source.id]
        natives = {step.native for step in taken if step.native}
        _print_source(board, one, source, names[source.id], natives)
        _print_steps(taken, each_native=len(natives) > 1)


def _print_source(
    board: Board, one: Figure, source: KnownSource, name: str, natives: set[str]
) -> None:
    words = [name, f"taken in on {imported_on(board, source)}"]
    if source.sha256:
        words.append(f"SHA-256 {source.sha256[:12]}")
    if source.detail.get("day_boundary"):
        words.append(f"its days: {source.detail['day_boundary']}")
    _print(_SOURCE, f"source {source.id}: {'; '.join(words)}")
    if len(natives) == 1:
        _print(_ABOUT, f'there it is called "{min(natives)}"')
    meant = source.detail.get("definitions", {}).get(one.metric)
    if meant:
        _print(_ABOUT, f"there it means: {meant}")
    for gap in source.detail.get("gaps", ()):
        _print(_ABOUT, f"not had: {gap}")


def _print_steps(steps: Sequence[Trace], *, each_native: bool) -> None:
    for step in steps:
        amount = "blank" if step.value is None else numbers.number(step.value)
        native = f' ("{step.native}")' if each_native and step.native else ""
        url = f"  {step.url}" if step.url else ""
        begin = f"{'':{_SOURCE}}{amount:>{_AMOUNT}}  "
        echo(wrapped(f"{begin}{step.about}{native}{url}", " " * len(begin)))


def _print(indent: int, words: str) -> None:
    echo(wrapped(f"{'':{indent}}{words}", " " * (indent + 2)))
