"""Charts: what is drawn where, read from the figure itself; the same bytes each time."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from PIL import Image

from sgcomms.errors import UsageError
from sgcomms.reports import charts
from sgcomms.reports.model import Break, Chart, Limits, Point, Series, Table

pytestmark = pytest.mark.usefixtures("drawn_anew")

MONTHS = ("April 2025", "May 2025", "June 2025", "July 2025", "August 2025", "September 2025")
ALLOWED = {"#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d", "#a285d1"}
"""https://analysisfunction.civilservice.gov.uk/policy-store/data-visualisation-colours-in-charts/"""


def series(label: str, *values: float | None, limits: Limits | None = None) -> Series:
    return Series(label, tuple(map(Point, MONTHS, values)), limits)


def chart(*every: Series, breaks: tuple[Break, ...] = ()) -> Chart:
    table = Table("Numbers", ("Month",), ())
    return Chart("c", "line", "Impressions", "alt", "impressions", every, table, breaks)


def drawn(found: Chart) -> Axes:
    (axes,) = charts.figure(found).axes
    return axes


def lines(axes: Axes, gid: str) -> list[Line2D]:
    return [one for one in axes.lines if str(one.get_gid()).startswith(gid)]


def spans(axes: Axes, gid: str = "series") -> list[list[float]]:
    return [np.asarray(one.get_xdata(), float).tolist() for one in lines(axes, gid)]


def words(axes: Axes) -> list[str]:
    return [one.get_text() for one in axes.texts if isinstance(one, Annotation)]


FULL = series("X", 5, 7, 6, 8, 9, 4)


def test_a_line_joins_what_has_no_gap() -> None:
    assert spans(drawn(chart(FULL))) == [[0, 1, 2, 3, 4, 5]]
    with_gap = chart(series("X", 5, 7, None, 8, None, 4))
    assert spans(drawn(with_gap)) == [[0, 1], [3], [5]]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_a_gap(value: float) -> None:
    assert spans(drawn(chart(series("X", 5, 7, value, 8, 9, 4)))) == [[0, 1], [3, 4, 5]]


def test_no_line_crosses_a_break() -> None:
    at_break = 2.5
    broken = Break("July 2025", "Views replaced impressions.")
    found = chart(replace(FULL, limits=Limits(6, 2, 10)), FULL, breaks=(broken,))
    axes = drawn(found)
    assert spans(axes) == [[0, 1, 2], [3, 4, 5]] * 2
    for span in (*spans(axes), *spans(axes, "limits")):
        assert max(span) < at_break or min(span) > at_break
    assert len(spans(axes, "limits")) == 6
    (rule,) = spans(axes, "break")
    assert rule == [at_break, at_break]
    assert "A" in words(axes)
    assert axes.get_xlabel() == "A: Views replaced impressions."


def test_a_break_of_one_line_leaves_the_others_whole() -> None:
    broken = Break("July 2025", "Its followers are counted otherwise.", ("Facebook",))
    axes = drawn(chart(FULL, series("Facebook", 1, 2, 3, 4, 5, 6), breaks=(broken,)))
    assert spans(axes) == [[0, 1, 2, 3, 4, 5], [0, 1, 2], [3, 4, 5]]
    said = " ".join(axes.get_xlabel().split())
    assert said == "A (only Facebook): Its followers are counted otherwise."


def test_a_change_within_a_month_parts_it_from_both_sides() -> None:
    broken = Break("July 2025", "On the 15th.", within=True)
    axes = drawn(chart(replace(FULL, limits=Limits(6, 2, 10)), breaks=(broken,)))
    assert spans(axes) == [[0, 1, 2], [3], [4, 5]]
    assert spans(axes, "break") == [[3, 3]]
    assert len(spans(axes, "limits")) == 9
    last = Break("September 2025", "On the 15th.", within=True)
    axes = drawn(chart(replace(FULL, limits=Limits(6, 2, 10)), breaks=(last,)))
    assert spans(axes) == [[0, 1, 2, 3, 4], [5]]
    assert all(left < right for left, right in spans(axes, "limits"))


def test_a_break_at_the_beginning_or_elsewhere_breaks_nothing() -> None:
    found = (Break("April 2025", "At once."), Break("May 1999", "Long ago."))
    assert spans(drawn(chart(FULL, breaks=found))) == [[0, 1, 2, 3, 4, 5]]


