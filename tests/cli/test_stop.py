"""`pause`, `resume` and the file STOP: a head of service stops everything, and lets it go on."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sgcomms import clock
from sgcomms import db as database
from sgcomms.db import audit, pauses, queue, writing
from sgcomms.workspace import Workspace
from tests.cli.conftest import HEAD, OFFICER, edit, elsewhere, states, urls
from tests.conftest import At, Run
from tests.faults.platform import FaultPlatform

WHY = ("--reason", "a child has died", "--by", HEAD)
DUE = "2026-11-22T10:00+00:00"
ACCOUNTS = ("x", "facebook")


@pytest.fixture
def space(faulty: FaultPlatform, tmp_path: Path) -> Workspace:
    """A board with live accounts and one campaign, due at ten."""
    return faulty.workspace(tmp_path / "board", accounts=ACCOUNTS, picture=False)


@pytest.fixture
def two(space: Workspace, run: Run, second_campaign: Path) -> None:
    """Two campaigns in the queue, one of them for X alone."""
    assert run("queue").code == 0


class TestPause:
    def test_stops_the_very_next_request(
        self, run: Run, at: At, two: None, faulty: FaultPlatform
    ) -> None:
        result = run("pause", *WHY)
        assert (result.code, result.err) == (0, "")
        assert result.out.startswith(
            "Paused: everything. 5 deliveries wait until somebody says `sgcomms resume`.\n"
            "Live from the last 7 days: nothing.\n"
        )
        at(DUE)
        assert run("publish").code == 3
        assert faulty.requests() == []
        assert set(states(run).values()) == {"held", "queued"}

    def test_prints_live_posts_that_were_not_sent_from_here(
        self, run: Run, space: Workspace
    ) -> None:
        url = "https://x.com/cplscb/status/77"
        with space.database() as db, writing(db):
            db.conn.execute(
                "INSERT INTO publications (account, platform_id, published_at, url, text)"
                " VALUES ('x', '77', '2026-11-20T09:00:00Z', ?, 'Words')",
                (url,),
            )
        line = f"  Fri 20 Nov 2026 09:00 GMT  not sent from here@x  {url}\n"
        assert line in run("pause", *WHY).out
        assert line not in run("pause", "--account", "facebook", *WHY).out

    def test_does_not_call_live_what_went_to_the_outbox(
        self, run: Run, space: Workspace, at: At
    ) -> None:
        edit(space, "config/board.yaml", "handle: cplscb, api", "handle: cplscb, mode: outbox, api")
        run("queue")
        at(DUE)
        run("publish")
        assert states(run)["faults/post-0@x"] == "published"
        assert "Live from the last 7 days: nothing." in run("pause", "--account", "x", *WHY).out

    def test_counts_what_is_claimed_and_not_armed_as_stopped(
        self, run: Run, space: Workspace
    ) -> None:
        run("queue")
        with space.database() as db, writing(db):
            db.conn.execute(
                "UPDATE deliveries SET state = 'publishing', owner = 'a',"
                " lease_until = '2026-11-22T09:02:00Z' WHERE account = 'x'"
            )
        out = run("pause", *WHY).out
        assert "2 deliveries wait" in out
        assert "Being sent" not in out

    @pytest.mark.parametrize(
        ("option", "words", "sent"),
        [
            (("--account", "x"), "the account x. 4 deliveries wait", {"faults/post-0@facebook"}),
            (("--campaign", "faults"), "the campaign faults. 2 deliveries wait", {"other/soon@x"}),
        ],
    )
    def test_of_one_account_or_campaign_lets_the_others_go(
        self, run: Run, at: At, two: None, option: tuple[str, str], words: str, sent: set[str]
    ) -> None:
        assert f"Paused: {words} until" in run("pause", *WHY, *option).out
        at(DUE)
        run("publish")
        assert {one for one, state in states(run).items() if state == "published"} == sent

    def test_needs_no_network(
        self, run: Run, two: None, faulty: FaultPlatform, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unplugged(*_: object, **__: object) -> None:
            raise OSError("network is unreachable")

        with monkeypatch.context() as patch:
            patch.setattr(socket, "create_connection", unplugged)
            patch.setattr(socket, "getaddrinfo", unplugged)
            assert run("pause", *WHY).code == 0
        assert faulty.requests() == []

    def test_until_reminds_and_does_not_lift(
        self, run: Run, at: At, two: None, space: Workspace, faulty: FaultPlatform
    ) -> None:
        assert run("pause", *WHY, "--until", "2026-11-22 09:30").code == 0
        at(DUE)
        run("publish")
        assert faulty.requests() == []
        with space.database() as db:
            found = db.conn.execute("SELECT words FROM alerts WHERE kind = 'pause'").fetchall()
        assert found == [
            ("everything is still paused (a child has died); `sgcomms resume` lifts it",)
        ]

    def test_works_although_the_config_is_broken(
        self, run: Run, two: None, space: Workspace
    ) -> None:
        (space.root / "config" / "board.yaml").write_text("{ broken", "utf-8")
        result = run("pause", *WHY)
        assert result.code == 0
        assert "Paused: everything." in result.out

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            (
                ("--account", "facebok"),
                "there is no account 'facebok'; did you mean 'facebook'? Nothing",
            ),
            (
                ("--campaign", "fault"),
                "the queue has no campaign 'fault'; did you mean 'faults'? Nothing",
            ),
            (("--account", "x", "--campaign", "faults"), "not both"),
            (("--until", "2026-11-22 08:00"), "--until: 2026-11-22 08:00 is over. Nothing was"),
            (("--until", "soon"), "--until: 'soon' is no time; write it as"),
        ],
    )
    def test_wrong_use_pauses_nothing(
        self, run: Run, two: None, more: tuple[str, ...], words: str
    ) -> None:
        result = run("pause", *WHY, *more)
        assert result.code == 2
        assert words in result.err
        assert run("resume").out == "Nothing is paused.\n"

    def test_asks_why_and_by_whom(self, run: Run) -> None:
        assert "--reason" in run("pause", "--by", HEAD).err
        assert "--by" in run("pause", "--reason", "why").err

    def test_is_refused_while_another_time_is_rehearsed(self, run: Run, space: Workspace) -> None:
        board = space.root / "config" / "board.yaml"
        board.write_text(board.read_text("utf-8").replace("127.0.0.1", "graph.example"), "utf-8")
        for command in (("pause", *WHY), ("resume",)):
            result = run(*command)
            assert result.code == 2
            assert "SGCOMMS_NOW is set" in result.err

    def test_is_refused_in_a_copy(self, run: Run, space: Workspace) -> None:
        """It would stop nothing, and whoever gave it would think that it had."""
        elsewhere(space)
        for command in (("pause", *WHY), ("resume", "--all")):
            result = run(*command)
            assert (result.code, result.out) == (3, "")
            assert (
                "this is a copy, and nothing was changed: give the command where the workspace that"
                " publishes is, /srv/board on server\n"
            ) in result.err
        assert space.stopped() is None

    def test_is_in_the_trail(self, run: Run, space: Workspace) -> None:
        run("pause", *WHY)
        run("resume", "--all", "--by", HEAD)
        with space.database() as db:
            found = [(one.action, one.actor, one.subject) for one in audit.entries(db)]
        assert found == [("paused", HEAD, "all"), ("resumed", HEAD, "all")]


class TestWhatIsLive:
    @pytest.fixture
    def space(self, faulty: FaultPlatform, tmp_path: Path) -> Workspace:
        """A board with three live accounts and one campaign, due at ten."""
        return faulty.workspace(tmp_path / "board")

    @pytest.fixture
    def live(self, space: Workspace, run: Run, at: At, faulty: FaultPlatform) -> dict[str, str]:
        """The addresses of one post, live on three accounts."""
        assert run("queue").code == 0
        run("media", "export", str(space.root / "public"))
        at(DUE)
        faulty.set_clock(clock.now())
        assert run("publish").code == 0
        return urls(run)

    def test_prints_the_last_weeks_live_posts_with_their_addresses(
        self, run: Run, at: At, live: dict[str, str]
    ) -> None:
        assert len(live) == 3
        at("2026-11-29T09:59+00:00")
        out = run("pause", *WHY).out
        assert "Live from the last 7 days: 3 posts." in out
        for name, url in live.items():
            assert f"  Sun 22 Nov 2026 10:00 GMT  {name}  {url}\n" in out
        assert "`sgcomms takedown DELIVERY --reason … --by …` takes one down." in out
        at("2026-11-29T10:01+00:00")
        assert "Live from the last 7 days: nothing." in run("pause", *WHY).out

    def test_does_not_call_live_what_was_taken_down(
        self, run: Run, at: At, live: dict[str, str]
    ) -> None:
        run("takedown", "faults/post-0@x", *WHY)
        out = run("pause", *WHY).out
        assert "Live from the last 7 days: 2 posts." in out
        assert live["faults/post-0@x"] not in out

    def test_names_what_it_cannot_stop(self, run: Run, space: Workspace) -> None:
        run("queue")
        with space.database() as db, writing(db):
            for account, state, armed in (
                ("x", "publishing", "2026-11-22T09:00:00Z"),
                ("facebook", "uncertain", "2026-11-22T08:59:00Z"),
                ("instagram", "handed", None),
            ):
                db.conn.execute(
                    "UPDATE deliveries SET state = ?, armed_at = ?, owner = 'a',"
                    " lease_until = '2026-11-22T09:02:00Z' WHERE account = ?",
                    (state, armed, account),
                )
        out = run("pause", *WHY).out
        assert "Paused: everything. 0 deliveries wait until" in out
        assert "Being sent at this moment, perhaps too late to stop: faults/post-0@x\n" in out
        assert (
            'May be live: faults/post-0@facebook: look at @cplscb on facebook for "These are the '
            "words of post 0."
        ) in out
        assert "it may have gone out since Sun 22 Nov 2026 08:59 GMT; then `sgcomms settle" in out
        assert f"With {OFFICER} to be posted by hand, tell them to wait: faults/post-0@inst" in out
        assert (
            "Not stopped by this: posts that somebody scheduled on the platforms themselves (Meta "
            "Business Suite, X), adverts and boosted posts, and other programs. Look there too.\n"
        ) in out


class TestWithoutTheDatabase:
    def held_open(self, space: Workspace) -> Iterator[None]:
        other = sqlite3.connect(space.root / "sgcomms.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()

    def damaged(self, space: Workspace) -> Iterator[None]:
        (space.root / "sgcomms.db").write_bytes(b"no database at all" * 100)
        yield

    def gone(self, space: Workspace) -> Iterator[None]:
        (space.root / "sgcomms.db").unlink()
        yield

    def full_disk(self, space: Workspace) -> Iterator[None]:
        resource: Any = pytest.importorskip("resource")
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        yield
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    @pytest.mark.parametrize("how", ["held_open", "damaged", "gone", "full_disk"])
    def test_everything_is_stopped_by_a_file(
        self, run: Run, space: Workspace, how: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
        trouble: Callable[[Workspace], Iterator[None]] = getattr(self, how)
        with contextlib.contextmanager(trouble)(space):
            result = run("pause", *WHY)
        assert result.code == 1
        assert "A file named STOP was put into the workspace instead: nothing more is" in result.err
        assert space.stopped() is not None
        if how != "full_disk":
            words = (space.root / "STOP").read_text("utf-8")
            assert words == f"{HEAD}: a child has died\n"

    def test_one_account_cannot_be_stopped_alone(self, run: Run, space: Workspace) -> None:
        (space.root / "sgcomms.db").unlink()
        result = run("pause", *WHY, "--account", "x")
        assert result.code == 1
        assert (
            "Nothing was paused: one account alone cannot be without the database, but a file "
            "named STOP in the workspace stops everything\n"
        ) in result.err
        assert space.stopped() is None

    def test_where_nothing_can_be_written_it_says_that_nothing_is_stopped(
        self, run: Run, space: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (space.root / "sgcomms.db").unlink()
        monkeypatch.setattr("sgcomms.cli.stop.STOP", "config/board.yaml/STOP")
        result = run("pause", *WHY)
        assert result.code == 1
        assert "Nothing was paused: a file named" in result.err
        assert "End `sgcomms run` or take `sgcomms publish` out of cron" in result.err


class TestStopFile:
    @pytest.mark.parametrize("name", ["STOP", "STOP.txt", "stop", "Stop.TXT"])
    def test_stops_everything(
        self, run: Run, at: At, two: None, space: Workspace, name: str, faulty: FaultPlatform
    ) -> None:
        (space.root / name).touch()
        at(DUE)
        assert run("publish").code == 3
        assert faulty.requests() == []
        result = run("status", "--check")
        assert result.code == 3
        assert "  a file named STOP lies in the workspace: nothing is sent\n" in result.out

    def test_taken_away_by_hand_lifts_nothing(
        self, run: Run, at: At, two: None, space: Workspace, faulty: FaultPlatform
    ) -> None:
        (space.root / "STOP").touch()
        run("publish")
        (space.root / "STOP").unlink()
        at(DUE)
        assert run("publish").code == 3
        assert faulty.requests() == []
        result = run("status", "--check")
        assert "by the file STOP; the file is gone, and `sgcomms resume` lifts it\n" in result.out

    @pytest.mark.parametrize("seen", [True, False])
    def test_resume_all_takes_it_away(
        self, run: Run, at: At, two: None, space: Workspace, *, seen: bool
    ) -> None:
        """Also when no tick has seen it yet."""
        (space.root / "STOP").touch()
        if seen:
            run("publish")
        result = run("resume", "--all", "--by", HEAD)
        assert (result.code, result.err) == (0, "")
        assert result.out.endswith("Resumed: everything.\n")
        assert (space.stopped(), run("resume").out) == (None, "Nothing is paused.\n")
        at(DUE)
        assert run("publish").code == 0

    def test_resume_of_one_campaign_lets_just_that_one_go(
        self, run: Run, at: At, two: None, space: Workspace
    ) -> None:
        (space.root / "STOP").touch()
        result = run("resume", "other", "--by", HEAD)
        assert "Released: other; everything else stays paused.\n" in result.out
        assert "The file STOP was taken away; the pause that it made goes on.\n" in result.out
        assert "Still paused: everything, by the file STOP" in result.out
        at(DUE)
        run("publish")
        found = states(run)
        assert found.pop("other/soon@x") == "published"
        assert set(found.values()) == {"held", "queued"}

    def test_a_folder_in_its_place_is_told(self, run: Run, two: None, space: Workspace) -> None:
        (space.root / "STOP").mkdir()
        result = run("resume", "--all", "--by", HEAD)
        assert result.code == 1
        assert "the file STOP cannot be taken away" in result.err
        assert "while it is there, nothing is sent" in result.err


class TestResume:
    def test_of_nothing(self, run: Run) -> None:
        result = run("resume")
        assert (result.code, result.out, result.err) == (0, "Nothing is paused.\n", "")

    def test_without_a_name_shows_the_next_14_days_and_releases_nothing(
        self, run: Run, at: At, two: None, faulty: FaultPlatform
    ) -> None:
        run("pause", *WHY)
        result = run("resume")
        assert result.code == 3
        assert result.out == (
            f"Paused: everything, since Sun 22 Nov 2026 09:00 GMT, by {HEAD}: a child has died\n"
            "The next 14 days (Europe/London):\n"
            "  Sun 22 Nov 2026 10:00 GMT  faults/post-0@facebook\n"
            "  Sun 22 Nov 2026 10:00 GMT  faults/post-0@x\n"
            "  Sun 22 Nov 2026 10:00 GMT  other/soon@x\n"
            "  Mon 30 Nov 2026 10:00 GMT  other/later@x\n"
            "Nothing was released. Name the campaigns that may go on: `sgcomms resume CAMPAIGN… "
            "--by WHO`, or `--all` for all of them.\n"
        )
        at(DUE)
        run("publish")
        assert faulty.requests() == []

    def test_names_the_next_one_where_the_14_days_are_empty(
        self, run: Run, at: At, two: None
    ) -> None:
        at("2026-12-01T09:00+00:00")
        run("publish")
        run("pause", *WHY)
        assert (
            "  nothing; the next is other/far@x, Sun 10 Jan 2027 10:00 GMT\n" in run("resume").out
        )

    def test_tells_what_nobody_has_approved(self, run: Run, space: Workspace) -> None:
        edit(space, "config/board.yaml", "approval: none", "approval: required")
        run("queue")
        run("approve", "faults/post-0@x", "--by", HEAD)
        run("pause", *WHY)
        out = run("resume").out
        assert "10:00 GMT  faults/post-0@x\n" in out
        assert "10:00 GMT  faults/post-0@facebook  (not approved yet)\n" in out

    def test_shows_what_goes_out_on_approval(self, run: Run, space: Workspace) -> None:
        edit(space, "config/board.yaml", "approval: none", "approval: required")
        edit(
            space,
            "campaigns/faults.yaml",
            "at: 2026-11-22 10:00",
            "at: on approval\n    expires: 2026-11-25",
        )
        run("queue")
        run("pause", *WHY)
        assert "  as soon as it is approved  faults/post-0@x\n" in run("resume").out

    def test_releases_only_the_campaigns_that_are_named(self, run: Run, at: At, two: None) -> None:
        run("pause", *WHY)
        result = run("resume", "other", "--by", HEAD)
        assert result.code == 0
        assert result.out.endswith(
            "Released: other; everything else stays paused.\n"
            f"Still paused: everything, by {HEAD}: a child has died\n"
        )
        assert "  still goes out: the campaign other\n" in run("resume").out
        at(DUE)
        run("publish")
        found = states(run)
        assert found["other/soon@x"] == "published"
        assert {found[f"faults/post-0@{one}"] for one in ACCOUNTS} == {"held"}

    @pytest.mark.parametrize("ticked", [True, False])
    def test_what_came_due_meanwhile_stays_held(
        self, run: Run, at: At, two: None, faulty: FaultPlatform, *, ticked: bool
    ) -> None:
        """Also when no tick ran while the pause stood."""
        run("pause", *WHY)
        at("2026-11-22T10:05+00:00")
        if ticked:
            run("publish")
        result = run("resume", "--all", "--by", HEAD)
        assert (
            "3 deliveries that came due stay held; `sgcomms release DELIVERY --at TIME` or "
            "`sgcomms withdraw DELIVERY`:\n"
            "  Sun 22 Nov 2026 10:00 GMT  faults/post-0@facebook\n"
        ) in result.out
        run("publish")
        assert faulty.requests() == []
        at("2026-11-30T10:00+00:00")
        assert "published  other/later@x" in run("publish").out

    def test_tells_what_goes_out_at_once(
        self, run: Run, at: At, two: None, faulty: FaultPlatform
    ) -> None:
        """What was due before the pause and had to wait for its platform."""
        at(DUE)
        faulty.set_faults("429", protocol="x")
        run("publish")
        at("2026-11-22T10:01+00:00")
        run("pause", *WHY)
        at("2026-11-22T11:00+00:00")
        assert "  at once                    faults/post-0@x\n" in run("resume").out
        run("resume", "--all", "--by", HEAD)
        run("publish")
        assert states(run)["faults/post-0@x"] == "published"

    def test_of_an_account(self, run: Run, at: At, two: None) -> None:
        run("pause", *WHY, "--account", "x")
        assert run("resume", "--account", "x", "--by", HEAD).out.endswith(
            "Resumed: the account x.\n"
        )
        assert run("resume").out == "Nothing is paused.\n"

    def test_of_a_campaign_leaves_the_pause_of_its_account(self, run: Run, two: None) -> None:
        run("pause", *WHY, "--account", "x")
        run("pause", *WHY, "--campaign", "other")
        assert run("resume", "other", "--by", HEAD).out.endswith(
            f"Resumed: the campaign other.\nStill paused: the account x, by {HEAD}: a child has "
            "died\n"
        )

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--all",), "say with --by who decides; nothing was released"),
            (("othre", "--by", HEAD), "the queue has no campaign 'othre'; did you mean 'other'?"),
            (("other", "nothing", "--by", HEAD), "the queue has no campaign 'nothing'"),
            (
                ("--account", "x", "--by", HEAD),
                "no pause is about what you named; nothing was released",
            ),
            (("--all", "--by", "nobody@board.example"), "--by: 'nobody@board.example' is not"),
        ],
    )
    def test_wrong_use_releases_nothing(
        self, run: Run, two: None, space: Workspace, arguments: tuple[str, ...], words: str
    ) -> None:
        run("pause", *WHY)
        result = run("resume", *arguments)
        assert result.code == 2
        assert words in result.err
        with space.database() as db:
            (pause,) = pauses.active(db)
            assert pauses.exceptions(db, pause) == []

    def test_works_although_a_file_beside_the_board_is_broken(
        self, run: Run, two: None, space: Workspace
    ) -> None:
        run("pause", *WHY)
        (space.root / "config" / "contacts.yaml").write_text("{ broken", "utf-8")
        assert run("resume", "--all", "--by", HEAD).code == 0

    def test_leaves_alone_what_a_pause_of_another_account_does_not_hold(
        self, run: Run, at: At, two: None, space: Workspace
    ) -> None:
        run("pause", *WHY, "--account", "facebook")
        at(DUE)
        out = run("resume").out
        assert "1 delivery that came due stays held" in out
        with space.database() as db:
            assert len(queue.rows(db, ["queued"])) == 5
