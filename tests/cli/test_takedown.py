"""`takedown`, as a head of service uses it when a number turns out to be wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sgcomms.db import Db, queue, removals, writing
from sgcomms.db.outcomes import keep_publication
from sgcomms.models import Mode, Publication
from sgcomms.workspace import Workspace
from tests.conftest import Run
from tests.fakes import NOW, delivery, fill

HEAD = "head.of.service@board.example"
WHY = ("--reason", "the number is wrong", "--by", HEAD)
KEYS = """\
x: {api_key: test-a, api_secret: test-b, access_token: test-c, access_token_secret: test-d}
"""


class X(ThreadingHTTPServer):
    """X on loopback: takes posts down, or answers with `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.gone: list[str] = []
        self.status = 200

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: X

    def do_DELETE(self) -> None:
        if self.server.status == 200:
            self.server.gone.append(self.path.rpartition("/")[2])
        body = b'{"data": {"deleted": true}}' if self.server.status == 200 else b'{"title": "no"}'
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def x(space: Workspace) -> Iterator[X]:
    """X for the board's account x, which is live."""
    server = X()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    board = space.root / "config" / "board.yaml"
    old = "x: {platform: x, handle: cplscb, mode: outbox}"
    text = board.read_text("utf-8")
    assert old in text
    new = f'x: {{platform: x, handle: cplscb, mode: live, api_base: "{server.base}"}}'
    board.write_text(text.replace(old, new), "utf-8")
    (space.root / "secrets.yaml").write_text(KEYS, "utf-8")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def publish(
    db: Db, name: str, number: str, account: str = "x", mode: Mode = "live", text: str | None = None
) -> str:
    """Let a delivery be live as `number`, and return its id."""
    one = delivery(name, account, text=text, mode=mode)
    fill(db, [one])
    url = f"https://x.com/cplscb/status/{number}"
    with writing(db):
        db.conn.execute(
            "UPDATE deliveries SET state = 'published', published_at = '2026-11-22T09:00:00Z',"
            " url = ? WHERE id = ?",
            (url, one.id),
        )
        keep_publication(db, one.id, mode, Publication(account, number, NOW, url))
    return one.id


@pytest.fixture
def one(space: Workspace) -> str:
    with space.database() as db:
        return publish(db, "one", "1001", text="Call 0808 800 5000 <now>")


def live(space: Workspace) -> list[str]:
    with space.database() as db:
        return [post.delivery for post in removals.live(db, queue.rows(db))]


def test_takes_it_down(run: Run, space: Workspace, x: X, one: str) -> None:
    result = run("takedown", one, *WHY)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"removed    {one}: https://x.com/cplscb/status/1001\n"
    assert (x.gone, live(space)) == (["1001"], [])
    assert run("takedown", one, *WHY).out == f"gone       {one}: it was taken down before\n"
    assert "taking it down was asked by head.of.service@board.example" in run("log", one).out


def test_a_campaign_is_shown_and_asked_for(run: Run, space: Workspace, x: X, one: str) -> None:
    with space.database() as db:
        fill(db, [delivery("later", "x")])
    result = run("takedown", "--campaign", "test", *WHY)
    assert result.code == 2
    assert f"live       Sun 22 Nov 2026 09:00 GMT  {one}  X: https://x.com/" in result.out
    assert "queued     Sun 22 Nov 2026 09:00 GMT  test/later@x" in result.out
    assert "1 post to take down, 1 delivery to withdraw: nothing was changed" in result.err
    assert (x.gone, live(space)) == ([], [one])
    result = run("takedown", "--campaign", "test", "--yes", *WHY)
    assert result.code == 0
    assert "withdrawn  test/later@x" in result.out
    assert x.gone == ["1001"]


def test_a_contact_by_its_number_however_old_the_post(
    run: Run, space: Workspace, x: X, one: str
) -> None:
    with space.database() as db:
        other = publish(db, "two", "1002", text="Call 0800 1111")
    assert run("takedown", "--contact", "nspcc", "--yes", *WHY).code == 0
    assert (x.gone, live(space)) == (["1001"], [other])


def test_a_post_that_was_not_sent_from_here_is_named(
    run: Run, space: Workspace, x: X, one: str
) -> None:
    with space.database() as db, writing(db):
        db.conn.execute(
            "INSERT INTO publications (account, platform_id, published_at, url, text) VALUES"
            " ('x', '77', '2020-05-01T09:00:00Z', 'https://x.com/cplscb/status/77',"
            " 'NSPCC 08088005000')"
        )
    result = run("takedown", "--contact", "nspcc", "--yes", *WHY)
    assert result.code == 0
    assert "not ours   https://x.com/cplscb/status/77: it was not sent from here" in result.out
    assert x.gone == ["1001"]


@pytest.mark.parametrize(("status", "state"), [(401, "asked"), (500, "uncertain")])
def test_a_failure_is_said_and_tried_again(
    run: Run, space: Workspace, x: X, one: str, status: int, state: str
) -> None:
    x.status = status
    result = run("takedown", one, *WHY)
    assert result.code == 1
    assert f"not yet    {one}: https://x.com/cplscb/status/1001\n" in result.out
    assert "The next tick tries again by itself" in result.out
    with space.database() as db:
        assert [found.state for found in removals.wanted(db, [one])] == [state]
    x.status = 200
    assert run("takedown", one, *WHY).code == 0


def test_the_tick_goes_on(run: Run, space: Workspace, x: X, one: str, at: object) -> None:
    x.status = 503
    assert run("takedown", one, *WHY).code == 1
    x.status = 200
    at("2026-11-22T09:06:00+00:00")  # type: ignore[operator]
    assert run("publish").code == 0
    assert (x.gone, live(space)) == (["1001"], [])


def test_what_was_posted_by_hand_is_for_a_person(run: Run, space: Workspace, x: X) -> None:
    with space.database() as db:
        name = publish(db, "hand", "1003", mode="by_hand")
    result = run("takedown", name, *WHY)
    assert result.code == 3
    assert "A person has to take these down:\n  X: https://x.com/cplscb/status/1003" in result.out
    assert f"sgcomms takedown {name} --done --by WHO" in result.out
    assert x.gone == []
    result = run("takedown", name, "--done", "--by", HEAD)
    assert (result.code, live(space)) == (0, [])
    assert result.out == f"removed    {name}: https://x.com/cplscb/status/1003\n"
    result = run("takedown", name, "--done", "--by", HEAD)
    assert result.code == 2
    assert "nothing of it is live" in result.err


def test_what_went_to_the_outbox_stays_there(run: Run, space: Workspace, x: X) -> None:
    with space.database() as db:
        name = publish(db, "box", "box", mode="outbox")
    result = run("takedown", name, *WHY)
    assert (result.code, x.gone) == (0, [])
    assert "it went to the outbox; nothing was public" in result.out


def test_what_may_be_live_is_to_be_looked_for(run: Run, space: Workspace, x: X) -> None:
    with space.database() as db:
        fill(db, [delivery("one", "x")])
        with writing(db):
            db.conn.execute("UPDATE deliveries SET state = 'uncertain', armed_at = due_at")
    result = run("takedown", "test/one@x", *WHY)
    assert result.code == 3
    assert 'look at @cplscb on x for "The words of one."' in result.out


def test_a_copy_takes_nothing_down(
    run: Run, space: Workspace, x: X, one: str, tmp_path: Path
) -> None:
    with space.database() as db, writing(db):
        db.conn.execute(
            "INSERT INTO home (id, host, path, since, by_whom)"
            " VALUES (1, 'server', '/srv/board', '2026-11-22T09:00:00Z', 'publish')"
        )
    result = run("takedown", one, *WHY)
    assert (result.code, x.gone) == (3, [])
    assert "this is a copy" in result.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (WHY, "name deliveries, or --campaign, or --contact"),
        (("a", "--campaign", "b", *WHY), "one of the three"),
        (("test/one@x", "--by", HEAD), "--reason is needed"),
        (("test/two@x", *WHY), "did you mean test/one@x?"),
        (("--campaign", "tset", *WHY), "did you mean test"),
        (("--campaign", "test/one", *WHY), "the id of a campaign alone"),
        (("test", *WHY), "1 post to take down, 0 deliveries to withdraw: nothing was changed"),
        (("test/one", "--done", "--by", HEAD), "give the whole name of each that is gone"),
        (("--contact", "nspc", *WHY), "has no contact 'nspc'"),
        (("--contact", "childline", *WHY), "no delivery has childline in it"),
        (("--contact", "nspcc", "--done", "--by", HEAD), "--done is for deliveries"),
        (("test/one@x", "--reason", "r", "--by", "nobody@x.example"), "--by: 'nobody@x.example'"),
    ],
)
def test_wrong_use_changes_nothing(
    run: Run, space: Workspace, x: X, one: str, arguments: tuple[str, ...], words: str
) -> None:
    result = run("takedown", *arguments)
    assert result.code == 2
    assert words in result.err
    assert (x.gone, live(space)) == ([], [one])
