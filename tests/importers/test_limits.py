"""Files as long as the platform makes one: nothing else tells that something is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sgcomms.importers import open_sheet
from tests.importers.cases import good, read
from tests.importers.packing import zipped

VIEWS = b"Date,Views\n2023-03-09,16\n2023-03-10,92\n"
DAYS = (
    b"date,visitors,pageviews,visits,views_per_visit,bounce_rate,visit_duration\n"
    b"2025-03-31,40,100,50,2.0,40,61\n2025-04-01,40,100,50,2.0,40,61\n"
)


def _posts(path: Path, count: int) -> Path:
    sheet = open_sheet(good("x-content-2026"))
    lines = [",".join(sheet.header)]
    for number in range(count):
        post_id = 2088774025999287049 + (number << 32)
        link = f"https://x.com/CPLSCB/status/{post_id}"
        lines.append(f'{post_id},"Sat, Aug 15, 2026",Words,{link},' + ",".join(["1"] * 13))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _videos(path: Path, count: int) -> Path:
    rows = "".join(f"{number:011},Cot,,1\n" for number in range(count))
    table = f"Content,Video title,Video publish time,Views\nTotal,,,{count}\n{rows}".encode()
    return zipped(path, {"Table data.csv": table, "Totals.csv": VIEWS})


def _pages(path: Path, count: int) -> Path:
    rows = "".join(f"/{number},1\n" for number in range(count))
    return zipped(path, {"visitors.csv": DAYS, "pages.csv": f"name,pageviews\n{rows}".encode()})


def _channels(path: Path, count: int) -> Path:
    rows = "Direct,1\n" * count
    return zipped(path, {"visitors.csv": DAYS, "channels.csv": f"name,visitors\n{rows}".encode()})


@pytest.mark.parametrize(
    ("write", "most", "what"),
    [
        (_posts, 1000, "posts"),
        (_videos, 500, "videos"),
        (_pages, 100, "rows of pages.csv"),
        (_channels, 300, "rows of channels.csv"),
    ],
)
def test_a_file_that_may_be_cut_off_says_so(
    write: Callable[[Path, int], Path], most: int, what: str, tmp_path: Path
) -> None:
    full: Mapping[str, int] = read(write(tmp_path / "full", most)).notes.full
    assert full == {what: most}
    assert read(write(tmp_path / "less", most - 1)).notes.full == {}
