"""Files -> text: what editors save, and what is damaged on its way.

The only part of this package that touches the disk.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from sgcomms.errors import Problem
from sgcomms.yamlfile.document import Spot, problem

MAX_BYTES = 1_000_000
MAX_DAMAGE = 20
"""More strange characters than this are not slips: the file is something else than text."""

_KINDS = {
    b"PK\x03\x04": "a Word, Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file",
    b"{\\rtf": "a rich-text file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_BREAK = re.compile("\r\n|[\r\n]")
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_INVISIBLE = re.compile("[\xad\u200b\u202a-\u202e\u2060\u2066-\u2069]")
_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.EISDIR: "it is a folder, not a file",
    errno.ENOTDIR: "it is a file, not a folder",
    errno.EACCES: "this user may not read it",
    errno.EPERM: "this user may not read it",
    errno.ELOOP: "it is a link that leads back to itself",
}


def contents(path: Path) -> bytes:
    """Return the bytes of the file `path`, at most one more than MAX_BYTES. Raises OSError.

    A folder, a pipe or a device is an error too: reading it might never end.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is not a file that holds text")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def why_not(error: OSError) -> str:
    """Return in plain words why a file could not be read."""
    known = _REASONS.get(error.errno or 0)
    return known or (error.strerror or "it cannot be read").lower()


def decoded(file: str, raw: bytes) -> tuple[str | None, list[Problem]]:
    """Return the text of `raw` with plain line ends, and every problem with its characters.

    A character that cannot stay is read as a space, so that the mistakes after it are found too.
    The text is None where the file is no text at all.
    """
    refusal = _refusal(raw)
    if refusal is not None:
        return None, [problem(file, Spot(1, 1), "unreadable-file", refusal)]
    text, problems = _text(file, raw)
    if text is None:
        return None, problems
    damage = list(_UNPRINTABLE.finditer(text))
    if damage and (problems or len(damage) > MAX_DAMAGE):
        spot = _place(text, damage[0].start())
        message = "this is not a text file; copy the words into one and save it as UTF-8"
        return None, problems or [problem(file, spot, "unreadable-file", message)]
    for match in damage:
        problems.append(problem(file, _place(text, match.start()), *_damaged(match[0])))
    text = _UNPRINTABLE.sub(" ", text)
    for match in list(_INVISIBLE.finditer(text))[:MAX_DAMAGE]:
        message = (
            f"an invisible character (U+{ord(match[0]):04X}) stands here, mostly copied from a web "
            "page or a chat; type the words again"
        )
        spot = _place(text, match.start())
        problems.append(problem(file, spot, "invisible-character", message, "warning"))
    return _BREAK.sub("\n", text), problems


def _refusal(raw: bytes) -> str | None:
    """Return why `raw` is not looked at any further, if there is a reason."""
    if len(raw) > MAX_BYTES:
        return f"the file has more than {MAX_BYTES:,} bytes; no campaign is as long"
    kind = next((kind for start, kind in _KINDS.items() if raw.startswith(start)), None)
    if kind is not None:
        return f"this is {kind}, not text; copy the words into a text file and save it as UTF-8"
    if not raw.startswith(tuple(_MARKS)) and raw.count(0) * 10 > len(raw):
        return "this is not UTF-8 text; in Windows Notepad: Save as, Encoding, UTF-8"
    return None


def _text(file: str, raw: bytes) -> tuple[str | None, list[Problem]]:
    """Return the text of `raw` by its byte order mark, UTF-8 without one."""
    codec = next((codec for mark, codec in _MARKS.items() if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(codec), []
    except UnicodeDecodeError as error:
        if not codec.startswith("utf-8"):
            message = f"the file begins as {codec.upper()} and does not go on so; save it as UTF-8"
            return None, [problem(file, Spot(1, 1), "unreadable-file", message)]
        before = error.object[: error.start].decode("utf-8")  # without the byte order mark
        place = _place(before, len(before))
        byte = error.object[error.start : error.start + 1]
        meant = byte.decode("cp1252", "replace")
        hint = f" (in Windows-1252 it would be {meant})" if meant != "\ufffd" else ""
        message = f"byte 0x{byte.hex()} is not UTF-8{hint}; save the file as UTF-8"
        found = problem(file, place, "unreadable-file", message)
        return error.object.decode("cp1252", "replace"), [found]


def _damaged(character: str) -> tuple[str, str]:
    """Return the rule and the message for a character that no text has."""
    code = f"U+{ord(character):04X}"
    if character in "\x85\u2028\u2029":
        return "control-character", f"an invisible line break ({code}) stands here; press Enter"
    return "control-character", f"the character {code} cannot be part of a text; delete it"


def _place(text: str, index: int) -> Spot:
    lines = _BREAK.split(text[:index])
    return Spot(len(lines), len(lines[-1]) + 1)
