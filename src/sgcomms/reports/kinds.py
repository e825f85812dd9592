"""The kinds of documents: what each is made of, and how it becomes bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sgcomms.reports import printing
from sgcomms.reports.model import Chart, Report

T = TypeVar("T")

TemplateFile = Callable[[str], bytes]
"""Gives the bytes of a template by its name."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of document, which `report NAME` writes.

    `model` is the dataclass that it is printed from, `endings` the formats by the endings of files,
    `binary` those that no terminal shows. `templates` names the templates of a format, `charts`
    finds the charts. `printed` returns the bytes of a format: from what was gathered, the
    templates, the time of making and whom it is addressed to.
    """

    name: str
    model: type[T]
    endings: Mapping[str, str]
    binary: frozenset[str]
    templates: Callable[[str], tuple[str, ...]]
    charts: Callable[[T], Sequence[Chart]]
    printed: Callable[[T, str, TemplateFile, datetime, Sequence[str]], bytes]

    @property
    def forms(self) -> tuple[str, ...]:
        """The formats, each once."""
        return tuple(dict.fromkeys(self.endings.values()))


def _templates(form: str) -> tuple[str, ...]:
    return (printing.template_name("annual", form),)


def _printed(
    report: Report, form: str, template: TemplateFile, made_at: datetime, _to: Sequence[str]
) -> bytes:
    (name,) = _templates(form)
    return printing.printed(report, form, template(name), name, made_at)


def _of_blocks(name: str) -> Kind[Report]:
    """Return a kind of report that is made of blocks: all of them share their templates."""
    return Kind(
        name,
        Report,
        printing.ENDINGS,
        printing.BINARY,
        _templates,
        lambda report: [one for section in report.sections for one in section.charts],
        _printed,
    )


ANNUAL = _of_blocks("annual")
CAMPAIGN = _of_blocks("campaign")
