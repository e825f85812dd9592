"""Damaged files: they are refused, or they give valid rows; nothing else ever happens."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgcomms.errors import ImportFileError
from sgcomms.importers import importer
from tests.importers.cases import GOOD, PACKED, Read, answers, expected, good, read

FILES = {name: good(name).read_bytes() for name in GOOD}
POSTS = [name for name in GOOD if "posts" in expected(name)]
FALLING = {"reactions", "comments", "shares"}
"""What LinkedIn's days may have less than none of."""

QUOTED = ["x-by-tweet-2021", "x-by-tweet-favorites", "x-by-day-2021", "facebook-daily-reach"]

inserted = st.sampled_from([b'"', b'""', b"\0", b",", b";", b"\n", b"\r", b"#", b"\xff", b"\xe2"])


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file after one to four accidents, and its name."""
    name = draw(st.sampled_from(GOOD))
    content = FILES[name]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        kind = draw(st.sampled_from(["flip", "cut", "insert", "drop", "repeat"]))
        if kind == "flip":
            content = (
                content[:at] + bytes(draw(st.binary(min_size=1, max_size=3))) + content[at + 1 :]
            )
        elif kind == "cut":
            content = content[:at]
        elif kind == "insert":
            content = content[:at] + draw(inserted) + content[at:]
        elif kind == "drop":
            content = content[:at] + content[at + draw(st.integers(1, 80)) :]
        else:
            content = content[:at] + content[at - 60 :]
    return name, content


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the damaged file of the moment lies."""
    return tmp_path_factory.mktemp("damage") / "damaged.csv"


@settings(max_examples=500, deadline=None, derandomize=True)
@given(file=damaged())
def test_a_damaged_file_is_refused_or_gives_valid_rows(path: Path, file: tuple[str, bytes]) -> None:
    _check(_read(path, *file))


def _check(result: Read | None) -> None:
    """Hold what came out of a damaged file against what any file may give."""
    if result is None:
        return
    layout = importer(result.layout)
    natives = {**layout.natives, **layout.by_day}
    for row in result.posts:
        assert re.fullmatch(r"[0-9]+(_[0-9]+)?", row.publication.platform_id)
        assert row.publication.published_at.utcoffset() == timedelta(0)
        assert all(value is None or 0 <= value <= 10**15 for value in row.values.values())
        assert set(row.values) <= set(natives)
    for one in result.readings:
        assert one.value is None or -(10**16) <= one.value <= 10**16
        assert one.value is None or one.value >= 0 or one.metric in FALLING
        assert one.first <= one.last
        assert one.metric in natives


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_stray_quote_never_loses_a_post(path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in POSTS if "utf16" not in name]))
    content = FILES[name]
    at = data.draw(st.integers(0, len(content)))
    result = _read(path, name, content[:at] + b'"' + content[at:])
    if result is not None:
        assert _ids(result) == _ids(read(good(name), answers(name)))


@pytest.mark.parametrize("name", QUOTED)
def test_a_file_that_is_cut_off_never_gives_a_wrong_figure(name: str, path: Path) -> None:
    content = FILES[name]
    whole = _all(read(good(name), answers(name)))
    for size in range(content.index(b"\n") + 2, len(content) - 1):
        result = _read(path, name, content[:size])
        assert result is None or _all(result) == whole[: len(_all(result))]


def _all(result: Read) -> list[object]:
    return [*result.posts, *result.readings]


@pytest.mark.long
@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("change", [b"", b"\0", b"\xff"], ids=["cut", "nul", "full"])
def test_a_packed_file_is_refused_or_gives_valid_rows(name: str, change: bytes, path: Path) -> None:
    content = good(name).read_bytes()
    for at in range(0, len(content), 7):
        rest = content[at + 1 :] if change else b""
        _check(_read(path, name, content[:at] + change + rest))


@pytest.mark.parametrize("name", [name for name in PACKED if good(name).suffix == ".zip"])
def test_a_damaged_zip_never_gives_a_wrong_figure(name: str, path: Path) -> None:
    content = good(name).read_bytes()
    whole = read(good(name), answers(name))
    for at in range(0, len(content), 7):
        for bit in (0x01, 0x80):
            changed = bytes([content[at] ^ bit])
            result = _read(path, name, content[:at] + changed + content[at + 1 :])
            if result is not None:
                assert all(row in whole.posts for row in result.posts)
                assert all(one in whole.readings for one in result.readings)


def _ids(result: Read) -> list[str]:
    return [row.publication.platform_id for row in result.posts]


def _read(path: Path, name: str, content: bytes) -> Read | None:
    """Read the file; None where it is refused, which is the only error there may be."""
    path.write_bytes(content)
    try:
        return read(path, answers(name))
    except ImportFileError:
        return None
