"""Images and videos: looked at before anything is planned, and kept in a store by their SHA-256.

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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from sgcomms import files, video
from sgcomms.errors import NotReadyError
from sgcomms.models import DraftMedia, Media

KINDS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
"""The image formats that are taken, and the ending each gets in the store."""

VIDEOS = {"MP4": "mp4", "MOV": "mov"}
"""The video formats: they go out by hand, and as they are."""

ENDINGS = {**KINDS, **VIDEOS}

MAX_BYTES = 50_000_000
MAX_PIXELS = 80_000_000
"""More than any camera of an office makes; a small file can pretend to hold far more."""

MAX_FRAMES = 500
MAX_VIDEO_BYTES = 1_000_000_000
PIECE = 1 << 20


class MediaError(ValueError):
    """A file that is not an image or video that can be published; the message says why."""


class TracesError(MediaError):
    """A video that tells where, with what or by whom it was made."""


def has_video(media: Iterable[Media | DraftMedia]) -> bool:
    """Tell whether a video is among `media`."""
    return any(item.kind in VIDEOS for item in media)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a file is: SHA-256, format, pixels as it is shown, bytes; whether the image moves."""

    sha256: str
    kind: str
    width: int
    height: int
    size: int
    moves: bool = False


def look(path: Path) -> Picture:
    """Return what the image or video `path` is. Raises OSError, or MediaError when it is neither.

    A folder, a pipe or a device is an OSError too: reading it might never end.
    Raises TracesError for a video that tells more than it shows.
    """
    _must_be_file(path)
    with path.open("rb") as file:
        kind = video.kind(file.read(video.START))
    return _look_at_video(path, kind) if kind else _look_at_picture(path)


def _look_at_video(path: Path, kind: str) -> Picture:
    size = path.stat().st_size
    if size > MAX_VIDEO_BYTES:
        raise MediaError(f"has more than {MAX_VIDEO_BYTES:,} bytes; make it shorter or smaller")
    try:
        with path.open("rb") as file:
            seen = video.inspect(file, size)
    except video.VideoError as error:
        raise MediaError(str(error)) from None
    if seen.traces:
        raise TracesError(
            f"tells {' and '.join(seen.traces)}; export it again without location and camera data"
        )
    return Picture(_sha256_of(path), kind, seen.width, seen.height, size)


