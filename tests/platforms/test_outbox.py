"""The outbox: one JSON file and one page a delivery, whole, and never a second time."""

from __future__ import annotations

import errno
import hashlib
import html
import json
import os
import re
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sgcomms import clock, files
from sgcomms.errors import UnavailableError, UncertainError
from sgcomms.models import LINK, Content, Draft, DraftMedia
from sgcomms.platforms import Publisher
from sgcomms.workspace import Workspace
from tests.conftest import At, Run
from tests.fakes import NOW

KEY = "test/one@x"


@pytest.fixture
def outbox(space: Workspace) -> Publisher:
    return space.folder(space.board(), "x")


@pytest.fixture
def draft(outbox: Publisher) -> Draft:
    link = "https://www.example.org/page?a=1&b=2"
    return outbox.render(Content(f"Words <b>&\n\n{LINK}", link, "www.example.org/page", ()))


def listing(space: Workspace) -> list[str]:
    return sorted(
        path.relative_to(space.outbox).as_posix()
        for path in space.outbox.rglob("*")
        if path.is_file()
    )


def content(space: Workspace, name: str = "x/test.one.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((space.outbox / name).read_text("utf-8"))
    return found


class TestTheJson:
    def test_holds_exactly_what_would_be_sent(
        self, outbox: Publisher, draft: Draft, space: Workspace
    ) -> None:
        outbox.publish(draft, key=KEY)
        sent = {name: value for name, value in asdict(draft).items() if name != "prepared"}
        assert content(space) == {
            "delivery": KEY,
            "written_at": "2026-11-22T09:00:00Z",
            "handle": "cplscb",
            **json.loads(json.dumps(sent)),
            "length": {"count": 12 + 23, "limit": 280, "unit": "characters"},
        }

    def test_is_for_people_too(self, outbox: Publisher, draft: Draft, space: Workspace) -> None:
        outbox.publish(replace(draft, text="Grüße £ 👶"), key=KEY)
        assert "Grüße £ 👶" in (space.outbox / "x/test.one.json").read_text("utf-8")

    def test_is_named_after_campaign_post_and_occurrence(
        self, outbox: Publisher, draft: Draft, space: Workspace
    ) -> None:
        publication = outbox.publish(draft, key="safer-sleeping/clear-cot.2@x")
        assert listing(space) == [
            "x/safer-sleeping.clear-cot.2.html",
            "x/safer-sleeping.clear-cot.2.json",
        ]
        assert publication.url == "outbox/x/safer-sleeping.clear-cot.2.html"

    def test_is_never_written_again(
        self, outbox: Publisher, draft: Draft, space: Workspace, at: At
    ) -> None:
        first = outbox.publish(draft, key=KEY)
        before = (space.outbox / "x/test.one.json").read_bytes()
        at("2026-11-23T09:00+00:00")
        assert outbox.publish(draft, key=KEY) == first
        assert outbox.find(draft, key=KEY, since=clock.now()) == first
        assert (space.outbox / "x/test.one.json").read_bytes() == before

    def test_of_two_processes_that_write_at_once_one_does(
        self,
        outbox: Publisher,
        draft: Draft,
        space: Workspace,
        monkeypatch: pytest.MonkeyPatch,
        at: At,
    ) -> None:
        """Both have seen that nothing is there yet; the later one keeps its hands off."""
        write = files.write_whole

        def page_while_another_is_faster(path: Path, page: bytes) -> None:
            write(path, page)
            monkeypatch.setattr(files, "write_whole", write)
            outbox.publish(draft, key=KEY)
            at("2026-11-22T09:10+00:00")

        monkeypatch.setattr(files, "write_whole", page_while_another_is_faster)
        assert outbox.publish(draft, key=KEY).published_at == NOW
        assert content(space)["written_at"] == "2026-11-22T09:00:00Z"

    def test_with_other_words_under_the_same_name_is_not_taken_for_this_one(
        self, outbox: Publisher, draft: Draft, space: Workspace
    ) -> None:
        """The database was begun anew and the outbox was not: nothing is lost in silence."""
        outbox.publish(draft, key=KEY)
        before = content(space)
        other = replace(draft, text="Other words.")
        with pytest.raises(UnavailableError, match=r"outbox/x/test.one.json holds other words"):
            outbox.publish(other, key=KEY)
        with pytest.raises(UnavailableError, match=r"outbox/x/test.one.json holds other words"):
            outbox.find(other, key=KEY, since=NOW)
        assert content(space) == before

    @pytest.mark.parametrize(
        "damaged",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"\xff\xfe",
            b'{"delivery": "test/one@x"}',
            b'{"delivery": "test/one@x", "written_at": "yesterday"}',
            b'{"delivery": "test/one@x", "written_at": 7}',
            b'{"delivery": "test/two@x", "written_at": "2026-11-22T09:00:00Z"}',
            b"[" * 100_000,
        ],
    )
    def test_that_somebody_damaged_is_for_a_person_to_judge(
        self, outbox: Publisher, draft: Draft, space: Workspace, damaged: bytes
    ) -> None:
        path = space.outbox / "x" / "test.one.json"
        path.parent.mkdir(parents=True)
        path.write_bytes(damaged)
        with pytest.raises(UncertainError, match="a person must say"):
            outbox.publish(draft, key=KEY)
        with pytest.raises(UncertainError, match="a person must say"):
            outbox.find(draft, key=KEY, since=NOW)
        assert path.read_bytes() == damaged


