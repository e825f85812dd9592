"""A workspace: finding it, laying it out, opening what is in it.

A workspace is the folder that holds `config/board.yaml`. The examples that `init` copies lie once
in this project: at the root of the repository, from where an editable install reads them, and
inside the package in a wheel.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files as package_files
from pathlib import Path
from urllib.parse import urlsplit

from sgcomms import clock, files, websites
from sgcomms.config import Board, load_board
from sgcomms.config import secrets as secret_files
from sgcomms.config.secrets import Secrets, load_secrets
from sgcomms.db import Db, open_database
from sgcomms.db.gate import Policy
from sgcomms.db.home import Home
from sgcomms.errors import (
    ProblemsError,
    SecretsMissingError,
    SgcommsError,
    UsageError,
    WorkspaceError,
)
from sgcomms.media import Store, StoredPictures
from sgcomms.models import Account, Mode
from sgcomms.platforms import (
    PLATFORMS,
    Handing,
    Measuring,
    Publisher,
    connect,
    layout,
    measures,
)
from sgcomms.platforms.by_hand import ByHand
from sgcomms.platforms.outbox import Outbox, Places
from sgcomms.publishing import Work, owner_name
from sgcomms.websites import Tool

DATABASE = "sgcomms.db"
HEARTBEAT = "sgcomms.tick"
ALARM = "sgcomms.alarm"
OUTBOX = "outbox"
BY_HAND = "by_hand"
STORE = "store"
BACKUPS = "backups"
STOP = "STOP"
STOP_NAMES = frozenset({"stop", "stop.txt"})
"""A file of such a name, in whatever case, stops everything: some editors add an ending."""

MODES: tuple[Mode, ...] = ("live", "outbox", "by_hand")
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

IGNORED = (
    "secrets.yaml",
    f"{DATABASE}*",
    HEARTBEAT,
    ALARM,
    *(f"{folder}/" for folder in (OUTBOX, BY_HAND, STORE, BACKUPS)),
    STOP,
    f"{STOP}.txt",
)
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
        try:
            return self.template_file(name).decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise UsageError(f"templates/{name} cannot be read: {error}") from error

    def template_file(self, name: str) -> bytes:
        """Return the bytes of the template `name`, as `template` does: it may be no text."""
        own = self.root / "templates" / name
        path = own if own.exists() else shipped() / "templates" / name
        try:
            return path.read_bytes()
        except OSError as error:
            raise UsageError(f"templates/{name} cannot be read: {error}") from error

    @property
    def by_hand(self) -> Path:
        """The folder that officers find what they post by hand in."""
        return self.root / BY_HAND

    @property
    def alarm(self) -> Path:
        """The file whose time stamp says when somebody was told that a tick had stopped."""
        return self.root / ALARM

    @property
    def home(self) -> Home:
        """This place: the machine's name, and the folder on it."""
        return Home(socket.gethostname(), str(self.root.resolve()))

    def policy(self, board: Board) -> Policy:
        """Return what the board has set about sending."""
        return Policy(board.late_after, board.approval, board.calendar.closures)

    def stopped(self) -> datetime | None:
        """Return since when a file named STOP has been in the workspace, or None."""
        for path in self.stop_files():
            with contextlib.suppress(OSError):
                return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
        return None

    def stop_files(self) -> list[Path]:
        """Return the files named STOP in the workspace.

        Raises WorkspaceError when nobody can tell: then nothing may be sent.
        """
        try:
            return [path for path in self.root.iterdir() if path.name.lower() in STOP_NAMES]
        except OSError as error:
            raise WorkspaceError(f"{self.root} cannot be looked into: {error.strerror}") from error

    def work(self, board: Board, *, ending: Callable[[], bool] = lambda: False) -> Work:
        """Return what a tick of this workspace works with."""
        return Work(
            connect=Connections(self, board),
            policy=self.policy(board),
            modes=MODES,
            owner=owner_name(),
            stopped=self.stopped,
            ending=ending,
        )

    def publisher(self, board: Board, account: str, mode: Mode) -> Publisher | Handing:
        """Return what sends the posts of `account` in `mode`, or hands them to an officer.

        Raises as `live` and `folder` do.
        """
        if mode == "live":
            return self.live(board, account)
        if mode == "outbox":
            return self.folder(board, account)
        return ByHand(_account(board, account), self.by_hand, self.store)

    def folder(self, board: Board, account: str) -> Outbox:
        """Return what writes the posts of `account` to the outbox.

        Raises WorkspaceError for an account that the board no longer has.
        """
        found = _account(board, account)
        places = Places(self.outbox, self.store, self.template("preview/post.html"))
        return Outbox(found, {}, layout=layout(found), places=places)

    def live(self, board: Board, account: str) -> Publisher:
        """Return what sends the posts of `account` to its platform.

        Raises WorkspaceError for an account that the board no longer has, or whose platform this
        version cannot publish to, and SecretsMissingError for one without its secrets.
        """
        found = _account(board, account)
        try:
            secrets = self.secrets()
        except WorkspaceError as error:
            raise SecretsMissingError(f"{account}: {error}") from None
        own = secrets.of(account)
        pictures = StoredPictures(self.store, board.media_base_url)
        publisher = connect(found, own, pictures, secrets.hosts(account))
        if publisher is None:
            raise WorkspaceError(f"{account}: this version cannot publish to {found.platform}")
        missing = [name for name in publisher.secret_names if not own.get(name)]
        if missing:
            variable = f"SGCOMMS_{account.upper().replace('-', '_')}_{missing[0].upper()}"
            raise SecretsMissingError(
                f"{account} has no {', '.join(missing)}: write them into secrets.yaml, or set "
                f"{variable} and the like in the environment"
            )
        return publisher

    def measuring(self, board: Board, account: str) -> Measuring | None:
        """Return what reads the figures of `account`; None where its platform offers none.

        Raises as `live` does; an account in `mode: outbox` is read too, where it has its secrets.
        """
        if board.accounts[account].platform not in PLATFORMS:
            return None
        found = _account(board, account)
        if not measures(found):
            return None
        publisher = self.live(board, account)
        assert isinstance(publisher, Measuring)  # noqa: S101  `measures` says so
        publisher.board_prices = board.prices.get(found.platform, {})
        return publisher

    def tool(self, board: Board, website: str) -> Tool:
        """Return what reads the figures of `website`.

        Raises SecretsMissingError for one without its secrets, AuthError where they may not go.
        """
        found = board.websites[website]
        try:
            secrets = self.secrets()
        except WorkspaceError as error:
            raise SecretsMissingError(f"{website}: {error}") from None
        return websites.connect(found, secrets.of(website), secrets.hosts(website))

    def secrets(self) -> Secrets:
        """Return the secrets of this machine. Raises WorkspaceError when they cannot be read."""
        return load_secrets(self.root, os.environ)

    def secrets_since(self) -> datetime | None:
        """Return when `secrets.yaml` was last written, or None where there is none."""
        try:
            return datetime.fromtimestamp((self.root / secret_files.FILE).stat().st_mtime, UTC)
        except OSError:
            return None

    def last_beat(self) -> datetime | None:
        """Return when the last tick ended, or None when there was none."""
        try:
            return datetime.fromtimestamp((self.root / HEARTBEAT).stat().st_mtime, UTC)
        except OSError:
            return None

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
        for name in (*PARTS, OUTBOX, BY_HAND, STORE):
            files.clear_leftovers(self.root / name, clock.real_now().timestamp())


