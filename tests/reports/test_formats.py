"""The golden year in every format: the same numbers, whole pages, nothing that shuts anyone out."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.table import Table as WordTable
from PIL import Image

from sgcomms import clock
from sgcomms.cli import run as run_command
from tests import tools
from tests.conftest import BEFORE_ALL
from tests.golden import FORBIDDEN_SUM, TAKE_IN, YEAR

FORMS = ("md", "html", "docx", "pdf")
MARK_HEIGHT = 10
"""The marks of notes in a PDF are so low; the smallest words of the section are higher."""

WORDS = (
    *("275,602", "71,987", "2 minutes", "40%", "52%", "66%", "30%", "4%"),
    *("328", "111,383", "292", "1,540", "1,007", "400", "80,112", "683", "57", "768"),
    *("458", "124", "10,753", "18", "573", "more than 18,000"),
    *("31 March 2020 to 31 March 2021", "1 September 2020 to 31 March 2021"),
    "Impressions and reach are not added together.",
    "The most visited page was Home, followed by Multi-agency training,",
)
"""What the board's own report says of the year, as the section puts it (see tests/golden.py)."""

Rows = list[list[str]]


def command(space: Path, *arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command(["-C", str(space), *arguments])
    assert not ended.value.code


@pytest.fixture(scope="module")
def folder(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `section.md`, `.html`, `.docx` and `.pdf` of the golden year."""
    space = Path(shutil.copytree(fresh, tmp_path_factory.mktemp("golden") / "board"))
    with clock.rehearse(datetime.fromisoformat(BEFORE_ALL)):
        command(space, *TAKE_IN)
        for form in FORMS:
            command(space, "report", "annual", "--year", YEAR, "-o", str(space / f"section.{form}"))
    return space


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, Any]:
    """The report's blocks, as the file beside a document has them."""
    found: dict[str, Any] = json.loads((folder / "section.md.json").read_text("utf-8"))["report"]
    return found


def markdown(folder: Path) -> str:
    text = (folder / "section.md").read_text("utf-8")
    text = re.sub(r"^\[\^\d+\]: ", "", text, flags=re.MULTILINE)
    return re.sub(r"\[\^\d+\]", "", text).replace("\\", "")


def page(folder: Path) -> Tag:
    found = BeautifulSoup((folder / "section.html").read_text("utf-8"), "html.parser")
    for mark in found.find_all("sup"):
        mark.decompose()
    assert found.main is not None
    return found.main


def word(folder: Path) -> Any:
    """Return the Word document without the marks of notes."""
    document = Document(str(folder / "section.docx"))
    body = document.element.body
    for run in body.xpath(".//w:r[w:rPr/w:vertAlign[@w:val='superscript']]"):
        run.getparent().remove(run)
    return document


def words_of(document: Any) -> Iterator[str]:
    """Yield the words of a Word document in order, tables too."""
    for block in document.iter_inner_content():
        if isinstance(block, WordTable):
            yield from (cell.text for row in block.rows for cell in row.cells)
        else:
            yield block.text


def text_of(folder: Path, form: str) -> str:
    if form == "md":
        text = markdown(folder)
    elif form == "html":
        text = page(folder).get_text(" ")
    elif form == "docx":
        text = " ".join(words_of(word(folder)))
    else:
        text = tools.text_of(folder / "section.pdf", smallest=MARK_HEIGHT)
        text = re.sub(r"Website and social media, 2020-21, page \d+", "", text)
    return re.sub(r"\s+", " ", text)


def numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d[\d,]*(?<!,)(?:\.\d+)?%?", text))


@pytest.mark.parametrize("form", FORMS)
def test_the_boards_own_figures_are_in_it_and_their_sum_is_not(folder: Path, form: str) -> None:
    text = text_of(folder, form)
    for words in WORDS:
        assert re.search(rf"(?<![\d,]){re.escape(words)}(?![\d%])", text), words
    assert f"{FORBIDDEN_SUM:,}" not in text
    assert str(FORBIDDEN_SUM) not in text.replace(",", "")


@pytest.mark.parametrize("form", FORMS[1:])
def test_every_number_is_the_markdowns_as_often(
    folder: Path, report: dict[str, Any], form: str
) -> None:
    """A title stands over each picture, which Markdown has none of; a PDF numbers its notes."""
    titles = [chart["title"] for section in report["sections"] for chart in section["charts"]]
    expected = numbers(text_of(folder, "md")) + numbers(" ".join(titles))
    if form == "pdf":
        expected += Counter(str(note["number"]) for note in report["notes"])
    assert numbers(text_of(folder, form)) == expected
    assert sum(expected.values()) > 150


def test_tables_are_the_same_in_every_format(folder: Path) -> None:
    lines = markdown(folder).splitlines()
    in_markdown: list[Rows] = [[]]
    for line in lines:
        if line.startswith("| ---"):
            continue
        if line.startswith("|"):
            in_markdown[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif in_markdown[-1]:
            in_markdown.append([])
    in_html = [
        [[cell.get_text().strip() for cell in row.find_all(["th", "td"])] for row in rows]
        for rows in (table.find_all("tr") for table in page(folder).find_all("table"))
    ]
    in_word = [
        [[cell.text.strip() for cell in row.cells] for row in table.rows]
        for table in word(folder).tables
    ]
    assert in_html == in_word == in_markdown[:-1]
    assert [len(rows) for rows in in_html] == [6, 4, 5, 13, 6]


def test_numbers_stand_on_the_right_and_words_on_the_left(folder: Path) -> None:
    """The board's own figures: what was counted, how many, when."""
    assert "| What was counted | How many | When |\n| --- | ---: | --- |\n" in markdown(folder)
    cell = page(folder).find("th", string="Virtual training webinars")
    assert cell is not None
    row = cell.find_parent("tr")
    assert isinstance(row, Tag)
    assert [one.get("class") for one in row.find_all("td")] == [None, ["words"]]
    (row_in_word,) = (
        row
        for table in word(folder).tables
        for row in table.rows
        if row.cells[0].text == "Virtual training webinars"
    )
    sides = [cell.paragraphs[0].alignment for cell in row_in_word.cells]
    assert sides == [None, WD_ALIGN_PARAGRAPH.RIGHT, None]


def test_headings_are_the_same_in_every_format(folder: Path) -> None:
    in_markdown = [
        (len(signs), words)
        for signs, words in re.findall(r"^(#+) (.*)$", markdown(folder), re.MULTILINE)
    ]
    in_html = [
        (int(one.name[1]), one.get_text()) for one in page(folder).find_all(["h1", "h2", "h3"])
    ]
    in_word = [
        (int(one.style.name[-1]), one.text)
        for one in word(folder).paragraphs
        if one.style.name.startswith("Heading")
    ]
    assert in_html == in_word
    assert [one for one in in_html if one != (2, "Notes")] == in_markdown
    assert [level for level, _ in in_html].count(1) == 1


def test_each_chart_is_a_picture_with_alt_text(folder: Path, report: dict[str, Any]) -> None:
    alts = [chart["alt"] for section in report["sections"] for chart in section["charts"]]
    in_html = page(folder).find_all("img")
    assert [one["alt"] for one in in_html] == alts
    assert all(str(one["src"]).startswith("data:image/svg+xml;base64,") for one in in_html)
    pictures = word(folder).inline_shapes
    assert [one._inline.docPr.get("descr") for one in pictures] == alts
    assert len(alts) == 2


def test_the_page_runs_nothing_and_fetches_nothing(folder: Path) -> None:
    text = (folder / "section.html").read_text("utf-8")
    assert "<script" not in text
    assert re.findall(r'(?:src|href)="(?!#|data:)([^"]*)"', text) == []
    assert text.startswith('<!doctype html>\n<html lang="en-GB">')


def test_the_page_is_valid(folder: Path) -> None:
    assert tools.vnu(folder / "section.html") == []


def test_the_page_shuts_nobody_out(folder: Path, tmp_path: Path) -> None:
    found = tools.axe((folder / "section.html").read_text("utf-8"), tmp_path)
    assert found["violations"] == []
    assert found["passes"] > 20


def test_the_judges_see_what_is_wrong(tmp_path: Path) -> None:
    bad = "<!doctype html><html><body><img src='a.png'><p id=a></p><p id=a></p></body></html>"
    file = tmp_path / "bad.html"
    file.write_text(bad, "utf-8")
    assert any("Duplicate ID" in words for words in tools.vnu(file))
    violations = [name for name, _ in tools.axe(bad, tmp_path)["violations"]]
    assert {"image-alt", "html-has-lang", "document-title"} <= set(violations)


def assert_nothing_hangs(pdf: Path, report: dict[str, Any]) -> None:
    """No heading, and no caption, is the last on a page."""
    sections = report["sections"]
    tables = [one["table"] for one in sections if one["table"] is not None]
    tables += [chart["table"] for one in sections for chart in one["charts"]]
    heads = {one["title"] for one in sections} | {one["caption"] for one in tables}
    heads |= {chart["title"] for one in sections for chart in one["charts"]}
    heads |= {"What is missing, and why", "Notes", "Sources"}
    for lines in tools.pages_of(pdf):
        words = [one for one in lines if not re.fullmatch(r"Website and .*, page \d+", one)]
        assert words[-1] not in heads


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_every_page_has_something_on_it(
    folder: Path, report: dict[str, Any], form: str, tmp_path: Path
) -> None:
    file = folder / f"section.{form}"
    printed = tools.pdf_of(file, tmp_path) if form == "docx" else file
    assert_nothing_hangs(printed, report)
    pages = tools.pictures_of(printed, tmp_path)
    assert 3 <= len(pages) <= 6
    for picture in pages:
        grey = Image.open(BytesIO(picture.read_bytes())).convert("L")
        body = grey.crop((0, 0, grey.width, grey.height * 9 // 10))  # without the footer
        assert sum(body.histogram()[:128]) > 200, f"{picture.name} is blank"
