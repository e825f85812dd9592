"""`accounts verify`, `doctor` and `queue --switch-mode`: tokens, modes, and all that is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sgcomms.db import audit, identities
from sgcomms.workspace import Workspace
from tests.cli.conftest import edit, states
from tests.conftest import At, Run
from tests.faults.canaries import CANARIES, SECRETS
from tests.faults.platform import FaultPlatform
from tests.mailserver import Mailbox
from tests.mailserver import serving as serving_mail
from tests.platforms.graph_server import Reply, Request, Server, serving

DUE = "2026-11-22T10:00+00:00"
TOLD = "mail: {host: 127.0.0.1, port: 25, from: a@board.example}\nalerts: {to: [a@board.example]}\n"
FACEBOOK = SECRETS["facebook"]["access_token"]
X = SECRETS["x"]["access_token"]
END = datetime(2027, 2, 4, 9, tzinfo=UTC)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """The mail server of the board."""
    with serving_mail(Mailbox()) as found:
        yield found


@pytest.fixture
def told_by(box: Mailbox) -> str:
    """What `config/board.yaml` says of who is told, and through which server."""
    return TOLD.replace("port: 25", f"port: {box.port}")


@pytest.fixture
def space(faulty: FaultPlatform, tmp_path: Path, told_by: str) -> Workspace:
    """A board with three live accounts; somebody is told when something goes wrong."""
    found = faulty.workspace(tmp_path / "board", accounts=["x", "facebook"], picture=False)
    with (found.root / "config" / "board.yaml").open("a", encoding="utf-8") as file:
        file.write(told_by)
    return found


class Told:
    """X and Facebook as they tell of tokens: what one may do, and when it ends."""

    def __init__(self) -> None:
        self.ends: datetime | None = END
        self.scopes = ["pages_manage_posts", "pages_read_engagement"]
        self.level = "read-write"

    def __call__(self, request: Request) -> Reply:
        if request.path == "/2/users/me":
            user = {"id": "12", "username": "cplscb", "name": "Board"}
            return Reply({"data": user}, headers={"x-access-level": self.level})
        if request.method == "GET":
            return Reply({"id": "1234567890", "username": "cplscb"})
        told = {
            "is_valid": True,
            "expires_at": int(self.ends.timestamp()) if self.ends else 0,
            "scopes": self.scopes,
        }
        return Reply([{"code": 200, "body": json.dumps({"data": told})}])


@pytest.fixture
def told(space: Workspace, faulty: FaultPlatform) -> Iterator[Told]:
    """X and Facebook say what their tokens may do."""
    found = Told()
    secret = f"{FACEBOOK}\n  app_secret: test-app-secret"
    edit(space, "secrets.yaml", FACEBOOK, secret)
    with serving(found) as server:
        move(space, faulty, server)
        yield found


def move(space: Workspace, faulty: FaultPlatform, server: Server) -> None:
    """Let X and Facebook be at another server; Instagram stays."""
    path = space.root / "config" / "board.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace(faulty.base_url, server.base, 2), "utf-8")


def in_outbox(space: Workspace) -> None:
    """Put every account into the outbox."""
    path = space.root / "config" / "board.yaml"
    path.write_text(
        path.read_text("utf-8")
        .replace(": cplscb,", ": cplscb, mode: outbox,")
        .replace(": cpsafeguardingboard\n", ": cpsafeguardingboard\n    mode: outbox\n"),
        "utf-8",
    )


class TestVerify:
    def test_says_whose_tokens_they_are(self, run: Run) -> None:
        result = run("accounts", "verify")
        assert (result.code, result.err) == (0, "")
        lines = result.out.splitlines()
        assert [one for one in lines if not one.startswith(" ")] == [
            "x: the token of cplscb (1234567890123456789)",
            "facebook: the token of cplscb (1234567890)",
            "instagram: the token of cpsafeguardingboard (17841400000000000)",
        ]
        assert "  keys of this kind do not end by themselves" in lines

    def test_says_what_a_token_may_do_and_when_it_ends(
        self, run: Run, space: Workspace, told: Told
    ) -> None:
        result = run("accounts", "verify", "facebook", "x")
        assert (result.code, result.out) == (
            0,
            "facebook: the token of cplscb (1234567890); ends Thu 04 Feb 2027 09:00 GMT\n"
            "  may: pages_manage_posts, pages_read_engagement\n"
            "x: the token of cplscb (12)\n"
            "  may: read, write\n"
            "  keys of this kind do not end by themselves\n",
        )
        with space.database() as db:
            found = {one.account: one.expires_at for one in identities.known(db)}
        assert found == {"facebook": END, "x": None}

    def test_says_what_a_token_lacks(self, run: Run, told: Told) -> None:
        told.scopes, told.level = ["pages_read_engagement"], "read"
        result = run("accounts", "verify", "facebook", "x")
        assert result.code == 1
        assert (
            "facebook: its token lacks pages_manage_posts, which publishing needs\n" in result.out
        )
        assert "x: its token lacks write, which publishing needs\n" in result.out
        assert "  x: its token lacks write, which publishing needs\n" in run("doctor").out

    def test_says_that_a_token_does_not_end(self, run: Run, told: Told) -> None:
        told.ends = None
        out = run("accounts", "verify", "facebook").out
        assert out.startswith("facebook: the token of cplscb (1234567890)\n")
        assert "  the token does not end\n" in out

    @pytest.mark.parametrize(
        ("old", "words"),
        [
            (FACEBOOK, "facebook: Facebook does not accept the token: it is not valid; make a new"),
            (X, "x: X does not accept the keys of the account x"),
        ],
    )
    def test_names_a_token_that_is_dead(
        self, run: Run, space: Workspace, old: str, words: str
    ) -> None:
        edit(space, "secrets.yaml", old, "test-dead")
        result = run("accounts", "verify")
        assert result.code == 1
        assert result.out.count(words) == 1
        assert "instagram: the token of cpsafeguardingboard" in result.out

    def test_names_missing_secrets_and_the_account_once(self, run: Run, space: Workspace) -> None:
        (space.root / "secrets.yaml").write_text("", "utf-8")
        result = run("accounts", "verify", "x")
        assert result.code == 1
        assert result.out == (
            "x has no api_key, api_secret, access_token, access_token_secret: write them into "
            "secrets.yaml, or set SGCOMMS_X_API_KEY and the like in the environment\n"
        )

    def test_names_a_token_of_somebody_elses_account(self, run: Run, space: Workspace) -> None:
        """Else its posts would appear there."""
        edit(space, "config/board.yaml", "x, handle: cplscb", "x, handle: other")
        result = run("accounts", "verify", "x")
        assert result.code == 1
        assert result.out.endswith(
            "x: posts would appear on @cplscb, whose token it is, and not on @other\n"
        )
        edit(space, "config/board.yaml", "x, handle: other", "x, handle: CplSCB")
        assert run("accounts", "verify", "x").code == 0

    def test_a_token_of_somebody_elses_account_parks_it(
        self, run: Run, space: Workspace, at: At, faulty: FaultPlatform
    ) -> None:
        edit(space, "config/board.yaml", "x, handle: cplscb", "x, handle: other")
        run("queue")
        for _ in range(2):
            run("accounts", "verify", "x")
        at(DUE)
        run("publish")
        assert faulty.public("x") == []
        assert "it is mended: posts would appear on @cplscb" in run("status").out
        with space.database() as db:
            assert [one.action for one in audit.entries(db, "x")] == ["parked"]
        edit(space, "config/board.yaml", "x, handle: other", "x, handle: cplscb")
        assert "sends again" in run("accounts", "verify", "x").out
        run("publish")
        assert len(faulty.public("x")) == 1

    def test_is_looked_at_before_the_first_post(
        self, run: Run, space: Workspace, at: At, faulty: FaultPlatform
    ) -> None:
        edit(space, "config/board.yaml", "x, handle: cplscb", "x, handle: other")
        run("queue")
        at(DUE)
        assert run("publish").code == 3
        assert faulty.public("x") == []
        edit(space, "config/board.yaml", "x, handle: other", "x, handle: cplscb")
        run("accounts", "verify", "x")
        seen = len(faulty.requests("read"))
        assert run("publish").code == 0
        assert len(faulty.public("x")) == 1
        assert len(faulty.requests("read")) == seen  # and not again

    def test_lets_a_parked_account_send_again(self, run: Run, space: Workspace, at: At) -> None:
        edit(space, "secrets.yaml", X, "test-dead")
        run("queue")
        at(DUE)
        assert run("publish").code == 3
        assert "x is parked until it is mended" in run("status", "--check").out
        assert run("accounts", "verify", "x").code == 1
        assert "x is parked" in run("status", "--check").out
        edit(space, "secrets.yaml", "test-dead", X)
        assert run("accounts", "verify", "x").out.endswith("  it was parked, and sends again\n")
        run("publish")
        assert states(run)["faults/post-0@x"] == "published"

    def test_a_platform_that_is_not_reached_is_said(self, run: Run, space: Workspace) -> None:
        board = space.root / "config" / "board.yaml"
        lines = board.read_text("utf-8").splitlines(keepends=True)
        closed = ['  x: {platform: x, handle: cplscb, api_base: "http://127.0.0.1:9"}\n']
        text = [one if "platform: x" not in one else closed[0] for one in lines]
        board.write_text("".join(text), "utf-8")
        result = run("accounts", "verify", "x")
        assert result.code == 1
        assert result.out.startswith("x: ")
        assert len(result.out.splitlines()) == 1

    def test_for_programs(self, run: Run, space: Workspace) -> None:
        edit(space, "secrets.yaml", X, "test-dead")
        result = run("accounts", "verify", "--json")
        assert result.code == 1
        x, facebook, _ = json.loads(result.out)
        assert x["account"] == "x"
        assert x["error"].startswith("x: X does not accept the keys")
        assert (facebook["error"], facebook["handle"], facebook["expires_at"]) == (
            None,
            "cplscb",
            None,
        )

    def test_of_an_account_that_is_not_there(self, run: Run) -> None:
        result = run("accounts", "verify", "facebok")
        assert result.code == 2
        assert "config/board.yaml has no account 'facebok'; did you mean 'facebook'?" in result.err

    def test_where_nothing_is_live(self, run: Run, space: Workspace) -> None:
        in_outbox(space)
        result = run("accounts", "verify")
        words = "No account is in mode live: there are no tokens to verify.\n"
        assert (result.code, result.out) == (0, words)

    def test_shows_no_secret(self, run: Run, space: Workspace) -> None:
        edit(space, "secrets.yaml", FACEBOOK, f"{FACEBOOK}-dead")
        for command in (("accounts", "verify"), ("doctor",)):
            result = run(*command)
            assert not [one for one in CANARIES if one in result.out + result.err]

    def test_is_refused_while_another_time_is_rehearsed(self, run: Run, space: Workspace) -> None:
        board = space.root / "config" / "board.yaml"
        board.write_text(board.read_text("utf-8").replace("127.0.0.1", "graph.example"), "utf-8")
        result = run("accounts", "verify")
        assert result.code == 2
        assert "SGCOMMS_NOW is set" in result.err
        assert "  no token was looked at: SGCOMMS_NOW is set" in run("doctor").out


class TestDoctor:
    def test_says_that_all_is_well(self, run: Run) -> None:
        result = run("doctor")
        assert (result.code, result.err) == (0, "")
        assert result.out.startswith("sgcomms ")
        assert "x: the token of cplscb (1234567890123456789)\n" in result.out
        assert result.out.endswith("All is well.\n")

    def test_a_board_that_sends_nothing_needs_nothing(
        self, run: Run, space: Workspace, told_by: str
    ) -> None:
        in_outbox(space)
        edit(space, "config/board.yaml", told_by, "")
        assert run("doctor").out.endswith("All is well.\n")

    @pytest.mark.parametrize(
        ("lines", "words"),
        [
            (2, "nobody is told when something goes wrong: set alerts.to in config/board"),
            (1, "alerts.to has addresses, but there is no `mail` server"),
        ],
    )
    def test_names_what_the_board_lacks(
        self, run: Run, space: Workspace, told_by: str, lines: int, words: str
    ) -> None:
        lacking = "\n".join(told_by.splitlines()[:lines])
        edit(space, "config/board.yaml", lacking, "")
        result = run("doctor")
        assert result.code == 3
        assert words in result.out

    def test_names_a_mail_server_that_does_not_answer(
        self, run: Run, space: Workspace, box: Mailbox
    ) -> None:
        edit(space, "config/board.yaml", f"port: {box.port}", "port: 1")
        result = run("doctor")
        assert (result.code, "  no e-mail can be sent: " in result.out) == (3, True)
        assert box.letters == []

    def test_names_pictures_that_instagram_would_not_find(
        self, run: Run, space: Workspace, faulty: FaultPlatform
    ) -> None:
        picture = '{link}"\n    media: [{file: media/clear-cot.jpg, alt: A cot.}]'
        edit(space, "campaigns/faults.yaml", "[x, facebook]", "[instagram]")
        edit(space, "campaigns/faults.yaml", '{link}"', picture)
        run("queue")
        result = run("doctor")
        assert result.code == 3
        assert f"faults/post-0@instagram has no picture at {faulty.media_url}" in result.out
        assert "(status 404): put there what `sgcomms media export` writes" in result.out
        run("media", "export", str(space.root / "public"))
        assert run("doctor").out.endswith("All is well.\n")

    def test_names_that_nobody_can_approve(self, run: Run, space: Workspace) -> None:
        edit(space, "config/board.yaml", "approval: none", "approval: required")
        edit(space, "config/board.yaml", "role: approver", "role: officer")
        result = run("doctor")
        assert result.code == 3
        assert "nobody in config/board.yaml has `role: approver`" in result.out

    def test_names_that_instagram_cannot_fetch_pictures(
        self, run: Run, space: Workspace, faulty: FaultPlatform
    ) -> None:
        edit(space, "config/board.yaml", f', media_base_url: "{faulty.media_url}"', "")
        result = run("doctor")
        assert result.code == 3
        assert "instagram fetches pictures from a public address: set publishing.med" in result.out

    def test_names_a_token_that_is_dead_once(self, run: Run, space: Workspace) -> None:
        edit(space, "secrets.yaml", FACEBOOK, "test-dead")
        result = run("doctor")
        assert result.code == 3
        assert result.out.count("facebook: Facebook does not accept the token") == 1
        assert result.out.endswith("1 to look at.\n")

    def test_names_secrets_that_cannot_be_read(self, run: Run, space: Workspace) -> None:
        (space.root / "secrets.yaml").write_text("{ broken", "utf-8")
        result = run("doctor")
        assert result.code == 3
        assert "  no token was looked at: secrets.yaml, line " in result.out

    def test_names_a_slip_beside_the_board_and_looks_on(self, run: Run, space: Workspace) -> None:
        (space.root / "config" / "contacts.yaml").write_text("{ broken", "utf-8")
        result = run("doctor")
        assert result.code == 3
        assert "  config/contacts.yaml:1:" in result.out
        assert "x: the token of cplscb" in result.out

    def test_names_a_token_that_ends_within_30_days(self, run: Run, told: Told, at: At) -> None:
        assert run("doctor").code == 0
        at("2027-01-05T09:00+00:00")
        result = run("doctor")
        assert result.code == 3
        assert result.out.endswith(
            "  facebook: its token ends Thu 04 Feb 2027 09:00 GMT: renew it\n1 to look at.\n"
        )

    def test_names_what_stands_in_the_queue(self, run: Run, at: At, faulty: FaultPlatform) -> None:
        run("queue")
        at(DUE)
        faulty.set_faults("accept-then-close", protocol="x")
        run("publish")
        result = run("doctor")
        assert result.code == 3
        assert "  faults/post-0@x may be live: look at @cplscb on x for" in result.out

    def test_names_a_trail_that_was_changed(self, run: Run, space: Workspace) -> None:
        run("queue")
        with space.database() as db:
            db.conn.execute("DROP TRIGGER audit_is_not_changed")
            db.conn.execute("UPDATE audit SET actor = 'nobody' WHERE id = 2")
        result = run("doctor")
        assert result.code == 3
        assert "the audit trail does not fit from row 2 on: it was changed" in result.out


class TestSwitchMode:
    def x_in_outbox(self, space: Workspace) -> None:
        edit(space, "config/board.yaml", "x, handle", "x, mode: outbox, handle")

    def live(self, space: Workspace) -> None:
        edit(space, "config/board.yaml", "x, mode: outbox, handle", "x, handle")

    def test_nothing_changes_its_mode_by_itself(
        self, run: Run, space: Workspace, at: At, faulty: FaultPlatform
    ) -> None:
        self.x_in_outbox(space)
        run("queue")
        self.live(space)
        result = run("queue")
        assert (
            "! x is in mode live now; 1 delivery waits in the mode it was in before: `sgcomms queue"
            " --switch-mode` changes that\n"
        ) in result.out
        at(DUE)
        run("publish")
        assert faulty.public("x") == []

    def test_lets_what_waits_go_out_for_real(
        self, run: Run, space: Workspace, at: At, faulty: FaultPlatform
    ) -> None:
        self.x_in_outbox(space)
        run("queue")
        self.live(space)
        assert "~ x: 1 delivery will go out in mode live\n" in run("queue", "--switch-mode").out
        assert "mode" not in run("queue", "--switch-mode").out
        at(DUE)
        run("publish")
        assert len(faulty.public("x")) == 1

    def test_back_to_the_outbox(
        self, run: Run, space: Workspace, at: At, faulty: FaultPlatform
    ) -> None:
        run("queue")
        self.x_in_outbox(space)
        at("2026-11-22T09:30+00:00")
        assert "~ x: 1 delivery will go out in mode outbox\n" in run("queue", "--switch-mode").out
        at(DUE)
        run("publish")
        assert faulty.public("x") == []
        assert "published  Sun 22 Nov 2026 10:00 GMT  faults/post-0@x  (outbox)" in (
            run("status").out
        )

    def test_what_waited_for_its_approval_goes_to_the_outbox_at_once(
        self, run: Run, space: Workspace, at: At
    ) -> None:
        edit(space, "config/board.yaml", "approval: none", "approval: required")
        urgent = "at: on approval\n    expires: 2026-11-30"
        edit(space, "campaigns/faults.yaml", "at: 2026-11-22 10:00", urgent)
        run("queue")
        self.x_in_outbox(space)
        run("queue", "--switch-mode")
        run("publish")
        assert "faults/post-0@x  (outbox)" in run("status").out
        assert run("status", "--json").out.count('"queued"') == 1

    def test_says_what_has_to_be_approved_now(
        self, run: Run, space: Workspace, at: At, faulty: FaultPlatform
    ) -> None:
        """An outbox needs nobody; what goes out for real does."""
        edit(space, "config/board.yaml", "approval: none", "approval: required")
        self.x_in_outbox(space)
        run("queue")
        self.live(space)
        out = run("queue", "--switch-mode").out
        assert "  1 of them once approved: `sgcomms approve`\n" in out
        at(DUE)
        assert run("publish").code == 3
        assert faulty.public("x") == []

    def test_for_programs(self, run: Run, space: Workspace) -> None:
        self.x_in_outbox(space)
        run("queue")
        self.live(space)
        found = json.loads(run("queue", "--json").out)
        assert found["in_another_mode"] == {"x": ["faults/post-0@x"]}
        found = json.loads(run("queue", "--json", "--switch-mode").out)
        assert found["switched"] == {"x": ["faults/post-0@x"]}

    def test_warns_of_deliveries_after_a_tokens_end(self, run: Run, told: Told) -> None:
        told.ends = datetime(2026, 11, 22, 10, tzinfo=UTC)
        run("accounts", "verify", "facebook")
        out = run("queue").out
        assert (
            "! facebook: 1 delivery comes after its token ends, Sun 22 Nov 2026 10:00 GMT: renew"
        ) in out
        assert json.loads(run("queue", "--json").out)["after_token_end"] == {"facebook": 1}
