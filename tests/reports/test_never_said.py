"""What no text of this program says: of people where none were counted, of a total reach, of what
advertising would have cost; and no word of a course that no rule bears out."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from sgcomms.config import Board
from sgcomms.db import Db, readings
from sgcomms.metrics import METRICS, offered
from sgcomms.models import PostRow, Publication, Reading, Source
from sgcomms.periods import midnight
from sgcomms.reports.phrases import misnamed
from sgcomms.workspace import Workspace
from tests.conftest import After, Run
from tests.golden import READ_ON, TAKE_IN

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = ("importers", "platforms", "websites", "natives.py", "phrases.py")
"""Where the platforms' own names of columns stand; and the rules themselves."""

JUDGING = re.compile(
    r"\b(strengthen\w*|continu\w+ to (?:grow|rise|fall|improve)|steadily|soared|surged|plummeted"
    r"|remained|from each quarter|record high|significant\w*)\b",
    re.IGNORECASE,
)
"""Words of a course over time: printed by a rule only."""

STEADY = re.compile(
    r"(an increase|a decrease)[^.]*? of ([\d,]+)\D[^.]*?, to ([\d,]+)[^.]*\.(?:\[\^\d+\])*"
    r" The level remained about the same\."
)
"""The only place where a rule lets one of them be printed in these worlds."""


def borne_out(found: re.Match[str]) -> str:
    """Return nothing for a sentence that its own numbers bear out, or else all of it."""
    change, level = (int(one.replace(",", "")) for one in found.groups()[1:])
    before = level - change if found[1] == "an increase" else level + change
    return "" if change < 0.02 * before else found[0]


def said(text: str) -> Iterator[str]:
    """Yield the lines of a document that the program wrote: what visitors said is theirs."""
    for line in text.splitlines():
        if not line.startswith(">"):
            yield line


def wrong(text: str) -> list[str]:
    lines = (STEADY.sub(borne_out, line) for line in said(text))
    return [line for line in lines if misnamed(line) or JUDGING.search(line)]


def documents(run: Run, year: str) -> Iterator[str]:
    """Yield the annual section in both formats, and the evaluation of every campaign."""
    for form in ("md", "html"):
        result = run("report", "annual", "--year", year, "--format", form)
        assert (result.code, result.err) == (0, "")
        yield result.out
    for campaign in ("covid-safeguarding", "dangerous-dogs", "safer-sleeping"):
        result = run("report", "campaign", campaign)
        assert (result.code, result.err) == (0, "")
        yield result.out


def test_the_seeds_own_words_would_be_found() -> None:
    for words in (
        "a reach of in excess 190,000, a total reach that grew",
        "190,000 people saw our campaign",
        "Our social media presence has continued to grow",
        "The bounce rate has remained close to 40%",
    ):
        assert wrong(words) == [words]
    assert wrong("> we strengthened our reach") == []
    steady = (
        "There was an increase of {} views, to 1,000, compared with 2019-20. The level remained "
    )
    assert wrong(f"{steady.format(19)}about the same.") == []
    assert wrong(f"{steady.format(20)}about the same.") != []


def test_the_golden_year(after: After) -> None:
    for document in documents(after(TAKE_IN), "2020-21"):
        assert wrong(document) == []


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 20))]
)
def test_any_world(run: Run, space: Workspace, seed: int) -> None:
    with closing(space.database()) as db:
        fill(db, space.board(), random.Random(seed))
    found = list(documents(run, "2020-21"))
    assert "compared with 2019-20" in found[0]  # or the world would be too poor to find anything
    for document in found:
        assert wrong(document) == []


def fill(db: Db, board: Board, chance: random.Random) -> None:
    """Store figures of every metric, of two years, with gaps, bounds and zeros as they fall."""
    for first_year in (2019, 2020):
        for number, reading in enumerate(periods_of(board, chance, first_year)):
            source = Source(
                "hand", f"screen {number}", "recorded", reading.subject, READ_ON, by="b"
            )
            readings.add_recorded(db, [(source, reading)])
        for account in board.accounts:
            posts = [post_of(board, account, chance, first_year, one) for one in range(4)]
            name = f"{account}-{first_year}"
            source = Source("file", f"{name}.csv", "test", account, READ_ON, name)
            whole = {"since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
            readings.add(db, source, posts, lambda: whole)  # noqa: B023


def periods_of(board: Board, chance: random.Random, first_year: int) -> Iterator[Reading]:
    subjects = {"website": [*board.websites], "account": [*board.accounts], "board": ["board"]}
    first, last = date(first_year, 4, 1), date(first_year + 1, 3, 31)
    for metric in board.metrics.values():
        for subject in subjects.get(metric.scope, ()):
            if metric.part_of is not None or chance.random() < 0.2:
                continue
            value = chance.choice([0, 1, 29, 30, chance.randrange(2_000_000)])
            top = float(value) if metric.unit != "ratio" else chance.random()
            bound = chance.choice([None, None, None, "more than", "about"])
            start = last if metric.over_time == "last" else first
            yield Reading(subject, metric.name, top, start, last, metric.name, bound=bound)
    for site in board.websites:
        for key in ("desktop", "mobile", "tablet"):
            count = float(chance.randrange(500))
            yield Reading(site, "sessions", count, first, last, "sessions", "device", key)


def post_of(
    board: Board, account: str, chance: random.Random, first_year: int, number: int
) -> PostRow:
    at = midnight(date(first_year, chance.randrange(4, 13), 1 + number), board.zone)
    values = {
        metric.name: chance.choice([None, 0.0, 1.0, float(chance.randrange(100_000))])
        for metric in METRICS.values()
        if metric.scope == "post" and metric.name not in ("posts", "landing_visits")
        if offered(board.accounts[account].platform, metric.name)
    }
    return PostRow(Publication(account, f"{first_year}{number}", at, text="Words"), values)


def test_the_templates() -> None:
    files = [path for path in (ROOT / "templates").rglob("*") if path.suffix in (".md", ".html")]
    assert files
    for path in files:
        text = path.read_text("utf-8")
        assert misnamed(text) == (), path.name


def test_the_words_in_the_program_itself() -> None:
    for path in sorted((ROOT / "src" / "sgcomms").rglob("*.py")):
        if not set(NOT_OURS).isdisjoint(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert misnamed(node.value) == (), f"{path.name}:{node.lineno}"
