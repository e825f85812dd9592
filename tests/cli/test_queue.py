"""`plan`, `queue` and `status`, as an officer uses them."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from sgcomms import fitting, queueing
from sgcomms.campaigns import Loaded, load
from sgcomms.config import Board
from sgcomms.db import audit, queue, writing
from sgcomms.errors import StateError
from sgcomms.workspace import Workspace
from tests.conftest import At, Run

POST = """\
  - id: {id}
    at: {at}
    text: {text}
"""


class Campaigns:
    """The campaigns folder, written as an officer would."""

    def __init__(self, space: Workspace) -> None:
        self.folder = space.root / "campaigns"
        for path in self.folder.glob("*.yaml"):
            path.unlink()

    def write(self, name: str = "test", extra: str = "", **posts: str) -> None:
        """Write a campaign; each post is `id="2027-03-08 09:30"`, or with other words behind it."""
        lines = [
            f"campaign: {name}\ntitle: A test\nauthor: comms.officer@board.example\n"
            f"audience: Everybody\naccounts: [x]\nallow: [no-objective: a test]\n{extra}posts:\n"
        ]
        for post, when in posts.items():
            at, _, text = when.partition(" | ")
            lines.append(POST.format(id=post, at=at, text=text or f"The words of {post}."))
        (self.folder / f"{name}.yaml").write_text("".join(lines), "utf-8")

    def delete(self, name: str = "test") -> None:
        """Delete a campaign."""
        (self.folder / f"{name}.yaml").unlink()


@pytest.fixture
def campaigns(space: Workspace) -> Campaigns:
    return Campaigns(space)


def states(run: Run) -> dict[str, str]:
    return {row["id"]: row["state"] for row in json.loads(run("status", "--json").out)}


WEEK = {f"post-{day}": f"2027-03-0{day} 09:30" for day in range(1, 6)}


class TestPlan:
    def test_shows_what_would_change_and_changes_nothing(
        self, run: Run, campaigns: Campaigns
    ) -> None:
        campaigns.write(one="2027-03-08 09:30")
        result = run("plan")
        assert (result.code, result.err) == (0, "")
        assert result.out == (
            "+ Mon 08 Mar 2027 09:30 GMT  test/one@x  (outbox)\n"
            "1 to add, 0 to change, 0 to withdraw, 0 as they are. Times: Europe/London.\n"
        )
        assert states(run) == {}

    def test_names_the_zone_in_summer_too(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(one="2027-07-08 09:30")
        assert "+ Thu 08 Jul 2027 09:30 BST  test/one@x" in run("plan").out
        run("queue")
        assert "queued     Thu 08 Jul 2027 09:30 BST  test/one@x" in run("status").out
        assert json.loads(run("status", "--json").out)[0]["at"] == "2027-07-08T08:30:00Z"

    def test_says_what_a_change_is(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(one="2027-03-08 09:30", two="2027-03-09 09:30", three="2027-03-10 09:30")
        run("queue")
        campaigns.write(one="2027-03-08 10:30", two="2027-03-09 09:30 | New words.")
        assert run("plan").out.splitlines() == [
            "~ Mon 08 Mar 2027 10:30 GMT  test/one@x  (was Mon 08 Mar 2027 09:30 GMT)",
            "~ Tue 09 Mar 2027 09:30 GMT  test/two@x  (new content)",
            "- Wed 10 Mar 2027 09:30 GMT  test/three@x",
            "0 to add, 2 to change, 1 to withdraw, 0 as they are. Times: Europe/London.",
        ]

    def test_is_there_for_programs_too(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(one="2027-03-08 09:30")
        found = json.loads(run("plan", "--json").out)
        assert found["add"] == [
            {"id": "test/one@x", "at": "2027-03-08T09:30:00Z", "mode": "outbox",
             "text": "The words of one."}
        ]  # fmt: skip
        assert (found["change"], found["withdraw"], found["unchanged"]) == ([], [], 0)


class TestQueue:
    def test_twice_changes_nothing_more(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(one="2027-03-08 09:30")
        assert run("queue").out.endswith(
            "1 added, 0 changed, 0 withdrawn, 0 as they were. Times: Europe/London.\n"
        )
        before = run("status", "--json").out
        assert run("queue").out == (
            "0 added, 0 changed, 0 withdrawn, 1 as they were. Times: Europe/London.\n"
        )
        assert run("status", "--json").out == before

    def test_tells_programs_what_it_did(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(one="2027-03-08 09:30")
        found = json.loads(run("queue", "--json").out)
        assert [one["id"] for one in found["add"]] == ["test/one@x"]
        assert (found["kept"], found["problems"]) == ([], [])

    def test_of_the_shipped_campaigns_is_idempotent_too(self, run: Run) -> None:
        run("queue")
        assert run("queue").out.startswith("0 added, 0 changed, 0 withdrawn, 44 as they were.")

    def test_says_who_did_it(self, run: Run, campaigns: Campaigns, space: Workspace) -> None:
        campaigns.write(one="2027-03-08 09:30")
        run("queue")
        campaigns.write(one="2027-03-08 10:30", two="2027-03-09 09:30")
        run("queue")
        campaigns.write(two="2027-03-09 09:30")
        run("queue")
        with space.database() as db:
            found = [(entry.action, entry.subject) for entry in audit.entries(db)]
            assert audit.broken_at(db) is None
        assert found == [
            ("queued", "test/one@x"),
            ("queued", "test/two@x"),
            ("changed", "test/one@x"),
            ("withdrawn", "test/one@x"),
        ]

    def test_with_a_mistake_anywhere_changes_nothing(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(one="2027-03-08 09:30")
        campaigns.write("other", one="2027-03-32 09:30")
        result = run("queue")
        assert (result.code, states(run)) == (2, {})
        assert "campaigns/other.yaml:9:9: error wrong-value at:" in result.err

    def test_a_post_that_comes_back_is_queued_again(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(one="2027-03-08 09:30", two="2027-03-09 09:30")
        run("queue")
        campaigns.write(two="2027-03-09 09:30")
        run("queue")
        assert states(run)["test/one@x"] == "withdrawn"
        campaigns.write(one="2027-03-08 09:30", two="2027-03-09 09:30")
        assert "~ Mon 08 Mar 2027 09:30 GMT  test/one@x  (was withdrawn)" in run("queue").out
        assert states(run)["test/one@x"] == "queued"

    def test_what_has_expired_is_not_queued_again_and_again(
        self, run: Run, campaigns: Campaigns, at: At
    ) -> None:
        campaigns.write(extra="", one="2027-03-08 09:30\n    expires: 2027-03-08")
        run("queue")
        at("2027-03-09T09:30+00:00")
        assert run("publish").out.startswith("withdrawn  test/one@x")
        for _ in range(2):
            assert run("queue").out.startswith("0 added, 0 changed, 0 withdrawn, 1 as they were")
            assert states(run) == {"test/one@x": "withdrawn"}

    def test_a_held_post_goes_out_once_it_has_a_new_time(
        self, run: Run, campaigns: Campaigns, at: At
    ) -> None:
        campaigns.write(one="2027-03-08 09:30")
        run("queue")
        at("2027-03-08T12:30+00:00")
        run("publish")
        assert states(run) == {"test/one@x": "held"}
        campaigns.write(one="2027-03-08 12:45")
        run("queue")
        at("2027-03-08T12:45+00:00")
        assert run("publish").out == "published  test/one@x\n"


class TestTheGuardAgainstMassWithdrawal:
    def test_an_empty_folder_withdraws_nothing(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(**WEEK)
        run("queue")
        campaigns.delete()
        for arguments in (["queue"], ["queue", "--yes"]):
            assert run(*arguments).code == 0
            assert set(states(run).values()) == {"queued"}

    def test_a_missing_folder_withdraws_nothing(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(**WEEK)
        run("queue")
        shutil.rmtree(campaigns.folder)
        assert run("queue", "--yes").code == 0
        assert set(states(run).values()) == {"queued"}

    @pytest.mark.parametrize("damage", [b"\xff\xfe not UTF-8", b"", b"campaign: [", None])
    def test_an_unreadable_file_withdraws_nothing(
        self, run: Run, campaigns: Campaigns, damage: bytes | None
    ) -> None:
        campaigns.write(**WEEK)
        campaigns.write("other", one="2027-04-08 09:30")
        run("queue")
        path = campaigns.folder / "test.yaml"
        if damage is None:
            path.unlink()
            path.mkdir()
        else:
            path.write_bytes(damage)
        assert run("queue", "--yes").code == 2
        assert set(states(run).values()) == {"queued"}

    def test_three_may_go_at_once(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(**WEEK)
        run("queue")
        campaigns.write(**dict(list(WEEK.items())[3:]))
        assert run("queue").code == 0
        assert sorted(states(run).values()) == ["queued"] * 2 + ["withdrawn"] * 3

    def test_four_need_a_word(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(**WEEK)
        run("queue")
        campaigns.write(**dict(list(WEEK.items())[4:]), new="2027-04-08 09:30")
        result = run("queue")
        assert (result.code, result.out.count("\n- ")) == (2, 4)
        assert "4 deliveries would be withdrawn at once" in result.err
        assert "sgcomms queue --yes" in result.err
        assert set(states(run).values()) == {"queued"}
        assert "test/new@x" not in states(run)
        assert run("queue", "--yes").code == 0
        assert list(states(run).values()).count("withdrawn") == 4

    def test_a_programs_answer_is_not_mixed_with_words(
        self, run: Run, campaigns: Campaigns
    ) -> None:
        campaigns.write(**WEEK)
        run("queue")
        campaigns.write(new="2027-04-08 09:30")
        assert (run("queue", "--json").out, run("queue", "--json").code) == ("", 2)


class TestWhatIsPublished:
    @pytest.fixture
    def gone_out(self, run: Run, campaigns: Campaigns, at: At) -> None:
        campaigns.write(one="2027-03-08 09:30", two="2027-03-09 09:30")
        run("queue")
        at("2027-03-08T09:30+00:00")
        run("publish")

    def test_never_changes(
        self, run: Run, campaigns: Campaigns, space: Workspace, gone_out: None
    ) -> None:
        campaigns.write(one="2027-03-10 09:30 | Other words.", two="2027-03-09 09:30")
        result = run("queue")
        assert "! test/one@x has gone out; what went out never changes\n" in result.out
        with space.database() as db:
            (row,) = queue.rows(db, ["published"])
        assert (row.id, row.draft.text) == ("test/one@x", "The words of one.")

    def test_stays_when_its_campaign_is_deleted(
        self, run: Run, campaigns: Campaigns, gone_out: None
    ) -> None:
        campaigns.delete()
        campaigns.write("other", three="2027-03-11 09:30")
        run("queue")
        assert states(run) == {
            "test/one@x": "published", "test/two@x": "withdrawn", "other/three@x": "queued"
        }  # fmt: skip

    def test_cannot_go_out_again_under_another_id(
        self, run: Run, campaigns: Campaigns, gone_out: None
    ) -> None:
        renamed = {"renamed": "2027-03-10 09:30 | The words of one."}
        campaigns.write(two="2027-03-09 09:30", **renamed)
        result = run("queue")
        assert result.code == 2
        assert "same-text the same words go to x as test/one already" in result.err
        assert states(run) == {"test/one@x": "published", "test/two@x": "queued"}

    def test_may_be_renamed_before_it_has_gone_out(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(one="2027-03-08 09:30")
        run("queue")
        campaigns.write(renamed="2027-03-08 09:30 | The words of one.")
        result = run("queue")
        assert result.out.splitlines()[:2] == [
            "+ Mon 08 Mar 2027 09:30 GMT  test/renamed@x  (outbox)",
            "- Mon 08 Mar 2027 09:30 GMT  test/one@x",
        ]
        assert states(run) == {"test/one@x": "withdrawn", "test/renamed@x": "queued"}


class TestPictures:
    MEDIA = "\n    media: [{file: media/clear-cot.jpg, alt: A cot.}]"

    def test_are_copied_into_the_store(
        self, run: Run, campaigns: Campaigns, space: Workspace
    ) -> None:
        campaigns.write(one=f"2027-03-08 09:30{self.MEDIA}")
        run("plan")
        assert not space.store.folder.exists()
        run("queue")
        kept = {path.stem: path.read_bytes() for path in space.store.folder.rglob("*.*")}
        with space.database() as db:
            ((item,),) = [row.draft.media for row in queue.rows(db)]
        original = (campaigns.folder / "media/clear-cot.jpg").read_bytes()
        assert set(kept) == {item.source, item.sha256}
        assert kept[str(item.source)] == original
        assert {hashlib.sha256(content).hexdigest() for content in kept.values()} == set(kept)

    def test_changed_between_the_look_and_the_copy_queue_nothing(
        self, run: Run, campaigns: Campaigns, space: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        campaigns.write(one=f"2027-03-08 09:30{self.MEDIA}")

        def load_and_change(root: Path, board: Board) -> Loaded:
            loaded = load(root, board)
            shutil.copy(
                root / "campaigns/media/lit-window.jpg", root / "campaigns/media/clear-cot.jpg"
            )
            return loaded

        monkeypatch.setattr("sgcomms.queueing.load", load_and_change)
        result = run("queue")
        assert result.code == 2
        assert "clear-cot.jpg was changed while it was being queued" in result.err
        monkeypatch.undo()
        with space.database() as db:
            assert queue.rows(db) == []

    def test_of_which_one_is_new_change_the_delivery(self, run: Run, campaigns: Campaigns) -> None:
        campaigns.write(one=f"2027-03-08 09:30{self.MEDIA}")
        run("queue")
        media = campaigns.folder / "media"
        shutil.copy(media / "lit-window.jpg", media / "clear-cot.jpg")
        assert "test/one@x  (new content)" in run("queue").out


class TestTwoAtOnce:
    """A plan is made without the write lock: whoever comes second must not act on what is past."""

    @pytest.fixture
    def proposal(self, campaigns: Campaigns, space: Workspace, run: Run) -> queueing.Proposal:
        campaigns.write(one="2027-03-08 09:30", two="2027-03-09 09:30")
        run("queue")
        campaigns.write(one="2027-03-08 10:30", three="2027-03-10 09:30")
        with space.database() as db:
            return queueing.propose(space.root, space.board(), db)

    def carry_out(self, space: Workspace, proposal: queueing.Proposal) -> None:
        with space.database() as db:
            queueing.carry_out(proposal, space.store, db, "me")

    def test_the_same_plan_is_carried_out_once(
        self, run: Run, space: Workspace, proposal: queueing.Proposal
    ) -> None:
        assert run("queue").code == 0
        with pytest.raises(StateError, match="run `sgcomms queue` again"):
            self.carry_out(space, proposal)

    def test_a_newer_text_is_not_overwritten_by_an_older_one(
        self, run: Run, space: Workspace, campaigns: Campaigns, proposal: queueing.Proposal
    ) -> None:
        campaigns.write(one="2027-03-08 10:30 | The newest words.", two="2027-03-09 09:30")
        run("queue")
        before = run("status", "--json").out
        with pytest.raises(StateError):
            self.carry_out(space, proposal)
        assert run("status", "--json").out == before

    def test_what_is_being_sent_is_not_changed(
        self, run: Run, space: Workspace, at: At, proposal: queueing.Proposal
    ) -> None:
        at("2027-03-08T09:30+00:00")
        assert run("publish").out == "published  test/one@x\n"
        with pytest.raises(StateError, match="test/one@x has moved on"):
            self.carry_out(space, proposal)
        assert states(run) == {"test/one@x": "published", "test/two@x": "queued"}

    def test_what_others_do_elsewhere_does_not_matter(
        self, run: Run, space: Workspace, at: At, proposal: queueing.Proposal
    ) -> None:
        with space.database() as db, writing(db):
            audit.append(db, "somebody", "imported", "x")
        self.carry_out(space, proposal)
        assert states(run)["test/three@x"] == "queued"


class TestStatus:
    def test_of_an_empty_queue_says_what_to_do(self, run: Run) -> None:
        assert run("status").out.splitlines() == [
            "The queue is empty: `sgcomms queue` fills it.",
            "Last tick: never.",
            "Nothing needs a person.",
        ]

    def test_shows_where_a_post_is_and_why(self, run: Run, campaigns: Campaigns, at: At) -> None:
        campaigns.write(one="2027-03-08 09:30", two="2027-03-08 12:30", three="2027-03-28 12:30")
        run("queue")
        at("2027-03-08T12:30+00:00")
        assert run("publish").code == 3
        lines = run("status").out.splitlines()
        assert lines[:4] == [
            "held       Mon 08 Mar 2027 09:30 GMT  test/one@x  (outbox)",
            "published  Mon 08 Mar 2027 12:30 GMT  test/two@x  (outbox)  outbox/x/test.two.html",
            "queued     Sun 28 Mar 2027 12:30 BST  test/three@x  (outbox)",
            "1 held, 1 published, 1 queued. Times: Europe/London.",
        ]
        assert lines[5:] == [
            "One thing needs a person:",
            "  test/one@x is held: it came due over 2 hours ago",
            "`sgcomms release DELIVERY --at TIME` sends what is held after all, `sgcomms withdraw "
            "DELIVERY` drops it.",
        ]


@pytest.mark.parametrize("name", ["con", "nul", "com1"])
def test_an_id_may_be_a_device_of_windows(
    run: Run, campaigns: Campaigns, space: Workspace, at: At, name: str
) -> None:
    campaigns.write(name, **{name: "2027-03-08 09:30"})
    (campaigns.folder / f"{name}.yaml").rename(campaigns.folder / "file.yaml")
    run("queue")
    at("2027-03-08T09:30+00:00")
    assert run("publish").out == f"published  {name}/{name}@x\n"
    assert (space.outbox / "x" / f"{name}_.{name}.json").exists()


def test_an_id_is_never_longer_than_a_files_name(
    run: Run, campaigns: Campaigns, space: Workspace, at: At
) -> None:
    campaigns.write(one="2027-03-08 09:30", **{"p" * 300: "2027-03-08 09:30 | Short words."})
    assert (run("queue").code, states(run)) == (2, {})
    campaigns.delete()
    campaigns.write(
        "c" * 60, **{"p" * 60: "2027-03-08 09:30\n    repeat: {every: day, times: 100}"}
    )
    run("queue")
    at("2027-06-15T09:30+01:00")
    assert f"published  {'c' * 60}/{'p' * 60}.100@x\n" in run("publish").out
    assert (space.outbox / "x" / f"{'c' * 60}.{'p' * 60}.100.json").exists()


@pytest.mark.parametrize("command", ["queue", "publish"])
def test_rehearsing_is_refused_where_something_could_go_out_for_real(
    run: Run, space: Workspace, command: str
) -> None:
    board = space.root / "config/board.yaml"
    text = board.read_text("utf-8")
    board.write_text(text.replace('page_id: "1234567890", mode: outbox', 'page_id: "1"'), "utf-8")
    result = run(command)
    assert (result.code, result.out) == (2, "")
    assert "facebook would publish for real" in result.err
    with space.database() as db:
        assert queue.rows(db) == []


class TestPicturesMadeAgain:
    """The store may lose a picture, and another Pillow may make other bytes of it."""

    def lose(self, space: Workspace) -> None:
        for path in space.store.folder.rglob("*.*"):
            path.unlink()

    def sent(self, space: Workspace) -> list[str]:
        with space.database() as db:
            return [item.sha256 for row in queue.rows(db) for item in row.draft.media]

    def test_with_the_same_bytes_change_nothing(
        self, run: Run, campaigns: Campaigns, space: Workspace
    ) -> None:
        campaigns.write(one=f"2027-03-08 09:30{TestPictures.MEDIA}")
        run("queue")
        before = self.sent(space)
        self.lose(space)
        run("queue")
        assert self.sent(space) == before
        assert space.store.holds(before[0], "JPEG")

    def test_with_other_bytes_are_what_is_sent(
        self,
        run: Run,
        campaigns: Campaigns,
        space: Workspace,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        campaigns.write(one=f"2027-03-08 09:30{TestPictures.MEDIA}")
        run("queue")
        before = self.sent(space)
        self.lose(space)
        monkeypatch.setattr("sgcomms.fitting.QUALITIES", (60,))
        monkeypatch.setattr("sgcomms.queueing.fit", fitting.fit)  # not as it was remembered
        assert run("queue").code == 0
        (after,) = self.sent(space)
        assert after != before[0]
        assert space.store.holds(after, "JPEG")
