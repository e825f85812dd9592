"""ZIP files -> the tables in them, unpacked as streams in memory and never onto the disk.

Members are picked by name: `*.csv`, and of an X archive the posts alone, because it also holds
private messages and e-mail addresses. What each is, its content tells. A ZIP is foreign: its own
list of members says how much they unpack to, `zipfile` never unpacks more than that, and checks
what came out against a checksum; so the limits below hold before anything is unpacked.
"""

from __future__ import annotations

import hashlib
import io
import re
import stat
import struct
import zlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from sgcomms.importers.containers import archive
from sgcomms.importers.contents import Unreadable
from sgcomms.importers.sheet import CHANGED, Opener, Sheet, look, together
from sgcomms.signs import one_line

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_LISTED = 4 << 20
"""Bytes that the list of members may take, which must be held in memory: some thirty thousand
members, more pictures than the X archive of a board holds."""

MOST_TABLES = 40
"""Members that are read: the largest known export has ten."""

MOST_UNPACKED = 2 << 30
"""Bytes that they unpack to, all together: half a million posts of an X archive."""

MOST_TIMES = 250
"""How many times its packed size a large member may unpack to: exports unpack to some ten times,
what is made to fill a machine to a thousand."""

SMALL = 16 << 20
"""Bytes up to which a member may be packed as tightly as it likes."""

_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_POSTS = re.compile(r"((.*/)?data/)?tweets?(-part\d+)?\.js", re.ASCII | re.IGNORECASE)
_OUTSIDE = re.compile(r"/|[A-Za-z]:|(.*/)?\.\.(/|$)", re.DOTALL)
_DAMAGE = (BadZipFile, zlib.error, EOFError, struct.error, OverflowError, ValueError)
_DAMAGED = "the ZIP file is damaged or was cut off: download it again"


def is_zip(start: bytes) -> bool:
    """Tell whether a file with these first bytes is a ZIP file."""
    return start.startswith(_MARKS)


def sheets(path: Path) -> tuple[Sheet, ...]:
    """Return the tables of the ZIP file at `path`, each looked at from end to end.

    Raises Unreadable with what is wrong and what to do, OSError.
    """
    sha256 = _fingerprint(path)
    with _Careful(path.open("rb", buffering=0)) as file:
        members = _opened(file).infolist()
    picked = _picked(members)
    _refuse(members, [members[place] for place in picked], path.stat().st_size)
    found = [_sheet(path, place, members[place].filename, sha256) for place in picked]
    if _fingerprint(path) != sha256:
        raise Unreadable(CHANGED)
    return together(found)


def _sheet(path: Path, place: int, name: str, sha256: str) -> Sheet:
    opener: Opener = partial(_unpacked, path, place, name)
    table = _shown(name)
    try:
        if _POSTS.fullmatch(_slashed(name)):
            return archive.look(opener, one_line(path.name), table, sha256)
        return look(opener, one_line(path.name), table, sha256)
    except Unreadable as problem:
        raise Unreadable(str(problem), problem.line, table) from None


def _picked(members: Sequence[ZipInfo]) -> list[int]:
    """Return the places of the members that are read: posts of an X archive, else CSV files."""
    names = [_slashed(one.filename) for one in members]
    posts = [place for place, name in enumerate(names) if _POSTS.fullmatch(name)]
    tables = [place for place, one in enumerate(members) if _is_table(names[place], one)]
    if not posts and not tables:
        raise Unreadable(_why_empty(names))
    return posts or tables


def _is_table(name: str, member: ZipInfo) -> bool:
    """Tell whether a member is a CSV file; what macOS and others keep beside files is none."""
    parts = name.lower().split("/")
    hidden = any(part == "__macosx" or part.startswith(".") for part in parts if part != "..")
    return parts[-1].endswith(".csv") and member.file_size > 0 and not hidden


def _why_empty(names: Sequence[str]) -> str:
    """Say what a ZIP file without a table is, and what to do with it."""
    if "[Content_Types].xml" in names and not any(name.startswith("xl/") for name in names):
        return "it is an Office document: export the report as CSV"
    if "[Content_Types].xml" in names:
        return (
            "it is an Excel workbook (.xlsx): upload the original CSV download, which a "
            "spreadsheet has not changed"
        )
    ends = {name.lower().rpartition(".")[2] for name in names}
    if ends & {"zip", "xls", "xlsx"}:
        return "what it holds is packed once more: unpack it, and import the files inside"
    return (
        "it is a ZIP file that holds no CSV file, and no tweets.js of an X archive: import the "
        "export as it was downloaded"
    )


