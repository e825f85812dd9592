"""ZIP files, workbooks and archives that mean harm, or are not what they say: a clear line each."""

from __future__ import annotations

import json
import stat
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

import pytest

from sgcomms.errors import ImportFileError
from sgcomms.importers.containers import archive, open_sheets, workbook, zipped
from sgcomms.importers.exports import open_export
from tests.importers.cases import DATA, file_of, good, read
from tests.importers.packing import Rows
from tests.importers.packing import workbook as written
from tests.importers.packing import zipped as pack

DAYS = (DATA / "plausible-days.csv").read_bytes()
POSTS = (DATA / "x-archive-2019.js").read_bytes()
FOLDER = DATA / "plausible-dashboard.zip"

LOCAL, LISTED = b"PK\x03\x04", b"PK\x01\x02"


def refused(path: Path) -> str:
    """Return in which words a file is refused."""
    with pytest.raises(ImportFileError) as error:
        read(path)
    assert str(error.value).startswith(f"{path.name}: ")
    assert str(error.value).isprintable()
    return str(error.value).removeprefix(f"{path.name}: ")


def altered(path: Path, *, local: int, listed: int, layout: str, value: int) -> Path:
    """Write `value` into the first member's header and into its entry in the list."""
    content = bytearray(path.read_bytes())
    for mark, at in ((LOCAL, local), (LISTED, listed)):
        struct.pack_into(layout, content, content.index(mark) + at, value)
    path.write_bytes(content)
    return path


def with_size(path: Path, size: int) -> Path:
    """Let the first member of a ZIP file claim to unpack to `size` bytes."""
    return altered(path, local=22, listed=24, layout="<I", value=size)


def with_flags(path: Path, flags: int) -> Path:
    """Set the flags of the first member of a ZIP file."""
    return altered(path, local=6, listed=8, layout="<H", value=flags)


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """A ZIP file with one table."""
    return pack(tmp_path / "one.zip", {"visitors.csv": DAYS})


def test_a_table_in_a_zip_gives_what_it_gives_alone(one: Path) -> None:
    assert read(one).readings == read(good("plausible-days")).readings


def test_names_of_files_do_not_matter(tmp_path: Path) -> None:
    for name in ("youtube-studio", "linkedin-2024", "facebook-insights-2020", "x-archive"):
        renamed = tmp_path / "holiday photos.csv"
        renamed.write_bytes(good(name).read_bytes())
        again, before = read(renamed), read(good(name))
        assert (again.posts, again.readings) == (before.posts, before.readings)


def test_folders_inside_a_zip_do_not_matter(tmp_path: Path) -> None:
    members = {f"My export/{path.name}": path.read_bytes() for path in sorted(FOLDER.iterdir())}
    hidden = {
        f"__MACOSX/My export/._{path.name}": b"\0\5\26\7" for path in sorted(FOLDER.iterdir())
    }
    found = read(pack(tmp_path / "again.zip", members | hidden))
    assert found.readings == read(good("plausible-dashboard")).readings


def test_what_has_a_zip_s_first_bytes_and_nothing_else_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(LOCAL + b"\0" * 100)
    assert "damaged or was cut off" in refused(path)


def test_an_empty_zip_is_refused(tmp_path: Path) -> None:
    assert "holds no CSV file" in refused(pack(tmp_path / "empty.zip", {}))


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(tmp_path / "bomb.zip", {"visitors.csv": DAYS + bytes(zipped.SMALL)})
    monkeypatch.setattr("zipfile.ZipFile.open", _never)
    assert "visitors.csv: it unpacks to more than 250 times its size" in refused(path)


def test_a_bomb_that_claims_to_be_packed_loosely_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "bomb.zip", {"visitors.csv": DAYS + bytes(zipped.SMALL)})
    altered(path, local=18, listed=20, layout="<I", value=10**9)
    assert "250 times its size" in refused(path)


def test_tables_that_unpack_to_too_much_together_are_refused(
    one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipped, "MOST_UNPACKED", len(DAYS) - 1)
    monkeypatch.setattr("zipfile.ZipFile.open", _never)
    assert "it unpacks to more than" in refused(one)


