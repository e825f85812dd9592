"""A column that stands twice: the same figures count once, different ones are refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from sgcomms.errors import ImportFileError
from tests.importers.cases import answers, as_expected, good, read

COLUMNS = {
    "x-by-tweet-2021": "impressions",
    "x-content-2026": "Impressions",
    "x-by-day-2021": "impressions",
    "x-overview-2025": "Impressions",
    "facebook-2026": "Reactions",
    "instagram-2026": "Likes",
    "facebook-page-2019": "Lifetime Total Likes",
    "plausible-days": "pageviews",
    "plausible-export-devices": "visits",
}
"""By the name of a pair of each layout, one of its columns."""


def _twice(name: str, tmp_path: Path, figure: str | None = None) -> Path:
    """Return the file of a pair with a column once more at its end: the same, or all `figure`."""
    rows = list(csv.reader(io.StringIO(good(name).read_text("utf-8-sig"), newline="")))
    at = rows[0].index(COLUMNS[name])
    path = tmp_path / good(name).name
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, row in enumerate(rows):
            again = row[at].upper() if not number or figure is None else figure
            csv.writer(file).writerow([*row, again])
    return path


@pytest.mark.parametrize("name", COLUMNS)
def test_the_same_figures_count_once(name: str, tmp_path: Path) -> None:
    found = as_expected(read(_twice(name, tmp_path), answers(name)))
    before = as_expected(read(good(name), answers(name)))
    unchanged = ("posts", "readings", "unused", "rows")
    assert [found.get(key) for key in unchanged] == [before.get(key) for key in unchanged]


@pytest.mark.parametrize("name", COLUMNS)
def test_other_figures_are_refused_by_the_name_of_the_column(name: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=f"{COLUMNS[name]}: the two columns of that"):
        read(_twice(name, tmp_path, "987654"), answers(name))


@pytest.mark.parametrize("name", COLUMNS)
def test_where_one_is_blank_the_other_counts(name: str, tmp_path: Path) -> None:
    found = as_expected(read(_twice(name, tmp_path, "-"), answers(name)))
    before = as_expected(read(good(name), answers(name)))
    assert [found.get(key) for key in ("posts", "readings")] == [
        before.get(key) for key in ("posts", "readings")
    ]
