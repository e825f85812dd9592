"""Words cut to the room that there is, and charts drawn small."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from sgcomms.reports.brief import brief
from sgcomms.reports.model import Break, Chart, Limits, Point, Series, Table
from sgcomms.reports.monthly import small

BAND = (220, 227, 234)


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("Look closer.", 12, "Look closer."),
        ("Look closer.", 11, "Look…"),
        ("two\n lines\tof it", 40, "two lines of it"),
        ("x" * 300, 20, f"{'x' * 19}…"),
        (f"a {'x' * 300}", 60, f"a {'x' * 57}…"),
        ("turned \u202eround\x1b[2J", 40, "turned round[2J"),
        ("", 5, ""),
    ],
)
def test_words_are_cut_between_words_where_that_is_near(text: str, most: int, cut: str) -> None:
    assert brief(text, most) == cut
    assert len(brief(text, most)) <= most


VALUES: tuple[float | None, ...] = (10, 12, 11, None, 13, 12, 11, 10, 12, 11, 12, 13, 40)


def chart(*values: float | None, limits: Limits | None = None, cut: int | None = None) -> Chart:
    points = tuple(Point(f"M{number}", value) for number, value in enumerate(values))
    breaks = (Break(f"M{cut}", "It changed."),) if cut is not None else ()
    series = (Series("Views", points, limits),)
    return Chart("a", "line", "A", "A.", "views", series, Table("", (), ()), breaks)


def picture(one: Chart) -> Image.Image:
    return Image.open(io.BytesIO(small.png(one))).convert("RGB")


def count(one: Chart, colour: tuple[int, int, int]) -> int:
    found = picture(one)
    colours = found.getcolors(found.width * found.height) or []
    return sum(number for number, known in colours if known == colour)


def test_it_is_as_wide_as_it_is_printed_and_alike_each_time() -> None:
    one = chart(*VALUES)
    found = picture(one)
    assert found.width == pytest.approx(small.WIDTH * 300, abs=2)
    assert small.png(one) == small.png(one)


def test_the_usual_range_is_a_band_that_begins_after_a_break() -> None:
    limits = Limits(12, 8, 16)
    assert count(chart(*VALUES), BAND) == 0
    whole = count(chart(*VALUES, limits=limits), BAND)
    part = count(chart(*VALUES, limits=limits, cut=6), BAND)
    assert whole > part > 0.3 * whole


@pytest.mark.parametrize("values", [(None,) * 13, (0.0,) * 13, (float("nan"), *VALUES[1:]), (5,)])
def test_whatever_the_values_something_is_drawn(values: tuple[float | None, ...]) -> None:
    found = chart(*values)
    assert picture(found).width > 100
    assert picture(replace(found, series=(replace(found.series[0], label="$x_1$"),))).width > 100
