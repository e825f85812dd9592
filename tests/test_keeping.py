"""Backups and the way back: whole or not there, no secrets, and nothing sent twice afterwards."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from sgcomms import clock, files, keeping, publishing, workspace
from sgcomms.db import audit, home, open_database, pauses, queue, writing
from sgcomms.db.backup import BackupError
from sgcomms.db.home import Home
from sgcomms.db.queue import Row
from sgcomms.errors import SgcommsError, WorkspaceError
from sgcomms.models import Mode
from sgcomms.platforms import Publisher
from sgcomms.publishing import Tick
from sgcomms.workspace import Workspace
from tests.conftest import At, Run
from tests.fakes import (
    NOW,
    Fake,
    Keyed,
    Ledger,
    Machine,
    delivery,
    fill,
    in_processes,
    kill,
    work,
)

LOST = Home("lost-machine", "/srv/sgcomms")
CANARY = "EAAGcanary0123456789"

forked = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine's clock: it goes with the rehearsed one."""
    found = Machine(monkeypatch)
    monkeypatch.setattr(clock, "real_now", clock.now)
    return found


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "public")


@pytest.fixture
def lost(space: Workspace, machine: Machine) -> Workspace:
    """The workspace of a machine that publishes, and will be lost."""
    with space.database() as db, writing(db):
        home.move(db, LOST, "publish")
    return space


@pytest.fixture
def new(tmp_path: Path) -> Workspace:
    """The folder on the new machine."""
    return Workspace(tmp_path / "new")


def tick(space: Workspace, platform: Publisher, owner: str = "a") -> Tick:
    def connect(account: str, mode: Mode) -> Publisher:
        return platform

    with space.database() as db:
        return publishing.tick(db, work(connect, owner=owner))


def put(space: Workspace, *names: str, minutes: int = 0) -> None:
    """Queue posts that are due so many minutes after the start."""
    with space.database() as db:
        fill(db, [delivery(name, at=NOW + timedelta(minutes=minutes)) for name in names])


def rows(space: Workspace) -> dict[str, Row]:
    with space.database() as db:
        return {row.post: row for row in queue.rows(db)}


def states(space: Workspace) -> dict[str, str]:
    return {name: row.state for name, row in rows(space).items()}


def resume(space: Workspace) -> None:
    """`sgcomms resume --all`."""
    with space.database() as db:
        for pause in pauses.active(db):
            pauses.lift(db, pause, "head.of.service@board.example")


def all_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def add_picture(space: Workspace, content: bytes = b"a picture") -> Path:
    path = space.root / "store" / "ab" / "abcd.png"
    files.write_whole(path, content)
    return path


