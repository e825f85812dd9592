"""Documents as they lie on paper: nothing cut off, and no heading parted from what it is of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sgcomms.reports import pdf, word, writing
from sgcomms.reports.model import Cell, Report, Section, Sentence, Table
from sgcomms.workspace import shipped
from tests import tools
from tests.reports.documents import MADE, REPORT

TEMPLATES = shipped() / "templates"
WORDS = "Some words that are as long as a line of the page is, or a little longer than that. "


def _table(number: int, rows: int, columns: int) -> Table:
    header = ("Account", *("Impressions" for _ in range(columns - 2)), "Endmost")
    row = (Cell("Facebook and Instagram"), *(Cell("123,456") for _ in header[2:]), Cell("654,321"))
    return Table(f"Caption {number}", header, tuple(row for _ in range(rows)))


REPORTED = replace(
    REPORT,
    sections=tuple(
        Section(
            f"s{number}",
            f"Heading {number}",
            2 + number % 2,
            (Sentence(WORDS * (number % 5 + 1)),) if number % 3 else (),
            _table(number, 2 + number % 7, 9 if number % 4 else 3),
        )
        for number in range(24)
    ),
)


def on_paper(report: Report, form: str, folder: Path) -> Path:
    file = folder / f"paper.{form}"
    template = (TEMPLATES / f"annual.{'typ' if form == 'pdf' else form}").read_bytes()
    if form == "html":
        file.write_text(writing.write(report, template.decode(), "annual.html", "html"), "utf-8")
        return tools.printed(file, folder)
    writer = pdf.write if form == "pdf" else word.write
    file.write_bytes(writer(report, template, f"annual.{form}", MADE))
    return tools.pdf_of(file, folder) if form == "docx" else file


@pytest.mark.long
@pytest.mark.parametrize("form", ["docx", "html", "pdf"])
def test_nothing_is_cut_off_or_alone(form: str, tmp_path: Path) -> None:
    pages = tools.pages_of(on_paper(REPORTED, form, tmp_path))
    assert len(pages) > 4
    every = [line for lines in pages for line in lines]
    assert sum("654,321" in line for line in every) == sum(
        len(one.table.rows) for one in REPORTED.sections if one.table is not None
    )
    heads = sum(line.startswith("Account ") for line in every)
    assert heads == len(REPORTED.sections), "a table is parted: its header is there twice"
    for lines in pages:
        words = [one for one in lines if ", page " not in one]
        assert not words[-1].startswith(("Heading ", "Caption ", "Account"))
