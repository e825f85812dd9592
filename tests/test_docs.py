"""What the documents say is true: their commands run, and everything there is stands in them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sgcomms.cli import COMMANDS
from sgcomms.metrics import METRICS
from sgcomms.rules import RULES
from sgcomms.workspace import Workspace
from tests.conftest import At, Demonstrated, Run
from tests.golden import EXAMPLES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def consoles(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each `$ command` of the console blocks with the lines printed below it."""
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *printed = piece.rstrip("\n").split("\n")
            yield command, printed


def test_the_first_screen_shows_the_two_commands() -> None:
    first = [command for command, _ in consoles(README)][:2]
    assert first == ["make demo", "make test"]


def test_a_fourth_campaign_by_readme_alone(run: Run, space: Workspace, at: At) -> None:
    """Write it with its two mistakes, see them named, mend them, queue it, find it."""
    (yaml,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    file = space.root / "campaigns" / "bath-time.yaml"
    file.write_text(yaml, "utf-8")
    steps = dict(consoles(README.split("## A campaign of your own")[1].split("## Figures")[0]))

    checked = run("check")
    assert checked.code == 2
    named = [line for line in steps["sgcomms check"] if line != "…"]
    assert checked.err.splitlines()[: len(named)] == named

    meant = re.search(r"put the value in quotes: (.*)", checked.err)
    assert meant is not None
    lines = yaml.replace("acounts", "accounts").splitlines()
    lines[10] = f"    {meant[1]}"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    assert run("check").code == 0

    planned = run("plan")
    for line in steps["sgcomms plan"]:
        assert line == "…" or line in planned.out.splitlines()
    assert run("queue").code == 0

    publish = "SGCOMMS_NOW=2026-12-14T17:30+00:00 sgcomms publish"
    at(publish.partition("=")[2].partition(" ")[0])
    assert run("publish").out.splitlines() == steps[publish]
    assert (space.outbox / "x" / "bath-time.stay-close.html").exists()
    assert (space.outbox / "x" / "bath-time.stay-close.json").exists()
    assert run("publish").out == ""


def test_the_figures_commands_of_readme_work(run: Run, space: Workspace, tmp_path: Path) -> None:
    tweets = tmp_path / "tweets.csv"
    tweets.write_bytes((EXAMPLES / "x-tweets-2020-q1.csv").read_bytes())
    codes = []
    for command, _ in consoles(README.split("## Figures")[1]):
        _, *words = shlex.split(command.replace("section.html", str(tmp_path / "section.html")))
        codes.append(run(*(str(tweets) if word == "tweets.csv" else word for word in words)).code)
    assert codes == [0, 0, 0, 0, 2, 0]  # README says that the fifth is refused
    assert (tmp_path / "section.html").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_rule_and_metric_is_documented() -> None:
    reference = ROOT / "docs" / "reference"
    commands = (reference / "commands.md").read_text("utf-8")
    rules = (reference / "rules.md").read_text("utf-8")
    metrics = (reference / "metrics.md").read_text("utf-8")
    assert all(f"## sgcomms {name}\n" in commands for name in COMMANDS)
    assert all(re.search(rf"^## {name}( \*)?$", rules, re.MULTILINE) for name in RULES)
    assert all(f"| `{name}` |" in metrics for name in METRICS)


def test_the_reference_is_as_the_program_is() -> None:
    script = ROOT / "scripts" / "write_reference.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_demo_prints_what_readme_shows(demonstrated: Demonstrated) -> None:
    printed = demonstrated.printed.replace(f"{demonstrated.folder.parent}/", "")
    for line in dict(consoles(README))["make demo"]:
        assert line.strip() == "…" or line in printed.splitlines()
