"""`media export`: the pictures for the public folder that Instagram fetches them from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from sgcomms.db import queue
from sgcomms.workspace import Workspace
from tests.cli.conftest import edit, states
from tests.conftest import At, Run
from tests.faults.platform import FaultPlatform
from tests.videos import video

DUE = "2026-11-22T10:00+00:00"
ONE = "faults/post-0@instagram"


@pytest.fixture
def space(faulty: FaultPlatform, tmp_path: Path) -> Workspace:
    """A board with a live account on Instagram, and one post with a picture."""
    return faulty.workspace(tmp_path / "board", accounts=["instagram"])


@pytest.fixture
def queued(run: Run, space: Workspace) -> None:
    assert run("queue").code == 0


@pytest.fixture
def public(space: Workspace) -> Path:
    """The folder that the public sees."""
    return space.root / "public"


def test_writes_the_fitted_files_by_their_hash(
    run: Run, space: Workspace, queued: None, public: Path, faulty: FaultPlatform
) -> None:
    result = run("media", "export", str(public))
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        f"1 picture written to {public}, 0 there already.\n"
        f"Instagram has to find them at {faulty.media_url}\n"
    )
    (path,) = public.iterdir()
    assert path.name == f"{hashlib.sha256(path.read_bytes()).hexdigest()}.jpg"
    with space.database() as db:
        (row,) = queue.rows(db)
    assert [path.stem] == [item.sha256 for item in row.draft.media]
    with Image.open(path) as image:
        assert (image.format, len(image.getexif())) == ("JPEG", 0)


def test_what_is_there_stays(run: Run, queued: None, public: Path) -> None:
    run("media", "export", str(public))
    (public / "of-another-program.jpg").touch()
    before = {path.name: path.stat().st_mtime_ns for path in public.iterdir()}
    result = run("media", "export", str(public))
    assert result.out.startswith(f"0 pictures written to {public}, 1 there already.\n")
    assert {path.name: path.stat().st_mtime_ns for path in public.iterdir()} == before


def test_what_is_there_and_damaged_is_written_anew(run: Run, queued: None, public: Path) -> None:
    run("media", "export", str(public))
    (path,) = public.iterdir()
    content = path.read_bytes()
    path.write_bytes(content[:100])
    assert run("media", "export", str(public)).out.startswith("1 picture written")
    assert path.read_bytes() == content


def test_makes_the_folder(run: Run, queued: None, tmp_path: Path) -> None:
    assert run("media", "export", str(tmp_path / "new" / "folder")).code == 0
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 1


@pytest.mark.parametrize("shown", ["nothing", "another picture"])
def test_until_the_public_sees_the_same_bytes_the_delivery_waits_and_says_so(
    run: Run, at: At, queued: None, space: Workspace, public: Path, faulty: FaultPlatform,
    shown: str,
) -> None:  # fmt: skip
    if shown == "another picture":
        run("media", "export", str(public))
        (path,) = public.iterdir()
        path.write_bytes((space.root / "campaigns" / "media" / "clear-cot.jpg").read_bytes())
    at(DUE)
    assert run("publish").code == 1
    assert faulty.requests("public") == []
    with space.database() as db:
        (row,) = queue.rows(db)
    assert (row.state, row.armed_at, row.sends) == ("queued", None, 0)
    assert "put there what `sgcomms media export` writes" in run("status").out
    run("media", "export", str(public))
    at("2026-11-22T10:10+00:00")
    assert run("publish").code == 0
    assert states(run) == {ONE: "published"}


def test_of_what_went_out_nothing_is_written(
    run: Run, at: At, queued: None, public: Path, tmp_path: Path
) -> None:
    run("media", "export", str(public))
    at(DUE)
    run("publish")
    result = run("media", "export", str(tmp_path / "new"))
    assert "Nothing in the queue has a picture for Instagram.\n" in result.out
    assert not (tmp_path / "new").exists()


def test_of_what_an_officer_posts_by_hand_nothing_is_written(
    run: Run, space: Workspace, public: Path, for_real: Callable[..., None]
) -> None:
    """Nobody fetches it, and it need not be public before its time."""
    edit(
        space, "config/board.yaml", "platform: instagram", "platform: instagram\n    mode: by_hand"
    )
    (space.root / "campaigns" / "media" / "cot.mp4").write_bytes(video())
    edit(space, "campaigns/faults.yaml", "clear-cot.jpg", "cot.mp4")
    assert run("queue").code == 0
    assert "0 pictures written" in run("media", "export", str(public)).out
    assert list(public.iterdir()) == []


def test_says_that_there_is_no_public_address_yet(
    run: Run, space: Workspace, queued: None, public: Path, faulty: FaultPlatform
) -> None:
    edit(space, "config/board.yaml", f', media_base_url: "{faulty.media_url}"', "")
    result = run("media", "export", str(public))
    assert result.code == 0
    assert result.out.endswith(
        "Instagram fetches pictures from a public address: set `publishing.media_base_url` in "
        "config/board.yaml to where this folder is served.\n"
    )


def test_a_picture_that_the_store_has_lost_is_named(
    run: Run, space: Workspace, queued: None, public: Path
) -> None:
    for path in (space.root / "store").rglob("*.jpg"):
        path.unlink()
    result = run("media", "export", str(public))
    assert result.code == 2
    assert "is missing or damaged: `sgcomms queue` copies it again" in result.err
    run("queue")
    assert run("media", "export", str(public)).code == 0


def test_a_folder_that_cannot_be_written_is_named(
    run: Run, space: Workspace, queued: None, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    result = run("media", "export", str(tmp_path / "file"))
    assert result.code == 2
    assert f"{tmp_path / 'file'} cannot be written: " in result.err
    assert len(result.err.splitlines()) == 1


def test_asks_for_a_folder(run: Run) -> None:
    result = run("media", "export")
    assert result.code == 2
    assert "DIR" in result.err
