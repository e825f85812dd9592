"""The annual section where figures are few, templates are the board's, and words are hostile."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from sgcomms import periods
from sgcomms.reports.annual import gather
from sgcomms.reports.writing import write
from sgcomms.workspace import Workspace
from tests.conftest import Run
from tests.golden import EXAMPLES, READ_ON


def annual(run: Run, *arguments: str) -> str:
    result = run("report", "annual", "--year", "2020-21", *arguments)
    assert (result.code, result.err) == (0, "")
    return result.out


def take_in(run: Run, *names: str) -> None:
    files = [str(EXAMPLES / name) for name in names]
    assert run("import", *files, "--read-on", str(READ_ON)).code == 0


def test_without_figures_it_says_what_is_missing_and_prints_no_zero(run: Run) -> None:
    text = annual(run)
    assert "Social media: no figures for the year." in text
    assert "Page views of the website: no figure for the year." in text
    assert " 0 " not in text.partition("## Campaigns")[0]


def test_a_note_is_there_for_every_mark(run: Run) -> None:
    take_in(run, "figures.yaml", "website-pages.csv")
    text = annual(run)
    used = {mark for mark in text.split("[^")[1:] if "]:" not in mark[:4]}
    numbers = {mark.split("]")[0] for mark in used}
    defined = {mark.split("]")[0] for mark in text.split("\n[^")[1:]}
    assert numbers == defined


def test_an_account_without_figures_is_left_out(run: Run) -> None:
    take_in(run, "x-tweets-2020-q1.csv")
    text = annual(run)
    assert "### Twitter (now X)" in text
    assert "### Facebook" not in text


def test_it_is_written_whole_to_the_file_that_is_named(run: Run, tmp_path: Path) -> None:
    take_in(run, "website-pages.csv")
    file = tmp_path / "out" / "section.html"
    result = run("report", "annual", "--year", "2020-21", "-o", str(file))
    assert result.code == 0
    page = file.read_text("utf-8")
    assert page.startswith("<!doctype html>") or page.lstrip().startswith("<!doctype html>")
    assert 'lang="en-GB"' in page
    assert page.count("<h1>") == 1
    assert "<script" not in page


def test_hostile_words_stay_words(run: Run, space: Workspace) -> None:
    feedback = space.root / "config" / "feedback.yaml"
    quote = "<script>alert(1)</script> *bold* | [link](x)"
    feedback.write_text(
        f'- {{quote: "{quote}", website: website, year: 2020-21}}\n', encoding="utf-8"
    )
    page = annual(run, "--format", "html")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert r"\<script\>alert(1)\</script\> \*bold\* \| \[link\](x)" in annual(run)


def test_a_template_is_the_boards_own(run: Run, space: Workspace) -> None:
    own = space.root / "templates" / "annual.md"
    own.write_text("{{ report.board }}: {{ report.period }}\n", encoding="utf-8")
    assert annual(run) == (
        "Cambridgeshire and Peterborough Safeguarding Children Partnership Board: 2020-21\n"
    )


def test_a_mistake_in_a_template_is_named_by_file_and_line(run: Run, space: Workspace) -> None:
    own = space.root / "templates" / "annual.md"
    own.write_text("fine\n{% for %}\n", encoding="utf-8")
    result = run("report", "annual", "--year", "2020-21")
    assert result.code == 2
    assert "templates/annual.md:2: " in result.err
    own.write_text("{{ report.titel }}\n", encoding="utf-8")
    result = run("report", "annual", "--year", "2020-21")
    assert result.code == 2
    assert "templates/annual.md:1: " in result.err
    assert "titel" in result.err


def test_a_template_cannot_reach_outside(run: Run, space: Workspace) -> None:
    own = space.root / "templates" / "annual.md"
    own.write_text("{{ report.__class__.__mro__ }}\n", encoding="utf-8")
    result = run("report", "annual", "--year", "2020-21")
    assert result.code == 2
    assert "templates/annual.md:1: access to attribute '__class__'" in result.err


def test_a_year_that_is_none_is_refused(run: Run) -> None:
    result = run("report", "annual", "--year", "2020")
    assert result.code == 2
    assert "write it as 2020-21" in result.err


def test_x_is_called_x_once_it_was(run: Run) -> None:
    arguments = ("--from", "2026-10-31", "--to", "2026-10-31", "--read-on", "2026-11-22")
    recorded = run("record", "x", "followers", "900", *arguments, "--source", "s", "--by", "b")
    assert recorded.code == 0
    assert "### X\n" in run("report", "annual", "--year", "2026-27").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--year", "0001-02"), "there were no websites before 1991"),
        (("--year", "9998-99"), "has not begun"),
        (("--year", "2020-21", "--as-of", "0001-01-01"), "is before 2020-21 began"),
        (("--year", "2020-21", "--as-of", "2020-03-31"), "is before 2020-21 began"),
        (("--year", "2020-21", "--as-of", "9999-12-31"), "has not come yet"),
        (("--year", "2020-21", "--as-of", "soon"), "is not a day"),
        (("--year", "2020-21", "-o", "section.odt"), "no format ends in .odt"),
        (("--year", "2020-21", "-o", "section"), "it has no ending"),
        (("--year", "2020-21", "-o", "."), "is a folder"),
        (("--year", "2020-21", "--format", "md", "-o", "."), "is a folder"),
        (("--year", "2020-21", "-o", "/dev/null/deep/a.md"), "cannot be written: "),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    result = run("report", "annual", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err
    assert result.err.count("\n") <= 2


def test_a_format_that_is_named_may_go_to_any_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "section.txt"
    assert run("report", "annual", "--year", "2020-21", "--format", "md", "-o", str(file)).code == 0
    assert file.read_text("utf-8").startswith("# Website and social media, 2020-21")


def test_remarks_stand_directly_under_the_title(space: Workspace) -> None:
    board = space.board()
    period = periods.year("2020-21", board.year_starts)
    with closing(space.database()) as db:
        report = gather(db, board, period, [], remarks=["Pages below Home are invented."])
    text = write(report, space.template("annual.md"), "annual.md", "md")
    assert text.startswith(f"# {report.title}\n\nPages below Home are invented.\n\n")
    page = write(report, space.template("annual.html"), "annual.html", "html")
    assert '</h1>\n<p class="remark">Pages below Home are invented.</p>' in page


def test_words_of_many_lines_open_no_heading(run: Run, space: Workspace) -> None:
    feedback = space.root / "config" / "feedback.yaml"
    feedback.write_text(
        '- {quote: "good\\n\\n# Not a heading", website: website, year: 2020-21}\n',
        encoding="utf-8",
    )
    assert "\n> good # Not a heading\n" in annual(run)
