"""The example export files of 2020-21 say what the board's annual report printed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sgcomms.models import PostRow
from tests.importers.cases import Read, read

EXAMPLES = Path(__file__).parents[2] / "examples" / "2020-21"
LONDON = ZoneInfo("Europe/London")
FROM = datetime(2020, 4, 1, tzinfo=LONDON).astimezone(UTC)
BEFORE = datetime(2021, 4, 1, tzinfo=LONDON).astimezone(UTC)


def _published_in_the_year(rows: list[PostRow]) -> Counter[str]:
    added: Counter[str] = Counter()
    for row in rows:
        if FROM <= row.publication.published_at < BEFORE:
            added.update({name: int(value) for name, value in row.values.items() if value})
    return added


def _totals(result: Read) -> dict[str, float | None]:
    return {one.metric: one.value for one in result.readings if one.dimension is None}


def test_x() -> None:
    files = [read(path) for path in sorted(EXAMPLES.glob("x-tweets-*.csv"))]
    assert {file.layout for file in files} == {"x-by-tweet"}
    assert {str(file.owner) for file in files} == {"@cplscb"}
    added = _published_in_the_year([row for file in files for row in file.posts])
    assert added == {"impressions": 111_383, "shares": 292, "reactions": 1_540}


def test_facebook_and_instagram() -> None:
    facebook = read(EXAMPLES / "facebook-posts.csv")
    instagram = read(EXAMPLES / "instagram-posts.csv")
    assert (str(facebook.owner), str(instagram.owner)) == ("1234567890", "@cpsafeguardingboard")
    assert len(facebook.notes.skipped) == 1
    both = _published_in_the_year(facebook.posts) + _published_in_the_year(instagram.posts)
    assert both == {"reactions": 683, "comments": 57, "shares": 768}


@pytest.mark.parametrize("name", ["website-channels", "website-devices"])
def test_visits_of_the_website(name: str) -> None:
    assert _totals(read(EXAMPLES / f"{name}.csv")) == {
        "users_total": 71_987,
        "users_new": 70_846,
        "sessions": 98_500,
        "bounce": 0.4,
        "session_seconds": 120,
    }


def test_pages_of_the_website() -> None:
    result = read(EXAMPLES / "website-pages.csv")
    assert _totals(result) == {"page_views": 275_602}
    assert [one.key for one in result.readings][:3] == ["/", "/training", "/reporting-a-concern"]
