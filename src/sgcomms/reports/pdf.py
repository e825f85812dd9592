"""A report -> an accessible PDF (PDF/UA-1), by the board's own Typst file as template.

The template gets its data as JSON and its pictures as files, in a folder of their own, and can read
nothing outside it. Typst checks what PDF/UA-1 asks for (https://typst.app/docs/reference/pdf/):
title, language, headings in order, tags, an alternative text for every picture.

Typst has no bounds of its own: it runs in a process that is stopped after a minute.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sgcomms.errors import UsageError
from sgcomms.reports import charts
from sgcomms.reports.columns import shares
from sgcomms.reports.extras import extra
from sgcomms.reports.model import Report
from sgcomms.reports.stored import cleaned

FOR_WHAT = "a PDF"
STANDARD = "ua-1"
DATA = "report.json"
SECONDS = 60
"""So long may a template take; a report takes one or two."""
_MADE = "made.pdf"
_PROCESS = Path(__file__).with_name("typesetting.py")
_PACKAGE = re.compile(r'"@|preview/')
"""How a template names a package, which Typst would fetch from the network."""
_ERROR = re.compile("^error: ", re.MULTILINE)
_SEARCHED = re.compile(r" \(searched at [^)]*\)")


def write(report: Report, template: bytes, name: str, made_at: datetime) -> bytes:
    """Return `report` as PDF, by `template`, which messages call `name`.

    `made_at` is when the document says that it was made.
    Raises UsageError with file and line when the template has a mistake, or what it makes is not
    accessible; ExtraMissingError without typst, or without matplotlib for charts.
    """
    file = f"templates/{name}"
    extra("typst", "pdf", FOR_WHAT)
    source = _source(template, file)
    with tempfile.TemporaryDirectory(prefix="sgcomms-") as folder:
        root = Path(folder)
        (root / name).write_text(source, encoding="utf-8")
        _lay_out(cleaned(report), root)
        packages = str(root / "packages")
        asked = {
            "input": str(root / name),
            "output": str(root / _MADE),
            "format": "pdf",
            "root": str(root),
            "font_paths": [str(one) for one in _fonts()],
            "package_path": packages,
            "package_cache_path": packages,
            "pdf_standards": [STANDARD],
            "timestamp": made_at.replace(microsecond=0).isoformat(),
        }
        wrong = _compile(asked, root, file)
        if wrong:
            raise UsageError(_words(wrong, name, file))
        return (root / _MADE).read_bytes()


def _compile(asked: Mapping[str, object], root: Path, file: str) -> Mapping[str, Any]:
    """Return what Typst says is wrong, in its parts; nothing when it made what was asked for."""
    try:
        done = subprocess.run(  # noqa: S603  this Python and a file of this package
            [sys.executable, "-P", str(_PROCESS)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        words = f"{file}: stopped after {SECONDS} seconds: does a loop ever end?"
        raise UsageError(words) from error
    wrong: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 and done.stdout else {}
    if not wrong and not (root / _MADE).is_file():
        raise UsageError(
            f"{file}: Typst ended without a document: the template makes more than there is room "
            "for, or Typst does not run on this machine"
        )
    return wrong


def _source(template: bytes, file: str) -> str:
    try:
        source = template.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no text in UTF-8") from error
    found = _PACKAGE.search(source)
    if found:
        line = source.count("\n", 0, found.start()) + 1
        raise UsageError(f"{file}:{line}: packages are fetched from elsewhere, and not allowed")
    return source


def _lay_out(report: Report, root: Path) -> None:
    """Write what the template reads: the report, and a file for each chart."""
    names: dict[str, str] = {}
    for section in report.sections:
        for chart in section.charts:
            names[chart.id] = f"chart-{len(names) + 1}.svg"
            (root / names[chart.id]).write_bytes(charts.svg(chart))
    data = {"report": _with_widths(asdict(report)), "pictures": names}
    (root / DATA).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _with_widths(part: Any) -> Any:
    """Return a part of a report whose tables have the widths of their columns, too."""
    if isinstance(part, list | tuple):
        return [_with_widths(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: _with_widths(one) for name, one in part.items()}
    if "header" in part and "rows" in part:
        lines = [part["header"], *([cell["text"] for cell in row] for row in part["rows"])]
        found["widths"] = shares(list(zip(*lines, strict=True)))
    return found


def _fonts() -> list[Path]:
    """Return where fonts without serifs lie, for a machine that has none: matplotlib ships one."""
    try:
        import matplotlib as mpl
    except ImportError:
        return []
    return [Path(mpl.get_data_path()) / "fonts" / "ttf"]


def _words(wrong: Mapping[str, Any], name: str, file: str) -> str:
    """Return Typst's own message, behind the file and the line that it names.

    What it only warns of stands before the error, with lines of its own; the calls that led to the
    error stand behind it.
    """
    error = _ERROR.search(wrong["diagnostic"])
    said = wrong["diagnostic"][error.start() if error else 0 :]
    place = re.search(rf"{re.escape(name)}:(\d+)", said)
    line = f":{place[1]}" if place else ""
    hints = [f" ({hint})" for hint in wrong["hints"][:1]]
    words = _SEARCHED.sub("", wrong["message"])
    return " ".join(f"{file}{line}: {words}{''.join(hints)}".split())
