"""YAML with positions: bytes -> plain data, with every problem named by line and column.

`source` reads files and tells text from what is none; `reader` turns text into data (`document`)
without YAML 1.1's surprises and tells what YAML would silently lose (`slips`); `recovery` goes on
after a slip with the line that was meant (`mending`), so that every mistake is shown at once;
`misfits` holds data against a pydantic model and says what is wrong in the officer's words, with
what was probably meant (`hints`); `shape`, `addresses` and `dates` are the types of the models.
"""

from __future__ import annotations

from pathlib import Path

from sgcomms.errors import Problem
from sgcomms.signs import one_line
from sgcomms.yamlfile import recovery, slips, source
from sgcomms.yamlfile.addresses import Email, Url
from sgcomms.yamlfile.document import Document, Route, Spot, problem
from sgcomms.yamlfile.hints import suggestion
from sgcomms.yamlfile.misfits import fit, fit_with_routes
from sgcomms.yamlfile.shape import Day, Id, NumberText, Shape, Words
from sgcomms.yamlfile.source import why_not

__all__ = [
    "Day",
    "Document",
    "Email",
    "Id",
    "NumberText",
    "Route",
    "Shape",
    "Spot",
    "Url",
    "Words",
    "fit",
    "fit_with_routes",
    "one_line",
    "problem",
    "read",
    "read_file",
    "suggestion",
    "why_not",
]


def read(
    file: str, raw: bytes, prose: frozenset[str] = frozenset()
) -> tuple[Document | None, list[Problem]]:
    """Return what the bytes of `file` say, and every problem that could be found in them.

    `prose` names the keys whose values are words for readers: after those any comment on the same
    line is a problem, since it may be a hashtag; elsewhere only what looks like one. The document
    is None when the text could not be read; with problems it is good for looking for more of them.
    Nothing is raised, whatever the bytes.
    """
    text, problems = source.decoded(file, raw)
    if text is None:
        return None, problems
    lines = text.split("\n")
    torn = slips.unjoined(lines)
    if torn is not None:
        return None, [*problems, problem(file, torn.spot, torn.rule, torn.message)]
    document, found = recovery.read_on(file, lines, prose)
    return document, sorted({*problems, *found})


def read_file(
    path: Path, name: str, prose: frozenset[str] = frozenset()
) -> tuple[Document | None, list[Problem]]:
    """Return what `read` returns for the file `path`, which problems call `name`."""
    try:
        raw = source.contents(path)
    except OSError as error:
        return None, [problem(name, Spot(1, 1), "unreadable-file", why_not(error))]
    return read(name, raw, prose)
