"""A chart -> a picture, in the style of the Government Analysis Function. Pure.

Its rules: at most four categories, labels beside the lines and no legend, not by colour alone, an
axis that starts at zero, horizontal words, and the numbers in a table too
(https://analysisfunction.civilservice.gov.uk/policy-store/data-visualisation-charts/;
colours: https://analysisfunction.civilservice.gov.uk/policy-store/data-visualisation-colours-in-charts/).
A gap stays a gap, and no line is drawn across a break, nor from a month that a break lies in.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Literal

from sgcomms.reports.extras import extra
from sgcomms.reports.model import Break, Chart, Series
from sgcomms.reports.numbers import listed, number
from sgcomms.signs import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SERIES = 4
STYLE = "afcharts.afcharts"
INK = "#3D3D3D"
"""The dark grey of the list of colours: rules, limits and what is not a series."""
FONT = "DejaVu Sans"
"""A font that matplotlib ships, so that a picture is the same on every machine."""

_WIDTH = 7.0
_LINE_HEIGHT = 3.7
_BAR_HEIGHT = 0.42
_DOTS = 200
_MARKERS = ("o", "s", "^", "D")
_DASHES = ("-", "--", "-.", ":")
_HATCHES = ("", "//", "..", "xx")
_LABEL_WIDTH = 20
_WORDS_WIDTH = 88
_CLOSEST = 0.085
"""So close, in parts of the axis, may two labels at the ends of lines stand."""

_SETTINGS: Mapping[str, Any] = {
    "font.family": FONT,
    "font.size": 10,
    "svg.hashsalt": "sgcomms",
    "svg.fonttype": "path",
    "text.usetex": False,
    "text.parse_math": False,
}


def svg(chart: Chart) -> bytes:
    """Return the chart as SVG; the same chart gives the same bytes.

    Raises ValueError as `figure`, ExtraMissingError without matplotlib and afcharts.
    """
    return _saved(chart, "svg", {"Date": None, "Creator": None, "Title": plain(chart.title)})


def png(chart: Chart) -> bytes:
    """Return the chart as PNG, at 200 dots an inch. Raises as `svg`."""
    return _saved(chart, "png", {"Software": None})


def figure(chart: Chart) -> Figure:
    """Return the chart as matplotlib's own figure, seven inches wide. Raises as `svg`.

    Raises ValueError for more than four series, and for series with different labels.
    """
    check(chart)
    with _style():
        return _drawn(chart)


def check(chart: Chart) -> None:
    """Raise ValueError for a chart that cannot be drawn, as `figure` says."""
    if not 1 <= len(chart.series) <= MOST_SERIES:
        raise ValueError(f"{chart.id}: a chart has one to {MOST_SERIES} series")
    labels = {tuple(point.label for point in one.points) for one in chart.series}
    if len(labels) > 1 or not next(iter(labels)):
        raise ValueError(f"{chart.id}: its series have no labels, or different ones")


def _saved(chart: Chart, form: Literal["svg", "png"], metadata: Mapping[str, str | None]) -> bytes:
    check(chart)
    out = BytesIO()
    with _style():
        _drawn(chart).savefig(out, format=form, dpi=_DOTS, metadata=metadata)
    return out.getvalue()


@contextmanager
def _style() -> Iterator[None]:
    """Draw in the Analysis Function's style, and alike on every machine."""
    matplotlib = extra("matplotlib", "report", "a chart")
    extra("afcharts", "report", "a chart")
    style = extra("matplotlib.style", "report", "a chart")
    with style.context(STYLE), matplotlib.rc_context(dict(_SETTINGS)):
        yield


def _drawn(chart: Chart) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    bars = chart.kind == "bar"
    made = Figure(figsize=(_WIDTH, _bar_height(chart) if bars else _LINE_HEIGHT))
    FigureCanvasAgg(made)
    made.set_layout_engine("constrained")
    axes = made.add_subplot()
    (_bars if bars else _lines)(axes, chart)
    return made


def _colours(count: int) -> list[str]:
    """Return the Analysis Function's colours for so many categories: of two, the pair for two."""
    known = extra("afcharts.af_colours", "report", "a chart")
    found: list[str] = known.get_af_colours("categorical", number_of_colours=max(count, 2))
    return found[:count]


