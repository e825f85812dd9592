"""Files are streamed: fifty thousand rows take no more memory than a few.

What is allowed is two pieces of a file as text; the rows themselves would take ten times as much.
"""

from __future__ import annotations

import csv
import re
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sgcomms.importers import Notes, open_sheet
from tests.importers.cases import SUBJECT, answers, good, opened
from tests.importers.packing import as_bytes, zipped

MOST_BYTES = 8_000_000
X_EPOCH_MS = 1288834974657

Row = Callable[[int, list[str]], list[str]]


def _x(number: int, cells: list[str]) -> list[str]:
    made = datetime(2020, 4, 1, tzinfo=UTC) + timedelta(minutes=number)
    post_id = str((int(made.timestamp()) * 1000 - X_EPOCH_MS) << 22)
    link = f"https://twitter.com/cplscb/status/{post_id}"
    return [post_id, link, cells[2], f"{made:%Y-%m-%d %H:%M} +0000", *cells[4:]]


def _meta(number: int, cells: list[str]) -> list[str]:
    return [str(122301112223334445 + number), *cells[1:]]


def _errors(number: int, cells: list[str]) -> list[str]:
    return ["", *cells[1:15], f"An error occurred for content with ID {number}", *cells[16:]]


def _page(number: int, cells: list[str]) -> list[str]:
    return [f"/adults?visit={number}", *cells[1:]]


def _flat(number: int, cells: list[str]) -> list[str]:
    return [f"/adults?visit={number}", *cells[1:-2], "", ""]


def _read(path: Path, name: str | None = None) -> tuple[Notes, int]:
    """Take in a file, like the pair `name`; return the notes, and the most bytes in use."""
    notes = Notes()
    tracemalloc.start()
    try:
        for _ in opened(path, answers(name) if name else {}).extract(SUBJECT, notes):
            pass
        return notes, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "row", "count"),
    [
        ("x-by-tweet-2021", _x, 50_000),
        ("facebook-2026", _errors, 50_000),
        ("instagram-2025", _meta, 15_000),
        ("ga4-pages", _page, 50_000),
        ("matomo-pages", _flat, 50_000),
    ],
)
def test_memory_does_not_grow_with_the_file(
    name: str, row: Row, count: int, tmp_path: Path
) -> None:
    sheet = open_sheet(good(name))
    path = tmp_path / "long.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        rows = [cells for line, cells in sheet.rows() if line <= sheet.header_line]
        writer.writerows(rows)
        _, model = next(sheet.body())
        writer.writerows(row(number, model) for number in range(count))
    notes, most = _read(path, name)
    assert notes.rows == count
    assert most < MOST_BYTES


def _table(count: int) -> Iterator[str]:
    yield "date,visitors,pageviews,visits,views_per_visit,bounce_rate,visit_duration"
    for number in range(count):
        day = date(2010, 1, 1) + timedelta(days=number)
        yield f"{day},{number},{number * 3},{number * 2},1.5,{number % 100},{number % 700}"


def _pages(count: int) -> Iterator[str]:
    yield "date,page,pageviews"
    for number in range(count):
        day = date(2010, 1, 1) + timedelta(days=number // 50)
        yield f"{day},/page-{number}?name={number},{number}"


def _posts(count: int) -> Iterator[str]:
    yield "window.YTD.tweets.part0 = ["
    for number in range(count):
        made = datetime(2020, 4, 1, tzinfo=UTC) + timedelta(minutes=number)
        post_id = (int(made.timestamp()) * 1000 - X_EPOCH_MS) << 22
        yield (
            f'{{"tweet": {{"id": "{post_id}", "full_text": "{"Words " * 30}{number}",'
            f' "created_at": "{made:%a %b %d %H:%M:%S +0000 %Y}", "favorite_count": "{number}",'
            f' "retweet_count": "1"}}}}{"," if number + 1 < count else ""}'
        )
    yield "]"


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "lines", "count"),
    [
        ("visitors.csv", _table, 20_000),
        ("imported_pages.csv", _pages, 50_000),
        ("data/tweets.js", _posts, 30_000),
    ],
)
def test_memory_does_not_grow_with_what_a_zip_holds(
    name: str, lines: Callable[[int], Iterator[str]], count: int, tmp_path: Path
) -> None:
    path = zipped(tmp_path / "long.zip", {name: as_bytes(lines(count))})
    notes, most = _read(path)
    assert notes.rows == count
    assert most < MOST_BYTES


@pytest.mark.long
def test_memory_does_not_grow_with_a_spreadsheet(tmp_path: Path) -> None:
    text = good("facebook-insights-2020").read_text("utf-8")
    start, row, rest = re.split(r"(<Row>(?:(?!</Row>).)*Stay at home.*?</Row>\n)", text, maxsplit=1)
    path = tmp_path / "long.xls"
    with path.open("w", encoding="utf-8") as file:
        file.write(start)
        for number in range(6_000):
            file.write(row.replace("3358374200881042", str(3358374200881042 + number)))
        file.write(rest)
    notes, most = _read(path)
    assert notes.rows == 6_002
    assert most < MOST_BYTES