class TestABackup:
    def test_holds_everything_but_the_outbox(self, space: Workspace, run: Run) -> None:
        picture = add_picture(space)
        files.write_whole(space.root / "outbox" / "x" / "one.json", b"{}")
        put(space, "one")
        done = run("backup")
        assert (done.code, done.err) == (0, "")
        (path,) = [one for one in (space.root / "backups").iterdir() if one.is_dir()]
        assert path.name == "2026-11-22T090000Z"
        held = all_files(path)
        assert held["store/ab/abcd.png"] == picture.read_bytes()
        assert "config/board.yaml" in held
        assert {name.partition("/")[0] for name in held} == {
            ".gitignore", "backup.json", "campaigns", "config", "sgcomms.db", "store", "templates"
        }  # fmt: skip
        with open_database(path / "sgcomms.db") as db:
            assert [row.id for row in queue.rows(db)] == ["test/one@fake"]

    def test_is_consistent_while_others_write(self, space: Workspace) -> None:
        """Rows that a transaction still holds are not in it; what was committed is."""
        put(space, "one")
        with space.database() as db, writing(db):
            queue.add(db, [delivery("two")], "test")
            found = keeping.back_up(space).backup
        with open_database(found.path / "sgcomms.db") as copied:
            assert [row.post for row in queue.rows(copied)] == ["one"]
            assert audit.broken_at(copied) is None

    def test_of_a_database_in_wal_mode_is_one_file(self, space: Workspace) -> None:
        with closing(sqlite3.connect(space.root / "sgcomms.db", isolation_level=None)) as raw:
            assert raw.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
            put(space, "one")  # it lies in the -wal while this connection is open
            found = keeping.back_up(space).backup
        assert [path.name for path in found.path.glob("sgcomms.db*")] == ["sgcomms.db"]
        with open_database(found.path / "sgcomms.db") as copied:
            assert [row.post for row in queue.rows(copied)] == ["one"]

    def test_says_what_it_did_as_json(self, space: Workspace, run: Run) -> None:
        found = json.loads(run("backup", "--json").out)
        assert found["taken_at"] == "2026-11-22T09:00:00Z"
        assert Path(found["backup"]).is_dir()

    def test_goes_where_it_is_told(self, space: Workspace, run: Run, tmp_path: Path) -> None:
        assert run("backup", str(tmp_path / "stick")).code == 0
        assert len(keeping.backups(tmp_path / "stick")) == 1
        assert not (space.root / "backups").exists()

    def test_is_not_put_into_what_it_copies(self, space: Workspace, run: Run) -> None:
        done = run("backup", str(space.root / "campaigns" / "old"))
        assert (done.code, "is backed up itself" in done.err) == (2, True)

    def test_is_kept_out_of_git_wherever_it_is(self, space: Workspace) -> None:
        keeping.back_up(space, space.root / "copies")
        assert (space.root / "copies" / ".gitignore").read_text("utf-8") == "*\n"

    def test_is_made_although_a_config_file_has_a_mistake(self, space: Workspace) -> None:
        (space.root / "config" / "board.yaml").write_text("board: [", "utf-8")
        assert keeping.back_up(space).left_out == ()

    def test_takes_up_no_more_room_for_what_has_not_changed(self, space: Workspace, at: At) -> None:
        add_picture(space)
        keeping.back_up(space)
        at("2026-11-23T09:00+00:00")
        (space.root / "config" / "contacts.yaml").write_text("contacts: {}\n", "utf-8")
        second = keeping.back_up(space).backup
        first = keeping.backups(space.root / "backups")[0]
        assert (second.path / "store/ab/abcd.png").samefile(first.path / "store/ab/abcd.png")
        assert (second.path / "config/contacts.yaml").read_bytes() == b"contacts: {}\n"
        assert (first.path / "config/contacts.yaml").read_bytes() != b"contacts: {}\n"

    def test_does_not_lean_on_an_earlier_one_that_is_damaged(
        self, space: Workspace, at: At
    ) -> None:
        add_picture(space)
        first = keeping.back_up(space).backup
        (first.path / "store/ab/abcd.png").write_bytes(b"rubbish")
        at("2026-11-23T09:00+00:00")
        second = keeping.back_up(space).backup
        assert (second.path / "store/ab/abcd.png").read_bytes() == b"a picture"