def _values(series: Series) -> list[float | None]:
    """Return the values, None for what is no number: it is a gap too."""
    given = (point.value for point in series.points)
    return [one if one is not None and math.isfinite(one) else None for one in given]


# lines


def _lines(axes: Axes, chart: Chart) -> None:
    labels = [point.label for point in chart.series[0].points]
    breaks = [one for one in chart.breaks if one.label in labels[1:]]
    last = len(labels) - 1
    ends = []
    for place, (series, colour) in enumerate(
        zip(chart.series, _colours(len(chart.series)), strict=True)
    ):
        values = _values(series)
        places = [_places(labels, one) for one in breaks if one.concerns(series.label)]
        cuts = sorted({cut for cuts in places for cut in cuts if cut <= last})
        for first, run in _runs(values, cuts):
            axes.plot(
                range(first, first + len(run)),
                run,
                color=colour,
                marker=_MARKERS[place],
                linestyle=_DASHES[place],
                markersize=5,
                clip_on=False,
                zorder=3,
                gid=f"series-{place}",
            )
        known = [at for at, value in enumerate(values) if value is not None]
        if known:
            ends.append((known[-1], values[known[-1]] or 0.0, _cut(series.label)))
        _limits(axes, series, len(labels), cuts, colour)
    _frame(axes, chart, labels)
    _end_labels(axes, ends)
    _breaks(axes, labels, breaks)


def _places(labels: Sequence[str], one: Break) -> tuple[int, ...]:
    """Return the places that a line begins anew at, for a break."""
    at = labels.index(one.label)
    return (at, at + 1) if one.within else (at,)


def _runs(values: Sequence[float | None], cuts: Sequence[int]) -> Iterator[tuple[int, list[float]]]:
    """Yield what a line may join: values without a gap or a break between them, and the place."""
    run: list[float] = []
    for at, value in enumerate([*values, None]):
        if run and (value is None or at in cuts):
            yield at - len(run), run
            run = []
        if value is not None:
            run.append(value)


def _limits(axes: Axes, series: Series, count: int, cuts: Sequence[int], colour: str) -> None:
    """Draw the mean and the limits of a series, each piece ending where a break is."""
    if series.limits is None:
        return
    found = series.limits
    edges = [-0.4, *(cut - 0.5 for cut in cuts), count - 0.6]
    for level, dashes, name in (
        (found.mean, (0, ()), "mean"),
        (found.low, (0, (4, 3)), "lower limit"),
        (found.high, (0, (4, 3)), "upper limit"),
    ):
        for left, right in pairwise(edges):
            axes.plot(
                (left + 0.05, right - 0.05),
                (level, level),
                color=INK,
                linewidth=1,
                linestyle=dashes,
                gid="limits",
            )
        axes.annotate(
            name, (-0.35, level), (0, 3), textcoords="offset points", fontsize=8, color=INK
        )


def _frame(axes: Axes, chart: Chart, labels: Sequence[str]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_xlim(-0.5, len(labels) - 0.5)
    axes.set_xticks(range(len(labels)), _short(labels), fontsize=9)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=_whole(chart), min_n_ticks=2))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    low, high = axes.get_ylim()
    least = min((one for series in chart.series for one in _levels(series)), default=0.0)
    axes.set_ylim(min(0.0, low) if least < 0 else 0.0, high if high > 0 else 1.0)
    axes.set_title(_cut(chart.unit[:1].upper() + chart.unit[1:], 60), fontsize=10, pad=14)


def _levels(series: Series) -> list[float]:
    own = [one for one in _values(series) if one is not None]
    return own if series.limits is None else [*own, series.limits.low]


def _whole(chart: Chart) -> bool:
    values = (one for series in chart.series for one in _values(series))
    return all(one is None or one == int(one) for one in values)


def _short(labels: Sequence[str]) -> list[str]:
    """Return labels as they fit under an axis: of months three letters, with each year once."""
    found, shown = [], ""
    months = [re.fullmatch(r"([A-Z][a-z]+) (\d{4})", label) for label in labels]
    for label, month in zip(labels, months, strict=True):
        if month is None or not all(months):
            found.append("\n".join(textwrap.wrap(_cut(label, 30), 10)))
            continue
        found.append(month[1][:3] + (f"\n{month[2]}" if month[2] != shown else ""))
        shown = month[2]
    return found