def test_names_stand_at_the_ends_of_lines_and_there_is_no_legend() -> None:
    axes = drawn(chart(FULL, series("Facebook", 1, 2, 3, 4, None, None)))
    assert axes.get_legend() is None
    ends = {one.get_text(): one.xy for one in axes.texts if isinstance(one, Annotation)}
    assert ends == {"X": (5, 4), "Facebook": (3, 4)}


def test_names_at_one_height_are_moved_apart() -> None:
    axes = drawn(chart(*(series(f"Account {n}", 1, 2, 3, 4, 5, 6) for n in range(4))))
    heights = sorted(one.xyann[1] for one in axes.texts if isinstance(one, Annotation))
    low, high = axes.get_ylim()
    assert all(b - a > (high - low) / 20 for a, b in pairwise(heights))


def test_colours_are_of_the_list_and_are_not_alone() -> None:
    axes = drawn(chart(*(series(f"{n}", *(n + m for m in range(6))) for n in range(4))))
    found = lines(axes, "series")
    colours = [to_hex(one.get_color()) for one in found]
    assert set(colours) <= ALLOWED
    assert len(set(colours)) == 4
    assert len({str(one.get_marker()) for one in found}) == 4
    assert len({one.get_linestyle() for one in found}) == 4


def test_counts_start_at_zero() -> None:
    axes = drawn(chart(series("X", 1000, 1001, 1002, 1003, 1004, 1005)))
    assert axes.get_ylim()[0] == 0
    assert drawn(chart(series("X", 0, 0, 0, 0, 0, 0))).get_ylim()[1] > 0


def test_months_are_short_and_years_stand_once() -> None:
    axes = drawn(chart(FULL))
    shown = [one.get_text() for one in axes.get_xticklabels()]
    assert shown == ["Apr\n2025", "May", "Jun", "Jul", "Aug", "Sep"]


def test_limits_are_named() -> None:
    axes = drawn(chart(replace(FULL, limits=Limits(6, 2, 10))))
    assert {"mean", "lower limit", "upper limit"} <= set(words(axes))
    levels = {np.asarray(one.get_ydata(), float)[0] for one in lines(axes, "limits")}
    assert levels == {6, 2, 10}


def test_bars_have_their_values_beside_them() -> None:
    pages = (Point("Home", 42318), Point("/a", None), Point("Training", 0))
    found = replace(chart(), kind="bar", series=(Series("Page views", pages),))
    axes = drawn(found)
    assert [patch.get_width() for patch in axes.patches] == [42318, 0]  # type: ignore[attr-defined]
    assert words(axes) == ["42,318", "not available", "0"]
    assert axes.get_xlim()[0] == 0
    assert [one.get_text() for one in axes.get_yticklabels()] == ["Home", "/a", "Training"]


def test_bars_of_two_series_are_named_each() -> None:
    one, other = (Series(name, (Point("Home", 5), Point("/a", 6))) for name in ("2020", "2019"))
    axes = drawn(replace(chart(), kind="bar", series=(one, other)))
    assert words(axes) == ["2020: 5", "2020: 6", "2019: 5", "2019: 6"]
    assert len({patch.get_hatch() for patch in axes.patches}) == 2


@pytest.mark.parametrize(
    "found",
    [
        chart(),
        chart(*(FULL for _ in range(5))),
        chart(FULL, Series("Y", (Point("May 2025", 1),))),
        chart(Series("Y", ())),
    ],
)
def test_what_is_no_chart_is_refused(found: Chart) -> None:
    with pytest.raises(ValueError, match="c: "):
        charts.svg(found)


def test_the_same_chart_gives_the_same_bytes() -> None:
    found = chart(FULL, breaks=(Break("July 2025", "Why."),))
    assert charts.svg(found) == charts.svg(found)
    assert charts.png(found) == charts.png(found)
    picture = charts.svg(found).decode()
    assert "<script" not in picture
    assert "<dc:date>" not in picture
    assert Image.open(BytesIO(charts.png(found))).size[0] > 1000


def test_hostile_words_are_only_words() -> None:
    name = "$\\frac{1}{0}$ <script>--> \x1b[2J\u202e" + "long " * 40
    found = chart(series(name, 1, 2, 3, 4, 5, 6), breaks=(Break("May 2025", name),))
    picture = charts.svg(replace(found, title=name, unit=name)).decode()
    assert "<script" not in picture
    assert "\x1b" not in picture
    assert charts.png(found).startswith(b"\x89PNG")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "afcharts", None)
    with pytest.raises(UsageError, match=r'pip install "sgcomms\[report\]"'):
        charts.svg(chart(FULL))