def _look_at_picture(path: Path) -> Picture:
    content = _content(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow warns of, such as bad EXIF, can be shown
            kind, (width, height), moves = _decoded(content)
    except (MediaError, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise MediaError(_TOO_MANY_PIXELS) from None
    except Exception:  # Pillow's decoders raise many kinds on damaged bytes
        raise MediaError(_no_picture(content)) from None
    return Picture(_sha256(content), kind, width, height, len(content), moves)


_TOO_MANY_PIXELS = f"has more than {MAX_PIXELS:,} pixels; make it smaller"


def _must_be_file(path: Path) -> None:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is not a file that holds a picture", str(path))


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise MediaError(f"has more than {MAX_BYTES:,} bytes; make it smaller")
    return content


def _decoded(content: bytes) -> tuple[str, tuple[int, int], bool]:
    """Return format, pixels, and whether it moves, of an image that can be decoded to its end."""
    with Image.open(io.BytesIO(content), formats=tuple(KINDS)) as image:
        if image.size[0] * image.size[1] > MAX_PIXELS:
            raise MediaError(_TOO_MANY_PIXELS)
        image.load()
        size = image.size[::-1] if turn(image) in _SIDEWAYS else image.size
        if image.format == "GIF":
            return "GIF", size, sum(1 for _ in frames(image)) > 1
        if image.format in ("JPEG", "MPO"):
            # a camera's MPO is a JPEG with more pictures behind the first
            return "JPEG", size, False
        return str(image.format), size, bool(getattr(image, "is_animated", False))


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a picture upright, by the orientation that EXIF gives (tag 274)."""

_SIDEWAYS = frozenset(_TURNS[number] for number in (5, 6, 7, 8))


def turn(image: Image.Image) -> Image.Transpose | None:
    """Return what puts a loaded image upright; None where it is, or its EXIF makes no sense."""
    try:
        return _TURNS.get(image.getexif().get(0x0112, 1))
    except Exception:  # camera data are damaged in as many ways as pictures
        return None


def frames(image: Image.Image) -> Iterator[Image.Image]:
    """Yield the frames of a GIF, each the same object. Raises MediaError when there are too many.

    A small file can hold thousands of large frames.
    """
    width, height = image.size
    number = 0
    while True:
        try:
            image.seek(number)
        except EOFError:
            return
        number += 1
        if number > 1 and (number > MAX_FRAMES or number * width * height > MAX_PIXELS):
            raise MediaError("moves for too long for its size; make it smaller or shorter")
        yield image


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


def is_whole(path: Path, sha256: str) -> bool:
    """Tell whether the file `path` is there and holds what this SHA-256 stands for."""
    try:
        return _sha256_of(path) == sha256
    except OSError:
        return False


class Store:
    """The folder that keeps published images and videos by SHA-256, in `ab/abcdef….png`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str, kind: str) -> Path:
        """Return where the image with this SHA-256 and format lies, or would lie."""
        return self.folder / sha256[:2] / f"{sha256}.{ENDINGS[kind]}"

    def add(self, source: Path, sha256: str, kind: str) -> None:
        """Copy an image or video into the store unless it is there whole.

        Raises MediaError when the file is no longer the one that was looked at, OSError when the
        disk refuses; the store then holds nothing new.
        """
        if not self.holds(sha256, kind):
            changed = f"{source.name} was changed while it was being queued; try again"
            _copy(source, self.path(sha256, kind), sha256, changed)

    def put(self, content: bytes, sha256: str, kind: str) -> None:
        """Keep an image that is in memory. Raises OSError when the disk refuses."""
        if not self.holds(sha256, kind):
            files.write_whole(self.path(sha256, kind), content)

    def holds(self, sha256: str, kind: str) -> bool:
        """Tell whether an image or video is there, whole."""
        return is_whole(self.path(sha256, kind), sha256)

    def read(self, sha256: str, kind: str) -> bytes:
        """Return the bytes of a stored image. Raises MediaError when it is missing or damaged."""
        path = self.path(sha256, kind)
        try:
            content = path.read_bytes()
        except OSError:
            content = b""
        if _sha256(content) != sha256:
            raise MediaError(self._missing(sha256, kind))
        return content

    def copy(self, sha256: str, kind: str, target: Path) -> None:
        """Write a stored image or video to `target`, whole. Raises as `read` does, and OSError."""
        path, missing = self.path(sha256, kind), self._missing(sha256, kind)
        if not path.is_file():
            raise MediaError(missing)
        _copy(path, target, sha256, missing)

    def _missing(self, sha256: str, kind: str) -> str:
        name = f"{self.folder.name}/{self.path(sha256, kind).relative_to(self.folder).as_posix()}"
        return f"the {'video' if kind in VIDEOS else 'picture'} {name} is missing or damaged"


class StoredPictures:
    """The images of drafts, as a publisher needs them (see `platforms.base.Pictures`)."""

    def __init__(self, store: Store, base_url: str | None) -> None:
        self.store = store
        self.base_url = base_url

    def content(self, item: DraftMedia) -> bytes:
        """Return the bytes of an image. Raises NotReadyError when they are missing or damaged."""
        if item.source is None:
            raise NotReadyError("a picture was queued as it came: run `sgcomms queue` again")
        try:
            return self.store.read(item.sha256, item.kind)
        except MediaError as error:
            raise NotReadyError(f"{error}: `sgcomms queue` copies it again") from None

    def address(self, item: DraftMedia) -> str | None:
        """Return where the public can fetch an image, or None where the board has no such place."""
        if self.base_url is None:
            return None
        return f"{self.base_url}{item.sha256}.{ENDINGS[item.kind]}"


def _copy(source: Path, target: Path, sha256: str, changed: str) -> None:
    """Copy a file of any size whole. Raises MediaError(changed) unless it has this SHA-256."""
    if _sha256_of(source) != sha256:
        raise MediaError(changed)
    files.write_whole(target, _checked(source, sha256, changed))


def _checked(source: Path, sha256: str, changed: str) -> Iterator[bytes]:
    """Yield a file in pieces; at the end, raise unless they were the ones that were meant."""
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            yield piece
    if digest.hexdigest() != sha256:
        raise MediaError(changed)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