class TestThePage:
    def page(self, outbox: Publisher, draft: Draft, space: Workspace) -> str:
        outbox.publish(draft, key=KEY)
        return (space.outbox / "x" / "test.one.html").read_text("utf-8")

    def test_shows_the_words_and_nothing_of_them_is_code(
        self, outbox: Publisher, draft: Draft, space: Workspace
    ) -> None:
        evil = replace(draft, text='<script>alert("x")</script> {{ 7 * 7 }} & so on')
        page = self.page(outbox, evil, space)
        assert "<script" not in page
        assert "49" not in re.sub(r"<style>.*</style>", "", page, flags=re.DOTALL)
        assert html.escape(evil.text, quote=False) in page.replace("&#34;", '"')

    def test_makes_links_where_the_platform_does(
        self, draft: Draft, space: Workspace, outbox: Publisher
    ) -> None:
        assert 'href="https://www.example.org/page?a=1&amp;b=2"' in self.page(outbox, draft, space)
        instagram = space.folder(space.board(), "instagram")
        words = replace(draft, text="Type www.example.org/page")
        instagram.publish(words, key="test/one@instagram")
        page = (space.outbox / "instagram" / "test.one.html").read_text("utf-8")
        assert "Type www.example.org/page</p>" in page

    def test_shows_the_pictures_from_the_store(self, run: Run, at: At, space: Workspace) -> None:
        run("queue")
        at("2027-01-11T09:30+00:00")
        run("publish")
        page = space.outbox / "x" / "dangerous-dogs.never-leave.html"
        (source,) = re.findall(r'<img src="([^"]*)" alt="[^"]+"', page.read_text("utf-8"))
        assert (page.parent / source).resolve().is_relative_to(space.store.folder.resolve())
        assert (page.parent / source).read_bytes().startswith(b"\x89PNG")

    def test_names_the_zone_of_its_time(
        self, outbox: Publisher, draft: Draft, space: Workspace
    ) -> None:
        assert "2026-11-22 09:00:00 UTC" in self.page(outbox, draft, space)

    def test_may_be_the_boards_own(self, draft: Draft, space: Workspace) -> None:
        (space.root / "templates/preview/post.html").write_text("Ours: {{ text }}\n", "utf-8")
        outbox = space.folder(space.board(), "x")
        page = self.page(outbox, replace(draft, text="a < b"), space)
        assert page == "Ours: a &lt; b\n"

    @pytest.mark.parametrize(
        "template",
        ["{{ text", "{{ 1 / 0 }}", "{{ nothing.at.all }}", "{{ ''.__class__.__mro__ }}"],
    )
    def test_of_a_template_with_mistakes_keeps_the_post_back(
        self, draft: Draft, space: Workspace, template: str
    ) -> None:
        (space.root / "templates/preview/post.html").write_text(template, "utf-8")
        outbox = space.folder(space.board(), "x")
        with pytest.raises(UnavailableError, match="cannot be filled in"):
            outbox.publish(draft, key=KEY)
        assert not space.outbox.exists()

    def test_of_words_that_no_file_can_hold_keeps_the_post_back(
        self, outbox: Publisher, draft: Draft, space: Workspace
    ) -> None:
        with pytest.raises(UnavailableError, match="cannot be filled in"):
            outbox.publish(replace(draft, text="half of a \ud83d"), key=KEY)
        assert not space.outbox.exists()


