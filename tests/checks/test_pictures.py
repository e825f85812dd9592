"""Pictures and videos that an account does not take, told before anything is queued."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from sgcomms import queueing
from sgcomms.db import queue
from sgcomms.platforms.by_hand import ByHand
from sgcomms.workspace import Workspace
from tests.checks.test_against_the_queue import rules, write
from tests.conftest import Run
from tests.videos import video

POST = """\
    at: 2027-03-08 09:30
    accounts: [{account}]
    text: Stay within reach.
    media:
"""
ITEM = "      - {{file: media/{name}, alt: A bath with a child and her mother}}\n"


@pytest.fixture
def folder(space: Workspace) -> Path:
    """An empty campaigns folder."""
    for path in (space.root / "campaigns").glob("*.yaml"):
        path.unlink()
    return space.root / "campaigns"


def post(folder: Path, account: str, *names: str) -> None:
    items = "".join(ITEM.format(name=name) for name in names)
    write(folder, "bath-time", POST.format(account=account) + items)


def moving(folder: Path) -> str:
    frames = [Image.new("RGB", (400, 400), colour) for colour in ("red", "blue")]
    path = folder / "media" / "bath.gif"
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:], duration=200)
    return path.name


def by_hand(space: Workspace) -> None:
    board = space.root / "config" / "board.yaml"
    text = board.read_text("utf-8")
    text = text.replace("mode: outbox", "mode: by_hand")
    board.write_text(text, "utf-8")


def test_a_missing_picture_is_all_that_is_said_of_it(run: Run, folder: Path) -> None:
    post(folder, "instagram", "nothing.jpg")
    assert rules(run) == ["media-missing"]


def test_a_gif_moves_alone(run: Run, folder: Path) -> None:
    name = moving(folder)
    post(folder, "x", name)
    assert rules(run) == []
    post(folder, "x", name, "clear-cot.jpg")
    assert rules(run) == ["media-refused"]


@pytest.mark.parametrize("account", ["facebook", "instagram"])
def test_where_a_gif_stands_still_it_is_said(account: str, run: Run, folder: Path) -> None:
    post(folder, account, moving(folder))
    assert rules(run) == ["media-still"]
    assert run("queue").code == 0


def test_a_video_goes_out_by_hand_and_as_it_is(run: Run, folder: Path, space: Workspace) -> None:
    (folder / "media" / "bath.mp4").write_bytes(video())
    post(folder, "facebook", "bath.mp4")
    assert rules(run) == ["media-refused"]  # in an outbox nobody posts it
    by_hand(space)
    assert rules(run) == []
    with space.database() as db:
        queueing.carry_out(queueing.propose(space.root, space.board(), db), space.store, db, "me")
        (row,) = queue.rows(db)
    account = space.board().accounts["facebook"]
    ByHand(account, space.root / "by_hand", space.store).hand(row.draft, key=row.id)
    given = space.root / "by_hand" / "facebook" / "bath-time.p1"
    assert (given / "1.mp4").read_bytes() == video()
    assert "A bath" in (given / "1.alt.txt").read_text("utf-8")


@pytest.mark.parametrize("hashtags", [30, 31])
def test_hashtags_are_counted(hashtags: int, run: Run, folder: Path) -> None:
    words = " ".join(f"#bath{number}" for number in range(hashtags))
    text = POST.format(account="instagram").replace("Stay within reach.", f'"{words} a&#38;b c#d"')
    write(folder, "bath-time", text + ITEM.format(name="clear-cot.jpg"))
    assert rules(run) == ([] if hashtags == 30 else ["too-many-tags"])


def test_mail_addresses_are_no_mentions(run: Run, folder: Path) -> None:
    words = " ".join(f"me{number}@example.org" for number in range(21))
    text = POST.format(account="instagram").replace("Stay within reach.", f"Ask {words}")
    write(folder, "bath-time", text + ITEM.format(name="clear-cot.jpg"))
    assert rules(run) == []
    text = text.replace("@example.org", "").replace(" me", " @me").replace(" @media", " media")
    write(folder, "bath-time", text + ITEM.format(name="clear-cot.jpg"))
    assert rules(run) == ["too-many-tags"]
