"""The monthly summary as a kind of document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from sgcomms.errors import UsageError
from sgcomms.reports.kinds import Kind, TemplateFile
from sgcomms.reports.monthly.letter import draft_mail, letter
from sgcomms.reports.monthly.model import Summary
from sgcomms.reports.monthly.writing import FORMATS, page, write
from sgcomms.reports.printing import text_of

_ENDINGS = MappingProxyType(
    {
        ".md": "md",
        ".markdown": "md",
        ".html": "html",
        ".htm": "html",
        ".txt": "txt",
        ".eml": "eml",
    }
)


def _templates(form: str) -> tuple[str, ...]:
    return ("monthly.html", "monthly.txt") if form == "eml" else (f"monthly.{form}",)


def _printed(
    summary: Summary, form: str, template: TemplateFile, _made_at: datetime, to: Sequence[str]
) -> bytes:
    """Return the summary in a format; an e-mail is addressed to `to`. Raises UsageError."""

    def text(name: str) -> str:
        return text_of(template(name), name)

    if form == "eml":
        return draft_mail(letter(summary, text), to)
    source = text(f"monthly.{form}")
    if form == "html":
        return page(summary, source).encode()
    for known in FORMATS:
        if known == form:
            return write(summary, source, known).encode()
    raise UsageError(f"--format {form} is not known")


MONTHLY = Kind(
    "monthly",
    Summary,
    _ENDINGS,
    frozenset(),
    _templates,
    lambda summary: summary.trend.charts,
    _printed,
)
