"""A report -> the bytes of a document, in any of its formats."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from sgcomms.errors import UsageError
from sgcomms.reports import charts, pdf, word, writing
from sgcomms.reports.extras import ExtraMissingError
from sgcomms.reports.model import Chart, Report

Form = Literal["md", "html", "docx", "pdf"]
FORMS: tuple[Form, ...] = get_args(Form)
BINARY: frozenset[str] = frozenset({"docx", "pdf"})
"""What no terminal shows."""
ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        ".md": "md",
        ".markdown": "md",
        ".html": "html",
        ".htm": "html",
        ".docx": "docx",
        ".pdf": "pdf",
    }
)


def template_name(kind: str, form: str) -> str:
    """Return what the template of a kind of report ("annual") is called for a format."""
    return f"{kind}.typ" if form == "pdf" else f"{kind}.{form}"


def printed(report: Report, form: str, template: bytes, name: str, made_at: datetime) -> bytes:
    """Return `report` in the format, by `template`, which messages call `name`.

    HTML goes without pictures where nothing can draw them: their tables are in it.
    Raises UsageError as the writer of the format does, ExtraMissingError where one is missing.
    """
    if form == "docx":
        return word.write(report, template, name, made_at)
    if form == "pdf":
        return pdf.write(report, template, name, made_at)
    text = text_of(template, name)
    pictures = _addresses(report) if form == "html" else {}
    for known in writing.FORMATS:
        if known == form:
            return writing.write(report, text, name, known, pictures).encode()
    raise UsageError(f"--format {form} is not known")


def text_of(template: bytes, name: str) -> str:
    """Return the words of a template that is a text. Raises UsageError where it is none."""
    try:
        return template.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"templates/{name} cannot be read: {error}") from error


def lacking(every: Sequence[Chart], form: str) -> str | None:
    """Return why a page has none of its charts and what to install, None if nothing lacks."""
    if form == "html":
        for chart in every[:1]:
            try:
                charts.figure(chart)
            except ExtraMissingError as error:
                return f"the page has no charts, only their tables. {error}"
    return None


def _addresses(report: Report) -> dict[str, str]:
    """Return each chart's picture as an address that holds it (RFC 2397), by the chart's id."""
    try:
        every = [one for section in report.sections for one in section.charts]
        drawn = {one.id: charts.svg(one) for one in every}
    except ExtraMissingError:
        return {}
    head = "data:image/svg+xml;base64,"
    return {id_: head + base64.b64encode(found).decode() for id_, found in drawn.items()}