def _end_labels(axes: Axes, ends: Sequence[tuple[int, float, str]]) -> None:
    """Write the names beside the ends of the lines, moved apart where they would meet."""
    low, high = axes.get_ylim()
    for at in {end[0] for end in ends}:
        here = [(value, textwrap.wrap(words, _LABEL_WIDTH)) for x, value, words in ends if x == at]
        same = sorted(here)
        needs = [(high - low) * _CLOSEST * max(len(lines), 1) for _, lines in same]
        heights = _apart([value for value, _ in same], needs)
        for (value, lines), height in zip(same, heights, strict=True):
            line = {"arrowstyle": "-", "color": INK, "linewidth": 0.6, "shrinkB": 4}
            axes.annotate(
                "\n".join(lines),
                (at, value),
                (at + 0.35, height),
                va="center",
                color="black",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
                arrowprops=line if height != value else None,
                annotation_clip=False,
            )


def _apart(values: Sequence[float], needs: Sequence[float]) -> list[float]:
    """Return the rising `values`, moved as little as lets each have the room that it needs."""
    found = list(values)
    for _ in range(50):
        for below in range(len(found) - 1):
            room = (needs[below] + needs[below + 1]) / 2
            lacking = room - (found[below + 1] - found[below])
            if lacking > room / 1000:
                found[below] -= lacking / 2
                found[below + 1] += lacking / 2
    return found


def _breaks(axes: Axes, labels: Sequence[str], breaks: Sequence[Break]) -> None:
    """Draw a rule for each break, with a letter, and its words under the chart."""
    words = []
    for letter, one in zip(ascii_uppercase, breaks, strict=False):
        at = labels.index(one.label) - (0 if one.within else 0.5)
        axes.axvline(at, color=INK, linewidth=1.2, linestyle=(0, (2, 2)), gid="break")
        axes.annotate(
            letter,
            (at, 1),
            (0, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            fontweight="bold",
            color=INK,
            annotation_clip=False,
        )
        which = f" (only {listed([_cut(label) for label in one.series])})" if one.series else ""
        words += textwrap.wrap(f"{letter}{which}: {plain(one.text)}", _WORDS_WIDTH)
    if words:
        axes.set_xlabel("\n".join(words), loc="left", fontsize=9, labelpad=8)


# bars


def _bar_height(chart: Chart) -> float:
    rows = len(chart.series[0].points) * (len(chart.series) + 0.35)
    return 0.7 + max(rows, 2) * _BAR_HEIGHT * (1 if len(chart.series) == 1 else 0.8)


def _bars(axes: Axes, chart: Chart) -> None:
    """Draw the bars from the top down, each with its value and, of several, its series."""
    count = len(chart.series)
    labels = [point.label for point in chart.series[0].points]
    thick = 0.75 / count
    for place, (series, colour) in enumerate(zip(chart.series, _colours(count), strict=True)):
        for at, value in enumerate(_values(series)):
            middle = at + (place - (count - 1) / 2) * thick
            if value is not None:
                axes.barh(
                    middle,
                    value,
                    height=thick * 0.92,
                    color=colour,
                    hatch=_HATCHES[place],
                    edgecolor="white",
                    linewidth=0,
                    gid=f"series-{place}",
                )
            words = "not available" if value is None else number(value)
            words = f"{_cut(series.label)}: {words}" if count > 1 else words
            axes.annotate(
                words,
                (max(value or 0.0, 0.0), middle),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=10,
            )
    lines = ["\n".join(textwrap.wrap(_cut(label, 54), 28)) for label in labels]
    axes.set_yticks(range(len(labels)), lines)
    axes.invert_yaxis()
    axes.set_xlim(left=min([0.0, *(one for each in chart.series for one in _levels(each))]))
    axes.xaxis.set_visible(False)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(True)
    axes.set_title(_cut(chart.unit[:1].upper() + chart.unit[1:], 60), fontsize=10, pad=8)


def _cut(words: str, most: int = 40) -> str:
    """Return words as one line that a picture has room for; the table has them whole."""
    line = " ".join(plain(words).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
