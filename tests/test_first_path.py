"""The whole path, thin: what an officer does first."""

from __future__ import annotations

import json

from sgcomms.workspace import Workspace
from tests.conftest import At, Run


def test_shipped_campaigns_have_no_mistakes(run: Run) -> None:
    result = run("check")
    assert (result.code, result.err) == (0, "")


def test_a_queued_post_is_in_the_outbox_at_its_time(run: Run, at: At, space: Workspace) -> None:
    assert run("queue").code == 0
    at("2027-01-11T09:29:00+00:00")
    run("publish")
    assert not space.outbox.exists()
    at("2027-01-11T09:30:00+00:00")
    result = run("publish")
    assert "dangerous-dogs/never-leave@x" in result.out
    sent = json.loads((space.outbox / "x" / "dangerous-dogs.never-leave.json").read_text("utf-8"))
    assert sent["delivery"] == "dangerous-dogs/never-leave@x"
    assert "dangerous-dogs" in sent["text"]
