"""`sgcomms demo` where it ran before, and where something else is."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from sgcomms.cli import run as run_command
from tests.conftest import Demonstrated

PAPERS = {"monthly-2021-03.html", "campaign-covid-safeguarding.html"}


def demo(folder: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        run_command(["demo", str(folder)])
    return int(ended.value.code or 0)


def test_what_a_person_wrote_stays_when_it_runs_again(
    demonstrated: Demonstrated, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(demonstrated.folder, tmp_path / "demo"))
    notes = folder / "campaigns" / "notes.txt"
    notes.write_text("mine", "utf-8")
    assert demo(folder) == 0
    assert notes.read_text("utf-8") == "mine"
    assert len(list((folder / "outbox").rglob("*.json"))) == 65
    names = {path.name for path in (folder / "reports").iterdir()}
    written = {f"annual-2020-21.{form}" for form in ("md", "html", "docx", "pdf")} | PAPERS
    assert names == written | {f"{name}.json" for name in written}
    summary = (folder / "reports" / "monthly-2021-03.html").read_text("utf-8")
    assert "<h1>Reach summary, March 2021</h1>" in summary
    assert "This is an example." in summary


def test_without_the_extras_it_says_what_brings_the_other_formats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("matplotlib", "docxtpl", "typst"):
        monkeypatch.setitem(sys.modules, name, None)
    assert demo(tmp_path / "demo") == 0
    names = {path.name for path in (tmp_path / "demo" / "reports").iterdir()}
    written = {"annual-2020-21.md", "annual-2020-21.html"} | PAPERS
    assert names == written | {f"{name}.json" for name in written}
    assert 'pip install "sgcomms[report,pdf]"' in capsys.readouterr().out


def test_a_folder_with_something_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letters.txt").write_text("dear board", "utf-8")
    assert demo(tmp_path) == 2
    assert "holds something else already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_c_and_the_folder_go_together(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        run_command(["-C", str(tmp_path), "init", "board"])
    assert (tmp_path / "board" / "config" / "board.yaml").exists()
