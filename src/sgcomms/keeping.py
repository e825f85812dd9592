"""Backups of a workspace, and the way back: restoring one, taking over a copy.

A backup is a folder named by its moment. It is written under another name, verified, flushed to the
disk and renamed, so that what is called a backup is whole. It holds the database, `config`,
`campaigns`, `templates` and the store of pictures, with the SHA-256 of every file; never a secret.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from sgcomms import clock, files
from sgcomms.db import audit, home, open_database, pauses
from sgcomms.db.backup import (
    SIDECARS,
    Distrusted,
    copy,
    distrust,
    holds_something,
    settle_in,
    verify,
)
from sgcomms.errors import SgcommsError, UsageError, WorkspaceError
from sgcomms.workspace import BACKUPS, DATABASE, IGNORED, PARTS, STORE, Workspace

KEEP_DAYS = 14
KEEP_WEEKS = 8
"""How many days, and how many weeks, keep their last backup."""

DAILY = timedelta(hours=20)
"""A backup that is older than this is not today's: a machine may be on in office hours only."""

MANIFEST = "backup.json"
FORMAT = 1

_NAME = "%Y-%m-%dT%H%M%SZ"
_BOARD = "config/board.yaml"
_TOO_SHORT = 8
"""Shorter secrets are not searched for in files: any word might be one."""

_SECRET_NAME = re.compile(r"(?:secrets|credentials)\b|.*\.(?:pem|key|p12|pfx)$", re.IGNORECASE)
_SECRET_IN_CONFIG = re.compile(r".*(?:secret|credential)", re.IGNORECASE)
"""Elsewhere a campaign may well be called `no-more-secrets`."""

_MAIL_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Backup:
    """A whole backup: its folder, the moment it was taken, and the SHA-256 of every file in it."""

    path: Path
    taken_at: datetime
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, what was left out of it and why, and the old ones removed for it."""

    backup: Backup
    left_out: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoration did: the files it wrote, those it left alone, the old database kept."""

    written: tuple[str, ...]
    left_alone: tuple[str, ...]
    kept_aside: str | None
    begun: Distrusted