class TestAFolderThatCannotBeWritten:
    def test_keeps_the_post_back(self, outbox: Publisher, draft: Draft, space: Workspace) -> None:
        space.outbox.mkdir()
        (space.outbox / "x").write_bytes(b"a file where a folder should be")
        with pytest.raises(UnavailableError, match="the outbox could not be written"):
            outbox.publish(draft, key=KEY)
        assert outbox.find(draft, key=KEY, since=NOW) is None

    @pytest.mark.parametrize("at_flush", [1, 2, 3, 4])
    def test_a_full_disk_leaves_nothing_that_looks_sent(
        self,
        outbox: Publisher,
        draft: Draft,
        space: Workspace,
        monkeypatch: pytest.MonkeyPatch,
        at_flush: int,
    ) -> None:
        """The page and the JSON flush twice each, the file and the folder that it lies in."""
        fsync, calls = os.fsync, iter(range(1, 99))

        def full(handle: int) -> None:
            if next(calls) == at_flush:
                raise OSError(errno.ENOSPC, "No space left on device")
            fsync(handle)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            if at_flush in (1, 3):
                with pytest.raises(UnavailableError, match="No space left on device"):
                    outbox.publish(draft, key=KEY)
                assert outbox.find(draft, key=KEY, since=NOW) is None
            else:
                outbox.publish(draft, key=KEY)
        outbox.publish(draft, key=KEY)
        assert listing(space) == ["x/test.one.html", "x/test.one.json"]
        assert content(space)["delivery"] == KEY

    def test_a_file_system_without_hard_links_will_do(
        self, outbox: Publisher, draft: Draft, space: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
        first = outbox.publish(draft, key=KEY)
        assert listing(space) == ["x/test.one.html", "x/test.one.json"]
        with pytest.raises(FileExistsError):
            files.write_new(space.outbox / "x/test.one.json", b"again")
        assert outbox.publish(draft, key=KEY) == first


class TestPictures:
    @pytest.fixture
    def picture(self, space: Workspace) -> DraftMedia:
        source = space.root / "campaigns/media/clear-cot.jpg"
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        space.store.add(source, digest, "JPEG")
        return DraftMedia(digest, "JPEG", "A cot.")

    def test_in_the_store_are_ready(
        self, outbox: Publisher, draft: Draft, picture: DraftMedia
    ) -> None:
        wanted = replace(draft, media=(picture,))
        assert outbox.upload(wanted) == wanted

    @pytest.mark.parametrize("damage", ["missing", "changed", "empty"])
    def test_that_are_not_there_whole_keep_the_post_back(
        self, outbox: Publisher, draft: Draft, picture: DraftMedia, space: Workspace, damage: str
    ) -> None:
        path = space.store.path(picture.sha256, picture.kind)
        if damage == "missing":
            path.unlink()
        else:
            path.write_bytes(b"other" if damage == "changed" else b"")
        with pytest.raises(UnavailableError, match="`sgcomms queue` copies it again"):
            outbox.upload(replace(draft, media=(picture,)))

    def test_that_the_store_lost_come_back_with_the_next_queue(
        self, run: Run, at: At, space: Workspace
    ) -> None:
        run("queue")
        for path in [*space.store.folder.rglob("*.png"), *space.store.folder.rglob("*.jpg")]:
            path.unlink()
        at("2027-01-11T09:30+00:00")
        result = run("publish")
        assert (result.code, result.out.count("waiting")) == (1, 3)
        assert "missing or damaged" in result.out
        assert not space.outbox.exists()
        run("queue")
        at("2027-01-11T09:35+00:00")
        assert run("publish").out.count("published") == 3

    def test_changed_on_the_disk_after_queueing_change_nothing(
        self, run: Run, at: At, space: Workspace
    ) -> None:
        run("queue")
        source = space.root / "campaigns/media/safety-gate.png"
        before = hashlib.sha256(source.read_bytes()).hexdigest()
        source.write_bytes(b"not this one")
        at("2027-01-11T09:30+00:00")
        assert run("publish").code == 0
        (item,) = content(space, "x/dangerous-dogs.never-leave.json")["media"]
        assert item["source"] == before
        assert space.store.holds(item["sha256"], item["kind"])


class TestNames:
    @pytest.mark.parametrize("name", ["con", "nul", "aux", "prn", "com1", "lpt9"])
    def test_are_no_devices_of_windows(
        self, outbox: Publisher, draft: Draft, space: Workspace, name: str
    ) -> None:
        key = f"{name}/{name}@{name}"
        outbox.publish(draft, key=key)
        assert listing(space) == [f"{name}_/{name}_.{name}.html", f"{name}_/{name}_.{name}.json"]
        assert outbox.find(draft, key=key, since=NOW) is not None

    def test_that_only_begin_like_a_device_stay(
        self, outbox: Publisher, draft: Draft, space: Workspace
    ) -> None:
        outbox.publish(draft, key="con-tact/nul-1@x")
        assert listing(space) == ["x/con-tact.nul-1.html", "x/con-tact.nul-1.json"]


def test_a_folder_deleted_after_publishing_is_not_written_again(
    run: Run, at: At, space: Workspace
) -> None:
    run("queue")
    at("2027-01-11T09:30+00:00")
    run("publish")
    for path in sorted(space.outbox.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    space.outbox.rmdir()
    for minute in (31, 59):
        at(f"2027-01-11T09:{minute}+00:00")
        assert run("publish").out == ""
    assert not space.outbox.exists()


def test_what_went_to_the_outbox_is_no_publication(run: Run, at: At, space: Workspace) -> None:
    run("queue")
    at("2027-01-11T09:30+00:00")
    assert run("publish").out.count("published") == 3
    with space.database() as db:
        assert db.conn.execute("SELECT count(*) FROM publications").fetchone()[0] == 0


def test_an_outbox_of_the_future_is_found_by_its_key(
    outbox: Publisher, draft: Draft, at: At
) -> None:
    """A clock that was wrong when the file was written does not hide it."""
    outbox.publish(draft, key=KEY)
    at("2026-11-21T09:00+00:00")
    assert outbox.find(draft, key=KEY, since=clock.now() + timedelta(days=9)) is not None
