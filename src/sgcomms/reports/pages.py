"""The most visited pages of a website."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sgcomms.figures import Figure
from sgcomms.models import Website
from sgcomms.reports import numbers, pictures
from sgcomms.reports.material import Material
from sgcomms.reports.model import Cell, Chart, Section, Sentence, Table

TOP_PAGES = 5


def _is_page(one: Figure) -> bool:
    """Tell whether a row is a page: `(other)` and `(not set)` gather what has no name."""
    return not str(one.key).startswith("(")


def section(material: Material, site: Website, id_: str) -> list[Section]:
    """Return the section of a website's pages, if any has a figure.

    The table is of the year, or else of its longest part. Pages whose dates leave the year have a
    sentence each, as far as they are few.
    """
    named = [one for one in material.valued(site.id, "page_views", "page") if _is_page(one)]
    every = sorted(named, key=lambda one: -value_of(one))
    outside = [one for one in every if material.leaves_year(one)]
    inside = [one for one in every if not material.leaves_year(one)]
    period = longest(inside)
    of_period = [one for one in inside if one.period == period]
    shown = [one for one in of_period if value_of(one)]  # what nobody saw is not most visited
    sentences = []
    if period is None:
        sentences += _ranking(site, shown)
    for one in outside[:TOP_PAGES]:
        text = (
            f"{_page(site, one)} had {material.counted(one)} {material.when(one)}, which are not "
            "the dates of this report."
        )
        sentences.append(Sentence(text, material.marks(one)))
    table = _page_table(material, site, shown) if shown else None
    _say_other_pages(material, site, len(outside[TOP_PAGES:]), len(inside) - len(of_period))
    if not of_period or period is not None:
        name = material.name(site.id)
        material.missing.append(f"Most visited pages of {name}: no figures for the whole year.")
    if not sentences and table is None:
        return []
    charts: Sequence[Chart] = ()
    if table is not None:
        bars = [(_page(site, one), one) for one in shown[:TOP_PAGES]]
        charts = pictures.pages(site, bars, table)
    alone = None if charts else table  # a chart brings its table
    return [Section(id_, "Most visited pages", 3, tuple(sentences), alone, charts=tuple(charts))]


def _ranking(site: Website, shown: Sequence[Figure]) -> list[Sentence]:
    """Return which pages were seen most, in order where no two were seen equally often.

    Pages that were seen as often as the first one left out are left out too.
    """
    top = list(shown[: TOP_PAGES - 1])
    if len(shown) > len(top):
        top = [one for one in top if value_of(one) > value_of(shown[len(top)])]
    if len(shown) < 2 or not top:
        return []
    names = [_page(site, one) for one in top]
    if len(top) == 1:
        return [Sentence(f"The most visited page was {names[0]}.")]
    if len({value_of(one) for one in top}) < len(top):
        return [Sentence(f"The most visited pages were {numbers.listed(names)}.")]
    followed = numbers.listed(names[1:])
    return [Sentence(f"The most visited page was {names[0]}, followed by {followed}.")]


def _page_table(material: Material, site: Website, shown: Sequence[Figure]) -> Table:
    top = shown[:TOP_PAGES]
    rows = []
    for one in top:
        notes = material.footnotes.mark(*(numbers.sentence(note) for note in one.notes))
        rows.append((Cell(_page(site, one)), Cell(material.amount(one), notes)))
    more = shown[TOP_PAGES : TOP_PAGES + 1]
    if more and value_of(more[0]) == value_of(top[-1]):
        pages = f"{len(top)} of the most visited pages"
    else:
        pages = "The most visited page" if len(top) == 1 else f"The {len(top)} most visited pages"
    header = ("Page", material.board.metrics["page_views"].label)
    return Table(f"{pages} {material.when(top[0])}", header, tuple(rows))


def _say_other_pages(material: Material, site: Website, outside: int, inside: int) -> None:
    for count, which in (
        (outside, "dates that leave the year"),
        (inside, "only a part of the year"),
    ):
        if count:
            pages = "1 more page" if count == 1 else f"{count:,} more pages"
            material.missing.append(
                f"Page views of {pages} of {material.name(site.id)}: they are of {which}, and not "
                "shown."
            )


def _page(site: Website, one: Figure) -> str:
    key = one.key or ""
    return site.pages.get(key) or site.pages.get(f"{key}/") or key


def longest(found: Sequence[Figure]) -> tuple[date, date] | None:
    """Return None for the year if any figure is of it, else the longest period there is."""
    periods = [one.period for one in found if one.period is not None]
    if len(periods) < len(found) or not periods:
        return None
    return max(periods, key=lambda span: (span[1] - span[0], span[1]))


def value_of(one: Figure) -> float:
    """Return the value, for putting figures in order."""
    return one.value or 0
