"""Files are streamed: fifty thousand rows take no more memory than a few.

What is allowed is two pieces of a file as text; the rows themselves would take ten times as much.
"""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sgcomms.importers import Notes, open_sheet, recognise
from tests.importers.cases import SUBJECT, good

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


@pytest.mark.parametrize(
    ("name", "row", "count"),
    [
        ("x-by-tweet-2021", _x, 50_000),
        ("facebook-2026", _errors, 50_000),
        ("instagram-2025", _meta, 15_000),
        ("ga4-pages", _page, 50_000),
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
    notes = Notes()
    tracemalloc.start()
    try:
        long = open_sheet(path)
        for _ in recognise(long).extract(long, SUBJECT, notes):
            pass
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert notes.rows == count
    assert most < MOST_BYTES
