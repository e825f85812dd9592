"""`accounts verify` and `doctor`: tokens, and all that publishing needs."""

from __future__ import annotations

import sqlite3
import sys
from importlib.metadata import version

import click

from sgcomms import clock, health
from sgcomms.cli.common import as_json, here, local, print_json, user
from sgcomms.config import Board
from sgcomms.db import Db, audit
from sgcomms.errors import SgcommsError, UsageError
from sgcomms.verifying import Answer, verify
from sgcomms.workspace import Workspace
from sgcomms.yamlfile import suggestion


@click.group("accounts")
def accounts_command() -> None:
    """Ask the platforms about the board's accounts."""


@accounts_command.command("verify")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@as_json
@click.pass_context
def verify_command(ctx: click.Context, accounts: tuple[str, ...], as_json: bool) -> int:
    """Say whose token each live account has, what it may do and when it ends.

    An account that was parked because of its token sends again when the token works.
    """
    space = here(ctx)
    board = space.board()
    for name in accounts:
        if name not in board.accounts:
            hint = suggestion(name, board.accounts)
            raise UsageError(f"config/board.yaml has no account {name!r}{hint}")
    with space.database() as db:
        answers = _verify(space, board, db, accounts)
    if as_json:
        print_json([_answer_json(one) for one in answers])
    else:
        for one in answers:
            _print(one, board)
        if not answers:
            click.echo("No account is in mode live: there are no tokens to verify.")
    return 1 if any(one.error or (one.found and one.found.missing) for one in answers) else 0


@click.command("doctor")
@click.pass_context
def doctor_command(ctx: click.Context) -> int:
    """Look at everything that publishing needs: files, database, clock, tokens, e-mail."""
    space = here(ctx)
    python = ".".join(map(str, sys.version_info[:3]))
    click.echo(
        f"sgcomms {version('sgcomms')}, Python {python}, SQLite {sqlite3.sqlite_version}; "
        f"{clock.stored(clock.real_now())} by this machine"
    )
    board = space.board()
    wrong = []
    with space.database() as db:
        (sound,) = db.conn.execute("PRAGMA integrity_check").fetchone()
        broken = audit.broken_at(db)
        if sound != "ok":
            wrong.append(f"the database is damaged ({sound}): `sgcomms restore` a backup")
        if broken is not None:
            wrong.append(f"the audit trail does not fit from row {broken} on: it was changed")
        for one in _verify(space, board, db, ()):
            _print(one, board)
            if one.error or (one.found and one.found.missing):
                wrong.append(f"{one.account}: {one.error or 'its token lacks permissions'}")
        wrong += health.examine(space, board, db).wrong
    if board.alerts_to and board.mail is None:
        wrong.append("alerts.to has addresses, but there is no `mail` server in config/board.yaml")
    if not board.alerts_to:
        wrong.append("nobody is told when something goes wrong: set alerts.to in config/board.yaml")
    try:
        space.secrets()
    except SgcommsError as error:
        wrong.append(str(error))
    for line in wrong:
        click.echo(f"  {line}")
    click.echo("All is well." if not wrong else f"{len(wrong)} to look at.")
    return 3 if wrong else 0


def _verify(space: Workspace, board: Board, db: Db, names: tuple[str, ...]) -> list[Answer]:
    live = [one.id for one in board.accounts.values() if one.mode == "live"]
    return [verify(space, board, db, name, user()) for name in names or live]


def _print(one: Answer, board: Board) -> None:
    if one.found is None:
        click.echo(f"{one.account}: {one.error}")
        return
    found = one.found
    ends = f"ends {local(found.expires_at, board)}" if found.expires_at else "no end is known"
    click.echo(f"{one.account}: the token of {found.handle} ({found.platform_id}); {ends}")
    if found.scopes:
        click.echo(f"  may: {', '.join(found.scopes)}")
    if found.missing:
        click.echo(f"  lacks: {', '.join(found.missing)}: publishing needs it")
    for note in found.notes:
        click.echo(f"  {note}")
    if one.unparked:
        click.echo("  it was parked, and sends again")


def _answer_json(one: Answer) -> dict[str, object]:
    found = one.found
    return {
        "account": one.account,
        "error": one.error,
        "handle": found.handle if found else None,
        "platform_id": found.platform_id if found else None,
        "scopes": list(found.scopes) if found else [],
        "missing": list(found.missing) if found else [],
        "notes": list(found.notes) if found else [],
        "expires_at": clock.stored(found.expires_at) if found and found.expires_at else None,
    }
