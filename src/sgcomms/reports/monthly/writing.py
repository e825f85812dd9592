"""The summary as Markdown, as a page, or as plain text, by the board's own templates."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Callable, Mapping
from typing import Literal

from sgcomms.reports.extras import ExtraMissingError
from sgcomms.reports.model import Chart
from sgcomms.reports.monthly import small
from sgcomms.reports.monthly.model import Summary
from sgcomms.reports.writing import render

Format = Literal["md", "html", "txt"]
FORMATS: Mapping[Format, str] = {"md": "Markdown", "html": "HTML", "txt": "plain text"}

Draw = Callable[[Chart], bytes]
"""Draws a chart as a PNG picture."""


COLUMNS = 76
"""So wide is a line of plain text: mail programs and terminals show 78 to 80."""


def write(summary: Summary, template: str, form: Format) -> str:
    """Return `summary` as text of the format, by `template`. Raises UsageError as `render`.

    Lines of plain text are broken at `COLUMNS`, so that no mail program breaks them elsewhere.
    """
    text = _rendered(summary, template, form, {})
    return "\n".join(map(_broken, text.split("\n"))) if form == "txt" else text


def page(summary: Summary, template: str, draw: Draw = small.png) -> str:
    """Return the page by `template`, its charts drawn by `draw` inside it.

    Where what draws them is not installed, their table alone is in it. Raises UsageError as
    `render`, and whatever else `draw` raises.
    """
    try:
        every = (summary.trend, *summary.annex)
        pictures = {chart.id: _address(draw(chart)) for one in every for chart in one.charts}
    except ExtraMissingError:
        pictures = {}
    return _rendered(summary, template, "html", pictures)


def _broken(line: str) -> str:
    """Return a line in as many as it needs; those after a bullet's, or an indent, under its
    words."""
    if len(line) <= COLUMNS:
        return line
    indent = " " * (len(line) - len(line.lstrip(" *")))
    return textwrap.fill(
        line,
        COLUMNS,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _address(picture: bytes) -> str:
    """Return an address that holds the whole picture, so that nothing is fetched."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"


def _rendered(summary: Summary, template: str, form: Format, pictures: Mapping[str, str]) -> str:
    values = {"summary": summary, "pictures": pictures}
    return render(template, f"monthly.{form}", values, escape=form == "html")
