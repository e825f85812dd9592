"""MP4 and QuickTime videos: how large the picture is, and what the file tells beside it.

A video cannot be drawn anew here as a picture can. So what would tell where, with what or by whom
it was made must not be in it at all: this finds it. Only headers are read, wherever they lie.

Layout: ISO/IEC 14496-12 and
https://developer.apple.com/documentation/quicktime-file-format
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

START = 12
"""The bytes that `kind` has to see."""

_MP4 = frozenset(
    b"isom,iso2,iso3,iso4,iso5,iso6,iso7,iso8,iso9,mp41,mp42,mp71,avc1,dash,MSNV,XAVC,"
    b"M4V ,M4VH,M4VP".split(b",")
)
_CONTAINERS = frozenset(b"moov trak mdia minf udta ilst moof traf mfra".split())
_NOTES = frozenset((b"udta", b"ilst", b"meta"))

_PLACE = "where it was made"
_CAMERA = "with which camera it was made"
_PERSON = "who made it"
_TRACES = {
    b"\xa9xyz": _PLACE,
    b"loci": _PLACE,
    b"\xa9mak": _CAMERA,
    b"\xa9mod": _CAMERA,
    b"\xa9mdl": _CAMERA,
    b"manu": _CAMERA,
    b"modl": _CAMERA,
    b"CAME": _CAMERA,
    b"FIRM": _CAMERA,
    b"GPMF": _PLACE,
    b"gps ": _PLACE,
    b"\xa9aut": _PERSON,
    b"\xa9ART": _PERSON,
    b"\xa9prd": _PERSON,
    b"auth": _PERSON,
    b"XMP_": "notes of the program that made it (XMP)",
}
_KEYS = {b"location": _PLACE, b"make": _CAMERA, b"model": _CAMERA, b"author": _PERSON}
_HANDLERS = {b"camm": _PLACE, b"gpmd": _PLACE, b"meta": "data that was recorded beside the picture"}
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")

_DEEPEST = 12
_MOST_BOXES = 20_000
_MOST_NOTES = 1_000_000
"""More than any list of keys holds."""


class VideoError(ValueError):
    """A file whose headers make no sense; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Video:
    """The pixels of a video, 0 where its headers do not say, and what it tells beside it."""

    width: int
    height: int
    traces: tuple[str, ...]


def kind(start: bytes) -> str | None:
    """Return MP4 or MOV for the first bytes of a video, None for anything else."""
    if start[4:8] != b"ftyp":
        return None
    brand = start[8:12]
    return "MOV" if brand == b"qt  " else "MP4" if brand in _MP4 else None


def inspect(file: BinaryIO, size: int) -> Video:
    """Return what the video `file` of `size` bytes is. Raises VideoError, and OSError."""
    walk = _Walk(file)
    walk.through(0, size, ())
    if not walk.has_header:
        raise VideoError("has no header, or was cut short; export it again")
    return Video(walk.width, walk.height, tuple(sorted(walk.traces)))


class _Walk:
    """One walk through the boxes of a file. A box is a length, a name, and what it holds."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.seen = 0
        self.has_header = False
        self.width = self.height = 0
        self.traces: set[str] = set()

    def through(self, start: int, end: int, route: tuple[bytes, ...]) -> None:
        """Look at every box between two places; `route` names the boxes that hold them."""
        if len(route) > _DEEPEST:
            raise VideoError("is damaged; export it again")
        for name, first, last in self._boxes(start, end, route):
            if name in _TRACES and _NOTES & set(route):
                self.traces.add(_TRACES[name])
            if name == b"meta":
                self.through(first + self._version(first, last), last, (*route, name))
            elif name in _CONTAINERS:
                self.has_header |= name == b"moov"
                self.through(first, last, (*route, name))
            else:
                self._read_one(name, first, last, route)

    def _read_one(self, name: bytes, first: int, last: int, route: tuple[bytes, ...]) -> None:
        """Take what a box tells that holds no others."""
        if name == b"cmov":
            raise VideoError("has a packed header that cannot be looked into; export it again")
        if name == b"tkhd":
            self._measure(first, last)
        elif name == b"keys":
            self._read_keys(first, last)
        elif name == b"uuid" and self._read(first, min(last, first + 16)) == _XMP:
            self.traces.add(_TRACES[b"XMP_"])
        elif name == b"hdlr" and route[-1:] == (b"mdia",):
            handler = self._read(first + 8, min(last, first + 12))
            self.traces |= {_HANDLERS[handler]} if handler in _HANDLERS else set()

    def _boxes(
        self, start: int, end: int, route: tuple[bytes, ...]
    ) -> Iterator[tuple[bytes, int, int]]:
        """Yield the name of each box, and where what it holds begins and ends."""
        while start + 8 <= end:
            length, name = struct.unpack(">I4s", self._read(start, start + 8))
            first = start + 8
            if length == 1:
                (length,) = struct.unpack(">Q", self._read(first, first + 8))
                first += 8
            elif length == 0:
                if route:  # QuickTime ends a list of notes with a zero
                    return
                length = end - start
            self.seen += 1
            if length < first - start or start + length > end or self.seen > _MOST_BOXES:
                raise VideoError("is damaged, or was cut short; export it again")
            yield name, first, start + length
            start += length

    def _read(self, start: int, end: int) -> bytes:
        self.file.seek(start)
        content = self.file.read(end - start)
        if len(content) < end - start:
            raise VideoError("is damaged, or was cut short; export it again")
        return content

    def _version(self, first: int, last: int) -> int:
        """Return how many bytes stand before the boxes of a `meta`: QuickTime has none."""
        return 0 if self._read(first, min(last, first + 8))[4:] == b"hdlr" else 4

    def _measure(self, first: int, last: int) -> None:
        """Take width and height, each in 65536ths of a pixel, from the end of a track's header."""
        if last - first >= 84:
            width, height = struct.unpack(">II", self._read(last - 8, last))
            if width * height > self.width * self.height:
                self.width, self.height = width >> 16, height >> 16

    def _read_keys(self, first: int, last: int) -> None:
        """Look for names such as `com.apple.quicktime.location.ISO6709`."""
        words = self._read(first, min(last, first + _MOST_NOTES)).lower()
        self.traces |= {trace for key, trace in _KEYS.items() if b"." + key in words}
