"""Opening files: what the system may do to them, and what one looks like from inside."""

from __future__ import annotations

import gc
import hashlib
import os
import sys
import warnings
from pathlib import Path

import pytest

from sgcomms.errors import ImportFileError
from sgcomms.importers import Sheet, open_sheet
from tests.importers.cases import good, read


def _file(tmp_path: Path, content: bytes, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def _drain(sheet: Sheet) -> list[tuple[int, list[str]]]:
    return list(sheet.rows())


def test_a_sheet_knows_its_file() -> None:
    path = good("ga4-pages")
    sheet = open_sheet(path)
    assert sheet.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sheet.size == path.stat().st_size
    assert (sheet.name, sheet.encoding, sheet.delimiter) == ("ga4-pages.csv", "utf-8", ",")
    assert sheet.preamble[-1] == "# End date: 20270331"
    assert (sheet.header[0], sheet.header_line) == ("Page path and screen class", 10)
    assert sheet.ends_with_newline


def test_lines_are_those_at_which_rows_begin(tmp_path: Path) -> None:
    sheet = open_sheet(_file(tmp_path, b'sep=,\r\na,b\r\n\r\n"1\r\n2","3\n4"\r\n5,6\r\n'))
    assert _drain(sheet) == [
        (2, ["a", "b"]),
        (3, []),
        (4, ["1\r\n2", "3\n4"]),
        (7, ["5", "6"]),
    ]
    assert [line for line, _ in sheet.body()] == [4, 7]


def test_utf8_is_not_taken_for_windows_at_the_edge_of_a_chunk(tmp_path: Path) -> None:
    line = b"a,b\n" + b"x," + b"y" * 93 + b"\n"
    filler = line * ((1 << 20) // len(line))
    edge = b"z" * ((1 << 20) - len(filler) - 1)
    sheet = open_sheet(_file(tmp_path, filler + edge + "£\n".encode()))
    assert sheet.encoding == "utf-8"
    assert _drain(sheet)[-1][1] == [f"{edge.decode()}£"]


def test_a_last_character_of_windows_is_read(tmp_path: Path) -> None:
    sheet = open_sheet(_file(tmp_path, b"a,b\n1,caf\xe9"))
    assert (sheet.encoding, sheet.ends_with_newline) == ("cp1252", False)
    assert _drain(sheet)[-1] == (2, ["1", "café"])


def test_a_file_that_breaks_off_in_a_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="middle of a character"):
        open_sheet(_file(tmp_path, "a,b\n£,😟".encode()[:-1]))


def test_a_long_cell_is_refused_with_the_line_where_it_begins(tmp_path: Path) -> None:
    cell = b'"' + b"y" * 99 + b"\n" + (b"y" * 99 + b"\n") * 10_500 + b'"'
    sheet = open_sheet(_file(tmp_path, b"a,b\n1,2\n3," + cell + b"\n4,5\n"))
    with pytest.raises(ImportFileError, match=r"file\.csv:3: .*never closed"):
        _drain(sheet)


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="a line of more than a million characters"):
        open_sheet(_file(tmp_path, b"a,b\n" + b"y" * (2 << 20)))


def test_too_many_comments_are_no_header(tmp_path: Path) -> None:
    sheet = open_sheet(_file(tmp_path, b"# note\n" * 500 + b"a,b\n"))
    assert sheet.header == ()


def test_a_header_with_an_open_quote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"file\.csv:2: .*quotes do not match"):
        open_sheet(_file(tmp_path, b'\n"a,b\n1,2\n'))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "it is packed once more"),
        (b"\xd0\xcf\x11\xe0", "it is an Excel workbook, although its name says CSV"),
        (b"window.YTD.tweets.part0 = []", "it is part of an X archive, although"),
        (b'<?xml?><Workbook xmlns="office:spreadsheet">', "a spreadsheet written as XML, although"),
    ],
)
def test_a_table_of_text_is_nothing_that_holds_tables(
    content: bytes, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportFileError, match=words):
        open_sheet(_file(tmp_path, content))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="it is a folder"):
        open_sheet(tmp_path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no such pipes")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(ImportFileError, match="no ordinary file"):
        open_sheet(tmp_path / "pipe.csv")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"^absent\.csv: there is no such file"):
        open_sheet(tmp_path / "absent.csv")


def test_a_name_that_no_system_allows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="cannot be read"):
        open_sheet(tmp_path / "nul\0.csv")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "you may not read it"),
        (OSError(5, "Input/output error"), r"cannot be read \(Input/output error\)"),
    ],
)
def test_what_the_system_refuses_is_said_plainly(
    error: OSError, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise error

    sheet = open_sheet(good("ga4-pages"))
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImportFileError, match=words):
        open_sheet(good("ga4-pages"))
    monkeypatch.setattr("sgcomms.importers.sheet.Watched", refuse)
    with pytest.raises(ImportFileError, match=words):
        _drain(sheet)


def test_a_file_that_vanishes_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, good("x-content-2026").read_bytes())
    sheet = open_sheet(path)
    path.unlink()
    with pytest.raises(ImportFileError, match="no such file, or no longer"):
        _drain(sheet)


def test_a_file_that_changes_is_refused_even_at_the_same_size_and_time(tmp_path: Path) -> None:
    content = good("x-content-2026").read_bytes()
    path = _file(tmp_path, content)
    before = path.stat()
    sheet = open_sheet(path)
    path.write_bytes(content.replace(b",900,", b",901,"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ImportFileError, match="changed while it was being read"):
        _drain(sheet)


def test_a_file_that_stops_being_text_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, b"a,b\n1,2\n")
    sheet = open_sheet(path)
    path.write_bytes(b"a,b\n\xff,2\n")
    with pytest.raises(ImportFileError, match="bytes that are no text"):
        _drain(sheet)


def test_names_do_not_matter(tmp_path: Path) -> None:
    path = _file(tmp_path, good("x-content-2026").read_bytes(), "Kopie von Export.XLS")
    assert read(path).posts == read(good("x-content-2026")).posts


def test_a_file_that_is_only_begun_is_let_go(tmp_path: Path) -> None:
    path = _file(tmp_path, good("x-content-2026").read_bytes())
    rows = open_sheet(path).rows()
    next(rows)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        del rows
        gc.collect()
    assert warned == []


def test_more_pages_than_any_screen_shows_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sgcomms.importers.google_tables._MOST_KEYS", 2)
    with pytest.raises(ImportFileError, match=r"ga4-pages\.csv:14: .*more than 2 different rows"):
        read(good("ga4-pages"))
