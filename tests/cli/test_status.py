"""`status`, `status --check`, `--all` and `--json`: nothing that is stuck may look healthy."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sgcomms import clock
from sgcomms.db import alerts, writing
from sgcomms.workspace import Workspace
from tests.cli.conftest import HEAD, edit, elsewhere
from tests.conftest import At, Run
from tests.fakes import NOW
from tests.faults.platform import FaultPlatform

DUE = "2026-11-22T10:00+00:00"
ONE = "faults/post-0@x"
WELL = "Nothing needs a person.\n"


@pytest.fixture
def space(faulty: FaultPlatform, tmp_path: Path) -> Workspace:
    """A board whose account on X is live, with a post that is due at ten."""
    return faulty.workspace(tmp_path / "board", accounts=["x"], picture=False)


@pytest.fixture
def queued(run: Run, space: Workspace) -> None:
    assert run("queue").code == 0


def beat(space: Workspace, moment: datetime) -> None:
    """Let the last tick have been at `moment`."""
    (space.root / "sgcomms.tick").touch()
    os.utime(space.root / "sgcomms.tick", (moment.timestamp(),) * 2)


def check(run: Run) -> tuple[int, list[str]]:
    """Return how `status --check` ends, and what it finds wrong."""
    result = run("status", "--check", "--json")
    found: dict[str, Any] = json.loads(result.out)
    assert found["healthy"] == (result.code == 0)
    return result.code, found["wrong"]


class TestList:
    def test_of_an_empty_queue(self, run: Run) -> None:
        result = run("status")
        assert (result.code, result.err) == (0, "")
        assert result.out == (
            f"The queue is empty: `sgcomms queue` fills it.\nLast tick: never.\n{WELL}"
        )

    def test_shows_state_time_mode_and_address(
        self, run: Run, at: At, queued: None, faulty: FaultPlatform
    ) -> None:
        assert f"queued     Sun 22 Nov 2026 10:00 GMT  {ONE}  (live)\n" in run("status").out
        at(DUE)
        run("publish")
        (row,) = json.loads(run("status", "--json").out)
        assert row["url"].startswith("https://x.com/cplscb/status/")
        assert (
            f"published  Sun 22 Nov 2026 10:00 GMT  {ONE}  (live)  {row['url']}\n"
            "1 published. Times: Europe/London.\n"
        ) in run("status").out

    def test_says_that_a_post_was_taken_down(
        self, run: Run, at: At, queued: None, faulty: FaultPlatform
    ) -> None:
        at(DUE)
        run("publish")
        assert "taken down" not in run("status").out
        run("takedown", ONE, "--reason", "wrong number", "--by", HEAD)
        assert "\n           it was taken down\n" in run("status").out
        assert json.loads(run("status", "--json").out)[0]["taken_down"] is True

    def test_says_why_something_waits(
        self, run: Run, at: At, queued: None, faulty: FaultPlatform
    ) -> None:
        at(DUE)
        faulty.set_faults("429", protocol="x")
        run("publish")
        assert f"{ONE}  (live)\n           X asks to wait" in run("status").out

    def test_shows_what_goes_out_on_approval(self, run: Run, space: Workspace) -> None:
        edit(space, "config/board.yaml", "approval: none", "approval: required")
        path = "campaigns/faults.yaml"
        edit(space, path, "at: 2026-11-22 10:00", "at: on approval\n    expires: 2026-11-25")
        run("queue")
        assert f"queued     on approval               {ONE}  (live)\n" in run("status").out
        assert json.loads(run("status", "--json").out)[0]["at"] is None

    def test_leaves_out_what_is_long_over_unless_asked(
        self, run: Run, at: At, queued: None, second_campaign: Path
    ) -> None:
        run("queue")
        at(DUE)
        run("publish")
        at("2026-12-06T09:59+00:00")
        assert ONE in run("status").out
        at("2026-12-06T10:01+00:00")
        out = run("status").out
        assert ONE not in out
        assert "other/far@x" in out
        assert "2 older ones are not shown; `--all` shows them.\n" in out
        out = run("status", "--all").out
        assert ONE in out
        assert "older ones" not in out
        assert len(json.loads(run("status", "--json").out)) == 4

    def test_for_programs(self, run: Run, queued: None) -> None:
        result = run("status", "--json")
        (row,) = json.loads(result.out)
        text = row.pop("text")
        assert text.startswith("These are the words of post 0. https://board.example/safer-sleep")
        assert row == {
            "id": ONE, "state": "queued", "at": "2026-11-22T10:00:00Z", "account": "x",
            "mode": "live", "reason": None, "published_at": None, "url": None,
            "taken_down": False,
            "signatures_missing": 0,
        }  # fmt: skip

    def test_says_what_a_month_has_cost(
        self, run: Run, at: At, space: Workspace, faulty: FaultPlatform
    ) -> None:
        edit(space, "campaigns/faults.yaml", "board.example/", "www.example.org/")
        run("queue")
        assert "$" not in run("status").out
        at(DUE)
        faulty.set_clock(clock.now())
        run("publish")
        assert "x: about $0.20 for posts this month.\n" in run("status").out
        at("2026-12-01T10:00+00:00")
        assert "$" not in run("status").out

    def test_changes_nothing(self, run: Run, queued: None, space: Workspace) -> None:
        before = (space.root / "sgcomms.db").read_bytes()
        run("status")
        run("status", "--check")
        assert (space.root / "sgcomms.db").read_bytes() == before


class TestCheck:
    def test_is_well_where_nothing_stands(self, run: Run, at: At, queued: None) -> None:
        at(DUE)
        run("publish")
        assert check(run) == (0, [])
        result = run("status", "--check")
        assert result.code == 0
        assert result.out.endswith(WELL)
        assert ONE not in result.out

    def test_names_what_is_overdue(self, run: Run, at: At, queued: None) -> None:
        at("2026-11-22T10:04:59+00:00")
        assert check(run) == (0, [])
        at("2026-11-22T10:05:01+00:00")
        assert check(run) == (
            3,
            [f"1 delivery is overdue; the oldest, {ONE}, since Sun 22 Nov 2026 10:00 GMT"],
        )
        found = json.loads(run("status", "--check", "--json").out)
        assert (found["oldest_overdue"], found["overdue"]) == ("2026-11-22T10:00:00Z", [ONE])

    def test_names_what_is_stuck_in_the_middle(
        self, run: Run, at: At, queued: None, space: Workspace
    ) -> None:
        with space.database() as db, writing(db):
            db.conn.execute(
                "UPDATE deliveries SET state = 'publishing', owner = 'a',"
                " lease_until = '2026-11-22T10:02:00Z'"
            )
        at("2026-11-22T10:06+00:00")
        assert f"the oldest, {ONE}," in check(run)[1][0]

    def test_names_what_is_uncertain_and_where_to_look(
        self, run: Run, at: At, queued: None, faulty: FaultPlatform
    ) -> None:
        at(DUE)
        faulty.set_faults("500-before", protocol="x")
        run("publish")
        code, (words,) = check(run)
        assert code == 3
        assert words == (
            f'{ONE} may be live: look at @cplscb on x for "These are the words of post 0. …", sent '
            f"Sun 22 Nov 2026 10:00 GMT; then `sgcomms settle {ONE} --posted URL` or `--not-posted`"
        )
        run("settle", ONE, "--not-posted")
        run("publish")
        assert check(run) == (0, [])

    def test_names_what_is_held_and_why(self, run: Run, at: At, queued: None) -> None:
        at("2026-11-22T13:00+00:00")
        run("publish")
        assert check(run) == (3, [f"{ONE} is held: it came due over 2 hours ago"])
        assert "`sgcomms release DELIVERY --at TIME` sends what is" in run("status").out

    def test_names_what_was_refused(
        self, run: Run, at: At, queued: None, faulty: FaultPlatform
    ) -> None:
        at(DUE)
        faulty.set_faults("400", protocol="x")
        run("publish")
        code, (words,) = check(run)
        assert code == 3
        assert words.startswith(f"{ONE} was refused: X ")
        assert "What was refused goes out as a new post: correct it, give it an" in (
            run("status").out
        )
        at("2026-11-30T10:00+00:00")
        assert check(run) == (0, [])

    def test_names_a_parked_account_and_what_to_do(
        self, run: Run, at: At, queued: None, faulty: FaultPlatform
    ) -> None:
        at(DUE)
        faulty.set_faults("402", protocol="x")
        run("publish")
        code, (words,) = check(run)
        assert code == 3
        assert words.startswith("x is parked until it is mended: X ")
        assert words.endswith("; then `sgcomms accounts verify x`")
        assert json.loads(run("status", "--check", "--json").out)["parked"] == {"x": None}

    def test_names_when_a_parked_account_goes_on(
        self, run: Run, at: At, queued: None, faulty: FaultPlatform
    ) -> None:
        at(DUE)
        faulty.set_clock(clock.now())
        faulty.set_faults("429", protocol="x")
        run("publish")
        code, (words,) = check(run)
        assert code == 3
        assert words.startswith("x is parked until Sun 22 Nov 2026 10:")
        (until,) = json.loads(run("status", "--check", "--json").out)["parked"].values()
        at(until)
        run("publish")
        assert check(run) == (0, [])

    def test_names_a_pause_and_how_it_ends(self, run: Run) -> None:
        run("pause", "--reason", "a child has died", "--by", HEAD)
        assert check(run) == (
            3,
            [
                f"everything is paused since Sun 22 Nov 2026 09:00 GMT by {HEAD}: a child has "
                "died; `sgcomms resume` lifts it"
            ],
        )

    def test_names_a_stop_file_once(self, run: Run, space: Workspace) -> None:
        (space.root / "STOP").touch()
        run("publish")
        assert check(run) == (3, ["a file named STOP lies in the workspace: nothing is sent"])

    def test_names_what_is_still_to_be_taken_down(
        self, run: Run, at: At, queued: None, faulty: FaultPlatform
    ) -> None:
        at(DUE)
        run("publish")
        (row,) = json.loads(run("status", "--json").out)
        faulty.set_faults("429", request="remove")
        run("takedown", ONE, "--reason", "wrong number", "--by", HEAD)
        code, (words,) = check(run)
        assert code == 3
        assert words.startswith(f"{ONE} is still to be taken down: {row['url']} (X asks to wait")
        found = json.loads(run("status", "--check", "--json").out)
        assert found["to_take_down"] == [ONE]
        at("2026-11-22T11:30+00:00")
        run("publish")
        assert check(run) == (0, [])

    def test_names_what_only_a_person_can_take_down(
        self, run: Run, at: At, queued: None, faulty: FaultPlatform
    ) -> None:
        at(DUE)
        run("publish")
        (row,) = json.loads(run("status", "--json").out)
        faulty.set_faults("400", request="remove")
        run("takedown", ONE, "--reason", "wrong number", "--by", HEAD)
        assert check(run) == (
            3,
            [
                f"{ONE} has to be taken down by hand: {row['url']}; then `sgcomms takedown {ONE} "
                "--done --by WHO`"
            ],
        )
        run("takedown", ONE, "--done", "--by", HEAD)
        assert check(run) == (0, [])

    def test_names_e_mails_that_could_not_be_sent(self, run: Run, space: Workspace) -> None:
        told = "mail: {host: 127.0.0.1, from: a@board.example}\nalerts: {to: [a@board.example]}\n"
        edit(space, "config/board.yaml", "publishing:", f"{told}publishing:")
        with space.database() as db, writing(db):
            alerts.add(db, "parked", "x", "words")
        assert check(run) == (3, ["1 message not e-mailed yet"])

    def test_names_what_may_be_public_twice_for_three_days(
        self, run: Run, space: Workspace, queued: None, at: At
    ) -> None:
        with space.database() as db, writing(db):
            alerts.add(db, "twice", ONE, "https://x.com/cplscb/status/1 went out as well")
        said = f"{ONE} may be public twice: https://x.com/cplscb/status/1 went out as well"
        assert check(run) == (3, [said])
        at("2026-11-25T09:01+00:00")
        assert said not in check(run)[1]

    def test_names_a_copy(self, run: Run, space: Workspace) -> None:
        elsewhere(space)
        assert check(run) == (
            3, ["this is a copy: the workspace that publishes is /srv/board on server"]
        )  # fmt: skip

    def test_of_a_database_that_is_gone_is_no_success(self, run: Run, space: Workspace) -> None:
        (space.root / "sgcomms.db").unlink()
        result = run("status", "--check")
        assert result.code != 0
        assert "there is no sgcomms.db in this workspace" in result.err


class TestWorker:
    """The clock is the machine's own: cron, or the service, has to tick."""

    @pytest.fixture(autouse=True)
    def clock_goes(self, for_real: Callable[..., None]) -> None: ...

    def test_never_seen(self, run: Run, queued: None) -> None:
        words = "no tick has ever run here: cron or `sgcomms run` must call `publish`"
        assert check(run) == (3, [words])

    def test_just_seen(self, run: Run, queued: None, space: Workspace) -> None:
        beat(space, NOW - timedelta(minutes=10))
        assert check(run) == (0, [])

    @pytest.mark.parametrize("has_queued", [True, False])
    def test_stopped(self, run: Run, space: Workspace, *, has_queued: bool) -> None:
        """Also while nothing waits: nobody would look for what is uncertain, or send e-mails."""
        if has_queued:
            run("queue")
        beat(space, NOW - timedelta(minutes=11))
        assert check(run) == (
            3,
            [
                "no tick since Sun 22 Nov 2026 08:49 GMT: cron or the service has stopped, nothing "
                "goes out"
            ],
        )

    def test_is_not_missed_where_nothing_is_ever_to_go_out(
        self, run: Run, space: Workspace
    ) -> None:
        path = space.root / "config" / "board.yaml"
        text = path.read_text("utf-8").replace(": cplscb,", ": cplscb, mode: outbox,")
        old = ": cpsafeguardingboard\n"
        path.write_text(text.replace(old, f"{old}    mode: outbox\n"), "utf-8")
        assert check(run) == (0, [])

    def test_seen_in_the_future(self, run: Run, queued: None, space: Workspace) -> None:
        """The clock was set back: without this a worker that stopped looks healthy for hours."""
        beat(space, NOW + timedelta(hours=3))
        assert check(run) == (
            3,
            [
                "the last tick was Sun 22 Nov 2026 12:00 GMT, which is still to come: the clock of "
                "this machine was wrong then, or is now"
            ],
        )

    def test_a_clock_that_was_set_back_is_told(
        self, run: Run, queued: None, space: Workspace, for_real: Callable[..., None]
    ) -> None:
        for_real(hours=-1)
        beat(space, NOW - timedelta(hours=1))
        code, (words,) = check(run)
        assert code == 3
        assert words.startswith("this machine's clock says 2026-11-22 08:00 UTC, but the audit")


def test_says_what_waits_for_a_signature(run: Run, space: Workspace) -> None:
    edit(space, "config/board.yaml", "approval: none", "approval: required")
    run("queue")
    assert f"{ONE}  (live)\n           waits for 1 signature\n" in run("status").out
    assert json.loads(run("status", "--json").out)[0]["signatures_missing"] == 1
    run("approve", ONE, "--by", HEAD)
    assert "signature" not in run("status").out


def test_says_that_the_secrets_cannot_be_read(run: Run, space: Workspace, queued: None) -> None:
    (space.root / "secrets.yaml").write_text("x: [", "utf-8")
    code, wrong = check(run)
    assert code == 3
    assert any(one.startswith("nothing can be sent: secrets.yaml") for one in wrong)
