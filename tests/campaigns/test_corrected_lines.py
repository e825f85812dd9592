"""A corrected line that a message prints is right: pasted back, the mistake is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sgcomms.workspace import Workspace
from tests.campaigns.test_pairs import CASES, DATA, expected, only
from tests.conftest import Run

PRINTED = re.compile(
    r".*:(?P<line>\d+):\d+: error (?P<rule>[a-z-]+) .*?"
    r"(?:put the value in quotes: |; write |text, write )(?!it as|one such|day and time)(?P<new>.+)"
)
AS_ONE = re.compile(
    r".*:(?P<line>\d+):\d+: error (?P<rule>[a-z-]+) (?P<key>\w+): .*; write it as (?P<new>.+)"
)
LINE_RULES = ("needs-quotes", "hashtag-lost", "yaml-syntax", "wrong-type")


def mended(pattern: re.Pattern[str], rules: tuple[str, ...] = LINE_RULES) -> list[tuple[str, str]]:
    """Return every printed correction of the pairs, with the name of its pair."""
    return [
        (name, line)
        for name in CASES
        for line in expected(name)
        if (match := pattern.fullmatch(line)) and match["rule"] in rules
    ]


def complaints(run: Run, number: int, rule: str) -> int:
    marks = [
        line.split(": error ")[0].split(":")
        for line in run("check").err.splitlines()
        if f": error {rule} " in line
    ]
    return sum(mark[1] == str(number) for mark in marks)


@pytest.mark.parametrize(("name", "message"), mended(PRINTED))
def test_a_printed_line_pasted_back(name: str, message: str, run: Run, space: Workspace) -> None:
    match = PRINTED.fullmatch(message)
    assert match is not None
    number, rule = int(match["line"]), match["rule"]
    file = only(space, name)
    before = complaints(run, number, rule)
    paste(file, number, match["new"])
    assert complaints(run, number, rule) < before


def paste(file: Path, number: int, new: str) -> None:
    """Put `new` in the place of a line, indented as the lines of its file are."""
    lines = file.read_text("utf-8").split("\n")
    old = lines[number - 1]
    lines[number - 1] = old[: len(old) - len(old.lstrip())] + new
    file.write_text("\n".join(lines), "utf-8")


@pytest.mark.parametrize(
    ("name", "message"), mended(AS_ONE, ("wrong-value", "wrong-type", "missing-key"))
)
def test_a_printed_value_pasted_back(name: str, message: str, run: Run, space: Workspace) -> None:
    match = AS_ONE.fullmatch(message)
    assert match is not None
    number, rule, key = int(match["line"]), match["rule"], match["key"]
    new = re.sub(r"^`\w+: (.*)`(, or delete the line)?$", r"\1", match["new"])
    file = only(space, name)
    line = file.read_text("utf-8").split("\n")[number - 1]
    if f"{key}:" not in line:
        pytest.skip("the value stands on the lines below its key")
    before = complaints(run, number, rule)
    head = re.match(rf"\s*(?:- )?{key}:", line)
    corrected = f"{head[0]} {new}" if head else re.sub(rf"(?<={key}:) [^,}}]+", f" {new}", line)
    paste(file, number, corrected.strip())
    assert complaints(run, number, rule) < before


def test_there_are_corrections_to_try() -> None:
    assert len(mended(PRINTED)) > 35
    assert len(mended(AS_ONE, ("wrong-value", "wrong-type"))) > 25
    assert DATA.is_dir()
