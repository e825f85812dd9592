"""A chart of thirteen months, drawn small: several stand side by side on one page.

The rules and colours are those of `sgcomms.reports.charts`. Its name and finding stand beside the
picture in words, and its numbers in a table; the picture is drawn at the size that it is printed
in, so that its letters are never smaller than they are here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sgcomms.reports.charts import FONT, INK, STYLE
from sgcomms.reports.extras import extra
from sgcomms.reports.model import Chart
from sgcomms.reports.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 1.78, 0.84
"""Inches: four of them are as wide as a sheet of A4 within its margins."""

_DOTS = 300
_LETTERS = 7
_BAND = "#DCE3EA"
"""Behind the line lies the usual range; its edges are drawn too, so that it is not known by colour
alone."""


def png(chart: Chart) -> bytes:
    """Return the first series of `chart` as a PNG; ExtraMissingError without matplotlib."""
    matplotlib = extra("matplotlib", "report", "a chart")
    extra("afcharts", "report", "a chart")
    style = extra("matplotlib.style", "report", "a chart")
    settings: dict[str, Any] = {"font.family": FONT, "font.size": _LETTERS}
    settings |= {"text.usetex": False, "text.parse_math": False}
    out = BytesIO()
    with style.context(STYLE), matplotlib.rc_context(settings):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        made = Figure(figsize=(WIDTH, HEIGHT))
        FigureCanvasAgg(made)
        made.set_layout_engine("constrained", w_pad=0.01, h_pad=0.01)
        _draw(made.add_subplot(), chart)
        made.savefig(out, format="png", dpi=_DOTS, metadata={"Software": None})
    return out.getvalue()


def _draw(axes: Axes, chart: Chart) -> None:
    colours = extra("afcharts.af_colours", "report", "a chart")
    colour: str = colours.get_af_colours("duo")[0]
    series = chart.series[0]
    labels = [point.label for point in series.points]
    values = [_finite(point.value) for point in series.points]
    cuts = {labels.index(one.label) for one in chart.breaks if one.label in labels[1:]}
    for first, run in _runs(values, cuts):
        places = range(first, first + len(run))
        axes.plot(places, run, color=colour, linewidth=1.2, marker="o", markersize=1.6, zorder=3)
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if known and known[-1][0] == len(values) - 1:
        axes.plot(*known[-1], marker="o", markersize=4, color=colour, zorder=4, clip_on=False)
    if series.limits is not None:
        begin = max(cuts, default=0) - 0.5
        edges = (begin, len(labels) - 0.5)
        axes.fill_between(edges, series.limits.low, series.limits.high, color=_BAND, zorder=1)
        axes.plot(edges, (series.limits.mean,) * 2, color=INK, linewidth=0.7, zorder=2)
        for level in (series.limits.low, series.limits.high):
            axes.plot(edges, (level,) * 2, color=INK, linewidth=0.6, linestyle="--", zorder=2)
    for cut in cuts:
        axes.axvline(cut - 0.5, color=INK, linewidth=0.9, linestyle=":")
    _frame(axes, chart, labels)


def _frame(axes: Axes, chart: Chart, labels: Sequence[str]) -> None:
    """Let the axis begin at 0, with a rule and a number at two places; name the first month and
    the last."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    limits = chart.series[0].limits
    known = [one for point in chart.series[0].points if (one := _finite(point.value)) is not None]
    top = max([*known, *([limits.high] if limits is not None else [])], default=0.0)
    axes.set_ylim(0.0, top * 1.08 if top > 0 else 1.0)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    ends = [0, len(labels) - 1]
    axes.set_xticks(ends, [labels[place] for place in ends])
    first, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True, min_n_ticks=2))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.tick_params(labelsize=_LETTERS, length=2, pad=1.5)
    axes.grid(visible=True, axis="y", linewidth=0.4)


def _runs(values: Sequence[float | None], cuts: set[int]) -> Iterator[tuple[int, list[float]]]:
    """Yield what a line may join: values without a gap or a break between them, and the place."""
    run: list[float] = []
    for at, value in enumerate([*values, None]):
        if run and (value is None or at in cuts):
            yield at - len(run), run
            run = []
        if value is not None:
            run.append(value)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
