"""Videos made of their boxes, small enough to be written in a test."""

from __future__ import annotations

import struct


def box(name: bytes, *content: bytes) -> bytes:
    """Return one box: its length, its name, what it holds."""
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), name) + body


def track(width: int, height: int, handler: bytes = b"vide") -> bytes:
    """Return a track with its header and handler."""
    header = box(b"tkhd", b"\0" * 76, struct.pack(">II", width << 16, height << 16))
    return box(b"trak", header, box(b"mdia", box(b"hdlr", b"\0" * 8, handler, b"\0" * 13)))


def keys(*names: bytes) -> bytes:
    """Return a QuickTime `meta` with a list of names, as telephones write it."""
    listed = [struct.pack(">I", 8 + len(name)) + b"mdta" + name for name in names]
    body = b"\0" * 4 + struct.pack(">I", len(names)) + b"".join(listed)
    return box(b"meta", box(b"hdlr", b"\0" * 8, b"mdta", b"\0" * 13), box(b"keys", body))


def video(
    *notes: bytes, brand: bytes = b"isom", more: bytes = b"", tracks: bytes | None = None
) -> bytes:
    """Return a video of 640×360 with `notes` in its header, and `more` behind it."""
    shown = track(640, 360) + track(0, 0, b"soun") if tracks is None else tracks
    start = box(b"ftyp", brand, b"\0\0\2\0", brand)
    return start + box(b"mdat", b"\0" * 40) + box(b"moov", shown, *notes) + more
