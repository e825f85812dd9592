"""The file beside a document: what it holds, and the same document from it alone."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from sgcomms.reports.model import Report
from sgcomms.reports.stored import MisfitError, cleaned, restored
from sgcomms.workspace import Workspace
from tests.conftest import After, At, Run
from tests.golden import TAKE_IN, YEAR
from tests.reports.documents import HOSTILE, REPORT

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def written(after: After, tmp_path: Path) -> Callable[[str], Path]:
    """Write the section of the golden year in a format; return the document."""
    run = after(TAKE_IN)

    def go(form: str, *arguments: str) -> Path:
        file = tmp_path / "out" / f"section.{form}"
        result = run("report", "annual", "--year", YEAR, "-o", str(file), *arguments)
        assert (result.code, result.err) == (0, "")
        assert result.out == f"written: {file}, and section.{form}.json beside it\n"
        return file

    return go


def beside(document: Path) -> Path:
    return document.with_name(f"{document.name}.json")


def kept(document: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(beside(document).read_text("utf-8"))
    return found


def resealed(document: Path, change: Change) -> None:
    """Change the file as somebody would who also knows how it is sealed."""
    whole = kept(document)
    change(whole)
    whole.pop("seal", None)
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    whole["seal"] = hashlib.sha256(text.encode()).hexdigest()
    beside(document).write_text(json.dumps(whole), "utf-8")


def test_it_holds_what_stats_says_and_what_it_was_made_of(
    written: Callable[[str], Path], run: Run, space: Workspace
) -> None:
    document = written("html")
    found = kept(document)
    stats = json.loads(run("stats", "--year", YEAR, "--json", "--explain").out)
    for one in stats["figures"]:
        one.pop("readings")
    assert found["figures"] == stats["figures"]
    assert found["sources"] == stats["sources"]
    assert (
        found["database"]["sha256"]
        == hashlib.sha256((space.root / "sgcomms.db").read_bytes()).hexdigest()
    )
    assert found["document"]["sha256"] == hashlib.sha256(document.read_bytes()).hexdigest()
    assert found["made_at"] == "2026-11-22T09:00:00Z"
    assert found["cut_off"] is None
    assert found["program"] == "0.1.0"
    assert len(found["months"]) == 12
    assert found["period"]["name"] == YEAR


def test_the_cut_off_is_in_it(written: Callable[..., Path]) -> None:
    assert kept(written("md", "--as-of", "2021-05-01"))["cut_off"] == "2021-05-01"


@pytest.mark.parametrize("form", ["md", "html", "docx", "pdf"])
def test_the_same_document_comes_from_it_alone(
    written: Callable[[str], Path], run: Run, space: Workspace, at: At, form: str
) -> None:
    document = written(form)
    (space.root / "sgcomms.db").unlink()
    at("2036-01-01T00:00+00:00")
    again = document.with_name(f"again.{form}")
    result = run("report", "annual", "--from-json", str(beside(document)), "-o", str(again))
    assert (result.code, result.err, result.out) == (0, "", f"written: {again}\n")
    assert again.read_bytes() == document.read_bytes()
    assert not beside(again).exists()


def test_it_needs_no_workspace(
    written: Callable[[str], Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from sgcomms.cli import run as run_command

    document = written("md")
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        run_command(["-C", str(tmp_path), "report", "annual", "--from-json", str(beside(document))])
    assert not ended.value.code
    assert capsys.readouterr().out == document.read_text("utf-8")


def test_it_may_be_printed_in_another_format(written: Callable[[str], Path], run: Run) -> None:
    document = written("docx")
    result = run("report", "annual", "--from-json", str(beside(document)), "--format", "md")
    assert (result.code, result.err) == (0, "")
    assert result.out == run("report", "annual", "--year", YEAR).out


def test_another_template_than_then_is_said(
    written: Callable[[str], Path], run: Run, space: Workspace
) -> None:
    document = written("md")
    (space.root / "templates" / "annual.md").write_text("{{ report.title }}\n", "utf-8")
    result = run("report", "annual", "--from-json", str(beside(document)))
    assert result.out == "Website and social media, 2020-21\n"
    assert result.err == (
        "warning: templates/annual.md is not what it was then: it may look different\n"
    )


def _drop(name: str) -> Change:
    return lambda whole: whole.pop(name)


def _level(whole: dict[str, Any]) -> None:
    whole["report"]["sections"][0]["level"] = 1


def _series(whole: dict[str, Any]) -> None:
    charts = [one for section in whole["report"]["sections"] for one in section["charts"]]
    charts[0]["series"] = charts[0]["series"] * 5


def _set(*path: str, to: object) -> Change:
    def change(whole: dict[str, Any]) -> None:
        for name in path[:-1]:
            whole = whole[name]
        whole[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_drop("schema"), "is no file of figures"),
        (_set("kind", to="monthly"), "is no file of figures"),
        (_set("version", to=2), "has version 2, and this program reads 1"),
        (_drop("report"), "is damaged: "),
        (_drop("document"), "is damaged: "),
        (_set("document", "format", to="exe"), "is damaged: its document has the format 'exe'"),
        (_set("made_at", to="yesterday"), "is damaged: "),
        (_set("report", to=[]), "is damaged: report is no object"),
        (_set("report", "title", to=None), "is damaged: report.title is no str"),
        (_set("report", "title", to=5), "is damaged: report.title is no str"),
        (_set("report", "notes", to=[{"number": True, "text": ""}]), "number is no int"),
        (_set("report", "notes", to=[{"number": 1}]), "report.notes[0] lacks text"),
        (_set("report", "own", to=1), "report has 'own', which is not known"),
        (_set("report", "sections", to={}), "report.sections is no list"),
        (_level, "a section has the level 1"),
        (_series, "has one to 4 series"),
    ],
)
def test_a_foreign_or_damaged_file_is_refused_in_one_line(
    written: Callable[[str], Path], run: Run, change: Change, words: str
) -> None:
    document = written("md")
    resealed(document, change)
    result = run("report", "annual", "--from-json", str(beside(document)))
    assert (result.code, result.out) == (2, "")
    assert words in result.err
    assert result.err.count("\n") == 1


def test_a_number_that_was_changed_is_noticed(written: Callable[[str], Path], run: Run) -> None:
    document = written("md")
    file = beside(document)
    file.write_text(file.read_text("utf-8").replace("275,602", "375,602"), "utf-8")
    result = run("report", "annual", "--from-json", str(file))
    assert (result.code, result.out) == (2, "")
    assert "was changed since it was written" in result.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[]", "is no file of figures"),
        (b"null", "is no file of figures"),
        (b"\xff\xfe\x00", "is no JSON"),
        (b"1" * 5000, "is no JSON"),
    ],
)
def test_what_is_none_of_ours_is_refused(
    run: Run, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content)
    result = run("report", "annual", "--from-json", str(file))
    assert (result.code, result.out) == (2, "")
    assert words in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from-json", "nothing.json"), "nothing.json cannot be read: No such file"),
        (("--from-json", "a.json", "--year", "2020-21"), "leave --year and --as-of away"),
        ((), "say which year: --year 2020-21"),
        (("--year", "2020-21", "--format", "docx"), "--format docx needs a file: say -o NAME.docx"),
        (("--year", "2020-21", "--format", "pdf"), "--format pdf needs a file"),
    ],
)
def test_what_does_not_go_together_is_said(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    result = run("report", "annual", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_a_page_without_what_draws_has_its_tables_and_says_so(
    run: Run, written: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run("report", "annual", "--year", YEAR, "--format", "html")
    assert result.code == 0
    assert "<img" not in result.out
    assert "<figure" not in result.out
    assert "Impressions of posts published in each month, in numbers" in result.out
    assert "only their tables. a chart: what makes it is not installed (matplotlib); say pip " in (
        result.err
    )


def test_every_report_comes_back_from_json() -> None:
    assert restored(Report, json.loads(json.dumps(asdict(REPORT)))) == REPORT


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1" + "0" * 400, '"5"', "true", "[]"])
def test_a_value_of_a_chart_that_is_no_number_is_refused(value: str) -> None:
    text = json.dumps(asdict(REPORT)).replace('"value": 1234}', f'"value": {value}}}')
    with pytest.raises(MisfitError, match="value is no float"):
        restored(Report, json.loads(text))


def test_cleaned_words_are_on_one_line() -> None:
    found = cleaned(replace(REPORT, title="a\nb\x00\t c", board=HOSTILE))
    assert found.title == "a b c"
    assert "\ufffe" not in found.board
    assert found.sections == REPORT.sections