@pytest.mark.parametrize("size", [1, len(DAYS) - 1])
def test_a_size_that_is_too_small_is_found_out(one: Path, size: int) -> None:
    assert "damaged or was cut off" in refused(with_size(one, size))


@pytest.mark.parametrize("size", [len(DAYS) + 1, 10**7])
def test_a_size_that_is_too_large_changes_nothing(one: Path, size: int) -> None:
    assert read(with_size(one, size)).readings == read(good("plausible-days")).readings


def test_more_tables_than_any_export_holds_are_refused(tmp_path: Path) -> None:
    tables = {f"{number}.csv": DAYS for number in range(zipped.MOST_TABLES + 1)}
    assert "it holds 41 tables" in refused(pack(tmp_path / "many.zip", tables))


def test_thousands_of_pictures_beside_the_posts_do_not_matter(tmp_path: Path) -> None:
    pictures = {f"data/tweets_media/{number}.jpg": b"" for number in range(5000)}
    path = pack(tmp_path / "archive.zip", {**pictures, "data/tweets.js": POSTS})
    assert read(path).posts == read(good("x-archive-2019")).posts


def test_a_list_of_members_that_is_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = {f"{number}.jpg": b"" for number in range(100)}
    path = pack(tmp_path / "long.zip", {**members, "visitors.csv": DAYS})
    assert read(path).readings
    monkeypatch.setattr(zipped, "MOST_LISTED", 4000)
    assert "it lists more files than any export holds" in refused(path)


