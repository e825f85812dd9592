"""The config files: pairs of a file and the problems in it, and the board they make.

`data/config/FILE-CASE.yaml` stands in for `config/FILE.yaml` of a fresh workspace;
`FILE-CASE.txt` holds every problem that comes of it.
"""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgcomms.config import CONFIG_FILES, Reports, load_board
from sgcomms.errors import ProblemsError
from sgcomms.periods import YearStart
from sgcomms.workspace import Workspace
from tests.conftest import Run

DATA = Path(__file__).parent / "data" / "config"
CASES = sorted(path.stem for path in DATA.glob("*.yaml"))


def put(space: Workspace, name: str) -> Path:
    """Put the pair's file in its place and return it."""
    file = space.root / "config" / f"{name.partition('-')[0]}.yaml"
    return Path(shutil.copy(DATA / f"{name}.yaml", file))


@pytest.mark.parametrize("name", CASES)
def test_config_files_say_what_is_expected(name: str, space: Workspace) -> None:
    put(space, name)
    board, problems = load_board(space.root)
    assert [str(one) for one in problems] == (DATA / f"{name}.txt").read_text("utf-8").splitlines()
    assert (board is None) == any(one.severity == "error" for one in problems)


def test_every_pair_is_whole() -> None:
    assert {path.stem for path in DATA.glob("*.txt")} == set(CASES)


def test_reports_go_to_each_address_once(space: Workspace) -> None:
    assert space.board().reports == Reports()
    file = space.root / "config" / "board.yaml"
    reports = "{recipients: [b@board.example, A@board.example, a@Board.example], send: by_itself}"
    file.write_text(f"{file.read_text('utf-8')}\nreports: {reports}\n", "utf-8")
    found = space.board(words=False).reports
    assert sorted(found.recipients) == ["A@board.example", "b@board.example"]
    assert (found.send, found.by, found.template_id) == ("by_itself", "smtp", None)


def test_the_shipped_board_is_what_its_files_say(space: Workspace) -> None:
    board = space.board()
    assert (board.short, str(board.zone), board.year_starts) == (
        "CPSPB",
        "Europe/London",
        YearStart(1, 4),
    )
    assert board.people["head.of.service@board.example"] == "approver"
    assert {one.mode for one in board.accounts.values()} == {"outbox"}
    assert board.accounts["instagram"].ig_user_id == "17841400000000000"
    assert board.websites["website"].pages["/"] == "Home"
    assert board.metrics["briefing_views"].unit == "views"
    assert board.late_after == timedelta(hours=2)
    assert board.contacts["nspcc"].text == "the NSPCC Helpline on 0808 800 5000"
    assert board.contacts["nspcc"].review_by == date(2027, 11, 2)
    assert board.feedback[0].year == "2020-21"


def test_a_website_says_where_its_tool_runs(space: Workspace) -> None:
    file = space.root / "config" / "board.yaml"
    assert space.board().websites["website"].api_base is None
    text = file.read_text("utf-8").replace(
        "    platform: ga4\n    property: properties/123456789\n",
        "    platform: matomo\n    property: 7\n    api_base: https://stats.example.org/matomo/\n",
    )
    file.write_text(text, "utf-8")
    website = space.board().websites["website"]
    assert (website.platform, website.property) == ("matomo", "7")
    assert website.api_base == "https://stats.example.org/matomo"


@pytest.mark.parametrize(
    ("written", "means"),
    [("90m", timedelta(minutes=90)), ("2h", timedelta(hours=2)), ("1 d", timedelta(days=1))],
)
def test_late_after_is_a_time_span(written: str, means: timedelta, space: Workspace) -> None:
    file = space.root / "config" / "board.yaml"
    file.write_text(file.read_text("utf-8").replace("late_after: 2h", f"late_after: {written}"))
    assert space.board().late_after == means


def test_a_price_is_of_a_kind_that_there_is(space: Workspace, run: Run) -> None:
    file = space.root / "config" / "board.yaml"
    text = file.read_text("utf-8")
    set_to = "late_after: 2h, prices: {{x: {{{}: 0.02}}}}"
    file.write_text(text.replace("late_after: 2h", set_to.format("posts")))
    refused = run("check")
    assert (refused.code, "'posts' is not known; did you mean 'post'?" in refused.err) == (2, True)
    file.write_text(text.replace("late_after: 2h", set_to.format("post")))
    assert space.board().prices == {"x": {"post": Decimal("0.02")}}


