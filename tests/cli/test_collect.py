"""`collect` as an officer runs it: a workspace, secrets.yaml, and X on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from sgcomms import clock
from sgcomms.db import readings
from sgcomms.models import Reading, Source
from sgcomms.workspace import Workspace
from tests.cli.conftest import edit
from tests.conftest import At, Run
from tests.platforms.x_world import SECRETS, XWorld, opened

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def x(space: Workspace) -> Iterator[XWorld]:
    """X with three posts of the board; the workspace has its keys."""
    with opened() as world:
        for days in (2, 20, 100):
            world.hold(NOW - timedelta(days=days))
        edit(
            space,
            "config/board.yaml",
            "x: {platform: x, handle: cplscb, mode: outbox}",
            f"x: {{platform: x, handle: cplscb, mode: outbox, api_base: '{world.server.base}'}}",
        )
        keys = "\n".join(f"  {name}: {value}" for name, value in SECRETS.items())
        path = space.root / "secrets.yaml"
        path.write_text(f"x:\n{keys}\n", "utf-8")
        path.chmod(0o600)
        yield world


def test_figures_come_with_what_they_cost(run: Run, x: XWorld) -> None:
    done = run("collect")
    assert done.code == 0, done.err
    assert done.err == ""
    assert done.out.splitlines() == [
        "x: 3 posts, 26 figures from X (first); 3 requests, $0.025 ($0.025 of $15.00 this month)",
        "facebook: no access to its API: import its exports instead",
        "instagram: no access to its API: import its exports instead",
        "website: no access to its API: import its exports instead",
    ]
    told = json.loads(run("stats", "--year", "2026-27", "--subject", "x", "--json").out)
    figures = {one["metric"]: one["value"] for one in told["figures"]}
    assert figures["posts"] == 3
    assert figures["impressions"] == 2700
    assert figures["followers"] == 312
    assert figures["clicks_link"] == 42  # of two posts: X gives them for thirty days only


def test_every_figure_leads_to_its_run(run: Run, x: XWorld) -> None:
    run("collect")
    shown = run("stats", "--year", "2026-27", "--metric", "impressions", "--explain").out
    assert "X API: X, read by its API; read on 2026-11-22" in shown
    told = json.loads(
        run("stats", "--year", "2026-27", "--metric", "impressions", "--explain", "--json").out
    )
    (source,) = told["sources"]
    assert (source["calls"], source["dollars"]) == (3, "0.025")
    assert {one["native"] for one in told["figures"][0]["readings"]} == {"impression_count"}


def test_a_definition_travels_with_its_figure(run: Run, space: Workspace) -> None:
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    bounce = Reading(
        "website", "bounce", 0.4, first, last, "bounce_rate", numerator=4, denominator=10
    )
    source = Source("api", "Matomo API", "periods", "website", date(2026, 11, 5))
    told = {"definitions": {"bounce": "visits with one action"}, "gaps": ["no page titles"]}
    with space.database() as db:
        readings.add(db, source, [bounce], lambda: told)
    shown = run("stats", "--month", "2026-10", "--metric", "bounce", "--explain").out
    assert "      there it means: visits with one action\n" in shown
    assert "      not had: no page titles\n" in shown


def test_a_second_call_reads_nothing_and_says_when(run: Run, x: XWorld) -> None:
    run("collect")
    asked = len(x.asked)
    again = run("collect")
    assert again.code == 0
    assert "x: nothing is due until Sun 22 Nov 2026 10:00 GMT" in again.out
    assert len(x.asked) == asked


def test_a_wrong_token_is_one_clear_line_and_told_by_letter(run: Run, x: XWorld) -> None:
    x.be_strange("401")
    done = run("collect")
    assert done.code == 1
    assert done.err == (
        "sgcomms: x: X does not accept the keys of the account x (no: [secret]): make new ones in "
        "X's developer portal\n"
    )
    assert "x: 0 posts, 0 figures from X (first); 1 request" in done.out


def test_a_program_reads_it_as_json(run: Run, x: XWorld) -> None:
    (one,) = json.loads(run("collect", "--account", "x", "--json").out)
    assert one["subject"] == "x"
    assert (one["calls"], one["dollars"], one["budget"], one["error"]) == (
        3,
        "0.025",
        "15.00",
        None,
    )


def test_since_reads_further_back(run: Run, x: XWorld) -> None:
    x.hold(NOW - timedelta(days=300))
    run("collect")
    done = run("collect", "--account", "x", "--since", "2025-11-01")
    assert "x: 4 posts" in done.out
    assert "(given)" in done.out


def test_an_account_without_keys_says_so_when_it_is_asked_for(run: Run, space: Workspace) -> None:
    done = run("collect", "--account", "facebook")
    assert done.code == 1
    assert done.err.startswith("sgcomms: facebook: facebook has no access_token: write ")


@pytest.mark.parametrize("option", ["--account", "--website"])
def test_a_name_that_is_not_known_suggests_the_nearest(run: Run, option: str) -> None:
    done = run("collect", option, "websit" if option == "--website" else "instagrm")
    assert done.code == 2
    assert "did you mean" in done.err


def test_a_budget_of_the_board_is_kept(run: Run, x: XWorld, space: Workspace) -> None:
    edit(
        space,
        "config/board.yaml",
        "mode: outbox, api_base",
        "mode: outbox, budget: {calls: 2}, api_base",
    )
    done = run("collect", "--account", "x")
    assert done.code == 1
    assert "the requests of this month's budget are used up" in done.err
    assert len(x.asked) == 2


def test_the_keys_are_in_nothing_that_is_kept(
    run: Run, x: XWorld, space: Workspace, at: At
) -> None:
    run("collect")
    at("2026-11-23T09:00+00:00")
    x.be_strange("401")
    run("collect")
    for path in space.root.rglob("*"):
        if path.is_file() and path.name != "secrets.yaml":
            content = path.read_bytes()
            assert not any(value.encode() in content for value in SECRETS.values()), path


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("watched", [True, False])
def test_a_bar_moves_where_a_person_watches_and_nowhere_else(
    space: Workspace, x: XWorld, watched: bool
) -> None:
    command = [sys.executable, "-m", "sgcomms", "-C", str(space.root), "collect"]
    environment = {**os.environ, clock.VARIABLE: "2026-11-22T09:00+00:00", "TERM": "xterm"}
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty() if watched else os.pipe()
    with os.fdopen(theirs, "wb") as errors:
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=errors, check=False
        )
    told = b""
    try:
        while part := os.read(ours, 65_536):
            told += part
    except OSError:  # Linux ends a terminal without a writer so
        pass
    os.close(ours)
    assert done.returncode == 0
    assert (b"Reading figures" in told) is watched
    assert b"Reading figures" not in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_who_watches_sees_each_account_when_it_is_done(space: Workspace, x: XWorld) -> None:
    command = [sys.executable, "-m", "sgcomms", "-C", str(space.root), "collect"]
    environment = {**os.environ, clock.VARIABLE: "2026-11-22T09:00+00:00", "TERM": "xterm"}
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    done = subprocess.Popen(command, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    told = b""
    try:
        while part := os.read(ours, 65_536):
            told += part
    except OSError:  # Linux ends a terminal without a writer so
        pass
    os.close(ours)
    assert done.wait() == 0
    words = told.decode()
    assert words.index("   0%") < words.index("x: 3 posts") < words.index("100%")
    assert words.count("x: 3 posts") == 1
    assert words.count("facebook: no access") == 1
    assert "Nothing was read" not in words


def test_a_platform_that_is_only_imported_from_fails_no_run(run: Run, space: Workspace) -> None:
    edit(
        space,
        "config/board.yaml",
        "  facebook: {platform",
        "  linkedin: {platform: linkedin, handle: cpspb, mode: outbox}\n  facebook: {platform",
    )
    done = run("collect")
    assert (done.code, done.err) == (0, "")
    words = "linkedin: this version reads nothing from its platform: import its exports"
    assert words in done.out
