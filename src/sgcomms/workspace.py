"""A workspace: finding it, laying it out, opening what is in it.

A workspace is the folder that holds `config/board.yaml`. The examples that `init` copies lie once
in this project: at the root of the repository, from where an editable install reads them, and
inside the package in a wheel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path

from sgcomms import clock, files
from sgcomms.config import Board, load_board
from sgcomms.db import Db, open_database
from sgcomms.errors import ProblemsError, SgcommsError, UsageError, WorkspaceError
from sgcomms.media import Store
from sgcomms.models import Mode
from sgcomms.platforms import PLATFORMS, Publisher, layout
from sgcomms.platforms.outbox import Outbox, Places

DATABASE = "sgcomms.db"
HEARTBEAT = "sgcomms.tick"
OUTBOX = "outbox"
STORE = "store"
PARTS = ("config", "campaigns", "templates")

SECRETS = """\
# Tokens of the board's accounts, one block an account. This file is for this machine only: git
# ignores it, and nobody but its owner may read it. Nothing is needed while accounts are in
# `mode: outbox`. Take the # away from the lines you need.
#
# x:
#   api_key: ""
#   api_secret: ""
#   access_token: ""
#   access_token_secret: ""
# facebook:
#   access_token: ""      # of the Page, or of a System User
# instagram:
#   access_token: ""
# website:
#   service_account_file: ""
#
# Each can be given in the environment instead: SGCOMMS_X_API_KEY, or SGCOMMS_X_API_KEY_FILE with
# the name of a file that holds it.
"""

IGNORED = ("secrets.yaml", f"{DATABASE}*", HEARTBEAT, f"{OUTBOX}/", f"{STORE}/")
"""What git must not keep: secrets, and what this machine alone knows."""


def shipped() -> Path:
    """Return the folder that holds the shipped examples: `config`, `campaigns`, `templates`, …"""
    package = Path(str(package_files("sgcomms")))
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parents[1]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace on the disk. What lies in it is opened when it is asked for."""

    root: Path

    @property
    def outbox(self) -> Path:
        """The folder that outbox deliveries are written to."""
        return self.root / OUTBOX

    @property
    def store(self) -> Store:
        """The images that were queued, by SHA-256."""
        return Store(self.root / STORE)

    def board(self, *, words: bool = True) -> Board:
        """Return the board, with its contacts and feedback or, without `words`, bare.

        Raises ProblemsError with every mistake in the config files that were read.
        """
        board, problems = load_board(self.root, words=words)
        if board is None:
            raise ProblemsError(problems)
        return board

    def database(self) -> Db:
        """Open the database. Raises WorkspaceError when it is missing or not one of ours."""
        return open_database(self.root / DATABASE)

    def template(self, name: str) -> str:
        """Return the board's own template `name`, or the shipped one where it has none."""
        own = self.root / "templates" / name
        path = own if own.exists() else shipped() / "templates" / name
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"templates/{name} cannot be read: {error}") from error

    def publisher(self, board: Board, account: str, mode: Mode) -> Publisher:
        """Return what sends the posts of `account` in `mode`.

        Raises WorkspaceError for an account that the board no longer has, and for a mode that this
        version cannot publish in.
        """
        found = board.accounts.get(account)
        if found is None:
            raise WorkspaceError(f"config/board.yaml no longer has the account {account}")
        if mode != "outbox":
            raise WorkspaceError(f"{account}: this version cannot publish in mode {mode}")
        if found.platform not in PLATFORMS:
            raise WorkspaceError(f"{account}: this version lays out no posts for {found.platform}")
        places = Places(self.outbox, self.store, self.template("preview/post.html"))
        return Outbox(found, {}, layout=layout(found), places=places)

    def beat(self) -> None:
        """Leave the mark of a tick: the time stamp of a file beside the database.

        Raises SgcommsError when it cannot be left.
        """
        try:
            (self.root / HEARTBEAT).touch()
        except OSError as error:
            raise SgcommsError(f"{HEARTBEAT} cannot be written: {error.strerror}") from error

    def tidy(self) -> None:
        """Delete the temporary files that a process which was killed has left behind."""
        for name in (*PARTS, OUTBOX, STORE):
            files.clear_leftovers(self.root / name, clock.real_now().timestamp())


def find(start: Path) -> Workspace:
    """Return the workspace that holds `start`. Raises WorkspaceError when there is none."""
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / "config" / "board.yaml").is_file():
            return Workspace(candidate)
    raise WorkspaceError(
        f"there is no workspace in {start} or above it: `sgcomms init DIR` makes one"
    )


def init(folder: Path) -> Iterator[tuple[str, bool]]:
    """Lay out a workspace, yielding each file with whether it was made or was there already.

    Nothing that is there is overwritten; a `.gitignore` gets the lines that it lacks, so that the
    secrets stay out of git. Every account of the example board is in `mode: outbox`.
    Raises UsageError when the folder cannot be written.
    """
    try:
        for part in PARTS:
            yield from _copy(shipped() / part, folder / part, folder)
        yield _write(folder / "secrets.yaml", SECRETS.encode(), folder, private=True)
        yield _ignore(folder / ".gitignore")
        database = folder / DATABASE
        made = not database.exists()
        open_database(database, create=True).close()
        yield DATABASE, made
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror or error}") from error


def _copy(source: Path, target: Path, root: Path) -> Iterator[tuple[str, bool]]:
    for path in sorted(source.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield _write(target / path.relative_to(source), path.read_bytes(), root)


def _write(path: Path, content: bytes, root: Path, *, private: bool = False) -> tuple[str, bool]:
    """Write a file unless there is one, even if it appeared this very moment."""
    made = not path.exists()
    if made:
        try:
            files.write_new(path, content, private=private)
        except FileExistsError:
            if not path.exists():  # something is in the way of its folder
                raise
            made = False
    return path.relative_to(root).as_posix(), made


def _ignore(path: Path) -> tuple[str, bool]:
    """Let git ignore what it must not keep, behind whatever it ignores already."""
    content = path.read_bytes() if path.exists() else b""
    known = content.splitlines()
    missing = [line.encode() for line in IGNORED if line.encode() not in known]
    if missing:
        ended = content if not content or content.endswith(b"\n") else content + b"\n"
        files.write_whole(path, ended + b"\n".join([*missing, b""]))
    return path.name, bool(missing)