def test_a_number_that_is_a_name_needs_no_quotes(space: Workspace) -> None:
    file = space.root / "config" / "board.yaml"
    file.write_text(file.read_text("utf-8").replace('"1234567890"', "1234567890"))
    assert space.board().accounts["facebook"].page_id == "1234567890"


def test_the_mode_of_an_account_is_live_unless_written(space: Workspace) -> None:
    file = space.root / "config" / "board.yaml"
    file.write_text(file.read_text("utf-8").replace(', page_id: "1234567890", mode: outbox', ""))
    assert space.board().accounts["facebook"].mode == "live"


@pytest.mark.parametrize(("written", "means"), [("", "output"), (", stage: out-take", "out-take")])
def test_a_metric_of_the_board_has_a_stage(written: str, means: str, space: Workspace) -> None:
    file = space.root / "config" / "board.yaml"
    text = file.read_text("utf-8")
    line = "unit: attendances, over_time: sum"
    assert line in text
    file.write_text(text.replace(line, line + written), "utf-8")
    assert space.board().metrics["attendances"].stage == means


def test_contacts_and_feedback_may_be_left_out(space: Workspace) -> None:
    (space.root / "config" / "contacts.yaml").unlink()
    (space.root / "config" / "feedback.yaml").unlink()
    board = space.board()
    assert (dict(board.contacts), board.feedback) == ({}, ())


def test_a_contacts_file_that_leads_nowhere_is_told(space: Workspace) -> None:
    file = space.root / "config" / "contacts.yaml"
    file.unlink()
    file.symlink_to("gone.yaml")
    _, problems = load_board(space.root)
    assert [str(one) for one in problems] == [
        "config/contacts.yaml:1:1: error unreadable-file there is no such file"
    ]


def test_a_board_with_mistakes_is_none(space: Workspace) -> None:
    put(space, "board-values")
    with pytest.raises(ProblemsError) as caught:
        space.board()
    assert len(caught.value.problems) == 13


def test_check_shows_mistakes_of_config_and_campaigns_together(run: Run, space: Workspace) -> None:
    put(space, "board-unknown-zone")
    file = space.root / "campaigns" / "safer-sleeping.yaml"
    wrong = file.read_text("utf-8").replace("at: 2027-03-08 09:30", "at: 8/3/2027 9:30")
    file.write_text(wrong, "utf-8")
    result = run("check")
    assert result.code == 2
    assert [line.split(" ")[2] for line in result.err.splitlines()[:-1]] == [
        "wrong-value",
        "unknown-zone",
    ]
    assert "known are" not in result.err  # nothing is held against a board that is not there


def test_check_of_a_config_file_shows_its_mistakes_alone(run: Run, space: Workspace) -> None:
    file = put(space, "contacts-values")
    result = run("check", str(file))
    assert result.code == 2
    assert result.err.splitlines()[:-1] == (
        (DATA / "contacts-values.txt").read_text("utf-8").splitlines()
    )


def test_a_warning_in_the_config_stops_nothing(run: Run, space: Workspace) -> None:
    put(space, "board-no-summer-time")
    result = run("check")
    assert (result.code, result.err.splitlines()[-1]) == (0, "3 files: 0 errors, 1 warning")
    assert run("queue").code == 0


def test_what_the_config_files_hold_is_never_a_traceback(space: Workspace) -> None:
    hostile = (
        b"",
        b"\0",
        b"\xff\xfe",
        b"[" * 100_000,
        b"a: &a [*a]",
        b"- - -",
        b"? {",
        b"\t",
        b"---",
    )
    for name in ("board", "calendar", "contacts", "feedback"):
        file = space.root / "config" / f"{name}.yaml"
        good = file.read_bytes()
        for bad in (
            *hostile,
            good[:-7],
            good[::-1],
            good * 2,
            good.replace(b":", b""),
            b"a" * 10**6,
        ):
            file.write_bytes(bad)
            board, problems = load_board(space.root)
            assert (board is None) == any(one.severity == "error" for one in problems)
        file.write_bytes(good)


@given(where=st.integers(0, 2000), what=st.binary(max_size=6), name=st.sampled_from(CONFIG_FILES))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_bytes_in_the_config_are_never_a_traceback(
    space: Workspace, where: int, what: bytes, name: str
) -> None:
    file = space.root / name
    good = file.read_bytes()
    try:
        file.write_bytes(good[:where] + what + good[where + len(what) :])
        board, problems = load_board(space.root)
        assert (board is None) == any(one.severity == "error" for one in problems)
    finally:
        file.write_bytes(good)
