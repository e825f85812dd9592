"""What was gathered -> Markdown, HTML or plain text, by the board's own template."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from jinja2 import TemplateError, TemplateSyntaxError

from sgcomms.errors import UsageError
from sgcomms.reports.bounded import environment, pieces
from sgcomms.reports.model import Report
from sgcomms.signs import plain

Format = Literal["md", "html"]
_OBJECT = re.compile(r"'sgcomms\.[\w.]*?(\w+) object' has no attribute")
"""How Jinja2 calls one of our dataclasses, by its place in the program."""
FORMATS: Mapping[Format, str] = {"md": "Markdown", "html": "HTML"}


def write(
    report: Report,
    template: str,
    name: str,
    form: Format,
    pictures: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return `report` as text of the format, by `template`. Raises as `render`.

    `pictures` are the addresses of the charts' pictures by the charts' ids.
    """
    values = {"report": report, "pictures": pictures}
    return render(template, name, values, escape=form == "html")


def render(template: str, name: str, values: Mapping[str, object], *, escape: bool) -> str:
    """Return what `template` makes of `values`, which it knows by these names.

    `name` is what messages call the template; `escape` tells that what it writes is HTML. Raises
    UsageError with file and line when the template has a mistake, or does not come to an end.
    """
    file = f"templates/{name}"
    filters = {"md": escaped_markdown, "txt": one_line}
    try:
        found = environment(filters, autoescape=escape)
        return "".join(pieces(found, template, file, values))
    except Exception as error:
        raise UsageError(f"{_place(error, file)}: {words_of(error)}") from error


def one_line(text: object) -> str:
    """Return words on one line, without signs that are not seen."""
    return plain(" ".join(str(text).split()))


def escaped_markdown(text: object) -> str:
    """Return words so that Markdown shows them as they are, on one line, also inside a table."""
    words = one_line(text)
    words = re.sub(r"([\\`*_\[\]<>|])", r"\\\1", words)
    words = re.sub(r"^([#+=~-])", r"\\\1", words)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", words)


def _place(error: Exception, file: str) -> str:
    """Return the file with the line of the template that failed, if one is known."""
    if isinstance(error, TemplateSyntaxError):
        return f"{file}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file and frame.lineno]
    return f"{file}:{lines[-1]}" if lines else file


def words_of(error: Exception) -> str:
    """Return what is wrong with a template, as far as the error says it, on one line."""
    if isinstance(error, RecursionError):
        return "it calls itself without end, or is nested too deeply"
    if isinstance(error, MemoryError):
        return "it makes more than this machine has room for"
    message = " ".join(str(error).split())
    if isinstance(error, TemplateError) and message:
        return _OBJECT.sub(r"a \1 has no", message)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