class TestSecrets:
    def test_are_in_no_file_of_a_backup(
        self, space: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secrets = space.root / "secrets.yaml"
        secrets.write_text(f"facebook: {{access_token: {CANARY}}}\n", "utf-8")
        secrets.chmod(0o600)
        monkeypatch.setenv("SGCOMMS_X_API_KEY", f"{CANARY}-x")
        monkeypatch.setenv("SGCOMMS_MAIL_PASSWORD_FILE", str(space.root / "config" / "mail.txt"))
        for name in (
            "config/mail.txt",
            "config/secrets.yaml",
            "config/my-secrets.yml",
            "config/.env",
            "campaigns/secrets.yaml.bak",
            "templates/google.pem",
        ):
            files.write_whole(space.root / name, f"{CANARY}-in-a-file".encode())
        (space.root / "campaigns" / "note.txt").write_text(f"token {CANARY}", "utf-8")
        (space.root / "campaigns" / "link.txt").symlink_to(secrets)
        done = run("backup")
        assert done.code == 3
        for name in ("config/mail.txt", "config/my-secrets.yml", "campaigns/note.txt"):
            assert f"left out   {name}: it " in done.err
        assert CANARY not in done.out + done.err
        assert not [
            name
            for name, content in all_files(space.root / "backups").items()
            if CANARY.encode() in content
        ]

    def test_a_campaign_about_secrets_is_none(self, space: Workspace) -> None:
        file = space.root / "campaigns" / "keeping-secrets.yaml"
        file.write_text("campaign: keeping-secrets\n", "utf-8")
        found = keeping.back_up(space)
        assert "campaigns/keeping-secrets.yaml" in found.backup.files
        assert found.left_out == ()

    def test_an_address_that_mail_is_sent_with_is_none(self, space: Workspace) -> None:
        secrets = space.root / "secrets.yaml"
        secrets.write_text("mail: {username: comms.officer@board.example}\n", "utf-8")
        assert keeping.back_up(space).left_out == ()

    def test_that_cannot_be_read_are_said(self, space: Workspace) -> None:
        (space.root / "secrets.yaml").write_text("x: [", "utf-8")
        (words,) = keeping.back_up(space).left_out
        assert words.startswith("secrets in files could not be searched for")


class TestOldOnes:
    def make(self, space: Workspace, at: At, days: int, keep: int) -> list[str]:
        for day in range(days):
            at((NOW + timedelta(days=day)).isoformat())
            keeping.back_up(space, keep=keep)
        return [one.path.name[:10] for one in keeping.backups(space.root / "backups")]

    def test_days_and_weeks_keep_their_last(self, space: Workspace, at: At) -> None:
        """From a Sunday on, four weeks: three days are kept, and four Sundays with the first."""
        assert self.make(space, at, 29, 3) == [
            "2026-11-22", "2026-11-29", "2026-12-06", "2026-12-13", "2026-12-18", "2026-12-19",
            "2026-12-20",
        ]  # fmt: skip

    def test_of_a_day_the_last_is_kept(self, space: Workspace, at: At) -> None:
        keeping.back_up(space)
        at("2026-11-22T10:00+00:00")
        made = keeping.back_up(space)
        assert made.removed == ("2026-11-22T090000Z",)

    def test_stay_when_the_new_one_is_not_sound(self, space: Workspace, at: At) -> None:
        put(space, "one")
        first = keeping.back_up(space, keep=1)
        with closing(sqlite3.connect(space.root / "sgcomms.db")) as raw:
            raw.execute("DROP TRIGGER audit_is_not_changed")
            raw.execute("UPDATE audit SET actor = 'somebody else'")
            raw.commit()
        at("2026-11-22T10:00+00:00")
        with pytest.raises(BackupError, match="audit trail is broken at row 1"):
            keeping.back_up(space, keep=1)
        assert [one.path for one in keeping.backups(space.root / "backups")] == [first.backup.path]
        assert not list((space.root / "backups").glob(f"*{files.SUFFIX}"))

    def test_what_else_lies_there_is_left_alone(self, space: Workspace, at: At) -> None:
        other = space.root / "backups" / "2020-01-01 by hand"
        files.write_whole(other / "sgcomms.db", b"mine")
        self.make(space, at, 3, 1)
        assert (other / "sgcomms.db").read_bytes() == b"mine"

    def test_are_kept_from_a_machine_whose_clock_went_back(self, space: Workspace, at: At) -> None:
        at("2030-01-01T00:00+00:00")
        keeping.back_up(space, keep=1)
        at("2026-11-22T09:00+00:00")
        made = keeping.back_up(space, keep=1)
        assert made.backup in keeping.backups(space.root / "backups")

    def test_the_service_makes_one_a_day(self, space: Workspace, at: At) -> None:
        assert keeping.back_up_daily(space) is not None
        at("2026-11-22T17:00+00:00")
        assert keeping.back_up_daily(space) is None
        at("2026-11-23T08:00+00:00")
        assert keeping.back_up_daily(space) is not None


def limit_files(size: int) -> None:
    """Let this process write no file larger than `size`: to it the disk is full."""
    resource: Any = import_module("resource")  # Windows has no such module
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@forked
class TestABackupThatIsCutOff:
    @pytest.mark.parametrize("place", ["copyfile", "link", "write_whole", "rename"])
    def test_leaves_nothing_that_looks_like_one(
        self, place: str, space: Workspace, at: At, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = keeping.back_up(space).backup
        at("2026-11-23T09:00+00:00")
        (space.root / "config" / "contacts.yaml").write_text("contacts: {}\n", "utf-8")

        def die() -> None:
            owner: object = {"copyfile": shutil, "link": os, "rename": Path}.get(place, files)
            pytest.MonkeyPatch().setattr(owner, place, lambda *_, **__: kill())
            keeping.back_up(space)

        assert in_processes(die)[0].killed
        folder = space.root / "backups"
        assert keeping.backups(folder) == [first]
        (part,) = folder.glob(f"{files.PREFIX}*")
        with pytest.raises(WorkspaceError, match="is no backup"):
            keeping.read(part) if place != "rename" else keeping.read(folder)
        os.utime(part, (1, 1))
        assert keeping.back_up(space).removed == ()
        assert not list(folder.glob(f"{files.PREFIX}*"))

    def test_by_a_full_disk_is_said_in_one_line(self, space: Workspace, at: At) -> None:
        first = keeping.back_up(space).backup
        add_picture(space, bytes(3_000_000))
        at("2026-11-23T09:00+00:00")
        told = space.root / "told"

        def fill_disk() -> None:
            limit_files(2_000_000)
            try:
                keeping.back_up(space)
            except SgcommsError as error:
                told.write_text(str(error), "utf-8")

        assert in_processes(fill_disk)[0].code == 0
        words = told.read_text("utf-8")
        assert words.startswith("the backup could not be written (")
        assert "older backups are as they were" in words
        assert keeping.backups(space.root / "backups") == [first]
        assert not list((space.root / "backups").glob(f"{files.PREFIX}*"))

    def test_by_a_full_disk_in_the_database_too(self, space: Workspace) -> None:
        told = space.root / "told"

        def fill_disk() -> None:
            limit_files(50_000)
            try:
                keeping.back_up(space)
            except SgcommsError as error:
                told.write_text(str(error), "utf-8")

        assert in_processes(fill_disk)[0].code == 0
        assert "could not be copied" in told.read_text("utf-8")
        assert keeping.backups(space.root / "backups") == []


class TestRestoring:
    def test_into_an_empty_folder(self, space: Workspace, new: Workspace, run: Run) -> None:
        add_picture(space)
        put(space, "one", minutes=60)
        backup = keeping.back_up(space).backup
        done = run("restore", str(backup.path), "--into", str(new.root))
        assert (done.code, done.err) == (0, "")
        assert "Secrets are in no backup" in done.out
        assert states(new) == {"one": "queued"}
        assert (new.root / "store/ab/abcd.png").read_bytes() == b"a picture"
        assert "secrets.yaml" in (new.root / ".gitignore").read_text("utf-8")
        assert not (new.root / "secrets.yaml").exists()
        assert not list(new.root.glob(f"{files.PREFIX}*"))
        with new.database() as db:
            assert home.home(db) == new.home
            (pause,) = pauses.active(db)
            assert (pause.scope, pause.by, pause.started_at) == ("all", "restore", NOW)
            assert audit.broken_at(db) is None
            assert [entry.action for entry in audit.entries(db, "board")][-1] == "restore"

    def test_over_a_database_that_is_gone(self, space: Workspace, run: Run) -> None:
        put(space, "one", minutes=60)
        backup = keeping.back_up(space).backup
        (space.root / "sgcomms.db").unlink()
        assert run("restore", str(backup.path)).code == 0
        assert states(space) == {"one": "queued"}

    @pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
    def test_over_a_database_that_is_damaged(
        self, content: bytes, space: Workspace, run: Run
    ) -> None:
        backup = keeping.back_up(space).backup
        (space.root / "sgcomms.db").write_bytes(content)
        done = run("restore", str(backup.path))
        assert done.code == 0
        (kept,) = space.root.glob("sgcomms.db.kept-*Z")
        assert kept.read_bytes() == content
        assert f"is kept as {kept.name}" in done.out

    def test_what_a_lost_database_left_beside_it_is_not_mixed_in(self, space: Workspace) -> None:
        put(space, "one", minutes=60)
        backup = keeping.back_up(space).backup
        (space.root / "sgcomms.db").unlink()
        for ending in ("-wal", "-journal"):
            (space.root / f"sgcomms.db{ending}").write_bytes(b"of the old one")
        keeping.restore(backup.path, space.root, "me")
        assert {path.name for path in space.root.glob("sgcomms.db-*")} <= {"sgcomms.db-journal"}
        assert states(space) == {"one": "queued"}
        assert len(list(space.root.glob("sgcomms.db.kept-*"))) == 2

    def test_over_a_workspace_fresh_from_init(
        self, space: Workspace, new: Workspace, run: Run
    ) -> None:
        put(space, "one", minutes=60)
        backup = keeping.back_up(space).backup
        for _ in workspace.init(new.root):
            pass
        assert run("restore", str(backup.path), "--into", str(new.root)).code == 0
        assert states(new) == {"one": "queued"}

    def test_not_over_a_good_database(self, space: Workspace, run: Run) -> None:
        put(space, "one", minutes=60)
        backup = keeping.back_up(space).backup
        put(space, "two", minutes=60)
        done = run("restore", str(backup.path))
        assert done.code == 2
        assert "has a sound database already" in done.err
        assert states(space) == {"one": "queued", "two": "queued"}

    def test_over_a_good_database_by_force(self, space: Workspace, run: Run) -> None:
        put(space, "one", minutes=60)
        backup = keeping.back_up(space).backup
        put(space, "two", minutes=60)
        assert run("restore", str(backup.path), "--force").code == 0
        assert states(space) == {"one": "queued"}
        (kept,) = space.root.glob("sgcomms.db.kept-*Z")
        with open_database(kept) as old:
            assert len(queue.rows(old)) == 2
            assert [str(pause) for pause in pauses.active(old)] == ["everything"]

    def test_not_into_a_folder_of_something_else(
        self, space: Workspace, new: Workspace, run: Run
    ) -> None:
        files.write_whole(new.root / "thesis.txt", b"mine")
        backup = keeping.back_up(space).backup
        done = run("restore", str(backup.path), "--into", str(new.root))
        assert (done.code, "holds something else" in done.err) == (2, True)

    def test_leaves_newer_yaml_as_it_is(self, space: Workspace, run: Run) -> None:
        backup = keeping.back_up(space).backup
        (space.root / "sgcomms.db").unlink()
        contacts = space.root / "config" / "contacts.yaml"
        contacts.write_text("contacts: {}\n", "utf-8")
        done = run("restore", str(backup.path))
        assert contacts.read_text("utf-8") == "contacts: {}\n"
        assert "left as it is, the backup has another: config/contacts.yaml" in done.out

    def test_mends_a_picture_of_the_store(self, space: Workspace) -> None:
        picture = add_picture(space)
        backup = keeping.back_up(space).backup
        (space.root / "sgcomms.db").unlink()
        picture.write_bytes(b"half")
        assert "store/ab/abcd.png" in keeping.restore(backup.path, space.root, "me").written
        assert picture.read_bytes() == b"a picture"

    @pytest.mark.parametrize("name", ["sgcomms.db", "config/board.yaml"])
    def test_a_damaged_backup_is_refused(
        self, name: str, space: Workspace, new: Workspace, run: Run
    ) -> None:
        backup = keeping.back_up(space).backup
        (backup.path / name).write_bytes(b"rubbish")
        done = run("restore", str(backup.path), "--into", str(new.root))
        assert done.code == 2
        assert f"{name} in {backup.path.name} is missing or damaged" in done.err
        assert not new.root.exists()

    def test_a_folder_of_backups_is_told_from_one(self, space: Workspace, run: Run) -> None:
        backup = keeping.back_up(space).backup
        done = run("restore", str(backup.path.parent))
        assert (done.code, f"the latest in it is {backup.path.name}" in done.err) == (2, True)

    def test_a_backup_that_leads_elsewhere_is_refused(
        self, space: Workspace, new: Workspace
    ) -> None:
        backup = keeping.back_up(space).backup
        manifest = json.loads((backup.path / "backup.json").read_bytes())
        for name in ("../escaped", "/etc/passwd", "secrets.yaml", "config/../../escaped"):
            changed = {**manifest, "files": {**manifest["files"], name: "0"}}
            (backup.path / "backup.json").write_text(json.dumps(changed), "utf-8")
            with pytest.raises(WorkspaceError, match="which no backup holds"):
                keeping.restore(backup.path, new.root, "me")

    @forked
    def test_that_is_cut_off_is_done_again(self, space: Workspace, new: Workspace) -> None:
        put(space, "one", minutes=60)
        backup = keeping.back_up(space).backup

        def die() -> None:
            pytest.MonkeyPatch().setattr(Path, "replace", lambda *_: kill())
            keeping.restore(backup.path, new.root, "me")

        assert in_processes(die)[0].killed
        keeping.restore(backup.path, new.root, "me")
        assert states(new) == {"one": "queued"}


def came_back(
    lost: Workspace, new: Workspace, at: At, moment: str, before: Callable[[], object]
) -> None:
    """Take a backup, do what is done `before` the machine is lost, and restore at `moment`."""
    backup = keeping.back_up(lost).backup
    before()
    at(moment)
    keeping.restore(backup.path, new.root, "me")


class TestARestoredDatabaseMeetsItsPlatform:
    def test_what_went_out_after_the_backup_is_found(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        fake = Fake("fake", ledger)
        put(lost, "one", minutes=10)

        def publish() -> None:
            at("2026-11-22T09:10+00:00")
            assert tick(lost, fake).published == ["test/one@fake"]

        came_back(lost, new, at, "2026-11-22T11:00+00:00", publish)
        assert states(new) == {"one": "uncertain"}
        assert rows(new)["one"].armed_at == NOW
        assert tick(new, fake).published == ["test/one@fake"]
        resume(new)
        assert tick(new, fake) == Tick()
        assert ledger.public() == ["test/one@fake"]

    def test_what_did_not_go_out_stays_uncertain_until_a_person_decides(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        put(lost, "one", minutes=10)
        came_back(lost, new, at, "2026-11-22T11:00+00:00", lambda: None)
        fake = Fake("fake", ledger)
        resume(new)
        for hour in range(11, 24):
            at(f"2026-11-22T{hour}:30+00:00")
            tick(new, fake)
        assert (states(new), fake.requests) == ({"one": "uncertain"}, [])

    def test_a_platform_that_cannot_be_looked_at_is_asked_again(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        fake = Fake("fake", ledger)
        put(lost, "one", minutes=10)
        put(lost, "two", minutes=240)

        def publish() -> None:
            at("2026-11-22T09:10+00:00")
            tick(lost, fake)

        came_back(lost, new, at, "2026-11-22T11:00+00:00", publish)
        resume(new)
        fake.blind = True
        for hour in (11, 12, 13):  # the second comes due at 13:00, and must not go out unlooked
            at(f"2026-11-22T{hour}:02+00:00")
            assert tick(new, fake).published == []
        assert states(new) == {"one": "uncertain", "two": "queued"}
        fake.blind = False
        for moment in ("2026-11-22T14:30+00:00", "2026-11-23T14:30+00:00"):
            at(moment)
            tick(new, fake)
        assert states(new) == {"one": "published", "two": "published"}
        assert ledger.public() == ["test/one@fake", "test/two@fake"]

    def test_what_was_sent_at_an_earlier_time_than_the_backup_knew_is_found(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        """The officer had moved it forward after the backup was taken."""
        fake = Fake("fake", ledger)
        put(lost, "one", minutes=600)

        def move_and_publish() -> None:
            with lost.database() as db, writing(db):
                queue.change(db, [delivery("one", at=NOW + timedelta(minutes=5))], "me")
            at("2026-11-22T09:05+00:00")
            assert tick(lost, fake).published == ["test/one@fake"]

        came_back(lost, new, at, "2026-11-22T11:00+00:00", move_and_publish)
        resume(new)
        assert states(new) == {"one": "queued"}
        at("2026-11-22T19:00+00:00")
        done = tick(new, fake)
        assert done.published == ["test/one@fake"]
        assert "had gone out already" in done.notes["test/one@fake"]
        assert ledger.public() == ["test/one@fake"]

    def test_what_the_backup_never_knew_does_not_go_out_again(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        fake = Fake("fake", ledger)

        def queue_and_publish() -> None:
            put(lost, "new", minutes=10)
            at("2026-11-22T09:10+00:00")
            assert tick(lost, fake).published == ["test/new@fake"]

        came_back(lost, new, at, "2026-11-22T10:00+00:00", queue_and_publish)
        put(new, "new", minutes=10)  # it is still in the YAML
        tick(new, fake)
        resume(new)
        at("2026-11-22T10:05+00:00")
        tick(new, fake)
        assert states(new) == {"new": "held"}
        assert ledger.public() == ["test/new@fake"]

    @pytest.mark.parametrize("kind", [Fake, Keyed])
    def test_what_was_due_before_the_backup_and_sent_after_it(
        self, kind: type[Fake], lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        """It waited for its account; also a key that proves it unsent lets nothing go by itself."""
        put(lost, "one", "two")
        at("2026-11-22T09:30+00:00")
        fake = kind("fake", ledger)
        only_one = kind("fake", ledger, faults=[None, "unreachable"])
        came_back(lost, new, at, "2026-11-22T10:00+00:00", lambda: tick(lost, only_one))
        assert ledger.public() == ["test/one@fake"]
        tick(new, fake)
        resume(new)
        at("2026-11-22T10:05+00:00")
        tick(new, fake)
        assert ledger.public() == ["test/one@fake"]
        assert states(new)["one"] == "published"
        assert states(new)["two"] in ("uncertain", "held")

    def test_what_was_being_sent_when_the_backup_was_taken(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        put(lost, "one")
        taken = []
        fake = Fake("fake", ledger, during=lambda: taken.append(keeping.back_up(lost).backup.path))
        tick(lost, fake)
        at("2026-11-22T09:01+00:00")
        keeping.restore(taken[0], new.root, "me")
        assert states(new) == {"one": "uncertain"}
        assert tick(new, Fake("fake", ledger)).published == ["test/one@fake"]
        with new.database() as db:
            ended = db.conn.execute("SELECT count(*) FROM attempts WHERE ended_at IS NULL")
            assert ended.fetchone()[0] == 0

    def test_what_was_settled_as_not_posted_afterwards_and_sent_is_found(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        put(lost, "one")
        tick(lost, Fake("fake", ledger, faults=["lost before"]))
        assert states(lost) == {"one": "uncertain"}

        def settle_and_send() -> None:
            from sgcomms.db import decisions

            with lost.database() as db:
                decisions.settle_not_posted(db, queue.rows(db)[0], "me")
            assert tick(lost, Fake("fake", ledger)).published == ["test/one@fake"]

        came_back(lost, new, at, "2026-11-22T10:00+00:00", settle_and_send)
        tick(new, Fake("fake", ledger))
        assert states(new) == {"one": "published"}
        assert ledger.public() == ["test/one@fake"]

    def test_what_was_uncertain_already_is_looked_for_again(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        """The backup had given up looking; a person may have sent it since."""
        put(lost, "one")
        fake = Fake("fake", ledger, faults=["lost before"])
        for hour in range(72):
            at((NOW + timedelta(hours=hour)).isoformat())
            tick(lost, fake)
        with lost.database() as db:
            waits = db.conn.execute("SELECT wake_at, armed_at FROM deliveries").fetchone()
        assert waits == (None, clock.stored(NOW))
        came_back(
            lost,
            new,
            at,
            "2026-11-26T09:00+00:00",
            lambda: ledger.add("fake", "test/one@fake", "sent by hand"),
        )
        assert rows(new)["one"].armed_at == NOW
        assert tick(new, fake).published == ["test/one@fake"]

    def test_what_is_still_to_come_goes_out_after_somebody_resumes(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        fake = Fake("fake", ledger)
        put(lost, "one", minutes=120)
        came_back(lost, new, at, "2026-11-22T10:00+00:00", lambda: None)
        at("2026-11-22T10:30+00:00")
        resume(new)
        at("2026-11-22T11:00+00:00")
        assert tick(new, fake).published == ["test/one@fake"]

    def test_while_paused_nothing_goes_out(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        fake = Fake("fake", ledger)
        put(lost, "one", minutes=120)
        came_back(lost, new, at, "2026-11-22T10:00+00:00", lambda: None)
        at("2026-11-22T11:00+00:00")
        assert tick(new, fake).held == ["test/one@fake"]
        assert fake.requests == []

    def test_withdrawn_and_queued_again_is_looked_for(
        self, lost: Workspace, new: Workspace, ledger: Ledger, at: At
    ) -> None:
        fake = Fake("fake", ledger)
        put(lost, "one", minutes=60)
        with lost.database() as db, writing(db):
            queue.withdraw(db, ["test/one@fake"], "left the YAML", "me")

        def queue_again_and_publish() -> None:
            with lost.database() as db, writing(db):
                queue.change(db, [delivery("one", at=NOW + timedelta(minutes=5))], "me")
            at("2026-11-22T09:05+00:00")
            assert tick(lost, fake).published == ["test/one@fake"]

        came_back(lost, new, at, "2026-11-22T09:10+00:00", queue_again_and_publish)
        resume(new)
        with new.database() as db, writing(db):
            queue.change(db, [delivery("one", at=NOW + timedelta(minutes=60))], "me")
        at("2026-11-22T10:00+00:00")
        assert tick(new, fake).published == ["test/one@fake"]
        assert ledger.public() == ["test/one@fake"]

    def test_by_hand_only_a_person_can_tell(self, lost: Workspace, new: Workspace, at: At) -> None:
        with lost.database() as db:
            fill(db, [delivery("one", at=NOW + timedelta(minutes=10), mode="by_hand")])
        came_back(lost, new, at, "2026-11-22T10:00+00:00", lambda: None)
        assert states(new) == {"one": "uncertain"}


class TestTakingOver:
    def test_moves_the_home_and_distrusts_what_is_newer_than_the_trail(
        self, lost: Workspace, run: Run, ledger: Ledger, at: At
    ) -> None:
        fake = Fake("fake", ledger)
        put(lost, "one", minutes=10)
        put(lost, "two", minutes=600)
        ledger.add("fake", "test/one@fake", "sent from the lost machine")
        at("2026-11-22T10:00+00:00")
        done = run("take-over", "--by", "head.of.service@board.example")
        assert done.code == 3
        assert "The other machine must never publish again" in done.out
        assert "sgcomms settle DELIVERY" in done.out
        with lost.database() as db:
            assert home.home(db) == lost.home
            (pause,) = pauses.active(db)
            assert (pause.by, pause.started_at) == ("take-over", NOW)
            entry = list(audit.entries(db, "board"))[-1]
            assert (entry.action, entry.actor) == ("take-over", "head.of.service@board.example")
            assert entry.detail["before"] == str(LOST)
        assert tick(lost, fake).published == ["test/one@fake"]
        assert states(lost) == {"one": "published", "two": "queued"}
        assert ledger.public() == ["test/one@fake"]

    def test_is_for_copies_only(self, space: Workspace, run: Run, machine: Machine) -> None:
        by = ("--by", "head.of.service@board.example")
        assert "nothing to take over" in run("take-over", *by).err
        with space.database() as db:
            home.stay(db, space.home, "publish")
        done = run("take-over", *by)
        assert (done.code, "this is the workspace that publishes" in done.err) == (2, True)

    def test_asks_for_one_of_the_boards_people(self, lost: Workspace, run: Run) -> None:
        done = run("take-over", "--by", "nobody@board.example")
        assert (done.code, "is not among `people`" in done.err) == (2, True)

    def test_a_trail_from_the_future_pauses_from_now(
        self, lost: Workspace, run: Run, at: At
    ) -> None:
        at("2026-11-22T08:58+00:00")
        assert run("take-over", "--by", "head.of.service@board.example").code == 0
        with lost.database() as db:
            assert pauses.active(db)[0].started_at == clock.now()

    def test_is_all_or_nothing(self, lost: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        put(lost, "one")

        def fail(*_: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(home, "move", fail)
        with pytest.raises(RuntimeError):
            keeping.take_over(lost, "me")
        with lost.database() as db:
            assert (home.home(db), pauses.active(db)) == (LOST, [])
        assert states(lost) == {"one": "queued"}
