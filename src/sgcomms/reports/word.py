"""A report -> a Word document, by the board's own Word file as template (docxtpl).

The template's tags are those of docxtpl (https://docxtpl.readthedocs.io/en/latest/#jinja2-like-syntax):
`{%p … %}` stands for its whole paragraph, `{%tr … %}` for its row, `{%tc … %}` for its cell. They
are obeyed in the same sandbox and bounds as those of the text templates.
"""

from __future__ import annotations

import re
import traceback
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from jinja2 import TemplateSyntaxError

from sgcomms.errors import UsageError
from sgcomms.reports import charts
from sgcomms.reports.bounded import environment, pieces
from sgcomms.reports.columns import shares
from sgcomms.reports.extras import extra
from sgcomms.reports.model import Chart, Report
from sgcomms.reports.stored import cleaned
from sgcomms.reports.writing import words_of

FOR_WHAT = "a Word document"
LARGEST = 100_000_000
"""So many bytes may a template hold when it is unpacked."""
_WIDTH = 5_760_000
"""Of a picture, in English Metric Units: 16 centimetres (36,000 of them are a millimetre)."""
_MOST_SHOWN = 80
_KEPT = 20
"""Of so many rows, a table stays on one page."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_IN_XML = "</w:t></w:r><w:r><w:drawing>{}</w:drawing></w:r><w:r><w:t>"


def write(report: Report, template: bytes, name: str, made_at: datetime) -> bytes:
    """Return `report` as a Word document, by `template`, which messages call `name`.

    `made_at` is when the document says that it was made.
    Raises UsageError when the template is no Word file, or has a mistake: with the paragraph that
    it is in; ExtraMissingError without docxtpl.
    """
    file = f"templates/{name}"
    _check(template, file)
    library: Any = extra("docxtpl", "report", FOR_WHAT)
    document = _template(library, template, file)
    clean = cleaned(report)
    every = [one for section in clean.sections for one in section.charts]
    pictures = {one.id: _Picture(document, one) for one in every}
    names = {"report": clean, "pictures": pictures}
    try:
        document.render(names, _Bounded(file, autoescape=True))
        made = made_at.astimezone(UTC).replace(tzinfo=None)  # the library takes UTC so
        document.core_properties.created = document.core_properties.modified = made
        out = BytesIO()
        document.save(out)
    except UsageError:
        raise
    except Exception as error:  # a template may make the library raise anything
        raise UsageError(f"{file}: {words_of(error)}") from error
    return _dated(out.getvalue(), made_at)


def _dated(content: bytes, made_at: datetime) -> bytes:
    """Return a Word file whose parts are all of one time: the same report gives the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as made, zipfile.ZipFile(out, "w") as dated:
        for name in made.namelist():
            part = zipfile.ZipInfo(name, made_at.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            dated.writestr(part, made.read(name))
    return out.getvalue()


def _check(template: bytes, file: str) -> None:
    """Raise UsageError for what is no Word file, or swells when it is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(template)) as archive:
            sizes = {one.filename: one.file_size for one in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, EOFError):
        sizes = {}
    if "word/document.xml" not in sizes:
        raise UsageError(
            f"{file} is no Word file: save it in Word as .docx, or delete it to have the shipped "
            "one"
        )
    if sum(sizes.values()) > LARGEST:
        raise UsageError(f"{file} is too large: more than {LARGEST // 1_000_000} megabytes")


def _template(library: Any, template: bytes, file: str) -> Any:
    """Return docxtpl's template, which refuses a document that would not be whole."""

    class Template(library.DocxTemplate):  # type: ignore[misc]  # docxtpl has no types
        def fix_tables(self, xml: str) -> Any:
            _check_whole(xml, file)
            tree = super().fix_tables(xml)
            for table in tree.iter(f"{_W}tbl"):
                _share_width(table)
                _keep_on_a_page(table)
            return tree

        def render_properties(self, context: Any, jinja_env: Any = None) -> None:
            del jinja_env  # properties are no XML yet: nothing in them is to be escaped
            super().render_properties(context, _Bounded(file, autoescape=False))

    return Template(BytesIO(template))


def _share_width(table: Any) -> None:
    """Give the columns of a table widths by their words, where its template leaves them open."""
    widths = [one.get(f"{_W}type") for one in table.iter(f"{_W}tcW")]
    columns = list(table.iter(f"{_W}gridCol"))
    rows = [list(row.iter(f"{_W}tc")) for row in table.iter(f"{_W}tr")]
    if not rows or set(widths) != {"auto"} or any(len(row) != len(columns) for row in rows):
        return
    needs = shares([[_words(row[at]) for row in rows] for at in range(len(columns))])
    whole = sum(int(float(one.get(f"{_W}w", 0))) for one in columns)
    for column, need in zip(columns, needs, strict=True):
        column.set(f"{_W}w", str(int(whole * need / sum(needs))))


def _words(cell: Any) -> str:
    return "".join(one.text or "" for one in cell.iter(f"{_W}t"))


def _keep_on_a_page(table: Any) -> None:
    """Keep the rows of a short table with each other: none stands alone on the next page."""
    rows = list(table.iter(f"{_W}tr"))
    for row in rows[:-1] if len(rows) <= _KEPT else ():
        for line in row.iter(f"{_W}p"):
            look = line.find(f"{_W}pPr")
            if look is None:
                look = line.makeelement(f"{_W}pPr")
                line.insert(0, look)
            if look.find(f"{_W}keepNext") is None:
                style = look.find(f"{_W}pStyle")
                look.insert(0 if style is None else 1, look.makeelement(f"{_W}keepNext"))


def _check_whole(xml: str, file: str) -> None:
    etree: Any = extra("lxml.etree", "report", FOR_WHAT)
    try:
        etree.fromstring(xml)
    except etree.XMLSyntaxError as error:
        raise UsageError(
            f"{file}: what it makes is not whole. A tag that opens something outside a paragraph, "
            "a row or a cell and closes it inside needs its letters: {%p … %}, {%tr … %}, "
            "{%tc … %}"
        ) from error


class _Picture:
    """A chart's picture with its alt text, as a template prints it. It shows nothing else."""

    __slots__ = ("_chart", "_document")

    def __init__(self, document: Any, chart: Chart) -> None:
        self._document = document
        self._chart = chart

    def __html__(self) -> str:
        part = self._document.current_rendering_part
        made = part.new_pic_inline(BytesIO(charts.png(self._chart)), _WIDTH)
        made.docPr.set("descr", self._chart.alt)
        made.docPr.set("title", self._chart.title)
        made.docPr.set("name", self._chart.id)
        return _IN_XML.format(made.xml)

    __str__ = __html__


class _Bounded:
    """What docxtpl takes for Jinja2's environment: its templates come to an end."""

    def __init__(self, file: str, *, autoescape: bool) -> None:
        self.file = file
        self.made = environment({}, autoescape=autoescape)

    def from_string(self, source: str) -> _Part:
        return _Part(self, source)


class _Part:
    """A part of a Word file as a template: the body, a header, a property."""

    def __init__(self, bounded: _Bounded, source: str) -> None:
        self.bounded = bounded
        self.source = source

    def render(self, names: Mapping[str, object]) -> str:
        """Return what the part writes. Raises UsageError with the words where a mistake is."""
        file = self.bounded.file
        try:
            return "".join(pieces(self.bounded.made, self.source, file, names))
        except UsageError:
            raise
        except Exception as error:
            raise UsageError(f"{file}{self._place(error)}: {words_of(error)}") from error

    def _place(self, error: Exception) -> str:
        """Return the words of the paragraph that failed, if its line is known."""
        line = error.lineno if isinstance(error, TemplateSyntaxError) else None
        for frame in traceback.extract_tb(error.__traceback__):
            line = frame.lineno if frame.filename == self.bounded.file else line
        lines = self.source.splitlines()
        if line is None or not 0 < line <= len(lines):
            return ""
        words = " ".join(re.sub(r"<[^>]*>", "", lines[line - 1]).split())
        words = words if len(words) <= _MOST_SHOWN else f"{words[: _MOST_SHOWN - 1]}…"
        return f', in the paragraph "{words}"' if words else ""
