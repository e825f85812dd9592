"""Files that a spreadsheet has saved again: they give what they gave before, or are refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sgcomms.errors import ImportFileError
from sgcomms.importers import open_sheet
from sgcomms.importers.titled import opened, title_of
from tests.importers.cases import GOOD, Read, answers, expected, good, read

TITLED = frozenset(
    name
    for name in GOOD
    if open_sheet(good(name)).first_line == 2 or title_of(list(open_sheet(good(name)).header))
)
"""Files whose first line is no line of columns: it says `sep=,`, or is a title."""

Rows = list[list[str]]

POSTS = [name for name in GOOD if expected(name).get("posts")]
DATED = [
    name
    for name in GOOD
    if re.match(r"facebook-202|instagram-202|x-by-day-2021|facebook-page-2019", name)
]
"""Files whose dates a spreadsheet reads as dates, as their platforms write them."""

_MOMENT = re.compile(r"(\d\d)/(\d\d)/(\d{4})( \d\d:\d\d)")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)()")
_SHORT = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")


def _rows(name: str) -> Rows:
    """Return the rows as a spreadsheet shows them: all as wide as the widest."""
    rows = [cells for _, cells in opened(open_sheet(good(name))).rows()]
    width = max(map(len, rows))
    return [cells + [""] * (width - len(cells)) for cells in rows]


def _save(path: Path, rows: Rows, delimiter: str, encoding: str) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def _gave(result: Read) -> tuple[object, ...]:
    return result.layout, result.owner, result.posts, result.readings


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [
        (",", "utf-8"),
        (",", "utf-8-sig"),
        (";", "utf-8"),
        (";", "utf-8-sig"),
        ("\t", "utf-8"),
        ("\t", "utf-16"),
    ],
)
@pytest.mark.parametrize("name", GOOD)
def test_a_file_that_is_saved_again_gives_the_same(
    name: str, delimiter: str, encoding: str, tmp_path: Path
) -> None:
    again = _save(tmp_path / "again.csv", _rows(name), delimiter, encoding)
    assert _gave(read(again, answers(name))) == _gave(read(good(name), answers(name)))


@pytest.mark.parametrize("name", GOOD)
def test_windows_keeps_what_its_letters_can_write(name: str, tmp_path: Path) -> None:
    try:
        again = _save(tmp_path / "again.csv", _rows(name), ";", "cp1252")
    except UnicodeEncodeError:
        return
    assert _gave(read(again, answers(name))) == _gave(read(good(name), answers(name)))


@pytest.mark.parametrize("name", [name for name in GOOD if not name.endswith("lines-in-quotes")])
def test_lines_in_quotes_give_the_same(name: str, tmp_path: Path) -> None:
    """Only where the columns are not named in the first line they are refused, in words."""
    text = good(name).read_text(open_sheet(good(name)).encoding)
    lines = ['"' + line.replace('"', '""') + '"' if line else "" for line in text.splitlines()]
    path = tmp_path / "wrapped.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    try:
        again = _gave(read(path, answers(name)))
    except ImportFileError as error:
        assert "a spreadsheet has put each line in quotes" in str(error)  # noqa: PT017
        assert name in TITLED
    else:
        assert again == _gave(read(good(name), answers(name)))


def test_a_line_in_quotes_with_something_behind_it_is_refused(tmp_path: Path) -> None:
    lines = good("x-content-2026").read_text("utf-8").splitlines()
    wrapped = ['"' + line.replace('"', '""') + '"' for line in lines]
    path = tmp_path / "wrapped.csv"
    path.write_text("\n".join([*wrapped[:-1], wrapped[-1] + ",5"]) + "\n", "utf-8")
    with pytest.raises(ImportFileError, match="the quotes do not match"):
        read(path)


@pytest.mark.parametrize("name", POSTS)
def test_long_numbers_that_were_shortened_are_refused(name: str, tmp_path: Path) -> None:
    rows = [[_as_number(cell) for cell in cells] for cells in _rows(name)]
    if rows == _rows(name):  # ids with an underscore are text to a spreadsheet, too
        return
    with pytest.raises(ImportFileError, match="a spreadsheet has changed the long numbers"):
        read(_save(tmp_path / "numbers.csv", rows, ",", "utf-8"), answers(name))


def _as_number(cell: str) -> str:
    return f"{float(cell):.5E}" if cell.isdecimal() and len(cell) > 11 else cell


@pytest.mark.parametrize(
    ("order", "rewritten"),
    [
        ("month-first", lambda day, month, year, time: f"{int(month)}/{int(day)}/{year}{time}"),
        ("day-first", lambda day, month, year, time: f"{day}/{month}/{year}{time}"),
        ("day-first", lambda day, month, year, time: f"{int(day)}/{int(month)}/{year}{time}"),
    ],
)
@pytest.mark.parametrize("name", DATED)
def test_rewritten_dates_are_read_where_they_tell_and_asked_about_where_not(
    name: str, order: str, rewritten: Callable[..., str], tmp_path: Path
) -> None:
    rows = [[_with_date(cell, rewritten) for cell in cells] for cells in _rows(name)]
    path = _save(tmp_path / "dates.csv", rows, ",", "utf-8")
    right = _gave(read(good(name)))
    assert _gave(read(path, {"dates": order})) == right
    if any(int(number) > 12 for cells in rows for cell in cells for number in _numbers(cell)):
        try:
            assert _gave(read(path)) == right
        except ImportFileError as asked:
            assert order == "day-first"  # the rows before looked as Meta writes them
            assert "say --dates day-first" in str(asked)  # noqa: PT017
    else:
        with pytest.raises(ImportFileError, match="--dates day-first, or --dates month-first"):
            read(path)


def _numbers(cell: str) -> list[str]:
    """Return the first two numbers of a date."""
    found = _SHORT.match(cell)
    return [found[1], found[2]] if found else []


def _with_date(cell: str, rewritten: Callable[..., str]) -> str:
    if found := _MOMENT.fullmatch(cell):
        return rewritten(found[2], found[1], found[3], found[4])
    if found := _DAY.fullmatch(cell):
        return rewritten(found[3], found[2], found[1], found[4])
    return cell
