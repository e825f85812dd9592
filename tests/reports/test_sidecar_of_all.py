"""The monthly summary and the evaluation of a campaign have a sidecar too, by the same code."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from sgcomms.workspace import Workspace
from tests.conftest import At, Run
from tests.golden import EXAMPLES, READ_ON
from tests.reports.evaluations import Evaluated, warm

__all__ = ["warm"]

MONTH = ("report", "monthly", "--month", "2021-03")
CAMPAIGN = ("report", "campaign", "safer-sleeping", "--from", "2020-04-01", "--to", "2021-03-31")


@pytest.fixture
def golden(run: Run) -> None:
    files = [str(path) for path in sorted(EXAMPLES.iterdir()) if path.suffix in (".csv", ".yaml")]
    assert run("import", *files, "--read-on", str(READ_ON)).code == 0


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize(
    ("asked", "form"),
    [
        *((MONTH, form) for form in ("md", "html", "txt", "eml")),
        *((CAMPAIGN, form) for form in ("md", "html", "docx", "pdf")),
    ],
)
def test_the_same_document_comes_from_it_alone(
    run: Run, space: Workspace, at: At, tmp_path: Path, asked: tuple[str, ...], form: str
) -> None:
    file, again = tmp_path / f"paper.{form}", tmp_path / f"again.{form}"
    board = space.root / "config" / "board.yaml"
    with board.open("a", encoding="utf-8") as config:
        config.write("\nreports: {recipients: [first@board.example]}\n")
    result = run(*asked, "-o", str(file))
    assert (result.code, result.err) == (0, "")
    assert ("To: first@board.example" in file.read_bytes().decode("latin-1")) is (form == "eml")
    assert result.out == f"written: {file}, and paper.{form}.json beside it\n"
    (space.root / "sgcomms.db").unlink()
    board.write_text(board.read_text("utf-8").replace("first@", "other@"), "utf-8")
    at("2036-01-01T00:00+00:00")
    result = run(*asked[:2], "--from-json", f"{file}.json", "-o", str(again))
    assert (result.code, result.err, result.out) == (0, "", f"written: {again}\n")
    assert again.read_bytes() == file.read_bytes()
    assert not (tmp_path / f"again.{form}.json").exists()


def _kept(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(f"{file}.json").read_text("utf-8"))
    return found


@pytest.mark.usefixtures("golden")
def test_it_holds_the_figures_of_each_month(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "march.md"
    assert run(*MONTH, "--for-decision", "Stay.", "-o", str(file)).code == 0
    found = _kept(file)
    stats = json.loads(run("stats", "--month", "2021-03", "--json", "--explain").out)
    for one in stats["figures"]:
        one.pop("readings")
    assert found["figures"] == stats["figures"]
    assert (found["kind"], found["period"]["name"]) == ("monthly", "2021-03")
    names = [one["period"]["name"] for one in found["months"]]
    assert (names[0], names[-1], len(names)) == ("2020-03", "2021-03", 13)
    assert found["report"]["decision"] == "For decision: Stay."
    known = {one["id"] for one in found["sources"]}
    assert {source for one in stats["figures"] for source in one["sources"]} <= known


def test_it_holds_the_figures_of_a_campaign(warm: Evaluated, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "warm.md"
    warm.publish("first@x", "1", "2026-12-01T09:30+00:00")
    warm.read("x", "1", "2026-12-01T09:30+00:00", "2026-12-20", impressions=70)
    warm.at("2027-01-20T09:00+00:00")
    asked = ("report", "campaign", "warm-rooms", "--as-of", "2027-01-19", "-o", str(file))
    assert run(*asked).code == 0
    found = _kept(file)
    assert (found["kind"], found["cut_off"]) == ("campaign", "2027-01-19")
    values = [
        (one["subject"], one["value"]) for one in found["figures"] if one["metric"] == "impressions"
    ]
    assert values == [("warm-rooms", 70), ("x", 70)]


@pytest.mark.parametrize(
    "asked", [("annual", "--year", "2026-27"), ("campaign", "warm-rooms")], ids=["annual", "own"]
)
def test_it_holds_what_an_objective_was_judged_by(
    warm: Evaluated, run: Run, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    file = tmp_path / "paper.md"
    warm.publish("first@x", "1", "2026-12-01T09:30+00:00")
    warm.read("x", "1", "2026-12-01T09:30+00:00", "2027-04-20", clicks_link=45)
    warm.at("2027-05-01T09:00+00:00")
    assert run("report", *asked, "-o", str(file)).code == 0
    assert "45 clicks on links" in file.read_text("utf-8")
    dates = {"start": "2026-04-01", "end": "2026-12-31"}
    (one,) = [one for one in _kept(file)["figures"] if one["period"] == dates]
    assert (one["subject"], one["metric"], one["value"]) == ("warm-rooms", "clicks_link", 45)
    assert one["sources"]


@pytest.mark.usefixtures("golden")
def test_another_commands_file_is_named_with_its_command(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "march.md"
    assert run(*MONTH, "-o", str(file)).code == 0
    for other in ("annual", "campaign"):
        result = run("report", other, "--from-json", f"{file}.json")
        assert (result.code, result.out) == (2, "")
        assert f"say `sgcomms report monthly --from-json {file}.json`" in result.err


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("report", "figures"), [], "is damaged: report.figures is no object"),
        (("report", "figures"), {"a": 1}, "is damaged: report.figures['a'] is no str"),
        (("report", "status"), None, "is damaged: report.status is no object"),
        (("document", "format"), "docx", "is damaged: its document has the format 'docx'"),
        (("document", "to"), ["a@b.example\nBcc: c@d.example"], "is damaged: it is addressed to"),
        (("document", "to"), 5, "is damaged: "),
        (("version",), 2, "has version 2, and this program reads 1"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(
    run: Run, tmp_path: Path, path: tuple[str, ...], value: object, words: str
) -> None:
    file = tmp_path / "march.eml"
    assert run(*MONTH, "-o", str(file)).code == 0
    found = _kept(file)
    place = found
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    found.pop("seal")
    text = json.dumps(found, sort_keys=True, separators=(",", ":"))
    found["seal"] = hashlib.sha256(text.encode()).hexdigest()
    Path(f"{file}.json").write_text(json.dumps(found), "utf-8")
    result = run("report", "monthly", "--from-json", f"{file}.json")
    assert (result.code, result.out) == (2, "")
    assert words in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("monthly", "--month", "2021-03", "--as-of", "2021-04-01"), "leave --month and --as-of"),
        (("monthly", "--so-far", "--for-decision", "x"), "leave --so-far and --for-decision away"),
        (("monthly", "--send"), "leave --send away"),
        (("monthly", "--yes-to", "abc"), "leave --yes-to away"),
        (("campaign", "safer-sleeping"), "leave CAMPAIGN away"),
        (("campaign", "--from", "2020-04-01"), "leave --from away"),
    ],
)
def test_what_does_not_go_with_it_is_named(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    result = run("report", *arguments, "--from-json", "a.json")
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_a_campaign_has_to_be_named(run: Run) -> None:
    result = run("report", "campaign")
    assert (result.code, result.out) == (2, "")
    assert "say which campaign" in result.err
