"""Answers that do not fit the file, and files that no answer helps."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from sgcomms.errors import ImportFileError, UsageError
from tests.importers.cases import good, read

APRIL = ["2025-04-01", "2025-04-30"]

VIEWS = '"Views"\n"Date","Primary"\n"2026-01-0{}T00:00:00","5"\n\n'
MAILED = (
    "Referrers Overview\nReferrers_visitorsFromDirectEntry\n7\n\n"
    "Channel Type\nlabel,nb_visits\nDirect Entry,8\n"
)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("x-by-day-resaved-month-first", {"dates": "day-first"}, "is no date with the day first"),
        ("x-by-day-resaved-day-first", {"dates": "month-first"}, "no date with the month first"),
        ("facebook-2026", {"dates": "day-first"}, "'08/20/2026 09:05' is no date with the day"),
        ("universal-pages", {"dates": "month-first"}, "'16/04/2020' is not a date"),
        (
            "facebook-daily-reach",
            {"layout": "instagram-daily"},
            r"it cannot be read as Instagram by day \(Meta",
        ),
        (
            "x-content-2026",
            {"layout": "facebook-daily"},
            r"it cannot be read as Facebook by day \(Meta",
        ),
        (
            "x-content-2026",
            {"layout": "matomo"},
            "it cannot be read as Matomo report. Expected: a report",
        ),
        ("x-content-2026", {"layout": "youtube-studio"}, "it cannot be read as YouTube Studio"),
        ("x-content-2026", {"layout": "x-archive"}, r"it cannot be read as X \(Twitter\) archive"),
        ("x-content-2026", {"layout": "google-analytics-4"}, "it holds nothing to use"),
        (
            "x-content-2026",
            {"layout": "x-overview"},
            r"X \(Twitter\) analytics, overview, without Create Post",
        ),
    ],
)
def test_a_wrong_answer_is_refused(name: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(ImportFileError, match=words):
        read(good(name), given)


def test_a_layout_that_is_not_known_is_named() -> None:
    with pytest.raises(UsageError, match="'matom' is no layout; did you mean 'matomo'"):
        read(good("matomo-months"), {"layout": "matom"})


def test_two_tables_that_name_no_platform_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "Views.csv"
    path.write_text("sep=,\n" + VIEWS.format(1) + VIEWS.format(2), "utf-16")
    for platform in ("facebook", "instagram"):
        with pytest.raises(
            ImportFileError, match=r"Views\.csv:6: .*export each account on its own"
        ):
            read(path, {"platform": platform})


def test_two_tables_of_one_file_that_differ_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(MAILED, "utf-8")
    with pytest.raises(
        ImportFileError, match=r"report\.csv:6: .*another value than a table before"
    ):
        read(path, {"period": APRIL})
    path.write_text(MAILED.replace("8", "7"), "utf-8")
    assert [one.value for one in read(path, {"period": APRIL}).readings] == [7]


def test_a_report_of_folders_in_a_mailed_file_is_not_taken_for_pages(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("Page URLs\nlabel,nb_hits\n/adults,3\nblog,8\n", "utf-8")
    with pytest.raises(ImportFileError, match=r"report\.csv:4: 'blog' is a folder or a title"):
        read(path, {"period": APRIL})


def test_a_header_of_blanks_is_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "blanks.csv"
    path.write_text("# 20260401-20260403\n\n ,\n1,2\n", "utf-8")
    with pytest.raises(ImportFileError, match="it holds nothing to use"):
        read(path)


def test_a_packed_file_is_asked_about_like_any_other(tmp_path: Path) -> None:
    packed = tmp_path / "insights.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.write(good("facebook-daily-views"), "Views.csv")
        file.writestr("notes.txt", "Read on Monday\nby an officer\n")
    with pytest.raises(
        ImportFileError, match="--layout facebook-daily or --layout instagram-daily"
    ):
        read(packed)
    for given in ({"platform": "facebook"}, {"layout": "facebook-daily"}):
        assert [one.value for one in read(packed, given).readings] == [812, 644]
    with pytest.raises(ImportFileError, match="no export with these columns is known"):
        read(packed, {"layout": "x-content"})
    with pytest.raises(UsageError, match="'x-contents' is no layout"):
        read(packed, {"layout": "x-contents"})


def test_a_file_without_a_platform_among_files_of_both_is_nobodys(tmp_path: Path) -> None:
    packed = tmp_path / "insights.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.write(good("facebook-daily-reach"), "Reach.csv")
        file.write(good("facebook-daily-views"), "Views.csv")
        file.write(good("instagram-daily-reach"), "Reach (1).csv")
    for layout in ("facebook-daily", "instagram-daily"):
        with pytest.raises(
            ImportFileError, match=r"Views\.csv:2: it does not name its platform.*whose it is"
        ):
            read(packed, {"layout": layout})


PROSE = "Dear colleague, the mother's name is Ann Example; please call her, today"


@pytest.mark.parametrize(
    ("header", "near"),
    [
        (PROSE, None),
        (f"Date,{PROSE}", "without Organic followers, Total followers"),
        ("Post ID,Permalink,Note", "without Post Message, Type, Posted, Lifetime Post Total Reach"),
    ],
)
def test_what_is_not_known_is_told_in_two_lines_without_the_words_in_it(
    tmp_path: Path, header: str, near: str | None
) -> None:
    path = tmp_path / "letter.csv"
    path.write_text(f"{header}\n1,2,{PROSE}\n" * 3, "utf-8")
    with pytest.raises(ImportFileError, match="no export with these columns is known") as refused:
        read(path)
    message = str(refused.value)
    assert "Ann Example" not in message
    assert "docs/reference/export-files.md" in message
    assert "sgcomms import --help" in message
    assert len(message.splitlines()) == 2
    assert len(message) < 600
    assert ("The nearest: " in message) is (near is not None)
    assert near is None or near in message
