"""What a terminal would obey, or a reader not see, is written out wherever words of others go."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from sgcomms import signs
from sgcomms.db import readings
from sgcomms.models import PostRow, Publication, Reading, Source
from sgcomms.reports.writing import escaped_markdown
from sgcomms.workspace import Workspace
from tests.conftest import Run
from tests.importers.cases import good

HARM = "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\u2066\r\x9b31m"
OBEYED = ("\x1b", "\x07", "\r", "\x9b", "\u202e", "\u2066", "\u2028")


def harmless(text: str) -> bool:
    """Tell whether a text holds nothing that a terminal obeys."""
    return not any(sign in text for sign in OBEYED)


def test_what_is_obeyed_is_written_out_and_the_rest_stays() -> None:
    assert signs.shown(f"a\n\tb{HARM}é👩‍👧") == (
        "a\n\tb\\u001b[2J\\u001b]0;owned\\u0007\\u202egnp.exe\\u2066\\u000d\\u009b31mé👩‍👧"
    )
    assert signs.plain("a\u202eb\nc👩‍👧") == "abc👩‍👧"
    assert signs.shown("\udcff") == "\ufffd"


def test_the_name_of_a_file_does_nothing_to_the_terminal(run: Run, tmp_path: Path) -> None:
    path = tmp_path / f"x{HARM}\nsgcomms: all is well.csv"
    path.write_bytes(good("x-by-tweet-2021").read_bytes())
    done = run("import", str(path), "--read-on", "2021-04-03")
    assert done.code == 0
    assert harmless(done.out)
    path.write_text("a,b\n1,2\n", "utf-8")
    refused = run("import", str(path))
    assert refused.code == 2
    assert harmless(refused.err)
    assert "\nsgcomms: all is well" not in done.out + refused.err


def test_an_option_that_nobody_knows_is_printed_without_harm(run: Run) -> None:
    done = run("stats", f"--{HARM}")
    assert done.code == 2
    assert harmless(done.err)


def test_the_words_of_a_post_do_nothing_to_the_terminal(run: Run, space: Workspace) -> None:
    from sgcomms.clock import parse_instant

    at = parse_instant("2026-11-01T10:00+00:00")
    row = PostRow(Publication("x", "1", at, None, None, f"Words {HARM}"), {"impressions": 1.0})
    source = Source("file", f"x{HARM}.csv", "test", "x", row.publication.published_at.date(), "a")
    with space.database() as db:
        readings.add(db, source, [row], dict)
    listed = run("assign", "--year", "2026-27").out
    assert "Words \\u001b[2J" in listed
    asked = ("stats", "--year", "2026-27", "--explain")
    for out in (listed, run(*asked).out, run(*asked, "--json").out, run(*asked, "--csv").out):
        assert harmless(out)
    told = json.loads(run("assign", "--year", "2026-27", "--json").out)
    assert told[0]["text"] == f"Words {HARM}"


@pytest.mark.parametrize("form", ["md", "html"])
def test_reports_hold_none_of_them(run: Run, space: Workspace, form: str) -> None:
    first, last = date(2020, 4, 1), date(2021, 3, 31)
    page = Reading("website", "page_views", 9, first, last, "Views", dimension="page", key=HARM)
    with space.database() as db:
        readings.add(db, Source("api", "GA4", "periods", "website", last), [page], dict)
    done = run("report", "annual", "--year", "2020-21", "--format", form)
    assert done.code == 0
    assert "gnp.exe" in done.out
    assert harmless(done.out)


def test_markdown_drops_marks_of_direction() -> None:
    assert escaped_markdown("a\u202eb") == "ab"
