"""Programs beyond Python that judge documents: missing, they skip a test, and fail it in CI."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / ".venv" / "tools" / "node_modules"
AXE = NODE / "axe-core" / "axe.min.js"
VNU = NODE / "vnu-jar" / "build" / "dist" / "vnu.jar"

_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_JUDGE = """
axe.run(document, {runOnly: %(rules)s}).then(found => {
  const before = location.hash ? JSON.parse(decodeURIComponent(location.hash.slice(1))) : [];
  before.push({passes: found.passes.length, violations:
    found.violations.map(one => [one.id, one.nodes.map(node => node.html)])});
  const next = %(next)s;
  if (next) { location.href = next + "#" + encodeURIComponent(JSON.stringify(before)); return; }
  const said = document.createElement("script");
  said.type = "application/json"; said.id = "axe";
  said.textContent = JSON.stringify(before);
  document.body.append(said);
});
"""
"""Each page takes with it what was found in those before, to the last of them."""


def program(name: str) -> str:
    """Return where a program is; without it the test is skipped, or fails where CI is set."""
    found = shutil.which(name)
    if found is None:
        missing(name)
    return str(found)


def file(path: Path) -> Path:
    """Return a file that `make ci-tools` lays down, as `program` does."""
    if not path.exists():
        missing(path.name)
    return path


def missing(what: str) -> None:
    """Skip the test, or fail it where CI is set."""
    message = f"{what} is not installed: make ci-tools"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def axe(page: str, folder: Path) -> dict[str, Any]:
    """Return what axe-core finds in a page, in Chromium: its violations, and how many passes."""
    return axe_each([page], folder)[0]


def axe_each(pages: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """Return what axe-core finds in each of some pages, as `axe` does, with one start of the
    browser."""
    script, browser = file(AXE).read_text("utf-8"), program("chromium")
    files = [folder / f"judged-{number}.html" for number in range(len(pages))]
    for number, page in enumerate(pages):
        following = files[number + 1].as_uri() if number + 1 < len(files) else None
        judge = _JUDGE % {"rules": json.dumps(_RULES), "next": json.dumps(following)}
        scripts = f"<script>{script}</script><script>{judge}</script>"
        files[number].write_text(page.replace("</body>", f"{scripts}</body>"), "utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000")
    profile = f"--user-data-dir={folder / 'profile'}"
    done = subprocess.run(
        [browser, *options, profile, "--dump-dom", files[0].as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    _, _, rest = done.stdout.partition('<script type="application/json" id="axe">')
    assert rest, "axe did not answer"
    found: list[dict[str, Any]] = json.loads(rest.partition("</script>")[0])
    assert len(found) == len(pages)
    return found


def sides(page: str, folder: Path) -> list[str]:
    """Return the words of each side of A4 that a page takes when Chromium prints it."""
    file_ = folder / "page.html"
    file_.write_text(page, "utf-8")
    paper = printed(file_, folder)
    said = subprocess.run(
        [program("pdfinfo"), paper], check=True, capture_output=True, text=True
    ).stdout
    assert "(A4)" in said
    return ["\n".join(lines) for lines in pages_of(paper)]


def overflowing(page: str, folder: Path, *, width: int) -> list[str]:
    """Return the first words of what a reader has to move sideways in a window so many dots wide,
    in Chromium."""
    look = (
        "<script>document.body.dataset.cut = JSON.stringify([...document.querySelectorAll('.wide')]"
        ".filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText.slice(0, 60)))"
        "</script>"
    )
    file_ = folder / "narrow.html"
    file_.write_text(page.replace("</body>", f"{look}</body>"), "utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},1000")
    profile = f"--user-data-dir={folder / 'profile'}"
    done = subprocess.run(
        [program("chromium"), *options, profile, "--dump-dom", file_.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    cut = re.search('data-cut="([^"]*)"', done.stdout)
    assert cut, "the page was not looked at"
    found: list[str] = json.loads(html.unescape(cut[1]))
    return found


def vnu(*pages: Path) -> list[str]:
    """Return what the Nu Html Checker (https://validator.github.io/validator/) says of pages."""
    done = subprocess.run(
        [program("java"), "-jar", str(file(VNU)), "--format", "json", "--stdout", *map(str, pages)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return [one["message"] for one in json.loads(done.stdout)["messages"]]


def pdf_of(document: Path, folder: Path) -> Path:
    """Return a Word document as LibreOffice prints it."""
    office = program("soffice")
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, document],
        capture_output=True,
        check=True,
        timeout=180,
    )
    return folder / f"{document.stem}.pdf"


def text_of(pdf: Path, *, smallest: int = 0) -> str:
    """Return the words of a PDF in reading order, without those lower than `smallest` points.

    A mark of a note is lower than the words that it stands behind.
    """
    options = ("-xml", "-i", "-stdout", "-enc", "UTF-8")
    done = subprocess.run(
        [program("pdftohtml"), *options, str(pdf)], capture_output=True, text=True, check=True
    )
    lines = ET.fromstring(done.stdout.partition("?>")[2]).iter("text")  # noqa: S314
    shown = (one for one in lines if int(one.get("height", 0)) > smallest)
    return "\n".join("".join(one.itertext()) for one in shown)


def pages_of(pdf: Path) -> list[list[str]]:
    """Return the lines of each page of a PDF, without the empty ones."""
    done = subprocess.run(
        [program("pdftotext"), "-layout", str(pdf), "-"], capture_output=True, check=True
    )
    pages = done.stdout.decode("utf-8").rstrip("\f").split("\f")
    return [[line.strip() for line in page.splitlines() if line.strip()] for page in pages]


def printed(page: Path, folder: Path) -> Path:
    """Return a page as Chromium prints it."""
    made = folder / f"{page.stem}-printed.pdf"
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    profile = f"--user-data-dir={folder / 'profile'}"
    subprocess.run(
        [program("chromium"), *options, profile, f"--print-to-pdf={made}", page.as_uri()],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return made


def pictures_of(pdf: Path, folder: Path) -> list[Path]:
    """Return the pages of a PDF as pictures, 50 dots an inch."""
    subprocess.run(
        [program("pdftoppm"), "-png", "-r", "50", str(pdf), str(folder / "page")],
        check=True,
        capture_output=True,
    )
    return sorted(folder.glob("page*.png"))
