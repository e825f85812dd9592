"""`release`, `withdraw` and `settle`: what people decide about single deliveries."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sgcomms.db import audit
from sgcomms.workspace import Workspace
from tests.cli.conftest import HEAD, OFFICER, OTHER, edit, elsewhere, states, urls
from tests.conftest import At, Run
from tests.faults.platform import FaultPlatform

DUE = "2026-11-22T10:00+00:00"
LATE = "2026-11-22T13:00+00:00"
ONE = "faults/post-0@facebook"
CASE = "sensitivity: case_review\nposts:"
URL = "https://www.facebook.com/1234567890/posts/2124427665736728578"


@pytest.fixture
def space(faulty: FaultPlatform, tmp_path: Path) -> Workspace:
    """A board with one live account, that asks for approval, and a post that is due at ten."""
    return faulty.workspace(
        tmp_path / "board", accounts=["facebook"], picture=False, approval="required"
    )


@pytest.fixture
def second_campaign(space: Workspace) -> Path:
    """A second campaign for the same account."""
    path = space.root / "campaigns" / "other.yaml"
    path.write_text(OTHER.replace("[x]", "[facebook]"), "utf-8")
    return path


@pytest.fixture
def queued(run: Run, space: Workspace) -> None:
    assert run("queue").code == 0


@pytest.fixture
def held(run: Run, queued: None, at: At) -> None:
    """The post is held: nobody approved it by its time."""
    at(DUE)
    assert run("publish").code == 3
    assert states(run) == {ONE: "held"}


@pytest.fixture
def uncertain(run: Run, queued: None, at: At, faulty: FaultPlatform) -> None:
    """The post is live, and Facebook gave no answer."""
    run("approve", "faults", "--by", HEAD)
    at(DUE)
    faulty.set_faults("accept-then-close", protocol="facebook")
    assert run("publish").code == 3
    assert states(run) == {ONE: "uncertain"}


class TestRelease:
    def test_by_an_approver_sends_it_with_the_next_tick(
        self, run: Run, held: None, faulty: FaultPlatform
    ) -> None:
        result = run("release", ONE, "--by", HEAD)
        assert (result.code, result.err) == (0, "")
        assert result.out == f"released   {ONE}: goes out with the next tick\n"
        assert run("publish").code == 0
        assert len(faulty.public()) == 1

    def test_at_another_time(self, run: Run, held: None, at: At, faulty: FaultPlatform) -> None:
        result = run("release", ONE, "--at", "2026-11-23 09:30", "--by", HEAD)
        assert result.out == f"released   {ONE}: goes out Mon 23 Nov 2026 09:30 GMT\n"
        at("2026-11-23T09:29:59+00:00")
        run("publish")
        assert faulty.public() == []
        at("2026-11-23T09:30+00:00")
        run("publish")
        assert len(faulty.public()) == 1

    @pytest.mark.parametrize("who", [(), ("--by", OFFICER)])
    def test_by_anybody_else_waits_for_an_approval(
        self, run: Run, held: None, at: At, who: tuple[str, ...]
    ) -> None:
        result = run("release", ONE, *who)
        assert result.code == 2
        assert f"cannot go out at once: an approver has to send it (--by {HEAD})" in result.err
        result = run("release", ONE, "--at", "2026-11-23 09:30", *who)
        assert "once it is approved: `sgcomms approve`\n" in result.out
        at("2026-11-23T09:30+00:00")
        assert run("publish").code == 3
        assert states(run) == {ONE: "held"}

    def test_of_a_case_review_is_no_way_round_the_second_signature(
        self, run: Run, space: Workspace, at: At
    ) -> None:
        edit(space, "campaigns/faults.yaml", "posts:", CASE)
        run("queue")
        at(DUE)
        run("publish")
        result = run("release", ONE, "--by", HEAD)
        assert result.code == 2
        assert "2 people have to approve it; give it a time with --at" in result.err

    def test_of_a_whole_campaign_is_for_what_is_held_of_it(
        self, run: Run, space: Workspace, second_campaign: Path, at: At
    ) -> None:
        run("queue")
        at(DUE)
        run("publish")
        result = run("release", "other", "--by", HEAD)
        assert result.out == "released   other/soon@facebook: goes out with the next tick\n"
        assert states(run)["other/far@facebook"] == "queued"

    def test_of_several_releases_all_or_nothing(
        self, run: Run, space: Workspace, second_campaign: Path, at: At
    ) -> None:
        run("queue")
        at(DUE)
        run("publish")
        result = run("release", ONE, "other/far", "--by", HEAD)
        assert result.code == 2
        assert "other/far is queued: only what is held can be released" in result.err
        assert result.err.endswith("; nothing was changed\n")
        assert states(run)[ONE] == "held"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ((ONE, "--at", "2026-11-22 09:30"), "--at: Sun 22 Nov 2026 09:30 GMT is over; choose"),
            ((ONE, "--at", "tomorrow"), "--at: 'tomorrow' is no time"),
            ((ONE, "--at", "2027-03-28 01:30"), "does not exist, or comes twice, when the clocks"),
            (("faults/post-9",), "the queue has nothing called faults/post-9; did you mean"),
            ((ONE, "--by", "nobody@board.example"), "--by: 'nobody@board.example' is not among"),
            ((ONE, "--while-paused", "--by", HEAD), f"--while-paused: {ONE} is not paused"),
            ((ONE, "--while-paused", "--by", OFFICER), f"--by: {OFFICER} is no approver"),
        ],
    )
    def test_wrong_use_releases_nothing(
        self, run: Run, held: None, arguments: tuple[str, ...], words: str
    ) -> None:
        result = run("release", *arguments)
        assert result.code == 2
        assert words in result.err
        assert states(run) == {ONE: "held"}

    def test_after_its_end_is_refused(self, run: Run, space: Workspace, at: At) -> None:
        edit(space, "campaigns/faults.yaml", "    text:", "    expires: 2026-11-24\n    text:")
        run("queue")
        at(DUE)
        run("publish")
        result = run("release", ONE, "--at", "2026-11-25 09:00", "--by", HEAD)
        assert result.code == 2
        assert f"{ONE} expires Wed 25 Nov 2026 00:00 GMT, before it would go out" in result.err

    def test_into_a_closure_is_refused(self, run: Run, space: Workspace, held: None) -> None:
        (space.root / "config" / "calendar.yaml").write_text(
            "blackouts:\n  - {name: Mourning, first: 2026-11-23, last: 2026-11-30}\n", "utf-8"
        )
        result = run("release", ONE, "--at", "2026-11-24 09:00", "--by", HEAD)
        assert result.code == 2
        assert (
            f'{ONE} would be held again: until Tue 01 Dec 2026 00:00 GMT ("Mourning") only posts '
            "marked election_safe go out; choose a later time"
        ) in result.err
        assert run("release", ONE, "--at", "2026-12-01 09:00", "--by", HEAD).code == 0


class TestReleaseWhilePaused:
    @pytest.fixture
    def paused(self, run: Run, space: Workspace, second_campaign: Path) -> None:
        run("queue")
        run("approve", "faults", "other", "--by", HEAD)
        run("pause", "--reason", "a child has died", "--by", HEAD)

    def test_an_approver_names_single_deliveries_that_still_go(
        self, run: Run, paused: None, at: At
    ) -> None:
        result = run("release", ONE, "--while-paused", "--by", HEAD)
        assert result.out == (
            f"released   {ONE}: goes out Sun 22 Nov 2026 10:00 GMT, in spite of the pause\n"
        )
        assert f"  still goes out: the delivery {ONE}\n" in run("resume").out
        at(DUE)
        run("publish")
        assert (states(run)[ONE], states(run)["other/soon@facebook"]) == ("published", "held")

    def test_also_what_is_held_already(self, run: Run, paused: None, at: At) -> None:
        at(LATE)
        run("publish")
        result = run("release", ONE, "--while-paused", "--by", HEAD)
        assert result.out == (
            f"released   {ONE}: goes out with the next tick, in spite of the pause\n"
        )
        run("publish")
        assert (states(run)[ONE], states(run)["other/soon@facebook"]) == ("published", "held")

    def test_also_while_a_file_named_stop_is_there(
        self, run: Run, space: Workspace, queued: None, at: At
    ) -> None:
        run("approve", "faults", "--by", HEAD)
        (space.root / "STOP").touch()
        result = run("release", ONE, "--while-paused", "--by", HEAD)
        assert result.code == 0
        assert "The file STOP was taken away; the pause that it made goes on.\n" in result.out
        at(DUE)
        assert run("publish").code == 0
        assert states(run) == {ONE: "published"}
        assert "everything is paused since" in run("status", "--check").out

    def test_nobody_else_may(self, run: Run, paused: None) -> None:
        result = run("release", ONE, "--while-paused", "--by", OFFICER)
        assert result.code == 2
        assert "is no approver" in result.err

    def test_what_is_queued_takes_its_time_from_its_file(self, run: Run, paused: None) -> None:
        result = run("release", ONE, "--while-paused", "--by", HEAD, "--at", "2026-11-23 09:00")
        assert result.code == 2
        assert "its campaign file gives it another time; --at is for what is held" in result.err
        assert "still goes out" not in run("resume").out

    def test_without_it_what_would_be_held_again_is_refused(
        self, run: Run, paused: None, at: At
    ) -> None:
        at(LATE)
        run("publish")
        result = run("release", ONE, "--by", HEAD)
        assert result.code == 2
        assert f"{ONE} would be held again: everything is paused." in result.err
        result = run("release", ONE, "--by", HEAD, "--at", "2026-11-24 09:00")
        assert result.out == (
            f"released   {ONE}: goes out Tue 24 Nov 2026 09:00 GMT\n"
            "           if the pause is lifted by then: `sgcomms resume`\n"
        )


class TestWithdraw:
    def test_stays_withdrawn_whatever_the_files_say(
        self, run: Run, queued: None, at: At, faulty: FaultPlatform
    ) -> None:
        result = run("withdraw", ONE, "--by", HEAD, "--reason", "not now")
        assert (result.code, result.out, result.err) == (0, f"withdrawn  {ONE}\n", "")
        run("queue")
        at(DUE)
        run("publish")
        assert (states(run), faulty.requests()) == ({ONE: "withdrawn"}, [])
        assert f"{HEAD}: not now" in run("status").out

    def test_of_what_is_held(self, run: Run, held: None) -> None:
        assert run("withdraw", ONE).code == 0

    def test_of_what_is_live_names_takedown_and_changes_nothing(
        self, run: Run, space: Workspace, second_campaign: Path, at: At
    ) -> None:
        run("queue")
        run("approve", "faults", "--by", HEAD)
        at(DUE)
        run("publish")
        result = run("withdraw", "other/far", ONE)
        assert result.code == 2
        assert (
            f"{ONE} is published: only what waits can be withdrawn (`sgcomms takedown` is for what "
            "is live); nothing was changed"
        ) in result.err
        assert states(run)["other/far@facebook"] == "queued"

    def test_of_a_campaign_takes_what_waits_of_it(
        self, run: Run, space: Workspace, second_campaign: Path, at: At
    ) -> None:
        run("queue")
        run("approve", "other/soon", "--by", HEAD)
        at(DUE)
        run("publish")
        result = run("withdraw", "other")
        assert result.out == "withdrawn  other/later@facebook\nwithdrawn  other/far@facebook\n"
        assert states(run)["other/soon@facebook"] == "published"

    def test_of_a_name_that_is_not_there(self, run: Run, queued: None) -> None:
        result = run("withdraw", "faults/post-1@facebook")
        assert result.code == 2
        assert f"did you mean {ONE}?" in result.err


class TestSettle:
    def test_posted(self, run: Run, uncertain: None, space: Workspace) -> None:
        result = run("settle", ONE, "--posted", URL, "--by", HEAD)
        assert (result.code, result.err) == (0, "")
        assert result.out == f"published  {ONE}: {URL}\n"
        assert urls(run) == {ONE: URL}
        (row,) = json.loads(run("status", "--json").out)
        assert row["published_at"] == "2026-11-22T10:00:00Z"
        with space.database() as db:
            last = list(audit.entries(db, ONE))[-1]
        assert (last.action, last.actor, last.detail["url"]) == ("published", HEAD, URL)
        assert run("publish").code == 0

    def test_not_posted_goes_out_again(
        self, run: Run, queued: None, at: At, faulty: FaultPlatform
    ) -> None:
        run("approve", "faults", "--by", HEAD)
        at(DUE)
        faulty.set_faults("500-before", protocol="facebook")
        assert run("publish").code == 3
        result = run("settle", ONE, "--not-posted", "--by", HEAD)
        assert result.out == (
            f"queued     {ONE}: goes out with the next tick, or is held if it is late by then\n"
        )
        assert run("publish").code == 0
        assert len(faulty.public()) == 1

    def test_not_posted_when_it_is_late_is_held(
        self, run: Run, uncertain: None, at: At, faulty: FaultPlatform
    ) -> None:
        at(LATE)
        assert run("settle", ONE, "--not-posted").code == 0
        run("publish")
        assert states(run) == {ONE: "held"}
        assert len(faulty.public()) == 1

    def test_one_address_settles_one_delivery_only(
        self, run: Run, space: Workspace, second_campaign: Path, at: At, faulty: FaultPlatform
    ) -> None:
        run("queue")
        run("approve", "faults", "other", "--by", HEAD)
        at(DUE)
        faulty.set_faults("accept-then-close", "accept-then-close", protocol="facebook")
        run("publish")
        assert run("settle", ONE, "--posted", URL).code == 0
        result = run("settle", "other/soon", "--posted", URL)
        assert result.code == 1
        assert "settles another delivery already" in result.err
        assert states(run)["other/soon@facebook"] == "uncertain"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ((ONE,), "say either --posted URL or --not-posted"),
            ((ONE, "--posted", URL, "--not-posted"), "say either --posted URL or --not-posted"),
            ((ONE, "--not-posted", "--at", "2026-11-22 10:00"), "--at goes with --posted"),
            ((ONE, "--posted", "https://x.com/cplscb/status/1"), "x.com is not the address of a"),
            ((ONE, "--posted", "www.facebook.com/1234567890"), "beginning with https://"),
            ((ONE, "--posted", URL, "--at", "2026-11-22 10:30"), "10:30 GMT is still to come"),
            (
                (ONE, "--posted", URL, "--at", "2026-11-22 09:00"),
                f"--at: {ONE} was sent Sun 22 Nov 2026 10:00 GMT; what was there before that is "
                "another post",
            ),
            (("faults/post-7", "--not-posted"), "the queue has nothing called faults/post-7"),
            ((ONE, "--not-posted", "--by", "nobody@board.example"), "is not among `people`"),
        ],
    )
    def test_wrong_use_settles_nothing(
        self, run: Run, uncertain: None, arguments: tuple[str, ...], words: str
    ) -> None:
        result = run("settle", *arguments)
        assert result.code == 2
        assert words in result.err
        assert states(run) == {ONE: "uncertain"}

    def test_is_for_what_is_uncertain_or_handed_over(self, run: Run, queued: None) -> None:
        result = run("settle", ONE, "--posted", URL)
        assert result.code == 2
        assert (
            f"{ONE} is queued: only what is uncertain, or handed over, can be settled; nothing was "
            "changed"
        ) in result.err

    def test_is_for_one_at_a_time(
        self, run: Run, space: Workspace, at: At, faulty: FaultPlatform
    ) -> None:
        edit(space, "campaigns/faults.yaml", "accounts: [facebook]", "accounts: [x, facebook]")
        run("queue")
        run("approve", "faults", "--by", HEAD)
        at(DUE)
        faulty.set_faults("accept-then-close", "accept-then-close")
        run("publish")
        result = run("settle", "faults/post-0", "--not-posted")
        assert result.code == 2
        assert (
            "names 2 deliveries, settle them singly: faults/post-0@facebook, faults/post-0@x"
            in result.err
        )


class TestByHand:
    @pytest.fixture
    def handed(self, run: Run, space: Workspace, for_real: Callable[..., None]) -> None:
        """An officer has the post, to post it herself on Facebook."""
        edit(
            space,
            "config/board.yaml",
            "handle: cplscb, page_id",
            "handle: cplscb, mode: by_hand, page_id",
        )
        run("queue")
        run("approve", "faults", "--by", HEAD)
        for_real(hours=1)
        result = run("publish")
        assert result.code == 0
        assert states(run) == {ONE: "handed"}

    def test_she_is_given_the_words(
        self, run: Run, handed: None, space: Workspace, faulty: FaultPlatform
    ) -> None:
        words = (space.root / "by_hand" / "facebook" / "faults.post-0" / "text.txt").read_text(
            "utf-8"
        )
        assert words.startswith("These are the words of post 0. https://board.example/safer-sleep")
        assert faulty.requests() == []
        assert "post it by hand, then say so: `sgcomms settle --posted URL`" in run("status").out

    def test_she_confirms_with_the_address(
        self, run: Run, handed: None, for_real: Callable[..., None]
    ) -> None:
        for_real(minutes=30)
        result = run("settle", ONE, "--posted", f" {URL} ", "--at", "2026-11-22 10:10")
        assert result.out == f"published  {ONE}: {URL}\n"
        assert urls(run) == {ONE: URL}
        assert f"Sun 22 Nov 2026 10:10 GMT  {ONE}  {URL}\n" in (
            run("pause", "--reason", "r", "--by", HEAD).out
        )

    def test_or_says_that_she_did_not_post_it(self, run: Run, handed: None) -> None:
        assert run("settle", ONE, "--not-posted").out == f"withdrawn  {ONE}\n"
        run("queue")
        assert states(run) == {ONE: "withdrawn"}

    def test_withdrawing_it_says_whom_to_tell(self, run: Run, handed: None) -> None:
        assert run("withdraw", ONE).out == (
            f"withdrawn  {ONE}\n           {OFFICER} has it to post by hand: tell them not to\n"
        )

    def test_is_not_forgotten(self, run: Run, handed: None, for_real: Callable[..., None]) -> None:
        for_real(hours=4, minutes=1)
        result = run("status", "--check")
        assert result.code == 3
        assert f"{ONE} was handed over to be posted by hand, and nobody has conf" in result.out


def test_decisions_need_no_file_but_the_boards(run: Run, held: None, space: Workspace) -> None:
    (space.root / "config" / "contacts.yaml").write_text("{ broken", "utf-8")
    assert run("release", ONE, "--at", "2026-11-23 09:00", "--by", HEAD).code == 0
    assert run("withdraw", ONE).code == 0


def test_in_a_copy_nothing_is_decided(run: Run, held: None, space: Workspace) -> None:
    elsewhere(space)
    for command in (
        ("release", ONE, "--by", HEAD),
        ("withdraw", ONE),
        ("settle", ONE, "--not-posted"),
    ):
        result = run(*command)
        assert result.code == 3
        assert "this is a copy, and nothing was changed" in result.err
    assert states(run) == {ONE: "held"}


def test_every_command_says_that_it_needs_a_delivery(run: Run) -> None:
    for command in ("release", "withdraw", "settle"):
        result = run(command)
        assert result.code == 2
        assert "DELIVERY" in result.err