def _refuse(members: Sequence[ZipInfo], tables: Sequence[ZipInfo], size: int) -> None:
    """Raise Unreadable for what no platform's export holds, before anything is unpacked."""
    for one in members:
        if _OUTSIDE.match(_slashed(one.filename)):
            raise Unreadable(
                f"it holds {_shown(one.filename)!r}, which points out of the ZIP file: no export "
                "does; download it again"
            )
        if stat.S_ISLNK(one.external_attr >> 16):
            raise Unreadable(
                f"it holds {_shown(one.filename)!r}, which is a link to another file: no export "
                "does; download it again"
            )
    if len(tables) > MOST_TABLES:
        raise Unreadable(
            f"it holds {len(tables):,} tables, more than any export: unpack it, and import the "
            "files one by one"
        )
    names = [_slashed(one.filename).lower() for one in tables]
    for one, name in zip(tables, names, strict=True):
        if names.count(name) > 1:
            raise Unreadable(
                f"it holds {_shown(one.filename)!r} twice, so its figures are in doubt: export it "
                "again"
            )
        _refuse_packing(one, size)
    if sum(one.file_size for one in tables) > MOST_UNPACKED:
        raise Unreadable(f"it unpacks to more than {MOST_UNPACKED >> 30} gigabytes: no export does")


def _refuse_packing(one: ZipInfo, size: int) -> None:
    """Raise Unreadable for a member that cannot, or must not, be unpacked.

    `size` is that of the whole file, more than which no member can really take in it.
    """
    name = _shown(one.filename)
    if one.flag_bits & 0x1:
        raise Unreadable("it is locked with a password: save it again without one", table=name)
    if one.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Unreadable(
            "it is packed in a way that is not read here: unpack the ZIP file, and import the "
            "files inside",
            table=name,
        )
    if one.file_size > max(SMALL, MOST_TIMES * min(one.compress_size, size)):
        raise Unreadable(
            f"it unpacks to more than {MOST_TIMES} times its size, which no export does: download "
            "it again",
            table=name,
        )


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _slashed(name: str) -> str:
    """Return a member's name with the slashes that ZIP files should have."""
    return name.replace("\\", "/")


def _shown(name: str) -> str:
    """Return a member's name as a message may show it: one short line without signals."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in name)
    return plain if len(plain) <= 80 else f"…{plain[-79:]}"


class _Careful(io.BufferedReader):
    """A file that `zipfile` reads: it holds the whole list of members in memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as a file does. Raises Unreadable for a list that is too long."""
        if size is not None and size > MOST_LISTED:
            raise Unreadable(
                "it lists more files than any export holds: unpack it, and import the CSV files "
                "or tweets.js by themselves"
            )
        return super().read(size)


def _opened(file: _Careful) -> ZipFile:
    """Return the ZIP file with its list of members. Raises Unreadable where that is damaged."""
    try:
        return ZipFile(file)
    except Unreadable:
        raise
    except (*_DAMAGE, NotImplementedError, OSError):
        raise Unreadable(_DAMAGED) from None


def _unpacked(path: Path, place: int, name: str) -> io.RawIOBase:
    """Return the member `name` as it is unpacked. Raises Unreadable, OSError."""
    file = _Careful(path.open("rb", buffering=0))
    try:
        opened = _opened(file)
        members = opened.infolist()
        if place >= len(members) or members[place].filename != name:
            raise Unreadable(CHANGED)  # noqa: TRY301  the file is closed on the way out
        return _Unpacked(file, _member(opened, members[place]))
    except BaseException:
        file.close()
        raise


def _member(opened: ZipFile, member: ZipInfo) -> IO[bytes]:
    try:
        return opened.open(member)
    except (*_DAMAGE, NotImplementedError, RuntimeError, OSError):
        raise Unreadable(_DAMAGED) from None


class _Unpacked(io.RawIOBase):
    """One member of `file` as it is unpacked. Raises Unreadable where it is damaged, OSError."""

    def __init__(self, file: _Careful, member: IO[bytes]) -> None:
        self._file = file
        self._member = member

    def readable(self) -> bool:
        """Return True, as a buffer asks for it."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Unpack into `buffer`."""
        view = memoryview(buffer).cast("B")
        try:
            piece = self._member.read(len(view))
        except _DAMAGE:
            raise Unreadable(_DAMAGED) from None
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close the file as well."""
        if not self.closed:
            self._member.close()
            self._file.close()
        super().close()
