"""Word documents: what a screen reader and an editor find in them, and templates of the board."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from sgcomms.errors import UsageError
from sgcomms.reports import word
from sgcomms.reports.model import Cell, Report, Section, Table
from sgcomms.workspace import shipped
from tests.reports.documents import CHART, HOSTILE, MADE, REPORT, TABLE

SHIPPED = (shipped() / "templates" / "annual.docx").read_bytes()
ROOT = Path(__file__).resolve().parents[2]


def written(report: Report = REPORT, template: bytes = SHIPPED) -> Any:
    return Document(BytesIO(word.write(report, template, "annual.docx", MADE)))


def changed(change: Callable[[Any], None]) -> bytes:
    """Return the shipped template as somebody changed it."""
    document = Document(BytesIO(SHIPPED))
    change(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def with_line(text: str) -> bytes:
    return changed(lambda document: document.add_paragraph(text))


def refused(template: bytes) -> str:
    with pytest.raises(UsageError) as caught:
        word.write(REPORT, template, "annual.docx", MADE)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def styled(document: Any, style: str) -> list[str]:
    return [one.text for one in document.paragraphs if one.style.name == style]


def test_headings_and_lists_are_real() -> None:
    found = written()
    assert styled(found, "Heading 1") == [REPORT.title]
    assert styled(found, "Heading 2") == [
        *("First", "Third", "What is missing, and why", "Notes", "Sources")
    ]
    assert styled(found, "Heading 3") == ["Second"]
    assert styled(found, "List Number") == ["A note.", "Another note."]
    assert styled(found, "List Bullet") == ["An item2", "Nothing of May.", REPORT.sources[0]]
    assert "Word for word" in styled(found, "Quote")
    assert "It had 275,602 views.1 And more." in [one.text for one in found.paragraphs]


def test_marks_of_notes_are_superscripts() -> None:
    runs = [run for line in written().paragraphs for run in line.runs if run.font.superscript]
    assert [run.text for run in runs if run.text] == ["1", "2"]


def test_tables_repeat_their_header_and_have_no_row_of_tags() -> None:
    table, beside_chart = written().tables
    for found in (table, beside_chart):
        rows = [[cell.text for cell in row.cells] for row in found.rows]
        assert rows == [
            ["Month", "X <1>", "Facebook"],
            ["April 2020", "1,2341", "not available"],
            ["May 2020", "5,678", "9,0121, 2"],
        ]
        flags = [row._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) for row in found.rows]
        assert [flag is not None for flag in flags] == [True, False, False]
        look = found._tbl.tblPr.find(qn("w:tblLook"))
        assert (look.get(qn("w:firstRow")), look.get(qn("w:firstColumn"))) == ("1", "1")


def kept(line: Any) -> bool:
    own = line._p.pPr is not None and line._p.pPr.find(qn("w:keepNext")) is not None
    return bool(own or line.style.paragraph_format.keep_with_next)


def test_headings_and_captions_stay_with_what_follows() -> None:
    found = written()
    for line in found.paragraphs:
        if line.style.name.startswith("Heading") or line.style.name == "Caption":
            assert kept(line), line.text


def test_a_short_table_stays_on_one_page_and_no_row_is_parted() -> None:
    long = replace(TABLE, rows=TABLE.rows * 10)
    section = replace(REPORT.sections[1], table=long)
    for table, together in ((written().tables[0], True), (_first(section), False)):
        rows = [
            [kept(line) for cell in row.cells for line in cell.paragraphs] for row in table.rows
        ]
        assert {flag for row in rows[:-1] for flag in row} == {together}
        assert not any(rows[-1])
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def _first(section: Section) -> Any:
    return written(replace(REPORT, sections=(section,))).tables[0]


def test_a_line_parts_each_table_from_what_follows() -> None:
    """Else LibreOffice 7.4 leaves a heading alone at the foot of a page."""
    for table in written().tables:
        after = table._tbl.getnext()
        assert after.tag == qn("w:p")
        assert "".join(after.itertext()).strip() == ""


def test_no_column_is_narrower_than_its_words() -> None:
    words = ("Account", *("Impressions", "Comments", "Reactions") * 2, "not available")
    table = Table("Wide", words, (tuple(Cell("a sentence of seven words is here") for _ in words),))
    found = _first(replace(REPORT.sections[1], table=table))
    widths = [int(one.get(qn("w:w"))) for one in found._tbl.iter(qn("w:gridCol"))]
    assert widths[1] > widths[2] > 0.9 * 1000  # twentieths of a point
    assert sum(widths) == pytest.approx(9300, abs=50)


def test_a_chart_is_a_picture_with_its_alt_text() -> None:
    (picture,) = written().inline_shapes
    properties = picture._inline.docPr
    assert properties.get("descr") == CHART.alt
    assert properties.get("title") == CHART.title


def test_language_fonts_and_properties() -> None:
    found = written()
    properties = found.core_properties
    assert (properties.title, properties.author) == (REPORT.title, REPORT.board)
    assert properties.language == "en-GB"
    assert (
        properties.created.isoformat()
        == properties.modified.isoformat()
        == ("2026-11-22T09:00:00+00:00")
    )
    assert found.styles["Normal"].font.name == "Arial"
    languages = [one.get(qn("w:val")) for one in found.styles.element.iter(qn("w:lang"))]
    assert languages
    assert set(languages) == {"en-GB"}
    assert found.settings.element.find(qn("w:themeFontLang")).get(qn("w:val")) == "en-GB"


def test_hostile_words_are_only_words() -> None:
    report = replace(REPORT, title=HOSTILE, board=HOSTILE, missing=(HOSTILE,))
    found = written(report)
    (title,) = styled(found, "Heading 1")
    assert title == "<b>&amp; {{ 7 * 7 }} {% for %} #let x = 1 $1/0$ [2J]]> \"'"
    assert title in styled(found, "List Bullet")
    assert found.core_properties.title == title


def test_the_same_report_gives_the_same_bytes() -> None:
    assert word.write(REPORT, SHIPPED, "a", MADE) == word.write(REPORT, SHIPPED, "a", MADE)


def test_the_shipped_template_is_what_the_script_makes() -> None:
    script = ROOT / "scripts" / "make_word_template.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_board_changes_its_own() -> None:
    own = with_line("Made for {{ report.board }}, {{ report.period }}")
    assert "Made for Board, 2020-21" in [one.text for one in written(template=own).paragraphs]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("See {{ report.titel }}", "a Report has no 'titel'"),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ 1/0 }}", "ZeroDivisionError"),
        ("{% for %}", "Expected"),
        ("{% for a in range(10**9) %}x{% endfor %}", "too big"),
        (
            "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
            "stopped after",
        ),
        ("{{ report.__class__.__mro__ }}", "__class__"),
        ("{{ pictures.chart_a._document.save('x') }}", "_document"),
        ("{{ pictures['chart_a'].tpl }}", "tpl"),
        ("{% include 'other' %}", "no loader"),
        ("{{ 'x' * 10**10 }}", "too much"),
    ],
)
def test_a_mistake_is_named_by_file_and_paragraph(line: str, words: str) -> None:
    said = refused(with_line(line))
    assert said.startswith(f'templates/annual.docx, in the paragraph "{line[:20]}')
    assert words.lower() in said.lower()


def test_a_mistake_in_a_footer_or_a_property_is_named() -> None:
    def footer(document: Any) -> None:
        document.sections[0].footer.paragraphs[0].text = "{{ report.titel }}"

    def title(document: Any) -> None:
        document.core_properties.title = "{{ report.titel }}"

    for change in (footer, title):
        said = refused(changed(change))
        assert said.startswith('templates/annual.docx, in the paragraph "{{ report.titel }}"')


def test_a_loop_that_is_left_open_across_paragraphs_is_named() -> None:
    def half(document: Any) -> None:
        document.add_paragraph("{% for note in report.notes %}{{ note.text }}")
        document.add_paragraph("{%p endfor %}")

    assert "what it makes is not whole" in refused(changed(half))


def _zip(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (b"", "is no Word file"),
        (b"{{ report.title }}", "is no Word file"),
        (SHIPPED[: len(SHIPPED) // 2], "is no Word file"),
        (_zip(a=b"b"), "is no Word file"),
        (_zip(word__document=b"<w/>"), "templates/annual.docx: "),
        (_zip(word__document=b" " * 100_000_001), "is too large"),
    ],
)
def test_what_is_no_word_file_is_refused(template: bytes, words: str) -> None:
    assert words in refused(template)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docxtpl", None)
    assert refused(SHIPPED) == (
        "a Word document: what makes it is not installed (docxtpl); say "
        'pip install "sgcomms[report]"'
    )
