"""Images: looked at before anything is planned, and kept in a store by their SHA-256.

What is published is read from the store alone, so that a picture changed on the disk after it was
queued changes nothing, and what was sent can still be shown years later.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from sgcomms import files

KINDS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
"""The image formats that are taken, and the ending each gets in the store."""

MAX_BYTES = 50_000_000


class MediaError(ValueError):
    """A file that is not an image that can be published; the message says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What an image file is: SHA-256, format, pixels, bytes."""

    sha256: str
    kind: str
    width: int
    height: int
    size: int


def look(path: Path) -> Picture:
    """Return what the image file `path` is. Raises OSError, or MediaError when it is no image."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise MediaError(f"has {size:,} bytes; at most {MAX_BYTES:,} are taken")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a decompression bomb is only a warning to Pillow
            with Image.open(path, formats=tuple(KINDS)) as image:
                kind = image.format
                width, height = image.size
                image.load()
    except OSError as error:
        if error.errno is not None:
            raise
        raise MediaError("is not a JPEG, PNG, GIF or WebP picture, or is damaged") from None
    except Exception:  # Pillow's decoders raise many kinds on damaged bytes
        raise MediaError("is not a JPEG, PNG, GIF or WebP picture, or is damaged") from None
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Picture(digest, str(kind), width, height, size)


class Store:
    """The folder that keeps published images by SHA-256, in `ab/abcdef….png`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str, kind: str) -> Path:
        """Return where the image with this SHA-256 and format lies, or would lie."""
        return self.folder / sha256[:2] / f"{sha256}.{KINDS[kind]}"

    def add(self, source: Path, sha256: str, kind: str) -> None:
        """Copy an image into the store unless it is there whole.

        Raises MediaError when the file is no longer the one that was looked at, OSError when the
        disk refuses; the store then holds nothing new.
        """
        target = self.path(sha256, kind)
        if target.exists() and _sha256(target.read_bytes()) == sha256:
            return
        content = source.read_bytes()
        if _sha256(content) != sha256:
            raise MediaError(f"{source.name} was changed while it was being queued; try again")
        files.write_whole(target, content)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
