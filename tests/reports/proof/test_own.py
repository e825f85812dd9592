"""`report proof` of this program's own documents: nothing is found, until a digit is changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sgcomms.campaigns import load
from sgcomms.cli import run as run_command
from sgcomms.periods import year
from sgcomms.reports.proof import Reader
from sgcomms.reports.proof.reading import plain
from sgcomms.workspace import Workspace
from tests.conftest import At
from tests.reports.proof.conftest import done, findings

MONTHLY = ("report", "monthly", "--month", "2021-03")
CAMPAIGN = ("report", "campaign", "covid-safeguarding")
DOCUMENTS = [
    (MONTHLY, "md"),
    (MONTHLY, "txt"),
    pytest.param(MONTHLY, "html", marks=pytest.mark.long),  # it draws charts
    pytest.param(MONTHLY, "eml", marks=pytest.mark.long),
    (CAMPAIGN, "md"),
    (CAMPAIGN, "html"),
    (CAMPAIGN, "docx"),
    ((*CAMPAIGN, "--from", "2020-10-01", "--to", "2020-12-31"), "md"),
]


Printed = Callable[[tuple[str, ...], str], Path]


@pytest.fixture(scope="module")
def printed(world_before: Path, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """Print a document, each once."""
    folder = tmp_path_factory.mktemp("printed")
    known: dict[tuple[tuple[str, ...], str], Path] = {}

    def go(made_by: tuple[str, ...], form: str) -> Path:
        if (made_by, form) not in known:
            known[made_by, form] = folder / f"document{len(known)}.{form}"
            done(world_before, *made_by, "-o", str(known[made_by, form]))
        return known[made_by, form]

    return go


@pytest.mark.parametrize(("made_by", "form"), DOCUMENTS)
def test_in_our_other_documents_nothing_is_wrong_or_unknown(
    printed: Printed,
    before: Path,
    capsys: pytest.CaptureFixture[str],
    made_by: tuple[str, ...],
    form: str,
) -> None:
    found = findings(before, printed(made_by, form), capsys, "--strict")
    assert {one["verdict"] for one in found} <= {"traced", "rounded"}, found
    texts = {one["text"] for one in found}
    if "--from" not in made_by:
        assert ({"5,792", "9,282"} if made_by == MONTHLY else {"12,000"}) <= texts


@pytest.mark.parametrize("made_by", [MONTHLY, CAMPAIGN])
def test_nothing_is_wrong_in_them_on_a_later_day(
    printed: Printed,
    before: Path,
    capsys: pytest.CaptureFixture[str],
    at: At,
    made_by: tuple[str, ...],
) -> None:
    at("2026-12-03T09:00+00:00")
    found = findings(before, printed(made_by, "md"), capsys)
    assert not [one for one in found if one["wrong"]]


@pytest.mark.parametrize("made_by", [MONTHLY, CAMPAIGN])
def test_their_year_is_told_by_their_months_and_days(
    printed: Printed, before: Path, capsys: pytest.CaptureFixture[str], made_by: tuple[str, ...]
) -> None:
    file = str(printed(made_by, "md"))
    with pytest.raises(SystemExit) as ended:
        run_command(["-C", str(before), "report", "proof", file, "--json"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["year"] == "2020-21"


CHANGED = [
    (MONTHLY, "5,792", "5,791"),
    (MONTHLY, "427", "472"),
    (MONTHLY, "9,282", "9,283"),
    (MONTHLY, "11,651", "11,615"),
    (MONTHLY, "Impressions: 6,802", "Impressions: 6,808"),
    (CAMPAIGN, "21 deliveries", "12 deliveries"),
    (CAMPAIGN, "12,000", "21,000"),
]


@pytest.mark.parametrize(("made_by", "old", "new"), CHANGED)
def test_a_changed_number_of_them_is_found(
    printed: Printed,
    before: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    made_by: tuple[str, ...],
    old: str,
    new: str,
) -> None:
    form = "txt" if ":" in old else "md"
    text = printed(made_by, form).read_text("utf-8")
    assert old in text
    file = tmp_path / f"document.{form}"
    file.write_text(text.replace(old, new, 1), "utf-8")
    found = findings(before, file, capsys)
    assert [one for one in found if one["wrong"]], [one for one in found if new in one["text"]]


@pytest.mark.long
def test_any_changed_digit_of_the_monthly_summary_is_found(printed: Printed, before: Path) -> None:
    text = printed(MONTHLY, "md").read_text("utf-8")
    space = Workspace(before)
    board = space.board()
    digits = [
        one
        for one in re.finditer(r"\d", text)
        if not re.search(r"\[\^\d*$", text[: one.end()])
        and ".csv" not in text[one.start() :].partition("\n")[0]
    ]
    with space.database() as db:
        campaigns = load(space.root, board).campaigns
        reader = Reader(db, board, year("2020-21", board.year_starts), campaigns)
        assert not reader.proof(plain.markdown(text)).wrong
        for number, one in enumerate(digits[::11]):
            new = str((int(one[0]) + 1 + number % 8) % 10)
            changed = f"{text[: one.start()]}{new}{text[one.end() :]}"
            found = reader.proof(plain.markdown(changed))
            unknown = [one for one in found.findings if one.verdict == "unknown"]
            assert found.wrong or unknown, changed[one.start() - 40 : one.end() + 40]
