"""`accounts verify` and `doctor`: tokens, and all that publishing needs."""

from __future__ import annotations

import sqlite3
import sys
from importlib.metadata import version

import click

from sgcomms import clock, health, reaching
from sgcomms.alerting import TOKEN_NOTICE
from sgcomms.cli.common import as_json, here, local, may_write, print_json, user
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db, audit
from sgcomms.errors import ProblemsError, SgcommsError, UsageError
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
    board = space.board(words=False)
    may_write(board)
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
            if one.wrong:
                echo(one.wrong)
        if not answers:
            echo("No account is in mode live: there are no tokens to verify.")
    return 1 if any(one.wrong for one in answers) else 0


@click.command("doctor")
@click.pass_context
def doctor_command(ctx: click.Context) -> int:
    """Look at everything that publishing needs: files, database, clock, tokens, e-mail."""
    space = here(ctx)
    python = ".".join(map(str, sys.version_info[:3]))
    echo(
        f"sgcomms {version('sgcomms')}, Python {python}, SQLite {sqlite3.sqlite_version}; "
        f"{clock.stored(clock.real_now())} by this machine"
    )
    wrong = []
    try:
        board = space.board()
    except ProblemsError as error:  # what publishing needs may still be read
        wrong += [str(one) for one in error.problems]
        board = space.board(words=False)
    with space.database() as db:
        wrong += _database(db)
        try:
            may_write(board)
            space.secrets()
        except SgcommsError as error:
            wrong.append(f"no token was looked at: {error}")
        else:
            for one in _verify(space, board, db, ()):
                _print(one, board)
                wrong += [one.wrong] if one.wrong else _ends_soon(one, board)
            wrong += reaching.examine(space, board, db)
        wrong += health.examine(space, board, db).wrong
    wrong += _settings(board)
    for line in wrong:
        echo(f"  {line}")
    echo("All is well." if not wrong else f"{len(wrong)} to look at.")
    return 3 if wrong else 0


def _database(db: Db) -> list[str]:
    """Return what is wrong with the database."""
    wrong = []
    (sound,) = db.conn.execute("PRAGMA integrity_check").fetchone()
    broken = audit.broken_at(db)
    if sound != "ok":
        wrong.append(f"the database is damaged ({sound}): `sgcomms restore` a backup")
    if broken is not None:
        wrong.append(f"the audit trail does not fit from row {broken} on: it was changed")
    return wrong


def _settings(board: Board) -> list[str]:
    """Return what the board has not set and publishing cannot do without."""
    public = [one for one in board.accounts.values() if one.mode != "outbox"]
    fetching = [one.id for one in public if one.platform == "instagram" and one.mode == "live"]
    wrong = []
    if public and board.approval and not board.approvers:
        wrong.append(
            "posts have to be approved, and nobody in config/board.yaml has `role: approver`"
        )
    if fetching and board.media_base_url is None:
        wrong.append(
            f"{fetching[0]} fetches pictures from a public address: set publishing.media_base_url "
            "in config/board.yaml to where what `sgcomms media export` writes is served"
        )
    if board.alerts_to and board.mail is None:
        wrong.append("alerts.to has addresses, but there is no `mail` server in config/board.yaml")
    if public and not board.alerts_to:
        wrong.append("nobody is told when something goes wrong: set alerts.to in config/board.yaml")
    return wrong


def _ends_soon(one: Answer, board: Board) -> list[str]:
    """Return that a token ends within a month, if it does."""
    ends = one.found.expires_at if one.found else None
    if ends is None or ends > clock.now() + TOKEN_NOTICE:
        return []
    return [f"{one.account}: its token ends {local(ends, board)}: renew it"]


def _verify(space: Workspace, board: Board, db: Db, names: tuple[str, ...]) -> list[Answer]:
    live = [one.id for one in board.accounts.values() if one.mode == "live"]
    return [verify(space, board, db, name, user()) for name in names or live]


def _print(one: Answer, board: Board) -> None:
    """Print whose token it is, what it may do and when it ends."""
    found = one.found
    if found is None:
        return
    ends = f"; ends {local(found.expires_at, board)}" if found.expires_at else ""
    echo(f"{one.account}: the token of {found.handle} ({found.platform_id}){ends}")
    if found.scopes:
        echo(f"  may: {', '.join(found.scopes)}")
    for note in found.notes:
        echo(f"  {note}")
    if one.unparked:
        echo("  it was parked, and sends again")


def _answer_json(one: Answer) -> dict[str, object]:
    found = one.found
    return {
        "account": one.account,
        "error": one.wrong,
        "handle": found.handle if found else None,
        "platform_id": found.platform_id if found else None,
        "scopes": list(found.scopes) if found else [],
        "missing": list(found.missing) if found else [],
        "notes": list(found.notes) if found else [],
        "expires_at": clock.stored(found.expires_at) if found and found.expires_at else None,
        "unparked": one.unparked,
    }
