"""What every importer keeps to, whatever its layout."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from sgcomms.config.shapes import PlatformName
from sgcomms.errors import ImportFileError
from sgcomms.importers import IMPORTERS, Notes, importer, open_sheet, recognise
from sgcomms.importers.titled import opened as as_titled
from sgcomms.metrics import METRICS
from tests.importers.cases import ALL, GOOD, Read, answers, expected, good, opened, read

PLAIN = [name for name in GOOD if expected(name)["encoding"] != "cp1252"]
COLUMNS = [
    name
    for name in GOOD
    if (layout := importer(expected(name)["layout"])).required and layout.platform != "website"
]
"""Files with one header, by whose columns they are known."""

OWN_ZONES = {
    "the property's own time zone",
    "the website's own time zone",
    "the zone of the browser that exported it",
}
ASKED = {
    "x-by-day",
    "x-overview",
    "facebook-daily",
    "instagram-daily",
    "facebook-page-insights",
    "linkedin-followers",
    "linkedin-visitors",
}
"""Days of accounts that an export holds before they are over, or even before they begin."""

Rows = list[list[str]]


def _rows(name: str) -> Rows:
    return [cells for _, cells in as_titled(open_sheet(good(name))).rows()]


def _write(path: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def _figures(result: Read) -> tuple[object, ...]:
    """Return what came out, but for the case in which the file writes the name of a column."""
    readings = [replace(one, native=one.native.lower()) for one in result.readings]
    return result.layout, result.owner, result.posts, readings


@pytest.mark.parametrize("name", IMPORTERS)
def test_the_data_of_a_layout_is_whole(name: str) -> None:
    layout = importer(name)
    assert layout.name == name
    assert layout.title
    assert layout.needs()
    of_posts = layout.platform != "website" and layout.natives != layout.by_day
    assert layout.platform in {"website", *get_args(PlatformName)}
    assert layout.takes_read_on == (of_posts or name in ASKED)
    assert layout.day_boundary in {"UTC", "America/Los_Angeles", *OWN_ZONES}
    assert layout.takes_zone or layout.day_boundary not in OWN_ZONES
    assert layout.platform == "website" or not layout.takes_period
    assert (layout.platform == "website") == bool(layout.tools)
    of_days = {"website"} if layout.platform == "website" else {"post", "account"}
    assert {METRICS[metric].scope for metric in {*layout.natives, *layout.by_day}} <= of_days
    assert not of_posts or {METRICS[metric].scope for metric in layout.natives} == {"post"}
    assert {METRICS[metric].scope for metric in layout.levels} <= {"account"}
    assert set(layout.aliases) <= set(layout.required)


def test_every_layout_has_fixtures() -> None:
    assert {expected(name)["layout"] for name in ALL} == set(IMPORTERS)


def test_a_layout_that_is_not_known_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        importer("myspace")


@pytest.mark.parametrize("name", ALL)
def test_exactly_one_importer_accepts_a_table_or_a_person_is_asked(name: str) -> None:
    said, taken = answers(name), expected(name)["layout"]
    for sheet in opened(good(name), said).sheets:
        accepting = [layout for layout in IMPORTERS if importer(layout).accepts(sheet)]
        if len(accepting) > 1:
            assert taken in accepting
            with pytest.raises(ImportFileError, match=f"--account .*--layout {taken}"):
                recognise(sheet)
        elif "layout" not in said:
            assert accepting == [taken]


@pytest.mark.parametrize("name", ALL)
def test_what_comes_out_is_sound(name: str) -> None:
    result = read(good(name), answers(name))
    layout = importer(result.layout)
    for row in result.posts:
        assert row.publication.published_at.utcoffset() == timedelta(0)
        assert re.fullmatch(r"[0-9]+(_[0-9]+)?", row.publication.platform_id)
        assert set(row.values) <= set(layout.natives)
        assert all(value is None or value >= 0 for value in row.values.values())
    for reading in result.readings:
        assert reading.metric in {*layout.natives, *layout.by_day, *layout.levels}
        is_level = reading.metric in layout.levels
        assert (reading.basis == "received") == (layout.platform != "website" and not is_level)
        assert (reading.dimension is None) == (reading.key is None)
        assert (reading.value is None) == (reading.reason is not None)
        assert reading.first <= reading.last
    notes = result.notes
    assert notes.rows >= notes.taken
    assert set(notes.natives) <= {*layout.natives, *layout.by_day, *layout.levels}
    if result.posts and not result.sheet.table:
        assert set(notes.natives.values()) <= set(result.sheet.header)


@pytest.mark.parametrize("name", ALL)
def test_reading_a_file_twice_gives_the_same(name: str) -> None:
    assert _figures(read(good(name), answers(name))) == _figures(read(good(name), answers(name)))


WIDE = ("utf-16", "utf-16-be with its mark", "utf-16-le", "utf-16-be")
"""UTF-16 as Windows and Meta write it, and as it is when a program has dropped its mark."""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", *WIDE])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("name", PLAIN)
def test_encoding_and_delimiter_do_not_matter(
    name: str, delimiter: str, encoding: str, tmp_path: Path
) -> None:
    rows = _rows(name)
    encoding, marked, _ = encoding.partition(" with")
    if marked:
        rows[0][0] = "\ufeff" + rows[0][0]
    again = read(_write(tmp_path / "again.csv", rows, delimiter, encoding), answers(name))
    assert _figures(again) == _figures(read(good(name), answers(name)))


@pytest.mark.parametrize("name", COLUMNS)
def test_the_order_of_columns_does_not_matter(name: str, tmp_path: Path) -> None:
    rows = _rows(name)
    width = len(rows[0])
    turned = [(cells + [""] * (width - len(cells)))[::-1] for cells in rows]
    assert _figures(read(_write(tmp_path / "turned.csv", turned), answers(name))) == _figures(
        read(good(name), answers(name))
    )


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda name: f"  {name} "])
@pytest.mark.parametrize("name", COLUMNS)
def test_case_and_blanks_of_column_names_do_not_matter(
    name: str, change: Callable[[str], str], tmp_path: Path
) -> None:
    header, *body = _rows(name)
    changed = _write(tmp_path / "changed.csv", [[change(cell) for cell in header], *body])
    assert _figures(read(changed, answers(name))) == _figures(read(good(name), answers(name)))


@pytest.mark.parametrize("name", COLUMNS)
def test_a_new_column_changes_nothing_and_is_named(name: str, tmp_path: Path) -> None:
    header, *body = _rows(name)
    width = len(header)
    rows = [cells + [""] * (width - len(cells)) + ["9"] for cells in body]
    more = read(_write(tmp_path / "more.csv", [[*header, "Sparkles"], *rows]), answers(name))
    assert _figures(more) == _figures(read(good(name), answers(name)))
    assert more.notes.unused[-1] == "Sparkles"


@pytest.mark.parametrize("name", COLUMNS)
def test_a_missing_column_is_named(name: str, tmp_path: Path) -> None:
    header, *body = _rows(name)
    layout = importer(expected(name)["layout"])
    for column in layout.required:
        names = {column.lower(), *(other.lower() for other in layout.aliases.get(column, ()))}
        kept = [at for at, cell in enumerate(header) if cell.lower() not in names]
        rows = [[cells[at] for at in kept if at < len(cells)] for cells in (header, *body)]
        path = _write(tmp_path / "less.csv", rows)
        with pytest.raises(ImportFileError, match=f"the column {column} is missing"):
            recognise(open_sheet(path))


@pytest.mark.parametrize("name", COLUMNS)
def test_blank_rows_are_no_posts(name: str, tmp_path: Path) -> None:
    header, *body = _rows(name)
    rows = [header, [""] * len(header), *(row for cells in body for row in (cells, []))]
    assert _figures(read(_write(tmp_path / "gaps.csv", rows), answers(name))) == _figures(
        read(good(name), answers(name))
    )


@pytest.mark.parametrize("name", ["facebook-posted-by", "facebook-2026"])
def test_names_of_staff_are_never_kept(name: str) -> None:
    assert "Bloggs" not in repr(read(good(name), answers(name)))


def test_query_strings_are_never_kept() -> None:
    kept = repr(read(good("universal-pages")))
    assert "bloggs" not in kept
    assert "example.org" not in kept


def test_lists_of_notes_do_not_grow_for_ever() -> None:
    notes = Notes()
    for number in range(3000):
        notes.skip(number, "an error row")
        notes.leave(f"column {number}")
    assert (len(notes.skipped), notes.skipped_rows, len(notes.unused)) == (1000, 3000, 1000)
