"""Whatever lies in the campaigns folder: problems, no traceback, and the database as it was."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgcomms.rules import RULES
from sgcomms.workspace import DATABASE, Workspace
from tests.campaigns.hostile import CRAFTED, HEAD, mutated, one, posts
from tests.campaigns.test_pairs import LINE
from tests.conftest import Run
from tests.test_media import picture, png_that_claims

SUMMARY = re.compile(r"[\d,]+ files?: [\d,]+ errors?, [\d,]+ warnings?|there are no campaigns/.*")
FILES = [*mutated(130), *CRAFTED.items()]
Attack = Callable[[], int]


@pytest.fixture
def attack(run: Run, space: Workspace) -> Attack:
    """Check and queue what lies in the campaigns folder, beside a campaign that is queued."""
    campaigns = space.root / "campaigns"
    for path in campaigns.glob("*.yaml"):
        path.unlink()
    good = HEAD.replace("hostile", "good") + "posts:\n" + "  - id: good\n    at: 2027-03-08 09:30\n"
    (campaigns / "good.yaml").write_text(f"{good}    text: Stay within reach.\n", "utf-8")
    assert run("queue").code == 0
    kept = (space.root / DATABASE).read_bytes()
    before = rows(space)

    def go() -> int:
        checked, queued = run("check"), run("queue")
        form(checked.err)
        assert checked.code in (0, 2)
        if queued.code == 0:
            assert checked.code == 0
            (space.root / DATABASE).write_bytes(kept)
            shutil.rmtree(space.root / "store", ignore_errors=True)
        else:
            assert queued.code in (1, 2)
            if checked.code == 2:
                *named, last = queued.err.rstrip("\n").split("\n")
                form("\n".join(named))
                assert last == "sgcomms: nothing was changed; mend what is named above"
            assert not (space.root / "store").exists()
        assert rows(space) == before
        return queued.code

    return go


def rows(space: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with closing(sqlite3.connect(space.root / DATABASE)) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return {
            name: db.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names.fetchall()
        }


def form(printed: str) -> None:
    """Hold every printed line against the form that editors understand."""
    for line in printed.split("\n"):
        match = LINE.fullmatch(line)
        assert (match and match[2] in RULES) or SUMMARY.fullmatch(line) or not line, line
        assert "Traceback" not in line


def test_there_are_two_hundred_files_and_more() -> None:
    assert len(FILES) >= 210
    assert len({raw for _, raw in FILES}) == len(FILES)


@pytest.mark.parametrize(
    "batch", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 10))]
)
def test_hostile_files_give_problems_and_change_nothing(
    batch: int, attack: Attack, space: Workspace
) -> None:
    codes = []
    for name, raw in FILES[batch::10]:
        (space.root / "campaigns" / "hostile.yaml").write_bytes(raw)
        try:
            codes.append(attack())
        except BaseException as error:
            error.add_note(f"the file was {name!r}")
            raise
    assert codes.count(2) > len(codes) * 0.7


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_a_great_many_hostile_files(seed: int, attack: Attack, space: Workspace) -> None:
    for name, raw in mutated(300, seed):
        (space.root / "campaigns" / "hostile.yaml").write_bytes(raw)
        try:
            attack()
        except BaseException as error:
            error.add_note(f"the file was {name!r} of seed {seed}")
            raise


@pytest.mark.long
@pytest.mark.parametrize(
    "raw",
    [
        posts("at: 2020-03-08 09:30", "text: 'Post {n}'", count=10_000),
        posts("at: 2027-03-08 09:30", "txt{n}: 'Post {n}'", count=10_000),
        posts("At: 2027-03-08 09:30", "text: 'Post {n}'", "accounts: [y{n}]", count=8_000),
        posts("at: 2027-03-08 09:30", "text: 'a: {n}", count=10_000),
    ],
)
def test_ten_thousand_posts(raw: bytes, attack: Attack, space: Workspace) -> None:
    (space.root / "campaigns" / "hostile.yaml").write_bytes(raw)
    assert attack() == 2


def test_json_is_json_whatever_the_file(run: Run, space: Workspace) -> None:
    for _, raw in FILES[::25]:
        (space.root / "campaigns" / "hostile.yaml").write_bytes(raw)
        assert isinstance(json.loads(run("check", "--json").out), list)


def test_things_that_are_no_files(attack: Attack, space: Workspace) -> None:
    campaigns = space.root / "campaigns"
    (campaigns / "folder.yaml").mkdir()
    (campaigns / "gone.yaml").symlink_to("nothing")
    (campaigns / "round.yaml").symlink_to("round.yaml")
    (campaigns / "there.yaml").symlink_to(space.root)
    if sys.platform != "win32":
        os.mkfifo(campaigns / "pipe.yaml")
        (campaigns / "device.yaml").symlink_to("/dev/zero")
    assert attack() == 2


@pytest.mark.parametrize("name", ["hostile.yaml", "media", "media/cot.jpg", "."])
def test_what_may_not_be_read(name: str, attack: Attack, space: Workspace) -> None:
    path = space.root / "campaigns" / name
    (space.root / "campaigns" / "media" / "cot.jpg").write_bytes(picture("JPEG"))
    (space.root / "campaigns" / "hostile.yaml").write_bytes(
        one("text: hi", "media: [{file: media/cot.jpg, alt: A clear cot}]")
    )
    path.chmod(0)
    try:
        if os.access(path, os.R_OK):
            pytest.skip("this user may read everything")
        assert attack() in (1, 2)
    finally:
        path.chmod(0o755)


PICTURES = {
    "a bomb": png_that_claims(60_000, 60_000),
    "a larger bomb": png_that_claims(2**31 - 1, 2**31 - 1),
    "a header alone": png_that_claims(100, 100)[:33],
    "half a JPEG": picture("JPEG", (600, 600))[:900],
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "nothing": b"",
    "a program": b"\x7fELF" + bytes(range(256)),
    "a campaign": HEAD.encode(),
    "a TIFF": picture("TIFF"),
    "a GIF without frames": b"GIF89a\x01\0\x01\0\0\0\0;",
    "a WebP that lies": b"RIFF\xff\xff\xff\xffWEBPVP8 ",
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_that_are_none(name: str, attack: Attack, space: Workspace) -> None:
    campaigns = space.root / "campaigns"
    (campaigns / "media" / "hostile.png").write_bytes(PICTURES[name])
    media = "media: [{file: media/hostile.png, alt: A clear cot}]"
    (campaigns / "hostile.yaml").write_bytes(one("text: hi", media))
    assert attack() == 2


@given(raw=st.binary(max_size=300))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes(raw: bytes, attack: Attack, space: Workspace) -> None:
    (space.root / "campaigns" / "hostile.yaml").write_bytes(raw)
    attack()


KEYS = st.sampled_from(
    (
        *("campaign", "title", "author", "audience", "planned_on", "objective", "link", "accounts"),
        *("historic", "sensitivity", "watched_by", "allow", "posts", "id", "at", "text"),
        *("text_for", "media", "repeat", "expires", "election_safe", "file", "alt", "every"),
        *("times", "measure", "baseline", "target", "by", "x", "facebook", "instagram"),
        *("same-text", "👶", "", "null"),
    )
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=5),
    st.sampled_from(["x", "hostile", "on approval", "2027-03-08 09:30", "2027-03-28 01:30"]),
    st.sampled_from(
        ["{link}", "{contact:nspcc}", "{contact:x}", "{", "comms.officer@board.example"]
    ),
    st.sampled_from(["media/clear-cot.jpg", "media", "..", "https://a.uk", "day", "case_review"]),
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5)
)
POSTS = st.dictionaries(KEYS, ANYTHING, max_size=8)
CAMPAIGNS = st.fixed_dictionaries(
    {"campaign": st.just("hostile") | ANYTHING, "posts": st.lists(POSTS, max_size=3) | ANYTHING},
    optional={
        "title": ANYTHING,
        "author": st.just("comms.officer@board.example") | ANYTHING,
        "audience": ANYTHING,
        "accounts": st.just(["x", "facebook"]) | ANYTHING,
        "objective": ANYTHING,
        "link": ANYTHING,
        "allow": ANYTHING,
        "historic": ANYTHING,
    },
)


SHAPED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def attack_with(data: object, attack: Attack, space: Workspace) -> None:
    """Let a campaign file hold `data`."""
    text = yaml.safe_dump(data, allow_unicode=True)
    (space.root / "campaigns" / "hostile.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    attack()


@given(data=CAMPAIGNS | ANYTHING)
@settings(SHAPED, max_examples=40)
def test_anything_shaped_like_a_campaign(data: object, attack: Attack, space: Workspace) -> None:
    attack_with(data, attack, space)


@pytest.mark.long
@given(data=CAMPAIGNS | ANYTHING)
@settings(SHAPED, max_examples=1000)
def test_anything_shaped_like_a_campaign_at_length(
    data: object, attack: Attack, space: Workspace
) -> None:
    attack_with(data, attack, space)
