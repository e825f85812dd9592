"""PDF: tagged, with its language and alt texts; templates of the board."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sgcomms.errors import UsageError
from sgcomms.reports import pdf
from sgcomms.reports.model import Report
from sgcomms.workspace import shipped
from tests import tools
from tests.reports.documents import HOSTILE, MADE, REPORT

SHIPPED = (shipped() / "templates" / "annual.typ").read_bytes()


def written(report: Report = REPORT, template: bytes = SHIPPED) -> bytes:
    return pdf.write(report, template, "annual.typ", MADE)


def refused(template: bytes) -> str:
    with pytest.raises(UsageError) as caught:
        written(template=template)
    assert "\n" not in str(caught.value)
    assert "/tmp" not in str(caught.value)  # noqa: S108  it names no folder of this machine
    return str(caught.value)


def test_it_says_that_it_is_pdf_ua_tagged_and_english() -> None:
    found = written()
    assert found.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in found
    assert b"/Lang(en-GB)" in found.replace(b" ", b"")
    assert b"/Marked true" in found
    assert b"/DisplayDocTitle true" in found
    assert b"/JavaScript" not in found


def test_the_words_are_in_it(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(written())
    text = " ".join(tools.text_of(file).split())
    for words in (
        *(REPORT.title, "275,602", "Word for word", "An item", "A remark."),
        *("1,234", "5,678", "9,012", "not available", "A chart & its title", "Numbers & words"),
        *("What is missing, and why", "Another note.", "a.csv; read on 3 April 2021"),
    ):
        assert words in text


def test_hostile_words_are_only_words(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(written(replace(REPORT, title=HOSTILE, missing=(HOSTILE,))))
    text = " ".join(tools.text_of(file).split())
    assert "{{ 7 * 7 }} {% for %} #let x = 1 $1/0$" in text


def test_the_same_report_gives_the_same_bytes() -> None:
    assert written() == written()


def test_a_board_changes_its_own(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    own = SHIPPED + b"\nMade for #report.board, #report.period\n"
    file.write_bytes(written(template=own))
    assert "Made for Board, 2020-21" in tools.text_of(file)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (b"hello\n#nothing", ":2: unknown variable: nothing"),
        (b"#let x = \n", ":1: expected expression"),
        (SHIPPED + b"\n#report.titel", ": dictionary does not contain key"),
        (b'a\n#read("/etc/passwd")', ":2: file not found"),
        (b'a\n#read("../../etc/passwd")', ":2: path"),
        (b"#while true {}", ":1: condition is always true"),
        (b"#let f() = f()\n#f()", ": maximum function call depth"),
        (b'a\n#import "@preview/cetz:0.1.0"', ":2: packages are fetched from elsewhere"),
        (b'#import ("@" + "preview/cetz:0.1.0")', ":1: packages are fetched from elsewhere"),
        (SHIPPED.replace(b"alt: chart.alt, ", b""), ": PDF/UA-1 error: missing alt text"),
        (b"= A heading", ": PDF/UA-1 error: missing document title"),
        (b"\xff\xfe", " is no text in UTF-8"),
    ],
)
def test_a_mistake_is_named_by_file_and_line(template: bytes, words: str) -> None:
    said = refused(template)
    assert said.startswith("templates/annual.typ")
    assert words in said


LINES = SHIPPED.decode().splitlines()


def line_of(words: str) -> int:
    (found,) = (at for at, line in enumerate(LINES, start=1) if words in line)
    return found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("it.widths.map", "it.widhts.map", 'does not contain key "widhts"'),
        ("super(notes.map", "super(notes.mapp", "has no method `mapp`"),
        ("report.missing.len()", "report.mising.len()", 'does not contain key "mising"'),
        (", alt: chart.alt", "", "missing alt text"),
        ("level: section.level", "level: 5", "skipped from heading level 1 to 5"),
    ],
)
def test_the_line_is_the_mistakes_whatever_typst_warns_of(old: str, new: str, said: str) -> None:
    """A font that this machine has not is a warning, and comes first."""
    template = SHIPPED.decode().replace('("Arial"', '("No such font"').replace(old, new)
    assert refused(template.encode()).startswith(f"templates/annual.typ:{line_of(old)}: ")
    assert said in refused(template.encode())


def test_a_mistake_of_the_whole_document_has_no_line() -> None:
    said = refused(SHIPPED.replace(b"title: report.title, ", b""))
    assert said.startswith("templates/annual.typ: PDF/UA-1 error: missing document title")


def test_a_template_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 3)
    said = refused(b"#for a in range(100000) { for b in range(100000) {} }")
    assert said == "templates/annual.typ: stopped after 3 seconds: does a loop ever end?"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no process's memory")
def test_a_template_that_makes_something_huge_is_stopped() -> None:
    said = refused(b"#let x = range(1000000000)\n#x.len()")
    assert said.startswith("templates/annual.typ: Typst ended without a document")


@pytest.mark.parametrize(
    ("module", "extra"), [("typst", "pdf"), ("matplotlib", "report"), ("afcharts", "report")]
)
def test_without_an_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert f'pip install "sgcomms[{extra}]"' in refused(SHIPPED)


def test_a_report_without_charts_needs_no_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    plain = replace(REPORT, sections=REPORT.sections[:2])
    assert written(plain).startswith(b"%PDF")
