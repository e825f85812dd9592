"""Files that are either whole or not there.

The bytes go to a temporary file in the same folder, are flushed to the disk, and take the name in
one step. A process that is killed in between leaves the temporary file behind; `clear_leftovers`
takes it away.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

PREFIX = ".sgcomms-"
SUFFIX = ".part"
LEFTOVER_SECONDS = 3600.0
"""No process works on one file for so long: a temporary file that is older has no owner."""


DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""Names that mean a device on Windows, whatever ending follows."""


def portable(name: str) -> str:
    """Return `name` as a file may be called on every system.

    What is added is a character that no id has, so that no two names become one.
    """
    first, dot, rest = name.partition(".")
    return f"{first}_{dot}{rest}" if first in DEVICES else name


def write_whole(path: Path, content: bytes | Iterable[bytes], *, private: bool = False) -> None:
    """Write `content` to `path` so that a crash leaves the old file or the new one, never half.

    `private` lets only the owner read it, where the system has modes.
    Raises OSError when the disk refuses; then `path` is as it was and no temporary file is left.
    """
    with _part(path, content, private=private) as part:
        part.replace(path)


def write_new(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write `content` to `path`, where no file may be yet: of two who write at once, one does.

    Raises FileExistsError when there is one, which stays as it is, and OSError as `write_whole`.
    """
    with _part(path, content, private=private) as part:
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links, or a disk that refuses this too
            if path.exists():
                raise FileExistsError(path) from None
            part.replace(path)


def clear_leftovers(folder: Path, now: float) -> None:
    """Delete the temporary files that processes long gone left in `folder` and below.

    `now` is the machine's time as `os.stat` has it. What cannot be deleted stays for the next time.
    """
    for part in folder.rglob(f"{PREFIX}*{SUFFIX}"):
        with contextlib.suppress(OSError):
            if now - part.stat().st_mtime > LEFTOVER_SECONDS:
                part.unlink()


@contextlib.contextmanager
def _part(path: Path, content: bytes | Iterable[bytes], *, private: bool) -> Iterator[Path]:
    """Yield a temporary file beside `path` that holds `content`; it is gone afterwards."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=PREFIX, suffix=SUFFIX)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o600 if private else 0o644)
        yield part
        flush_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):  # gone already, or held open: cleared later
            part.unlink()


def flush_folder(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut, as far as the system knows how."""
    with contextlib.suppress(OSError):  # Windows opens no folders, some file systems flush none
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
