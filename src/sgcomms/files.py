"""Files that are either whole or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write `content` to `path` so that a crash leaves the old file or the new one, never half.

    The bytes go to a temporary file in the same folder, are flushed to the disk, and take the name
    in one step. `private` lets only the owner read it, where the system has modes.
    Raises OSError when the disk refuses; then `path` is as it was and no temporary file is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o600 if private else 0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
