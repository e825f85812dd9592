"""What a program reads of a report that is sent, and of one that is settled."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from tests.conftest import Result
from tests.distributing.conftest import CHAIR, DOCUMENT, EVERYBODY, HEAD, NHS, POLICE, Sender
from tests.distributing.test_faults import bring_back


def found(done: Result) -> dict[str, Any]:
    """Return the one object that a command printed."""
    value = json.loads(done.out)
    assert isinstance(value, dict)
    return value


def agreed(sender: Sender, *more: str) -> Result:
    """Say yes to what a program was shown."""
    seal = found(sender.command("--json", "--by", HEAD, *more))["hash"]
    return sender.command("--json", "--yes-to", seal, "--by", HEAD, *more)


class TestSending:
    def test_shows_all_of_it_and_waits_for_a_yes(self, sender: Sender) -> None:
        done = sender.command("--json")
        assert (done.code, done.err, sender.letters()) == (3, "", {})
        value = found(done)
        assert value["hash"].startswith(sender.seal())
        assert value.pop("hash")[:12] in value.pop("not_sent")
        size = value["files"][0].pop("bytes")
        assert size > 0
        assert value == {
            "document": DOCUMENT,
            "issue": 1,
            "kind": "new",
            "changes": [],
            "newer": False,
            "to": EVERYBODY,
            "perhaps_sent_to": [],
            "by": f"127.0.0.1:{sender.office.box.port}, from comms@board.example",
            "subject": "Reach in October 2026",
            "text": f"{sender.desk.words}\n",
            "files": [{"name": "reach-2026-10.html", "kind": "text/html"}],
            "recipients": [],
        }

    def test_asks_nobody_on_a_terminal(
        self, sender: Sender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setattr("sys.stdin", Terminal("y\n"))
        assert (sender.command("--json").code, sender.letters()) == (3, {})

    def test_tells_of_each_person(self, sender: Sender) -> None:
        sender.office.box.refused = frozenset({POLICE})
        done = agreed(sender)
        assert done.code == 1
        value = found(done)
        assert value["not_sent"] is None
        refused = value["recipients"][1].pop("reason")
        assert "550 no such user here" in refused
        assert value["recipients"] == [
            {"recipient": CHAIR, "state": "sent", "reason": None},
            {"recipient": POLICE, "state": "failed"},
            {"recipient": NHS, "state": "sent", "reason": None},
        ]

    def test_tells_that_nobody_lacks_it(self, sender: Sender) -> None:
        sender.send()
        done = sender.command("--json")
        value = found(done)
        assert (done.code, value["kind"], value["to"]) == (0, "sent", [])
        assert "nobody lacks" in value["not_sent"]
        assert [one["state"] for one in value["recipients"]] == ["sent"] * 3

    def test_tells_what_has_changed(self, sender: Sender) -> None:
        sender.send()
        sender.desk.users = "6,013"
        value = found(sender.command("--json"))
        assert (value["kind"], value["issue"]) == ("revised", 2)
        change = {"name": "Website users", "before": "6,012", "now": "6,013"}
        assert value["changes"] == [change]

    def test_tells_who_may_have_it(self, sender: Sender) -> None:
        sender.seal()
        bring_back(sender)
        done = agreed(sender)
        value = found(done)
        assert (done.code, value["perhaps_sent_to"], sender.letters()) == (3, EVERYBODY, {})
        assert "--not-sent-before" in value["not_sent"]
        assert agreed(sender, "--not-sent-before").code == 0

    def test_without_send_is_refused(self, sender: Sender) -> None:
        done = sender.run("report", "monthly", "--json")
        assert (done.code, done.out) == (2, "")
        assert "--json goes with --send" in done.err


class TestSettling:
    @pytest.mark.parametrize(
        ("what", "state"), [("--received", "sent"), ("--not-received", "not sent")]
    )
    def test_tells_what_is_known_now(self, sender: Sender, what: str, state: str) -> None:
        sender.office.box.hang_up = "."
        done = agreed(sender)
        assert done.code == 3
        assert {one["state"] for one in found(done)["recipients"]} == {"uncertain"}
        assert found(sender.command("--json"))["kind"] == "sent"
        settle = ["report", "settle", DOCUMENT, CHAIR, what, "--by", HEAD, "--json"]
        value = found(sender.run(*settle))
        assert HEAD in value.pop("reason")
        assert value == {"document": DOCUMENT, "recipient": CHAIR, "state": state}
