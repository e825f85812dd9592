"""What is stored once, what is stored again, and what a second import of a file meets."""

from __future__ import annotations

from datetime import date

import pytest

from sgcomms import collecting
from sgcomms.db import readings, sources
from sgcomms.db.readings import KnownFileError
from sgcomms.models import Reading, Source
from tests.figures.conftest import Desk
from tests.golden import EXAMPLES, READ_ON


def test_a_correction_that_is_taken_back_counts(desk: Desk) -> None:
    for value in (1007, 1070, 1007):
        desk.read("x", "followers", value, "2021-03-31", "2021-03-31")
    assert desk.one("x", "followers").value == 1007


def test_the_same_figures_again_change_nothing(desk: Desk) -> None:
    for _ in range(2):
        for value, read_on in ((1000, "2021-04-03"), (1007, "2021-05-03")):
            desk.read("x", "followers", value, "2021-03-31", "2021-03-31", read_on)
    (count,) = desk.db.conn.execute("SELECT count(*) FROM readings").fetchone()
    assert count == 2


def test_a_list_with_its_corrections_is_known_as_a_whole(desk: Desk) -> None:
    day = date(2021, 3, 31)
    listed = [
        (
            Source("hand", place, "recorded", "x", date(2021, 4, 3), by="an officer"),
            Reading("x", "followers", value, day, day, "followers"),
        )
        for place, value in (("a page", 1007.0), ("a screen", 1070.0), ("a page", 1007.0))
    ]
    assert readings.add_recorded(desk.db, listed[:2]) == (2, 0)
    assert readings.add_recorded(desk.db, listed[:2]) == (0, 2)
    assert readings.add_recorded(desk.db, listed) == (1, 2)
    assert readings.add_recorded(desk.db, listed) == (0, 3)
    assert desk.one("x", "followers").value == 1007


def test_a_file_that_was_taken_in_meanwhile_is_known(desk: Desk) -> None:
    source = Source("file", "a.csv", "test", "x", date(2021, 4, 3), "sha256 of a.csv")
    readings.add(desk.db, source, [], dict)
    with pytest.raises(KnownFileError) as known:
        readings.add(desk.db, source, [], dict)
    assert known.value.source.name == "a.csv"


def test_the_second_of_two_imports_at_once_is_told_that_the_file_is_known(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = EXAMPLES / "x-tweets-2020-q1.csv"
    first = collecting.import_file(desk.db, desk.board, file, read_on=READ_ON)
    look, answers = sources.of_file, [None]  # the first look comes too early to see it

    def late(*asked: object) -> object:
        return answers.pop() if answers else look(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(sources, "of_file", late)
    second = collecting.import_file(desk.db, desk.board, file, read_on=READ_ON)
    assert first.posts > 0
    assert (second.already, second.posts) == (date(2026, 11, 22), 0)
