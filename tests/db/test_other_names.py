"""A post is one post, by whatever name it was known before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sgcomms.addresses import plain_address
from sgcomms.db import Db, readings
from sgcomms.models import PostRow, Publication, Source
from tests.fakes import NOW

PAGE_POST = "1234567890_77"
URL = "https://www.facebook.com/cplscb/posts/pfbid0abc"
POST = Publication("facebook", PAGE_POST, NOW, URL, text="Words")


def imported(db: Db, *posts: Publication) -> None:
    source = Source("file", f"{posts}", "facebook-content", "facebook", date(2026, 12, 2))
    rows = [PostRow(one, {"reactions": 3.0}) for one in posts]
    readings.add(db, source, rows, dict)


def names(db: Db) -> list[str]:
    query = "SELECT platform_id FROM publications ORDER BY id"
    return [name for (name,) in db.conn.execute(query).fetchall()]


@pytest.mark.parametrize("before", ["77", "https://facebook.com/cplscb/posts/pfbid0abc", PAGE_POST])
def test_it_gets_its_whole_id(db: Db, before: str) -> None:
    imported(db, replace(POST, platform_id=before))
    imported(db, POST)
    assert names(db) == [PAGE_POST]
    assert db.conn.execute("SELECT count(*) FROM post_readings").fetchone() == (2,)


def test_another_with_a_like_name_stays_another(db: Db) -> None:
    imported(db, replace(POST, platform_id="177", url=f"{URL}d"))
    imported(db, POST)
    assert names(db) == ["177", PAGE_POST]


def test_two_that_are_known_already_stay_two(db: Db) -> None:
    """What was counted apart is not mixed without anybody having looked."""
    imported(db, POST)
    imported(db, replace(POST, platform_id="77"))
    imported(db, replace(POST, text="Other words"))
    assert names(db) == [PAGE_POST, "77"]


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        (
            "https://www.facebook.com/cplscb/posts/77/?locale=en",
            "https://facebook.com/cplscb/posts/77",
        ),
        (" https://m.facebook.com/a ", "https://facebook.com/a"),
        ("https://www.facebook.com/", None),
        ("http://www.facebook.com/a", None),
        ("https://[", None),
        ("facebook.com/a", None),
    ],
)
def test_the_plain_address_of_a_page(url: str, plain: str | None) -> None:
    assert plain_address(url) == plain


def test_a_large_import_looks_for_no_other_names_in_vain(db: Db, tmp_path: Path) -> None:
    imported(db, POST)
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    imported(db, replace(POST, platform_id="1373210123", url=f"{URL}e"))
    db.conn.set_trace_callback(None)
    assert not any(one.startswith("UPDATE OR IGNORE publications") for one in asked)
