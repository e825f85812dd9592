"""A wheel carries the examples, and what is installed from it works without the repository."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.long
def test_a_wheel_makes_a_workspace_and_the_demonstration(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for part in (
        "sgcomms/py.typed",
        "sgcomms/shipped/campaigns/safer-sleeping.yaml",
        "sgcomms/shipped/campaigns/media/clear-cot.jpg",
        "sgcomms/shipped/config/board.yaml",
        "sgcomms/shipped/templates/annual.html",
        "sgcomms/shipped/templates/annual.docx",
        "sgcomms/shipped/templates/annual.typ",
        "sgcomms/shipped/examples/2020-21/figures.yaml",
    ):
        assert part in names
    venv.create(tmp_path / "venv", with_pip=True)
    folder = "Scripts" if sys.platform == "win32" else "bin"
    programs = tmp_path / "venv" / folder
    subprocess.run(
        [str(programs / "python"), "-m", "pip", "install", "--quiet", str(wheel)], check=True
    )
    done = subprocess.run(
        [str(programs / "sgcomms"), "demo", str(tmp_path / "demo")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "65 of 65 are in the outbox" in done.stdout
