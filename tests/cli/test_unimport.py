"""`unimport`: a wrong file, day, account or figure is taken back, and nothing of it is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sgcomms.db import audit, posts, voiding
from sgcomms.workspace import Workspace
from tests.cli.conftest import HEAD
from tests.conftest import Run

EXPORT = Path(__file__).parents[1] / "importers" / "data" / "x-by-tweet-2021.csv"
WHO = ("--by", HEAD, "--reason", "it was exported on another day")
FOLLOWERS = (
    *("record", "x", "followers", "1007", "--from", "2021-03-31", "--to", "2021-03-31"),
    *("--read-on", "2021-03-31", "--source", "the profile page", "--by", "comms.officer"),
)


def take(run: Run, read_on: str = "2021-04-03") -> None:
    assert run("import", str(EXPORT), "--account", "x", "--read-on", read_on).code == 0


def figures(run: Run) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("stats", "--year", "2020-21", "--json").out)[
        "figures"
    ]
    return found


def test_it_is_as_if_the_file_had_never_come(run: Run, space: Workspace) -> None:
    before = figures(run)
    take(run)
    assert figures(run) != before
    result = run("unimport", str(EXPORT), *WHO)
    assert (result.code, result.err) == (0, "")
    assert EXPORT.name in result.out
    assert "count no more" in result.out
    assert figures(run) == before
    with space.database() as db:
        assert posts.known(db, "x", datetime(2020, 1, 1, tzinfo=UTC)) == []


def test_the_file_can_be_taken_with_the_right_day(run: Run) -> None:
    take(run, "2021-04-30")
    right_day = ("import", str(EXPORT), "--account", "x", "--read-on", "2021-04-03")
    refused = run(*right_day)
    assert refused.code != 0
    command = refused.err.split("`")[1].replace("WHO", HEAD).replace("WHY", "mistake")
    assert run(*command.split()[1:]).code == 0
    assert run(*right_day).code == 0
    assert {one["as_of"] for one in figures(run) if one["subject"] == "x"} == {"2021-04-03"}


def test_what_it_told_is_kept_with_who_took_it_back(run: Run, space: Workspace) -> None:
    take(run)
    run("unimport", "1", *WHO)
    with space.database() as db:
        kept = voiding.told(db, 1)
        void = voiding.void(db, 1)
        last = list(audit.entries(db, "x"))[-1]
    assert kept[0]["account"] == "x"
    assert kept[0]["counts"]["impressions"] >= 0  # type: ignore[index]
    assert void is not None
    assert (void.by, void.reason, void.source.name) == (
        HEAD,
        "it was exported on another day",
        EXPORT.name,
    )
    assert (last.action, last.actor, last.detail["source"]) == ("unimported", HEAD, 1)
    assert len(str(last.detail["sha256"])) == 64


def test_its_number_is_not_given_again(run: Run) -> None:
    take(run)
    run("unimport", "1", *WHO)
    take(run)
    assert [one["source"] for one in json.loads(run("unimport", "--json").out)] == [2]


def test_a_figure_by_hand(run: Run) -> None:
    before = figures(run)
    assert run(*FOLLOWERS).code == 0
    listed = run("unimport").out
    assert "  x  followers 1,007 of 2021-03-31, from: the profile page; read on" in listed
    assert "by comms.officer" in listed
    assert run("unimport", listed.split()[0], *WHO).code == 0
    assert figures(run) == before
    assert "nothing was imported or recorded yet" in run("unimport").out


def test_posts_that_another_file_told_of_stay(run: Run, tmp_path: Path) -> None:
    take(run)
    before = figures(run)
    other = tmp_path / "other.csv"
    other.write_bytes(EXPORT.read_bytes() + b"\n")
    assert run("import", str(other), "--account", "x", "--read-on", "2021-04-20").code == 0
    assert figures(run) != before
    assert run("unimport", str(other), *WHO).code == 0
    assert figures(run) == before


def test_an_assignment_stays(run: Run) -> None:
    take(run)
    post = json.loads(run("assign", "--year", "2020-21", "--json").out)[0]["platform_id"]
    run("assign", post, "--campaign", "safer-sleeping", "--by", HEAD)
    run("unimport", "1", *WHO)
    take(run)
    asked = run("stats", "--year", "2020-21", "--subject", "safer-sleeping", "--json").out
    assert {one["metric"]: one["value"] for one in json.loads(asked)["figures"]}["posts"] == 1


WRONG: list[tuple[tuple[str, ...], str]] = [
    (("7", *WHO), "there is no source 7"),
    (("99999999999999999999999", *WHO), "there is no source"),
    (("1", "--by", HEAD), "with --reason why"),
    (("1", "--by", HEAD, "--reason", " "), "with --reason why"),
    (("1", "--reason", "a mistake"), "with --by who decides"),
    (("1", "--by", "nobody@board.example", "--reason", "a mistake"), "not among"),
    (("none.csv", *WHO), "neither the number of an import nor a file"),
    ((__file__, *WHO), "no import of this file counts"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_what_is_wrong_changes_nothing(run: Run, arguments: tuple[str, ...], words: str) -> None:
    take(run)
    before = figures(run)
    result = run("unimport", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err
    assert figures(run) == before


def test_it_is_taken_back_once(run: Run) -> None:
    take(run)
    run("unimport", "1", *WHO)
    result = run("unimport", "1", *WHO)
    assert result.code == 2
    assert f"was taken back on 2026-11-22 by {HEAD}" in result.err


def test_a_run_stays(run: Run, space: Workspace) -> None:
    with space.database() as db:
        db.conn.execute(
            "INSERT INTO sources (kind, name, layout, subject, read_on, added_at, calls, dollars,"
            " detail) VALUES ('api', 'X API', 'daily', 'x', '2026-11-22', '2026-11-22T09:00:00Z',"
            " 1, '0.05', '{}')"
        )
    result = run("unimport", "1", *WHO)
    assert result.code == 2
    assert "is a collection run" in result.err
