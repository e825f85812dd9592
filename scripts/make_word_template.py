"""Make templates/annual.docx, the Word template of the annual section, from nothing.

python scripts/make_word_template.py            write it
python scripts/make_word_template.py --check    say whether it is up to date

A board changes its own copy in Word. What is shipped is made here, so that everybody can see how,
and the same bytes come out each time.
"""

from __future__ import annotations

import sys
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor

FILE = Path(__file__).resolve().parent.parent / "templates" / "annual.docx"
MADE = datetime(2026, 11, 25, tzinfo=UTC)
_FIRST = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can tell."""
FONT = "Arial"
BLUE = RGBColor(0x12, 0x43, 0x6D)
BLACK = RGBColor(0x0B, 0x0C, 0x0C)


def main() -> int:
    """Write or check the template; return the exit code."""
    content = template()
    if sys.argv[1:] == ["--check"]:
        if FILE.exists() and parts(FILE.read_bytes()) == parts(content):
            return 0
        print("templates/annual.docx is out of date: run scripts/make_word_template.py")
        return 1
    FILE.write_bytes(content)
    return 0


def template() -> bytes:
    """Return the template as the bytes of a Word file, the same each time."""
    document = Document()
    _page(document)
    _styles(document)
    _properties(document)
    _write(document)
    found = BytesIO()
    document.save(found)
    return _without_times(found.getvalue())


def parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a Word file by their names."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _without_times(content: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts(content).items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST), part, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


# the look


def _page(document: Any) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.3)
    page.top_margin = page.bottom_margin = Cm(2.2)
    line = page.footer.paragraphs[0]
    line.text = "{{ report.title }}, page "
    for kind, words in (("begin", None), (None, "PAGE"), ("end", None)):
        run = line.add_run()
        if kind is None:
            made = OxmlElement("w:instrText")
            made.text = words
        else:
            made = OxmlElement("w:fldChar")
            made.set(qn("w:fldCharType"), kind)
        run._r.append(made)


def _styles(document: Any) -> None:
    looks = {
        "Normal": (11, BLACK, False, 0, 8),
        "Heading 1": (22, BLUE, True, 0, 10),
        "Heading 2": (16, BLUE, True, 18, 6),
        "Heading 3": (13, BLACK, True, 12, 4),
        "Caption": (10.5, BLACK, True, 12, 4),
        "Intense Quote": (11, BLACK, False, 2, 6),
        "Quote": (11, BLACK, False, 2, 6),
        "List Bullet": (11, BLACK, False, 0, 4),
        "List Number": (10, BLACK, False, 0, 4),
        "Footer": (9, BLACK, False, 0, 0),
    }
    for name, (size, colour, bold, above, below) in looks.items():
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb, style.font.bold, style.font.italic = colour, bold, False
        style.paragraph_format.space_before = Pt(above)
        style.paragraph_format.space_after = Pt(below)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{kind}"), FONT)
    for name in ("Heading 1", "Heading 2", "Heading 3", "Caption"):
        document.styles[name].paragraph_format.keep_with_next = True
    document.styles["Quote"].paragraph_format.left_indent = Cm(0.8)
    _languages(document)


def _languages(document: Any) -> None:
    """Set the language everywhere that a style or a default names one."""
    normal = document.styles["Normal"].element.get_or_add_rPr()
    if normal.find(qn("w:lang")) is None:
        normal.append(OxmlElement("w:lang"))
    document.settings.element.find(qn("w:themeFontLang")).set(qn("w:val"), "en-GB")
    for found in document.styles.element.iter(qn("w:lang")):
        for kind, language in (("val", "en-GB"), ("eastAsia", "en-GB"), ("bidi", "ar-SA")):
            found.set(qn(f"w:{kind}"), language)


def _properties(document: Any) -> None:
    found = document.core_properties
    found.title, found.author = "{{ report.title }}", "{{ report.board }}"
    found.language, found.comments, found.keywords = "en-GB", "", ""
    found.subject = "{{ report.period }}"
    found.created = found.modified = MADE.replace(tzinfo=None)
    found.last_modified_by, found.revision = "", 1


# the words


def _write(document: Any) -> None:
    add = document.add_paragraph
    add("{{ report.title }}", "Heading 1")
    _each(document, "remark in report.remarks", "{{ remark }}", "Quote")
    add("{{ report.board }}. Period: {{ report.days }}. {{ report.as_read }}")
    add("{%p for section in report.sections %}")
    add("{%p if section.level == 2 %}")
    add("{{ section.title }}", "Heading 2")
    add("{%p else %}")
    add("{{ section.title }}", "Heading 3")
    add("{%p endif %}")
    add("{%p if section.sentences %}")
    line = add("{% for sentence in section.sentences %}{{ sentence.text }}")
    _marks(line, "sentence.notes")
    line.add_run("{{ ' ' if not loop.last }}{% endfor %}")
    add("{%p endif %}")
    _each(document, "quote in section.quotes", "{{ quote }}", "Quote")
    add("{%p if section.table %}")
    _table(document, "section.table")
    add("{%p endif %}")
    add("{%p for chart in section.charts %}")
    add("{{ chart.title }}", "Caption")
    add("{{ pictures[chart.id] }}")
    _table(document, "chart.table")
    add("{%p endfor %}")
    add("{%p for item in section.items %}")
    line = add("{{ item.text }}", "List Bullet")
    _marks(line, "item.notes")
    add("{%p endfor %}")
    add("{%p endfor %}")
    for title, loop, words, style in (
        ("What is missing, and why", "line in report.missing", "{{ line }}", "List Bullet"),
        ("Notes", "note in report.notes", "{{ note.text }}", "List Number"),
        ("Sources", "source in report.sources", "{{ source }}", "List Bullet"),
    ):
        add(f"{{%p if {loop.partition(' in ')[2]} %}}")
        add(title, "Heading 2")
        _each(document, loop, words, style)
        add("{%p endif %}")


def _each(document: Any, loop: str, words: str, style: str) -> None:
    document.add_paragraph(f"{{%p for {loop} %}}")
    document.add_paragraph(words, style)
    document.add_paragraph("{%p endfor %}")


def _marks(line: Any, notes: str) -> None:
    """Add the numbers of notes as a superscript."""
    run = line.add_run(f"{{{{ {notes} | join(', ') }}}}")
    run.font.superscript = True


def _table(document: Any, name: str) -> None:
    """Add a table under its caption: as wide as the page, its header row repeated on each."""
    document.add_paragraph(f"{{{{ {name}.caption }}}}", "Caption")
    table = document.add_table(0, 9)
    table.style = document.styles["Table Grid"]
    _look(table)
    header = table.add_row()
    _columns(header, name, f"heading in {name}.header", "{{ heading }}", bold=True)
    for flag in ("w:tblHeader", "w:cantSplit"):
        header._tr.get_or_add_trPr().append(OxmlElement(flag))
    _only(table, "{%tr for row in " + name + ".rows %}")
    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _columns(row, name, "cell in row", "{{ cell.text }}", marks="cell.notes")
    _only(table, "{%tr endfor %}")
    _after_table(document)


def _after_table(document: Any) -> None:
    """Add a line of two points: right behind a table, LibreOffice parts headings from their text.

    Seen with LibreOffice 7.4: what is kept with the next is left alone at the foot of the page.
    """
    look = document.add_paragraph().paragraph_format
    look.space_before = look.space_after = Pt(0)
    look.line_spacing_rule, look.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(2)


def _look(table: Any) -> None:
    properties = table._tbl.tblPr
    width = properties.find(qn("w:tblW"))
    width.set(qn("w:type"), "pct")
    width.set(qn("w:w"), "5000")
    look = properties.find(qn("w:tblLook"))
    for name in list(look.attrib):
        del look.attrib[name]
    for name, value in (
        ("val", "04A0"),
        ("firstRow", "1"),
        ("lastRow", "0"),
        ("firstColumn", "1"),
        ("lastColumn", "0"),
        ("noHBand", "0"),
        ("noVBand", "1"),
    ):
        look.set(qn(f"w:{name}"), value)
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        shown = side in ("top", "bottom", "insideH")
        line.set(qn("w:val"), "single" if shown else "nil")
        if shown:
            line.set(qn("w:sz"), "4")
            line.set(qn("w:color"), "B1B4B6")
        borders.append(line)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "60")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    properties.insert(list(properties).index(look), margins)
    properties.insert(list(properties).index(width) + 1, borders)


_APART = Pt(8)
"""How far words stand from the numbers on their left: "18" and "1 September" are not "18 1"."""


def _columns(
    row: Any, table: str, loop: str, words: str, *, bold: bool = False, marks: str | None = None
) -> None:
    """Fill a row with a loop over cells: words stand on the left, numbers on the right."""
    cells = iter(row.cells)
    _cell(next(cells), f"{{%tc for {loop} %}}")
    _cell(next(cells), "{%tc if loop.first %}")
    _cell(next(cells), words, bold=bold, marks=marks)
    _cell(next(cells), f"{{%tc elif loop.index0 in {table}.words %}}")
    _cell(next(cells), words, bold=bold, marks=marks, indent=_APART)
    _cell(next(cells), "{%tc else %}")
    _cell(next(cells), words, bold=bold, marks=marks, right=True)
    _cell(next(cells), "{%tc endif %}")
    _cell(next(cells), "{%tc endfor %}")


def _only(table: Any, words: str) -> None:
    """Add a row that holds nothing but a tag, and so stands for it."""
    row = table.add_row()
    _cell(row.cells[0], words)
    _drop(row, 1)


def _drop(row: Any, keep: int) -> None:
    for cell in list(row._tr.tc_lst)[keep:]:
        row._tr.remove(cell)


def _cell(
    cell: Any,
    words: str,
    *,
    bold: bool = False,
    right: bool = False,
    indent: Length | None = None,
    marks: str | None = None,
) -> None:
    line = cell.paragraphs[0]
    run = line.add_run(words)
    run.font.size, run.font.bold = Pt(9), bold
    if marks is not None:
        _marks(line, marks)
        line.runs[-1].font.size = Pt(9)
    line.paragraph_format.space_after = Pt(2)
    line.paragraph_format.space_before = Pt(2)
    line.paragraph_format.left_indent = indent
    if right:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    properties = cell._tc.get_or_add_tcPr()
    width = properties.find(qn("w:tcW"))
    width.set(qn("w:type"), "auto")
    width.set(qn("w:w"), "0")


if __name__ == "__main__":
    sys.exit(main())