@pytest.mark.parametrize(
    "name",
    [
        "../visitors.csv",
        "a/../../visitors.csv",
        "a/..",
        "/etc/visitors.csv",
        "C:/visitors.csv",
        "..\\visitors.csv",
        "\\\\host\\visitors.csv",
    ],
)
def test_a_member_that_points_out_of_the_zip_is_refused(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    path = pack(folder / "out.zip", {"visitors.csv": DAYS, name: DAYS})
    assert "which points out of the ZIP file" in refused(path)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as file:
        link = zipfile.ZipInfo("visitors.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    assert "which is a link to another file" in refused(path)


def test_one_table_twice_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "twice.zip", {"visitors.csv": DAYS, "Visitors.CSV": DAYS})
    assert "'visitors.csv' twice" in refused(path)


def test_a_password_is_named(one: Path) -> None:
    assert "visitors.csv: it is locked with a password" in refused(with_flags(one, 0x1))


@pytest.mark.parametrize("flags", [0x20, 0x40])
def test_flags_that_python_does_not_know_are_refused(one: Path, flags: int) -> None:
    assert "damaged" in refused(with_flags(one, flags))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(method: int, tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("visitors.csv", DAYS)
    assert "packed in a way that is not read here" in refused(path)


def test_signals_in_the_name_of_a_member_are_not_shown(tmp_path: Path) -> None:
    path = pack(tmp_path / "name.zip", {"\x1b[31m\r\n.csv": b"Alpha,Beta\n1,2\n"})
    with pytest.raises(ImportFileError) as error:
        read(path)
    first = str(error.value).splitlines()[0]
    assert first.startswith("name.zip: ?[31m??.csv:1: ")
    assert first.isprintable()


def test_private_messages_are_never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: set[str] = set()

    class Watching(zipfile.ZipFile):
        def open(self, name: Any, *rest: Any, **more: Any) -> IO[bytes]:
            opened.add(name.filename)
            return super().open(name, *rest, **more)

    monkeypatch.setattr(zipped, "ZipFile", Watching)
    result = read(good("x-archive"))
    assert opened == {"data/tweets.js", "data/tweets-part1.js"}
    for private in ("Bloggs", "bloggs", "somebody_else", "private"):
        assert private not in repr((result.posts, result.notes))


def test_of_an_archive_nothing_but_the_posts_is_read(tmp_path: Path) -> None:
    path = pack(tmp_path / "archive.zip", {"visitors.csv": DAYS, "data/tweets.js": POSTS})
    found = read(path)
    assert (found.layout, found.readings) == ("x-archive", [])


def test_figures_of_posts_keep_the_name_of_their_own_column() -> None:
    assert read(good("linkedin-2024")).notes.natives["impressions"] == "Impressions"


def test_a_zip_that_changes_while_it_is_read_is_refused(one: Path) -> None:
    export = open_export(one)
    pack(one, {"visitors.csv": DAYS.replace(b"100", b"99")})
    with pytest.raises(ImportFileError, match="changed while it was being read"):
        list(export.first.rows())
    pack(one, {"other.csv": DAYS})
    with pytest.raises(ImportFileError, match="changed while it was being read"):
        list(export.first.rows())
    one.unlink()
    with pytest.raises(ImportFileError, match="no such file, or no longer"):
        list(export.first.rows())


def test_a_zip_that_changes_while_it_is_looked_at_is_refused(
    one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prints = iter(["before", "after"])
    monkeypatch.setattr(zipped, "_fingerprint", lambda _: next(prints))
    assert "changed while it was being read" in refused(one)


@pytest.mark.parametrize("name", ["x-archive-2019", "facebook-insights-2020"])
def test_any_container_that_changes_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "changing"
    path.write_bytes(good(name).read_bytes())
    sheet = open_export(path).first
    path.write_bytes(good(name).read_bytes() + b"\n")
    with pytest.raises(ImportFileError, match="changed while it was being read"):
        list(sheet.rows())
    path.unlink()
    with pytest.raises(ImportFileError, match="no such file, or no longer"):
        list(sheet.rows())


def test_a_post_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tweets.js"
    beginning = 'window.YTD.tweets.part0 = [{"tweet": {"full_text": "'
    path.write_text(beginning + "x" * (archive.LONGEST_POST + 200_000) + '"}}]', "utf-8")
    with pytest.raises(ImportFileError, match=r"tweets\.js:1: here is no whole post"):
        read(path)


def test_posts_are_found_wherever_a_piece_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(good("x-archive-2019")).posts
    for size in range(40, 120, 7):
        monkeypatch.setattr(archive, "_PIECE", size)
        assert read(good("x-archive-2019")).posts == whole


def test_halves_of_signs_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "tweets.js"
    path.write_bytes(POSTS.replace(b"&lt;3", b"\\ud83d \\u0000 \\ud83d\\ude00"))
    assert read(path).posts[0].publication.text == "Older archives have no wrapper \ufffd \ufffd 😀"


def test_an_archive_with_bytes_that_are_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tweets.js"
    path.write_bytes(POSTS.replace(b"&lt;3", b"\xff"))
    with pytest.raises(ImportFileError, match="bytes that are no text"):
        read(path)


def test_a_workbook_needs_what_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlrd", None)
    with pytest.raises(ImportFileError, match=r"pip install 'sgcomms\[xls\]'"):
        read(good("linkedin-2024"))


def test_a_workbook_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_BYTES", 1000)
    with pytest.raises(ImportFileError, match="export fewer months at a time"):
        read(good("linkedin-2024"))


def test_another_office_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.doc"
    content = good("linkedin-2024").read_bytes()
    name = "Workbook".encode("utf-16-le")
    path.write_bytes(content.replace(name, "WordDocu".encode("utf-16-le")))
    assert "no Excel workbook" in refused(path)


def test_a_workbook_without_column_names_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.xls"
    path.write_bytes(written({"Metrics": [["only a sentence"]]}))
    assert "a workbook without column names" in refused(path)


def test_cells_of_a_workbook_are_text_as_an_export_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "cells.xls"
    rows: Rows = [["a", "b"], [date(2024, 1, 3), 1234.0], ["01/02/2024", 0.25], ["£\0", 1e300]]
    path.write_bytes(written({"Cells": rows}))
    (sheet,) = open_sheets(path)
    assert [cells for _, cells in sheet.body()] == [
        ["2024-01-03", "1234"],
        ["01/02/2024", "0.25"],
        ["£\ufffd", "1e+300"],
    ]
    assert (sheet.table, sheet.header, sheet.header_line) == ("Cells", ("a", "b"), 1)


def test_a_far_cell_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "far.xls"
    rows: Rows = [["a", "b"], *[[]] * 60_000, [*[""] * 255, 1.0]]
    path.write_bytes(written({"Far": rows}))
    (sheet,) = open_sheets(path)
    assert sum(len(cells) for _, cells in sheet.rows()) == 258


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("<Styles>", "<!--" + "x" * 3_000_000 + "--><Styles>"),
        lambda text: text.replace("<Styles>", "<Styles>" + "<a>" * 100 + "</a>" * 100),
        lambda text: text.replace('version="1.0"', 'version="1.0" encoding="klingon"'),
        lambda text: text.replace("Post ID", "\x01", 1),
        lambda text: text.replace("<Row>", '<Row ss:Index="9">'),
        lambda text: text.replace("<Row>", '<Row ss:Index="x">'),
    ],
    ids=["comment", "depth", "encoding", "signal", "rows", "index"],
)
def test_a_spreadsheet_that_is_made_to_harm_is_refused(
    change: Callable[[str], str], tmp_path: Path
) -> None:
    path = tmp_path / "harm.xls"
    path.write_text(change(good("facebook-insights-2020").read_text("utf-8")), "utf-8")
    assert "damaged or was cut off" in refused(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_spreadsheet_in_utf_16_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "wide.xls"
    path.write_text(good("facebook-insights-2020").read_text("utf-8"), encoding)
    assert read(path).posts == read(good("facebook-insights-2020")).posts


def test_text_beside_the_cells_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "comment.xls"
    text = good("facebook-insights-2020").read_text("utf-8")
    note = '<Comment ss:Author="A"><Data>9</Data></Comment>\n words</Cell>'
    path.write_text(text.replace("</Cell>", note), "utf-8")
    assert read(path).posts == read(good("facebook-insights-2020")).posts


def test_a_sheet_may_have_two_thousand_columns(tmp_path: Path) -> None:
    path = tmp_path / "places.xls"
    text = good("facebook-page-2020").read_text("utf-8")
    header, rest = text.split("Daily Total Impressions</Data></Cell>", 1)
    places = "".join(
        f'<Cell><Data ss:Type="String">Daily City: {number}</Data></Cell>' for number in range(1986)
    )
    path.write_text(f"{header}Daily Total Impressions</Data></Cell>{places}{rest}", "utf-8")
    assert read(path).readings == read(good("facebook-page-2020")).readings


def test_more_sheets_than_any_export_holds_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "sheets.xls"
    text = good("facebook-insights-2020").read_text("utf-8")
    path.write_text(text.replace("<Styles>", "<Worksheet/>" * 101 + "<Styles>"), "utf-8")
    assert "more than 100 sheets" in refused(path)


def test_every_table_knows_its_file_and_the_others() -> None:
    path = file_of(FOLDER)
    sheets = open_sheets(path)
    assert len({sheet.sha256 for sheet in sheets}) == 1
    assert {sheet.name for sheet in sheets} == {"plausible-dashboard.zip"}
    for sheet in sheets:
        assert {sheet.table, *(other.table for other in sheet.beside)} == {
            "channels.csv",
            "countries.csv",
            "devices.csv",
            "pages.csv",
            "sources.csv",
            "visitors.csv",
        }


def test_posts_of_two_pages_in_one_file_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    export = open_export(good("x-archive"))
    owners: Iterator[object] = iter(["@one", "@two"])
    monkeypatch.setattr(type(export.importer), "owner", lambda *_: next(owners))
    with pytest.raises(ImportFileError, match="it holds posts of @one and of @two"):
        export.owner()


def test_many_small_things_in_place_of_posts_end_soon(tmp_path: Path) -> None:
    path = tmp_path / "tweets.js"
    path.write_text("window.YTD.tweets.part0 = [" + "{}," * 300_000 + "{}]", "utf-8")
    with pytest.raises(ImportFileError, match=r"tweets\.js:1: '' is not an id"):
        read(path)
    assert sum(1 for _ in open_sheets(path)[0].rows()) == 300_001


def test_the_list_of_posts_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "tweets.js"
    path.write_text("\ufeffwindow.YTD.tweets.part0 = [ ]", "utf-8")
    assert read(path).posts == []


def test_what_an_archive_leaves_out_is_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "tweets.js"
    post = {"id": "27912345678", "created_at": "Tue Oct 19 20:00:00 +0000 2010", "entities": None}
    path.write_text(f"window.YTD.tweets.part0 = {json.dumps([{'tweet': post}])}", "utf-8")
    (row,) = read(path).posts
    assert row.values == {"reactions": None, "shares": None}


def _never(*_: object, **__: object) -> object:
    pytest.fail("it was unpacked")
