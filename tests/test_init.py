"""`sgcomms init`: a workspace that could be used at once, and nothing overwritten, ever."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from sgcomms import files, workspace
from sgcomms.cli import run as run_command
from sgcomms.db import queue
from sgcomms.errors import SecretsMissingError, UsageError, WorkspaceError
from sgcomms.workspace import Workspace
from tests.conftest import Run


def init(folder: Path) -> dict[str, bool]:
    return dict(workspace.init(folder))


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file by its name; what SQLite keeps beside the database does not count."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("sgcomms.db-")
    }


class TestAFreshWorkspace:
    def test_has_everything(self, tmp_path: Path) -> None:
        made = init(tmp_path)
        assert set(made.values()) == {True}
        assert made.keys() == contents(tmp_path).keys()
        assert {
            "config/board.yaml",
            "config/calendar.yaml",
            "config/contacts.yaml",
            "campaigns/safer-sleeping.yaml",
            "campaigns/media/clear-cot.jpg",
            "templates/preview/post.html",
            "secrets.yaml",
            ".gitignore",
            "sgcomms.db",
        } <= made.keys()

    def test_publishes_nothing_for_real(self, space: Workspace) -> None:
        assert {account.mode for account in space.board().accounts.values()} == {"outbox"}

    def test_has_an_empty_queue(self, space: Workspace) -> None:
        with space.database() as db:
            assert queue.rows(db) == []

    def test_has_secrets_with_nothing_in_them_but_comments(self, space: Workspace) -> None:
        lines = (space.root / "secrets.yaml").read_text("utf-8").splitlines()
        assert all(line.startswith("#") for line in lines)
        assert {f"# {account}:" for account in space.board().accounts} <= set(lines)

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
    def test_has_secrets_for_its_owner_alone(self, space: Workspace) -> None:
        mode = (space.root / "secrets.yaml").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600

    @pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
    @pytest.mark.parametrize("before", [None, b"*.pyc", b"*.pyc\r\n", b"secrets.yaml\n", b"\xff\n"])
    def test_keeps_from_git_what_git_must_not_have(
        self, tmp_path: Path, before: bytes | None
    ) -> None:
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
        if before is not None:
            (tmp_path / ".gitignore").write_bytes(before)
        init(tmp_path)
        private = ["secrets.yaml", "sgcomms.db", "sgcomms.db-wal", "sgcomms.tick"]
        private += ["outbox/x/a.json", "store/ab/c.png"]
        command = ["git", "-C", str(tmp_path), "check-ignore", *private]
        found = subprocess.run(command, capture_output=True, text=True, check=True)
        assert found.stdout.split() == private
        assert (tmp_path / ".gitignore").read_bytes().startswith(before or b"")

    def test_says_what_to_do_next(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            run_command(["init", str(tmp_path / "board")])
        out = capsys.readouterr().out
        assert ended.value.code == 0
        assert "  made  config/board.yaml\n" in out
        go = f"cd {tmp_path / 'board'}"
        assert out.endswith(f"Next: {go}, then sgcomms check, then sgcomms queue.\n")


class TestAgain:
    def test_changes_nothing(self, space: Workspace, run: Run) -> None:
        run("queue")
        (space.root / "config/contacts.yaml").write_text("# mine\n", "utf-8")
        (space.root / "secrets.yaml").write_text("x: {api_key: mine}\n", "utf-8")
        before = contents(space.root)
        assert set(init(space.root).values()) == {False}
        assert contents(space.root) == before

    def test_fills_in_what_is_missing(self, space: Workspace) -> None:
        (space.root / "config/contacts.yaml").unlink()
        made = [name for name, is_new in workspace.init(space.root) if is_new]
        assert made == ["config/contacts.yaml"]

    def test_overwrites_nothing_that_appears_meanwhile(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody saves a file between the look and the writing."""
        write_new = files.write_new

        def be_late(path: Path, content: bytes, **options: bool) -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.name == "contacts.yaml":
                path.write_bytes(b"# mine")
            write_new(path, content, **options)

        monkeypatch.setattr(files, "write_new", be_late)
        made = init(tmp_path)
        assert (made["config/contacts.yaml"], made["config/board.yaml"]) == (False, True)
        assert (tmp_path / "config/contacts.yaml").read_bytes() == b"# mine"

    def test_ends_what_was_broken_off(self, tmp_path: Path) -> None:
        """A power cut may leave a database that is empty."""
        (tmp_path / "sgcomms.db").touch()
        init(tmp_path)
        with Workspace(tmp_path).database() as db:
            assert queue.rows(db) == []

    def test_leaves_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "sgcomms.db").write_bytes(b"the only copy of my thesis" * 99)
        before = (tmp_path / "sgcomms.db").read_bytes()
        with pytest.raises(WorkspaceError, match="not a database of sgcomms"):
            init(tmp_path)
        assert (tmp_path / "sgcomms.db").read_bytes() == before


@pytest.mark.parametrize("in_the_way", ["", "config", "campaigns/media"])
def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path, in_the_way: str) -> None:
    target = tmp_path / "board"
    path = target / in_the_way
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match="board cannot be written"):
        init(target)
    assert path.read_bytes() == b"mine"


class TestFinding:
    def test_looks_upwards(self, space: Workspace) -> None:
        assert workspace.find(space.root / "campaigns" / "media").root == space.root.resolve()

    def test_says_so_where_there_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(WorkspaceError, match="`sgcomms init DIR` makes one"):
            workspace.find(tmp_path)


class TestTemplates:
    def test_are_the_boards_own_or_the_shipped_ones(self, space: Workspace) -> None:
        own = space.root / "templates/preview/post.html"
        shipped = space.template("preview/post.html")
        own.write_text("ours", "utf-8")
        assert space.template("preview/post.html") == "ours"
        own.unlink()
        assert space.template("preview/post.html") == shipped

    def test_that_cannot_be_read_are_named(self, space: Workspace) -> None:
        (space.root / "templates/preview/post.html").write_bytes(b"\xff\xfe")
        with pytest.raises(UsageError, match=r"templates/preview/post.html cannot be read"):
            space.template("preview/post.html")


class TestPublishers:
    @pytest.mark.parametrize(
        ("account", "mode", "words"),
        [
            ("gone", "outbox", "no longer has the account"),
            ("gone", "live", "no longer has the account"),
        ],
    )
    def test_that_cannot_be_had_are_named(
        self, space: Workspace, account: str, mode: str, words: str
    ) -> None:
        with pytest.raises(WorkspaceError, match=words):
            space.publisher(space.board(), account, mode)  # type: ignore[arg-type]

    def test_without_their_secrets_say_where_these_go(self, space: Workspace) -> None:
        with pytest.raises(
            SecretsMissingError, match=r"no api_key, .*secrets.yaml, or set SGCOMMS"
        ):
            space.live(space.board(), "x")

    def test_of_an_account_that_has_moved_to_a_platform_without_a_layout(
        self, space: Workspace
    ) -> None:
        board = space.root / "config/board.yaml"
        text = board.read_text("utf-8").replace("x: {platform: x,", "x: {platform: mastodon,")
        board.write_text(text, "utf-8")
        with pytest.raises(WorkspaceError, match="lays out no posts for mastodon"):
            space.publisher(space.board(), "x", "outbox")
