"""Images: looked at before anything is planned, and kept in a store by their SHA-256.

What is published is read from the store alone, so that a picture changed on the disk after it was
queued changes nothing, and what was sent can still be shown years later.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from sgcomms import files
from sgcomms.errors import NotReadyError
from sgcomms.models import DraftMedia

KINDS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
"""The image formats that are taken, and the ending each gets in the store."""

MAX_BYTES = 50_000_000
MAX_PIXELS = 80_000_000
"""More than any camera of an office makes; a small file can pretend to hold far more."""


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
    """Return what the image file `path` is. Raises OSError, or MediaError when it is no image.

    A folder, a pipe or a device is an OSError too: reading it might never end.
    """
    content = _content(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow warns of, such as bad EXIF, can be shown
            kind, width, height = _decoded(content)
    except MediaError:
        raise
    except Image.DecompressionBombError:
        raise MediaError(_TOO_MANY_PIXELS) from None
    except Exception:  # Pillow's decoders raise many kinds on damaged bytes
        raise MediaError(_no_picture(content)) from None
    return Picture(_sha256(content), kind, width, height, len(content))


_TOO_MANY_PIXELS = f"has more than {MAX_PIXELS:,} pixels; make it smaller"


def _content(path: Path) -> bytes:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is not a file that holds a picture", str(path))
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise MediaError(f"has more than {MAX_BYTES:,} bytes; make it smaller")
    return content


def _decoded(content: bytes) -> tuple[str, int, int]:
    """Return format, width and height of an image that can be decoded to its end."""
    with Image.open(io.BytesIO(content), formats=tuple(KINDS)) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise MediaError(_TOO_MANY_PIXELS)
        image.load()
        # a camera's MPO is a JPEG with more pictures behind the first
        return "JPEG" if image.format == "MPO" else str(image.format), width, height


def _no_picture(content: bytes) -> str:
    """Return why these bytes are no picture that can be taken."""
    start = content[:512].lstrip().lower()
    if not content:
        return "is empty; copy it again"
    if start.startswith((b"<svg", b"<?xml")):
        return "is a drawing (SVG); export it as PNG"
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return "is a telephone's HEIC or AVIF picture; export it as JPEG"
    if start.startswith((b"<!doctype", b"<html")):
        return "is a web page, not a picture; save the picture itself"
    return "is not a JPEG, PNG, GIF or WebP picture, or is damaged; export it again"


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

    def put(self, content: bytes, sha256: str, kind: str) -> None:
        """Keep an image that is in memory. Raises OSError when the disk refuses."""
        if not self.holds(sha256, kind):
            files.write_whole(self.path(sha256, kind), content)

    def holds(self, sha256: str, kind: str) -> bool:
        """Tell whether an image is there, whole."""
        try:
            self.read(sha256, kind)
        except MediaError:
            return False
        return True

    def read(self, sha256: str, kind: str) -> bytes:
        """Return the bytes of a stored image. Raises MediaError when it is missing or damaged."""
        path = self.path(sha256, kind)
        try:
            content = path.read_bytes()
        except OSError:
            content = b""
        if _sha256(content) != sha256:
            name = f"{self.folder.name}/{path.relative_to(self.folder).as_posix()}"
            raise MediaError(f"the picture {name} is missing or damaged")
        return content

    def copy(self, sha256: str, kind: str, target: Path) -> None:
        """Write a stored image to `target`, whole. Raises as `read` does, and OSError."""
        files.write_whole(target, self.read(sha256, kind))


class StoredPictures:
    """The images of drafts, as a publisher needs them (see `platforms.base.Pictures`)."""

    def __init__(self, store: Store, base_url: str | None) -> None:
        self.store = store
        self.base_url = base_url

    def content(self, item: DraftMedia) -> bytes:
        """Return the bytes of an image. Raises NotReadyError when they are missing or damaged."""
        try:
            return self.store.read(item.sha256, item.kind)
        except MediaError as error:
            raise NotReadyError(f"{error}: `sgcomms queue` copies it again") from None

    def address(self, item: DraftMedia) -> str | None:
        """Return where the public can fetch an image, or None where the board has no such place."""
        if self.base_url is None:
            return None
        return f"{self.base_url}{item.sha256}.{KINDS[item.kind]}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
