"""Fixtures that are no text -> files: a folder `NAME.zip` or `NAME.xls` holds what the file does.

The workbooks are real ones, of the least that Excel 97 and later call a workbook:
[MS-CFB] and [MS-XLS], https://learn.microsoft.com/en-us/openspecs/office_file_formats/
"""

from __future__ import annotations

import csv
import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

Cell = str | float | date
Rows = Sequence[Sequence[Cell]]

_SECTOR = 512
_FREE, _END, _FAT = -1, -2, -3
_EXCEL_BEGINS = date(1899, 12, 30)
_NUMBER = re.compile(r"-?\d{1,12}(\.\d+)?")


def packed(folder: Path, path: Path) -> Path:
    """Write what `folder` holds into a file, as the folder's name says, and return its `path`."""
    if folder.suffix == ".zip":
        return zipped(path, {name: member.read_bytes() for name, member in _members(folder)})
    sheets = {name.removesuffix(".csv"): list(_cells(member)) for name, member in _members(folder)}
    path.write_bytes(workbook(sheets))
    return path


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a ZIP file."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _members(folder: Path) -> Iterator[tuple[str, Path]]:
    for member in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield member.relative_to(folder).as_posix(), member


def _cells(member: Path) -> Iterator[list[Cell]]:
    with member.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield [float(cell) if _NUMBER.fullmatch(cell) else cell for cell in row]


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    """Return a workbook (.xls) with these sheets."""
    parts = [_sheet(rows) for rows in sheets.values()]
    names = [_text(name, "<B") for name in sheets]
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 1997, 0, 6))
    start += _record(0x42, struct.pack("<H", 1200))
    start += b"".join(_record(0xE0, struct.pack("<HH16x", 0, style)) for style in (0, 14))
    at = len(start) + sum(10 + len(name) for name in names) + 4
    for name, part in zip(names, parts, strict=True):
        start += _record(0x85, struct.pack("<IH", at, 0) + name)
        at += len(part)
    return _compound(start + _record(0x0A, b"") + b"".join(parts))


def _sheet(rows: Rows) -> bytes:
    records = [_record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 1997, 0, 6))]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and cell:
                place = struct.pack("<HHH", row, column, 0)
                records.append(_record(0x204, place + _text(cell, "<H")))
            elif isinstance(cell, date):
                place = struct.pack("<HHH", row, column, 1)
                days = float((cell - _EXCEL_BEGINS).days)
                records.append(_record(0x203, place + struct.pack("<d", days)))
            elif isinstance(cell, float):
                place = struct.pack("<HHH", row, column, 0)
                records.append(_record(0x203, place + struct.pack("<d", cell)))
    return b"".join([*records, _record(0x0A, b"")])


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _text(text: str, length: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack(length, len(encoded) // 2) + b"\x01" + encoded


def _compound(stream: bytes) -> bytes:
    """Return a compound file that holds `stream` as its workbook."""
    stream += b"\0" * (-len(stream) % _SECTOR) + b"\0" * 4096
    taken = len(stream) // _SECTOR
    tables = next(n for n in range(1, 110) if n * 128 >= n + 1 + taken)
    chain = [*[_FAT] * tables, _END, *range(tables + 2, tables + 1 + taken), _END]
    chain += [_FREE] * (tables * 128 - len(chain))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16
    header += struct.pack("<HHHHH6xI", 0x3E, 3, 0xFFFE, 9, 6, 0)
    header += struct.pack("<IIIIiIiI", tables, tables, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109i", *range(tables), *[_FREE] * (109 - tables))
    entries = _entry("Root Entry", 5, 1, _END, 0)
    entries += _entry("Workbook", 2, _FREE, tables + 1, len(stream))
    entries += _entry("", 0, _FREE, 0, 0) * 2
    return header + struct.pack(f"<{len(chain)}i", *chain) + entries + stream


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0" if name else b""
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBBiii", len(encoded), kind, 1, _FREE, _FREE, child)
        + b"\0" * 36
        + struct.pack("<iII", first, size, 0)
    )


def as_bytes(lines: Iterable[str]) -> bytes:
    """Return lines of text as a file holds them."""
    return "".join(f"{line}\n" for line in lines).encode()
