"""A header that comes again and a total that was added are named as what they are."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from sgcomms.errors import ImportFileError
from tests.importers.cases import answers, good, read

HEADER = "this row has the column names again, so that several exports stand in this file"
TOTAL = "this row is a total, which this export does not have here"

EVERY_KIND = {
    "x-by-tweet-2021": 1,
    "x-content-2026": 1,
    "x-by-day-2021": 1,
    "x-overview-2025": 1,
    "facebook-2025-ragged": 1,
    "instagram-2026": 1,
    "facebook-daily-reach": 3,
    "facebook-insights-2015": 1,
    "facebook-page-2019": 1,
    "ga4-by-date": 6,
    "ga4-pages": 10,
    "universal-channels": 7,
    "matomo-channels": 1,
    "matomo-pages": 1,
    "matomo-months": 1,
    "plausible-days": 1,
    "plausible-export-devices": 1,
}
"""By name, the line of the header of the table that the file ends with."""


def _with(name: str, tmp_path: Path, row: str) -> Path:
    """Return the file of a pair with one more row at its end."""
    raw = good(name).read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    path = tmp_path / good(name).name
    path.write_bytes(f"{raw.decode(encoding).rstrip()}\n{row}\n".encode(encoding))
    return path


def _header(name: str) -> str:
    raw = good(name).read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return raw.decode(encoding).splitlines()[EVERY_KIND[name] - 1]


@pytest.mark.parametrize("name", EVERY_KIND)
def test_a_header_that_comes_again_says_that_files_were_joined(name: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=HEADER):
        read(_with(name, tmp_path, _header(name)), answers(name))


@pytest.mark.parametrize("word", ["Total", "TOTALS", "Grand total"])
@pytest.mark.parametrize("name", EVERY_KIND)
def test_a_total_that_was_added_is_never_counted(name: str, word: str, tmp_path: Path) -> None:
    if word == "Grand total" and name.startswith(("ga4", "universal")):
        pytest.skip("Google writes that row itself")
    width = len(next(csv.reader(io.StringIO(_header(name)))))
    with pytest.raises(ImportFileError, match=TOTAL):
        read(_with(name, tmp_path, ",".join([word, *["12"] * (width - 1)])), answers(name))


@pytest.mark.parametrize("word", ["Total:", "Totals :", "SUM:"])
@pytest.mark.parametrize("name", EVERY_KIND)
def test_a_total_may_end_in_a_colon(name: str, word: str, tmp_path: Path) -> None:
    width = len(next(csv.reader(io.StringIO(_header(name)))))
    with pytest.raises(ImportFileError, match=TOTAL):
        read(_with(name, tmp_path, ",".join([word, *["12"] * (width - 1)])), answers(name))


TABLES = {
    "ga4": "Device category,Sessions\ndesktop,60\nmobile,39\ntablet,1\n{}\n",
    "ga4 pages": "Page path and screen class,Views\n/,60\n/a,39\n/b,1\n{}\n",
    "matomo": "label,nb_visits,nb_actions,metadata_referrer_type\nSuchmaschinen,60,60,2\n"
    "Direkte Zugriffe,39,39,1\nWebsites,1,1,3\n{}\n",
    "plausible": "date,device,visitors,visits,visit_duration,bounces,pageviews\n"
    "2021-01-01,Mobile,60,60,9,1,90\n2021-01-01,Desktop,39,39,9,1,90\n"
    "2021-01-01,Tablet,1,1,9,1,90\n{}\n",
}


def _asked(kind: str, tmp_path: Path, row: str) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(TABLES[kind].format(row), "utf-8")
    return path


@pytest.mark.parametrize("label", ["", "Summe"])
@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("ga4", "{},100"),
        ("ga4 pages", "{},100"),
        ("matomo", "{},100,100,"),
        ("plausible", "2021-01-01,{},100,100,27,3,270"),
    ],
)
def test_a_total_without_a_name_that_is_known_is_not_counted_either(
    kind: str, row: str, label: str, tmp_path: Path
) -> None:
    said = {} if kind == "plausible" else {"period": ("2021-01-01", "2021-01-31")}
    with pytest.raises(ImportFileError, match="is a total"):
        read(_asked(kind, tmp_path, row.format(label)), said)


def test_a_row_that_is_no_sum_of_the_others_counts(tmp_path: Path) -> None:
    said = {"period": ("2021-01-01", "2021-01-31")}
    rest = read(_asked("ga4", tmp_path, "(not set),7"), said).readings[-1]
    assert (rest.key, rest.value) == ("other", 7)


def test_a_post_about_a_total_is_a_post(tmp_path: Path) -> None:
    text = good("x-by-tweet-2021").read_text("utf-8-sig")
    path = tmp_path / "x.csv"
    path.write_text(text.replace("Never leave a baby alone", "Total", 1), "utf-8")
    assert (read(path).posts[0].publication.text or "").startswith("Total")
