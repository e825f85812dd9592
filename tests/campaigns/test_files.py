"""Which files are read: endings, folders, links, files named on the command line."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from sgcomms import cli
from sgcomms.workspace import Workspace
from tests.conftest import Run

POSTS = """\
posts:
  - id: stay-close
    at: 2027-03-08 09:30
    text: Stay within reach, every second. This is {campaign}.
"""
HEAD = """\
campaign: {campaign}
title: Bath time
author: comms.officer@board.example
audience: Parents
objective: {{measure: clicks_link, baseline: 40, target: 120, by: 2027-03-31}}
accounts: [x]
"""


def campaign(name: str) -> str:
    return HEAD.format(campaign=name) + POSTS.replace("{campaign}", name)


@pytest.fixture
def folder(space: Workspace) -> Path:
    """An empty campaigns folder."""
    for path in (space.root / "campaigns").glob("*.yaml"):
        path.unlink()
    return space.root / "campaigns"


def problems(run: Run, *files: Path) -> list[str]:
    return run("check", *map(str, files)).err.splitlines()[:-1]


def planned(run: Run) -> list[str]:
    return [one["id"] for one in json.loads(run("plan", "--json").out)["add"]]


def test_no_campaigns_are_no_mistake(run: Run, folder: Path) -> None:
    assert run("check").out == f"there are no campaigns/*.yaml in {folder.parent}\n"
    shutil.rmtree(folder)
    assert run("check").code == 0
    assert run("queue").code == 0


def test_a_campaigns_folder_that_is_a_file_is_named(run: Run, folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder", "utf-8")
    assert problems(run) == ["campaigns:1:1: error unreadable-file it is a file, not a folder"]
    assert run("queue").code == 2


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "A.YAML", "a.Yml"])
def test_endings_in_capitals_are_read_too(name: str, run: Run, folder: Path) -> None:
    (folder / name).write_text(campaign("bath-time"), "utf-8")
    assert problems(run) == []
    assert planned(run) == ["bath-time/stay-close@x"]


def test_hidden_files_are_left_alone(run: Run, folder: Path) -> None:
    (folder / "._bath-time.yaml").write_bytes(b"\0\5\x16\7")
    (folder / ".bath-time.yaml.swp").write_bytes(b"\0")
    assert problems(run) == []


def test_files_that_nobody_reads_are_named(run: Run, folder: Path) -> None:
    (folder / "2027" / "spring").mkdir(parents=True)
    (folder / "2027" / "spring" / "bath-time.yml").write_text(campaign("bath-time"), "utf-8")
    (folder / "easter.yaml.txt").write_text(campaign("easter"), "utf-8")
    (folder / "media" / "notes.txt").write_text("no campaign", "utf-8")
    result = run("check")
    assert result.code == 0
    assert result.err.splitlines() == [
        "campaigns/2027/spring/bath-time.yml:1:1: warning not-read folders inside campaigns/ are "
        "not read; move it up",
        "campaigns/easter.yaml.txt:1:1: warning not-read its name ends in .txt, so it is not read; "
        "call it easter.yaml",
        "0 files: 0 errors, 2 warnings",
    ]
    assert planned(run) == []


def test_a_folder_that_is_called_like_a_campaign(run: Run, folder: Path) -> None:
    (folder / "bath-time.yaml").mkdir()
    assert problems(run) == [
        "campaigns/bath-time.yaml:1:1: error unreadable-file it is a folder, not a file"
    ]
    assert run("queue").code == 2


def test_links_that_lead_nowhere(run: Run, folder: Path) -> None:
    (folder / "gone.yaml").symlink_to("nothing-there.yaml")
    (folder / "round.yaml").symlink_to("round.yaml")
    assert problems(run) == [
        "campaigns/gone.yaml:1:1: error unreadable-file there is no such file",
        "campaigns/round.yaml:1:1: error unreadable-file it is a link that leads back to itself",
    ]
    assert problems(run, folder / "round.yaml") == problems(run)[1:]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_not_waited_for(run: Run, folder: Path) -> None:
    if sys.platform != "win32":
        os.mkfifo(folder / "bath-time.yaml")
        os.mkfifo(folder / "media" / "cot.jpg")
    (folder / "other.yaml").write_text(
        campaign("other") + "    media: [{file: media/cot.jpg, alt: A clear cot}]\n", "utf-8"
    )
    assert problems(run) == [
        "campaigns/bath-time.yaml:1:1: error unreadable-file it is not a file that holds text",
        "campaigns/other.yaml:11:20: error media-missing file: 'media/cot.jpg': it is not a file "
        "that holds a picture",
    ]


def test_a_file_that_may_not_be_read(run: Run, folder: Path) -> None:
    (folder / "bath-time.yaml").write_text(campaign("bath-time"), "utf-8")
    (folder / "bath-time.yaml").chmod(0)
    if os.access(folder / "bath-time.yaml", os.R_OK):
        pytest.skip("this user may read everything")
    assert problems(run) == [
        "campaigns/bath-time.yaml:1:1: error unreadable-file this user may not read it"
    ]


def test_a_link_in_the_media_folder_does_not_lead_out(run: Run, folder: Path) -> None:
    (folder / "media" / "secret.jpg").symlink_to(folder.parent / "secrets.yaml")
    (folder / "bath-time.yaml").write_text(
        campaign("bath-time") + "    media: [{file: media/secret.jpg, alt: A clear cot}]\n", "utf-8"
    )
    (found,) = problems(run)
    assert "error media-outside" in found


@pytest.mark.parametrize(
    "name", ["two\nlines.yaml", "a:1:1: error x.yaml", "\u202elmay.yaml", "tab\t.yaml"]
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_strange_name_stays_on_one_line(name: str, run: Run, folder: Path) -> None:
    (folder / name).write_text("posts: []\n", "utf-8")
    result = run("check")
    lines = result.err.splitlines()
    assert lines[-1].startswith("1 file: ")
    assert all(line.startswith("campaigns/") for line in lines[:-1])
    assert all(character.isprintable() for character in "".join(lines))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
def test_a_name_that_is_no_text(run: Run, folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.yaml")).write_text("posts: []\n", "utf-8")
    assert problems(run)[0].startswith("campaigns/caf\\udce9.yaml:1:1: error ")
    assert json.loads(run("check", "--json").out)[0]["file"] == "campaigns/caf\\udce9.yaml"


# files named on the command line


def test_one_file_is_checked_alone(run: Run, folder: Path) -> None:
    (folder / "bad.yaml").write_text(campaign("bad").replace("[x]", "[y]"), "utf-8")
    (folder / "good.yaml").write_text(campaign("good"), "utf-8")
    assert run("check", str(folder / "good.yaml")).out == "1 file: 0 errors, 0 warnings\n"
    assert len(problems(run, folder / "bad.yaml")) == 1


@pytest.mark.parametrize("first", ["a", "b"])
def test_one_file_is_held_against_all_others(first: str, run: Run, folder: Path) -> None:
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(campaign("bath-time"), "utf-8")
    (found,) = problems(run, folder / f"{first}.yaml")
    other = "b" if first == "a" else "a"
    assert f"is the campaign of campaigns/{other}.yaml already" in found


@pytest.mark.parametrize("first", ["a", "b"])
def test_the_same_words_are_found_from_either_side(first: str, run: Run, folder: Path) -> None:
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(
            campaign(name).replace(f"is {name}.", "is it."), "utf-8"
        )
    (found,) = problems(run, folder / f"{first}.yaml")
    assert "error same-text the same words go to x as " in found


def test_a_file_outside_is_checked_and_said_not_to_be_queued(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(campaign("draft").replace("[x]", "[y]"), "utf-8")
    assert problems(run, draft) == [
        f"{draft}:1:1: warning not-read it is checked only: what lies outside campaigns/ is never "
        "queued",
        f"{draft}:6:12: error unknown-account accounts: 'y' is no account; known are: x, facebook, "
        "instagram",
    ]


def test_the_pictures_of_a_file_outside_lie_beside_it(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "media").mkdir()
    shutil.copy(folder / "media" / "clear-cot.jpg", tmp_path / "media" / "own.jpg")
    draft = tmp_path / "draft.yaml"
    text = campaign("draft") + "    media: [{file: media/own.jpg, alt: A clear cot}]\n"
    draft.write_text(text, "utf-8")
    assert [line for line in problems(run, draft) if ": error " in line] == []


def test_the_same_file_twice_is_one_file(run: Run, folder: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(campaign("draft"), "utf-8")
    other_way = draft.parent / "board" / ".." / "draft.yaml"
    link = tmp_path / "link.yaml"
    link.symlink_to(draft)
    result = run("check", str(draft), str(draft), str(other_way), str(link))
    assert "duplicate-id" not in result.err
    assert result.code == 0


def test_the_same_file_twice_in_the_workspace(run: Run, folder: Path) -> None:
    file = folder / "good.yaml"
    file.write_text(campaign("good"), "utf-8")
    assert run("check", str(file), str(file)).out == "1 file: 0 errors, 0 warnings\n"


def test_a_file_is_named_from_where_the_officer_stands(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.yaml").write_text(campaign("bad").replace("[x]", "[y]"), "utf-8")
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as ended:
        cli.run(["check", "bad.yaml"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("campaigns/bad.yaml:6:12: error unknown-account")


def test_a_file_that_is_not_there(run: Run, folder: Path) -> None:
    assert problems(run, folder / "no.yaml") == [
        "campaigns/no.yaml:1:1: error unreadable-file there is no such file"
    ]
    assert problems(run, folder) == [
        "campaigns:1:1: warning not-read it is checked only: its name does not end in .yaml",
        "campaigns:1:1: error unreadable-file it is a folder, not a file",
    ]


def test_a_text_file_in_the_folder_is_said_not_to_be_read(run: Run, folder: Path) -> None:
    (folder / "bath-time.txt").write_text(campaign("bath-time"), "utf-8")
    assert problems(run) == []
    assert problems(run, folder / "bath-time.txt") == [
        "campaigns/bath-time.txt:1:1: warning not-read it is checked only: its name does not end "
        "in .yaml"
    ]