@dataclass(frozen=True, slots=True)
class Reach:
    """How the accounts and websites of a workspace are read."""

    space: Workspace
    board: Board

    def measuring(self, account: str) -> Measuring | None:
        """Return what reads `account`. Raises as `Workspace.measuring`."""
        return self.space.measuring(self.board, account)

    def tool(self, website: str) -> Tool:
        """Return what reads `website`. Raises as `Workspace.tool`."""
        return self.space.tool(self.board, website)


@dataclass(slots=True)
class Connections:
    """The publishers of a workspace for the length of one tick: each is made once."""

    space: Workspace
    board: Board
    made: dict[tuple[str, Mode], Publisher | Handing] = field(default_factory=dict)

    def __call__(self, account: str, mode: Mode) -> Publisher | Handing:
        """Return the publisher of `account` in `mode`. Raises as `Workspace.publisher`."""
        key = (account, mode)
        if key not in self.made:
            self.made[key] = self.space.publisher(self.board, account, mode)
        return self.made[key]


def _account(board: Board, account: str) -> Account:
    found = board.accounts.get(account)
    if found is None:
        raise WorkspaceError(f"config/board.yaml no longer has the account {account}")
    if found.platform not in PLATFORMS:
        raise WorkspaceError(f"{account}: this version lays out no posts for {found.platform}")
    return found


def refuse_rehearsal(board: Board) -> None:
    """Refuse to write while another time is rehearsed, unless nothing could go out for real.

    Raises UsageError.
    """
    live = [one.id for one in board.accounts.values() if not _harmless(one)]
    if clock.rehearsed() is not None and live:
        raise UsageError(
            f"{clock.VARIABLE} is set, and {', '.join(live)} would publish for real: unset it, or "
            "set `mode: outbox` on every account"
        )


def _harmless(account: Account) -> bool:
    """Tell whether what is sent to an account stays on this machine."""
    if account.mode == "live" and account.api_base:
        return urlsplit(account.api_base).hostname in ("127.0.0.1", "::1", "localhost")
    return account.mode == "outbox"


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
