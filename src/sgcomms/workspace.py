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

from sgcomms import files
from sgcomms.config import Board, load_board
from sgcomms.db import Db, open_database
from sgcomms.errors import ProblemsError, UsageError, WorkspaceError
from sgcomms.media import Store
from sgcomms.models import Mode
from sgcomms.platforms import Publisher, layout
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

IGNORED = f"""\
secrets.yaml
{DATABASE}*
{HEARTBEAT}
{OUTBOX}/
{STORE}/
"""


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

    def board(self) -> Board:
        """Return the board. Raises ProblemsError with every mistake in the config files."""
        board, problems = load_board(self.root)
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
        places = Places(self.outbox, self.store, self.template("preview/post.html"))
        return Outbox(found, {}, layout=layout(found), places=places)

    def beat(self) -> None:
        """Leave the mark of a tick: the time stamp of a file beside the database."""
        (self.root / HEARTBEAT).touch()


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

    Nothing that is there is overwritten. Every account of the example board is in `mode: outbox`.
    Raises UsageError when the folder cannot be written.
    """
    try:
        for part in PARTS:
            yield from _copy(shipped() / part, folder / part, folder)
        yield _write(folder / "secrets.yaml", SECRETS, folder, private=True)
        yield _write(folder / ".gitignore", IGNORED, folder)
        database = folder / DATABASE
        made = not database.exists()
        open_database(database, create=True).close()
        yield DATABASE, made
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror or error}") from error


def _copy(source: Path, target: Path, root: Path) -> Iterator[tuple[str, bool]]:
    for path in sorted(source.rglob("*")):
        if not path.is_file() or path.name.startswith("."):
            continue
        goal = target / path.relative_to(source)
        made = not goal.exists()
        if made:
            goal.parent.mkdir(parents=True, exist_ok=True)
            files.write_whole(goal, path.read_bytes())
        yield goal.relative_to(root).as_posix(), made


def _write(path: Path, text: str, root: Path, *, private: bool = False) -> tuple[str, bool]:
    made = not path.exists()
    if made:
        files.write_whole(path, text.encode(), private=private)
    return path.relative_to(root).as_posix(), made
