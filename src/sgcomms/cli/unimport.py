"""`unimport`: an import or a figure by hand that was a mistake."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from sgcomms.cli.approval import person
from sgcomms.cli.common import as_json, here, local, may_write, plural, print_json
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db, readings, sources, voiding
from sgcomms.db.sources import KnownSource
from sgcomms.errors import UsageError
from sgcomms.models import Reading
from sgcomms.reports.numbers import number

SHOWN = 20
"""How many imports are listed; one that is older is named by its file, or by `stats --explain`."""


@click.command("unimport")
@click.argument("source", required=False, metavar="[NUMBER|FILE]")
@click.option("--by", metavar="WHO", help="Who decides, as in board.yaml.")
@click.option("--reason", help="Why its figures are not to count.")
@as_json
@click.pass_context
def unimport_command(
    ctx: click.Context, source: str | None, by: str | None, reason: str | None, as_json: bool
) -> None:
    """Take an import or a recorded figure back; without NUMBER or FILE, list the latest.

    Its figures count no more, in any answer; they are kept apart, with who took them back and why.
    A file can be imported again afterwards, with the right day, account or period.
    """
    space = here(ctx)
    board = space.board()
    with space.database() as db:
        if source is None:
            _list(db, board, as_json=as_json)
            return
        if by is None or not (reason or "").strip():
            raise UsageError("say with --by who decides, and with --reason why")
        may_write(board)
        person(board, by)
        which = _number(db, source)
        figure = readings.recorded(db, which)
        done = voiding.take_back(db, which, by, str(reason).strip())
    if as_json:
        told = {"posts": done.posts, "readings": done.readings}
        print_json({**_json(done.source), **told})
        return
    parts = [plural(done.readings, "reading")] if done.readings or not done.posts else []
    if done.posts:
        parts.insert(0, f"the figures of {plural(done.posts, 'post')}")
    echo(f"{_line(done.source, figure, board)}: taken back, {' and '.join(parts)} count no more")


def _number(db: Db, text: str) -> int:
    """Return the number of the import that a number or a file names. Raises UsageError."""
    if text.isascii() and text.isdigit():
        return min(int(text), 2**63 - 1)
    path = Path(text)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(
            f"{text!r} is neither the number of an import nor a file that can be read "
            f"({error.strerror or error}); `sgcomms unimport` lists the imports"
        ) from None
    found = sources.with_contents(db, sha256)
    if len(found) == 1:
        return found[0].id
    if not found:
        raise UsageError(
            f"{path.name}: no import of this file counts; `sgcomms unimport` lists those that do, "
            "figures recorded by hand one by one"
        )
    several = ", ".join(f"{one.id} ({one.subject})" for one in found)
    raise UsageError(f"{path.name}: it was imported more than once: say which, {several}")


def _list(db: Db, board: Board, *, as_json: bool) -> None:
    """Print the files and figures that came in last."""
    found = sources.given(db, latest=SHOWN)
    if as_json:
        print_json([_json(one) for one in found])
        return
    for one in found:
        echo(_line(one, readings.recorded(db, one.id), board))
    if not found:
        echo("nothing was imported or recorded yet")


def _line(one: KnownSource, figure: Reading | None, board: Board) -> str:
    by = f", by {one.by}" if one.by else ""
    when = local(one.added_at, board)
    what = one.name if figure is None else f"{_words(figure)}, from: {one.name}"
    return f"{one.id}  {when}  {one.subject}  {what}; read on {one.read_on}{by}"


def _words(figure: Reading) -> str:
    """Return a recorded figure as it was said: "followers 1,007 of 2021-03-31"."""
    key = f" ({figure.key})" if figure.key else ""
    value = f"{figure.bound or ''} {number(figure.value or 0)}".strip()
    days = dict.fromkeys((figure.first.isoformat(), figure.last.isoformat()))
    return f"{figure.metric}{key} {value} of {' to '.join(days)}"


def _json(one: KnownSource) -> dict[str, object]:
    return {
        "source": one.id,
        "subject": one.subject,
        "name": one.name,
        "kind": one.kind,
        "read_on": one.read_on.isoformat(),
        "by": one.by,
        "sha256": one.sha256,
    }