def back_up(space: Workspace, folder: Path | None = None, *, keep: int = KEEP_DAYS) -> Made:
    """Write a backup into `folder` (`backups/` in the workspace), then remove what is too old.

    Kept are the last backup of each of the latest `keep` days that have one, and of each of the
    latest KEEP_WEEKS weeks; days and weeks are those of UTC. Raises UsageError for a folder that is
    itself backed up, and SgcommsError when the backup cannot be made: then every older one is as it
    was, and nothing new is there.
    """
    folder = _target(space, folder)
    taken_at = clock.now()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _ignore(space, folder)
        _clear(folder)
        part = Path(tempfile.mkdtemp(dir=folder, prefix=files.PREFIX, suffix=files.SUFFIX))
        try:
            made, left_out = _fill(space, part, taken_at, _latest(folder))
            backup = _named(made, folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    except OSError as error:
        raise SgcommsError(
            f"the backup could not be written ({error.strerror or error}): make room or check the "
            "folder; older backups are as they were"
        ) from error
    return Made(backup, left_out, tuple(_prune(folder, backup, keep)))


def back_up_daily(space: Workspace) -> Made | None:
    """Write a backup into `backups/` unless there is one from today. Raises as `back_up`."""
    last = _latest(space.root / BACKUPS)
    if last is not None and timedelta(0) <= clock.now() - last.taken_at < DAILY:
        return None
    return back_up(space)


def backups(folder: Path) -> list[Backup]:
    """Return the backups in `folder`, oldest first; what is not whole is not one."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with contextlib.suppress(WorkspaceError):
            if _moment(path.name) is not None:
                found.append(read(path))
    return found


def read(path: Path) -> Backup:
    """Return the backup in the folder `path`. Raises WorkspaceError when it is none."""
    try:
        manifest = json.loads((path / MANIFEST).read_bytes())
        if manifest["format"] != FORMAT:
            raise WorkspaceError(f"{path.name} was written by a newer sgcomms: update this program")
        listed = {str(name): str(seal) for name, seal in manifest["files"].items()}
        taken_at = clock.from_stored(manifest["taken_at"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        inside = [] if _moment(path.name) else backups(path)
        held = [one.path.name for one in inside]
        hint = f"; the latest in it is {held[-1]}" if held else ""
        raise WorkspaceError(f"{path} is no backup, or not a whole one{hint}") from error
    for name in listed:
        if not _is_ours(name):
            raise WorkspaceError(f"{path.name} lists {name}, which no backup holds")
    return Backup(path, taken_at, listed)


def restore(source: Path, root: Path, actor: str, *, force: bool = False) -> Restored:
    """Bring the backup `source` back into the folder `root`, and let that place publish, paused.

    Files that are there stay as they are; only a picture of the store that is damaged is replaced.
    A database that holds something is replaced with `force` only, and kept aside.
    Raises WorkspaceError for a backup that is not whole, UsageError for a folder that holds
    something else or a good database, SgcommsError when the disk refuses.
    """
    backup = read(source)
    _check_files(backup)
    _check_folder(root)
    database = root / DATABASE
    good = holds_something(database)
    if good and not force:
        raise UsageError(
            f"{root} has a sound database already, which knows more than a backup does: nothing "
            "was changed. --force puts the backup in its place and keeps the old one aside"
        )
    space = Workspace(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        written, left_alone = _bring_files(backup, root)
        if not (root / ".gitignore").exists():
            files.write_whole(root / ".gitignore", "\n".join([*IGNORED, ""]).encode())
        with _part_of(backup, root) as part:
            begun = settle_in(part, backup.taken_at, space.home, actor, backup=backup.path.name)
            _flush(part)
            if good:
                _stop(database, actor)
            kept_aside = _set_aside(database)
            part.replace(database)
        files.flush_folder(root)
    except OSError as error:
        raise SgcommsError(
            f"the backup could not be restored ({error.strerror or error}): make room or check the "
            "rights of the folder, then restore it again"
        ) from error
    return Restored(written, left_alone, kept_aside, begun)


def take_over(space: Workspace, actor: str) -> Distrusted:
    """Let this copy of a workspace publish from now on, paused: the other machine is gone.

    It knows nothing of what happened after the last row of its audit trail.
    Raises UsageError where there is nothing to take over, BackupError for a damaged copy.
    """
    path = space.root / DATABASE
    with open_database(path) as db:
        known, last = home.home(db), audit.last_at(db)
    if known == space.home:
        raise UsageError("this is the workspace that publishes: there is nothing to take over")
    if known is None or last is None:
        raise UsageError(
            "no workspace has published for real from this database: there is nothing to take over"
        )
    verify(path)
    with open_database(path) as db:
        return distrust(db, "take-over", last, space.home, actor, before=str(known))


def _target(space: Workspace, folder: Path | None) -> Path:
    target = (folder or space.root / BACKUPS).resolve()
    root = space.root.resolve()
    if target == root or any(target.is_relative_to(root / name) for name in (*PARTS, STORE)):
        raise UsageError(f"{target} is backed up itself: name another folder for the backups")
    return target


def _ignore(space: Workspace, folder: Path) -> None:
    """Keep git from taking backups, wherever in the workspace they are."""
    inside = folder.is_relative_to(space.root.resolve())
    if inside and not (folder / ".gitignore").exists():
        files.write_whole(folder / ".gitignore", b"*\n")


def _fill(
    space: Workspace, part: Path, taken_at: datetime, earlier: Backup | None
) -> tuple[Backup, tuple[str, ...]]:
    """Write everything into the folder `part`; the manifest comes last."""
    copy(space.root / DATABASE, part / DATABASE)
    _flush(part / DATABASE)
    listed = {DATABASE: _sealed(part / DATABASE)}
    guard, left_out = _Guard.of(space)
    for path in _sources(space.root):
        name = path.relative_to(space.root).as_posix()
        why = guard.refuse(path, name)
        if why is not None:
            left_out.append(f"{name}: {why}")
            continue
        listed[name] = _take(path, part / name, name, earlier)
    for folder in (one for one in part.rglob("*") if one.is_dir()):
        files.flush_folder(folder)
    backup = Backup(part, taken_at, listed)
    manifest = {"format": FORMAT, "taken_at": clock.stored(taken_at), "files": listed}
    files.write_whole(part / MANIFEST, json.dumps(manifest, indent=1).encode())
    return backup, tuple(left_out)


def _sources(root: Path) -> Iterator[Path]:
    """Yield the files to keep, in order; what git, an editor or a crash left behind is not one."""
    if (root / ".gitignore").is_file():
        yield root / ".gitignore"
    for name in (*PARTS, STORE):
        for path in sorted((root / name).rglob("*")):
            hidden = any(piece.startswith(".") for piece in path.relative_to(root).parts)
            if path.is_file() and not hidden:
                yield path


@dataclass(frozen=True, slots=True)
class _Guard:
    """Keeps secrets out of a backup: by the name of a file, and by what is in it."""

    words: tuple[bytes, ...]
    paths: frozenset[Path]

    @classmethod
    def of(cls, space: Workspace) -> tuple[_Guard, list[str]]:
        """Return what to keep out, and a line for a person when the secrets cannot be read."""
        unread = []
        values: frozenset[str] = frozenset()
        try:
            values = space.secrets().values()
        except WorkspaceError as error:
            unread.append(f"secrets in files could not be searched for: {error}")
        words = (
            value.encode()
            for value in values
            if len(value) >= _TOO_SHORT and not _MAIL_ADDRESS.fullmatch(value)
        )
        named = {value for name, value in os.environ.items() if name.endswith("_FILE")} | values
        paths = frozenset(Path(value).resolve() for value in named if _is_file(value))
        return cls(tuple(words), paths), unread

    def refuse(self, path: Path, name: str) -> str | None:
        """Return why the file `name` of the workspace is not to be in a backup, or None."""
        real = path.resolve()
        part = PurePosixPath(name).parts[0]
        patterns = (_SECRET_NAME, _SECRET_IN_CONFIG) if part == "config" else (_SECRET_NAME,)
        if real in self.paths or any(
            one.match(called) for one in patterns for called in (path.name, real.name)
        ):
            return "it is for secrets"
        if part == STORE:
            return None
        content = path.read_bytes()
        if any(word in content for word in self.words):
            return "it holds a secret of this machine: take that out of it"
        return None


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def _take(source: Path, target: Path, name: str, earlier: Backup | None) -> str:
    """Bring a file into a backup and return its SHA-256.

    What an earlier backup holds, sound and the same, is a second name of the same bytes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if earlier is not None and name in earlier.files:
        before, seal = earlier.path / name, earlier.files[name]
        if _seal(source) == seal and _seal(before) == seal:
            with contextlib.suppress(OSError):  # another disk, or a file system without links
                os.link(before, target)
                return seal
    shutil.copyfile(source, target)
    _flush(target)
    return _sealed(target)


def _named(made: Backup, folder: Path) -> Backup:
    """Give a backup that is whole its name."""
    target = folder / made.taken_at.strftime(_NAME)
    if target.exists():
        raise SgcommsError(f"there is a backup of this very second already: {target.name}")
    made.path.rename(target)
    files.flush_folder(folder)
    return replace(made, path=target)


def _prune(folder: Path, newest: Backup, keep: int) -> Iterator[str]:
    """Remove what is too old, and yield the names; what cannot be removed stays for next time."""
    found = backups(folder)
    days = {one.taken_at.date(): one.path for one in found}
    weeks = {one.taken_at.isocalendar()[:2]: one.path for one in found}
    kept = {
        newest.path,
        *(path for _, path in sorted(days.items())[-keep:]),
        *(path for _, path in sorted(weeks.items())[-KEEP_WEEKS:]),
    }
    for one in found:
        if one.path not in kept:
            gone = folder / f"{files.PREFIX}{one.path.name}{files.SUFFIX}"
            with contextlib.suppress(OSError):
                one.path.rename(gone)  # first: half a backup must not look like one
                shutil.rmtree(gone, ignore_errors=True)
                yield one.path.name


def _clear(folder: Path) -> None:
    """Delete what backups that were killed have left."""
    now = clock.real_now().timestamp()
    for part in folder.glob(f"{files.PREFIX}*{files.SUFFIX}"):
        with contextlib.suppress(OSError):
            if now - part.stat().st_mtime > files.LEFTOVER_SECONDS:
                shutil.rmtree(part, ignore_errors=True)


def _latest(folder: Path) -> Backup | None:
    found = backups(folder)
    return found[-1] if found else None


def _moment(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, _NAME)  # noqa: DTZ007  only whether it is one
    except ValueError:
        return None


def _is_ours(name: str) -> bool:
    """Tell whether a backup may hold a file of this name: nothing leads out of the workspace."""
    path = PurePosixPath(name)
    plain = not path.is_absolute() and ".." not in path.parts and "\\" not in name
    return plain and (name in (DATABASE, ".gitignore") or path.parts[0] in (*PARTS, STORE))


def _check_files(backup: Backup) -> None:
    for name, seal in backup.files.items():
        if _seal(backup.path / name) != seal:
            raise WorkspaceError(
                f"{name} in {backup.path.name} is missing or damaged: take another backup"
            )
    if DATABASE not in backup.files:
        raise WorkspaceError(f"{backup.path.name} holds no database: take another backup")


def _check_folder(root: Path) -> None:
    """Make sure that `root` is a workspace, the rest of one, or empty."""
    if not root.exists():
        return
    if not root.is_dir():
        raise UsageError(f"{root} is not a folder")
    if (root / _BOARD).exists() or (root / DATABASE).exists():
        return
    if any(path.is_file() and not path.name.startswith(files.PREFIX) for path in root.rglob("*")):
        raise UsageError(f"{root} holds something else: name an empty folder, or a workspace")


def _bring_files(backup: Backup, root: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write the files that are not there; return them, and those that are there and differ."""
    written, left_alone = [], []
    names = sorted(backup.files.keys() - {DATABASE}, key=lambda name: (name != _BOARD, name))
    for name in names:
        target = root / name
        same = _seal(target) == backup.files[name]
        if target.exists() and not same and PurePosixPath(name).parts[0] != STORE:
            left_alone.append(name)
        elif not same:
            files.write_whole(target, (backup.path / name).read_bytes())
            written.append(name)
    return tuple(written), tuple(left_alone)


@contextlib.contextmanager
def _part_of(backup: Backup, root: Path) -> Iterator[Path]:
    """Yield a copy of the backup's database in `root`; it is gone afterwards unless renamed."""
    handle, name = tempfile.mkstemp(dir=root, prefix=files.PREFIX, suffix=files.SUFFIX)
    os.close(handle)
    part = Path(name)
    try:
        shutil.copy(backup.path / DATABASE, part)  # with its mode: others may read it too
        yield part
    finally:
        for path in (part, *(part.with_name(part.name + ending) for ending in SIDECARS)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _stop(database: Path, actor: str) -> None:
    """Let nothing more go out of a database that is about to be put aside."""
    with open_database(database) as db:
        pauses.start(db, "all", None, "a backup takes the place of this database", actor)


def _set_aside(database: Path) -> str | None:
    """Give the old database another name, with what belongs to it; the database itself first."""
    name = f"{DATABASE}.kept-{clock.real_now():%Y-%m-%dT%H%M%S.%fZ}"
    there = False
    for ending in ("", *SIDECARS):
        path = database.with_name(database.name + ending)
        if path.exists():
            path.rename(database.with_name(name + ending))
            there = True
    return name if there else None


def _seal(path: Path) -> str | None:
    """Return the SHA-256 of a file, or None where there is none that can be read."""
    try:
        return _sealed(path)
    except OSError:
        return None


def _sealed(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """Make a file survive a power cut. Raises OSError when the disk refuses."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
