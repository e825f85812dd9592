"""A report -> Markdown or HTML, by the board's own template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from sgcomms.errors import UsageError
from sgcomms.reports.model import Report

Format = Literal["md", "html"]
FORMATS: Mapping[Format, str] = {"md": "Markdown", "html": "HTML"}


def write(report: Report, template: str, name: str, form: Format) -> str:
    """Return `report` as text of the format, by `template`.

    `name` is what messages call the template. Raises UsageError with file and line when the
    template has a mistake.
    """
    environment = SandboxedEnvironment(
        autoescape=form == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["md"] = escaped_markdown
    try:
        return environment.from_string(template).render(report=report)
    except TemplateSyntaxError as error:
        raise UsageError(f"templates/{name}:{error.lineno}: {error.message}") from error
    except TemplateError as error:
        raise UsageError(f"templates/{name}: {error}") from error


def escaped_markdown(text: str) -> str:
    """Return words so that Markdown shows them as they are, also inside a table."""
    text = re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)
    return re.sub(r"^([#+-]|\d+\.)(?=\s)", r"\\\1", text)
