"""What is shipped to run it by: it parses, and what it calls exists."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sgcomms.cli import COMMANDS
from sgcomms.db.sending import LEASE

ROOT = Path(__file__).resolve().parent.parent
CONTRIB = sorted(path for path in (ROOT / "contrib").iterdir() if path.is_file())
UNITS = [path for path in CONTRIB if path.suffix in (".service", ".timer")]
TASKS = [path for path in CONTRIB if path.suffix == ".xml"]
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"

_CALL = re.compile(r"\bsgcomms(?:\.exe)?(?: -C \S+)? ([a-z][a-z-]*)")


def settings(path: Path) -> dict[str, str]:
    lines = path.read_text("utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    return {key.strip(): value.strip() for key, value in pairs}


def calls(text: str) -> list[str]:
    text = re.sub(r'", *"', " ", text).replace("</Command>\n      <Arguments>", " ")
    text = re.sub(r'"\]$|</Arguments>', "", text, flags=re.MULTILINE)
    return _CALL.findall(text)


def test_each_way_of_running_it_is_there() -> None:
    assert {path.name for path in CONTRIB} == {
        "Containerfile",
        "crontab",
        "sgcomms-backup-task.xml",
        "sgcomms-backup.service",
        "sgcomms-backup.timer",
        "sgcomms-collect-task.xml",
        "sgcomms-collect.service",
        "sgcomms-collect.timer",
        "sgcomms-run.service",
        "sgcomms-task.xml",
        "sgcomms.service",
        "sgcomms.timer",
    }


@pytest.mark.parametrize("path", CONTRIB, ids=lambda path: path.name)
def test_what_it_calls_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    found = calls(text)
    assert found or path.suffix == ".timer"
    assert set(found) <= set(COMMANDS)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this system has no systemd")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_unit(path: Path, tmp_path: Path) -> None:
    """With a program that exists here; the others of the folder are what it may name."""
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/sgcomms/bin/sgcomms", "/bin/true")
        (tmp_path / unit.name).write_text(text.replace("User=sgcomms", "User=root"), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / path.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if path.stem in line]
    assert told == []


@pytest.mark.parametrize(
    "path", [one for one in UNITS if one.suffix == ".service"], ids=lambda path: path.name
)
def test_a_unit_can_do_little_else(path: Path) -> None:
    found = settings(path)
    assert found["User"] not in ("", "root")
    assert found["NoNewPrivileges"] == "yes"
    assert found["ProtectSystem"] == "strict"
    assert found["ReadWritePaths"] == found["WorkingDirectory"]


@pytest.mark.parametrize("name", ["sgcomms-run.service", "sgcomms.service"])
def test_a_unit_leaves_a_request_its_time(name: str) -> None:
    seconds = int(settings(ROOT / "contrib" / name)["TimeoutStopSec"])
    assert timedelta(seconds=seconds) > LEASE


@pytest.mark.parametrize("path", TASKS, ids=lambda path: path.name)
def test_the_task_is_xml_and_ends_no_tick(path: Path) -> None:
    content = path.read_bytes()
    assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    task = ET.fromstring(content)  # noqa: S314  our own file
    assert task.tag == f"{TASK}Task"
    found = {one.tag.removeprefix(TASK): one.text for one in task.iter()}
    assert found["ExecutionTimeLimit"] == "PT0S"
    assert found["AllowHardTerminate"] == "false"
    called = re.search("backup|collect", path.name)
    often = {"backup": "P1D", "collect": "PT1H"}
    assert found["Interval"] == (often[called[0]] if called else "PT1M")


def test_the_container_is_fixed_and_nobodys_root() -> None:
    text = (ROOT / "contrib" / "Containerfile").read_text("utf-8")
    assert re.search(r"^FROM \S+python:3\.\d+-slim$", text, re.MULTILINE)
    assert re.search(r"^USER [1-9]", text, re.MULTILINE)
    assert "--hostname sgcomms-board" in text
    assert re.search(r"^VOLUME /board$", text, re.MULTILINE)
    copied = {
        one for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE) for one in line.split()
    }
    assert not {".", "./", "secrets.yaml"} & copied
    assert {"src", "campaigns", "config", "templates", "examples", "pyproject.toml"} <= copied


@pytest.mark.parametrize("name", ["run-it.md", "back-up.md"])
def test_the_pages_call_what_exists(name: str) -> None:
    text = (ROOT / "docs" / "how-to" / name).read_text("utf-8")
    code = "\n".join(re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL))
    assert calls(code)
    assert set(calls(code)) <= set(COMMANDS)


def test_the_page_names_every_file() -> None:
    text = "".join(
        (ROOT / "docs" / "how-to" / name).read_text("utf-8") for name in ("run-it.md", "back-up.md")
    )
    assert [path.name for path in CONTRIB if path.name not in text] == []
