"""The websites of a board: their use, their pages, where visitors came from; what they said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sgcomms.figures import REST, Figure
from sgcomms.models import Website
from sgcomms.reports import numbers, pages, phrases, pictures
from sgcomms.reports.material import Material
from sgcomms.reports.model import Cell, Section, Sentence, Table
from sgcomms.reports.pages import longest, value_of

OTHER_USERS = ("users_active", "users_unspecified", "users_daily_sum")
"""What stands in for `users_total`, by another definition, and says so."""

_VISITS = ("page_views", "users_total", *OTHER_USERS)
_CHANNELS = {
    "search": "came from search engines",
    "direct": "came directly, by typing the address or from a bookmark",
    "referral": "came from links on other websites",
    "social": "came from social media",
    "email": "came from e-mails",
    "ai_assistant": "came from AI assistants",
    "paid_other": "came from advertisements",
    REST: "came from elsewhere, or the source does not say",
}
_DEVICES = {
    "desktop": "on a desktop or laptop computer",
    "mobile": "on a mobile phone",
    "tablet": "on a tablet",
    REST: "on other devices, or the source does not say",
}

_NO_BASE = "Of how many visits this is a share is not known."


def sections(material: Material) -> Iterator[Section]:
    """Yield the sections of every website, then what the board itself counted."""
    for site in material.board.websites.values():
        yield from _website(material, site)
    table = _board_table(material)
    if table is not None:
        yield Section("board", "What the board counted itself", 2, table=table)


def _website(material: Material, site: Website) -> Iterator[Section]:
    name = "Our website" if len(material.board.websites) == 1 else f"Our website: {site.id}"
    id_ = f"website_{site.id}"
    visits = tuple(_visits(material, site))
    charts = tuple(pictures.users(material, site))
    use = tuple(_use(material, site))
    parts = [Section(f"{id_}_use", "How it was used", 3, use)] if use else []
    parts += pages.section(material, site, f"{id_}_pages")
    origins = tuple(_origins(material, site))
    if origins:
        title = "Where visitors came from, and on what"
        parts.append(Section(f"{id_}_visitors", title, 3, origins))
    quotes = tuple(
        remark.quote
        for remark in material.board.feedback
        if remark.website == site.id and remark.year == material.period.name
    )
    if quotes:
        parts.append(Section(f"{id_}_feedback", "What visitors said", 3, quotes=quotes))
    else:
        said = f"What visitors said of {material.name(site.id)}"
        material.missing.append(f"{said}: nothing was written down for the year.")
    if visits or parts or charts:
        none = Sentence("How many page views and users it had in the year is not available.")
        yield Section(id_, name, 2, visits or (none,), charts=charts)
        yield from parts


def _visits(material: Material, site: Website) -> Iterator[Sentence]:
    subject, before = "Our website", ""
    for metric in _VISITS:
        for one in material.valued(site.id, metric):
            when = material.when(one)
            moved = material.moved(one)
            text = f"{subject} had {moved or material.counted(one)}"
            text = text if moved or when == before else f"{text} {when}"
            yield Sentence(f"{text}{material.same(one)}.", material.marks(one))
            subject, before = "It", when if when == "in the year" else ""


def _use(material: Material, site: Website) -> Iterator[Sentence]:
    forms = {
        "session_seconds": ("the average visit", "a visit lasted {} on average"),
        "bounce": ("the bounce rate", "the bounce rate was {}"),
    }
    for metric, (name, form) in forms.items():
        for one in material.valued(site.id, metric):
            level, at = material.amount(one), ""
            base = _base(material, site, one) if one.unit == "ratio" else None
            if base is not None:
                of_all = phrases.of_base(value_of(one), base, "visits")
                if of_all is None:
                    what = f"{name.removeprefix('the ')} of {material.name(site.id)}"
                    _say_small(material, what, base)
                    continue
                level = f"{one.bound} {of_all}" if one.bound else of_all
                at = f" of {numbers.number(base)} visits"
            compares = _had_base(material, site, one, name.removeprefix("the "))
            moved, when = material.moved(one, at) if compares else None, material.when(one)
            words = form.format(level) if moved is None else f"{name} showed {moved}"
            text = words if when == "in the year" else f"{when}, {words}"
            same = material.same(one) if compares else ""
            marks = material.marks(one)
            if one.unit == "ratio" and base is None:
                marks += material.footnotes.mark(_NO_BASE)
            yield Sentence(f"{text[0].upper()}{text[1:]}{same}.", marks)


def _had_base(material: Material, site: Website, one: Figure, name: str) -> bool:
    """Tell whether the year before had enough visits for its percentage to be compared; where it
    had not, the section says so."""
    whole = _whole(material, site, one) if one.unit == "ratio" else None
    earlier = material.changes.earlier(whole) if whole is not None else None
    if earlier is None or phrases.has_base(earlier):
        return True
    reason = f"{_count(earlier)} in that year are too few for percentages"
    material.changes.refuse(f"{name} of {material.name(site.id)}", reason)
    return False


def _base(material: Material, site: Website, one: Figure) -> float | None:
    """Return how many visits a share of them is a share of, where the same days say so."""
    whole = _whole(material, site, one)
    return None if whole is None else whole.value


def _whole(material: Material, site: Website, one: Figure) -> Figure | None:
    """Return the figure of the visits that a share of them is a share of."""
    for whole in material.valued(site.id, "sessions"):
        if whole.period == one.period and whole.bound is None:
            return whole
    return None


def _named(material: Material, site: Website, one: Figure) -> float:
    """Return how many visits the rows of a breakdown name: all that is known where no total is."""
    rows = material.valued(site.id, "sessions", one.dimension)
    return sum(value_of(row) for row in rows if row.period == one.period)


def _say_small(material: Material, what: str, base: float) -> None:
    material.missing.append(
        f"{what[0].upper()}{what[1:]}: {_count(base)} are too few for percentages; from "
        f"{phrases.SMALLEST_BASE} on they are given."
    )


def _count(visits: float) -> str:
    return "1 visit" if visits == 1 else f"{numbers.number(visits)} visits"


def _board_table(material: Material) -> Table | None:
    """Return what only the board counts, each with its own dates."""
    own = [one for one in material.found if one.subject == "board" and one.value is not None]
    if not own:
        return None
    rows = []
    for one in own:
        notes = material.footnotes.mark(*(numbers.sentence(note) for note in one.notes))
        dates = one.period or (material.period.start, material.period.end)
        when = material.when(one) if one.period is None else ""
        days = f"{when[0].upper()}{when[1:]}" if when.startswith("up to") else numbers.days(*dates)
        which = f" ({one.key})" if one.key else ""
        rows.append(
            (
                Cell(f"{material.board.metrics[one.metric].label}{which}"),
                Cell(f"{material.amount(one)}{_short(material, one)}", notes),
                Cell(days),
            )
        )
    header = ("What was counted", "How many", "When")
    return Table("Recorded by hand, each with its own dates", header, tuple(rows))


def _short(material: Material, one: Figure) -> str:
    change = material.change(one)
    return "" if change is None else f", {change.short()}"


# where visitors came from


def _origins(material: Material, site: Website) -> Iterator[Sentence]:
    for dimension, named, sentence in (
        ("channel", "Where visits to {} came from", _of_channels),
        ("device", "What devices {} was visited on", _of_devices),
    ):
        rows = _shares(material, site, dimension)
        what = named.format(material.name(site.id))
        if not rows:
            material.missing.append(f"{what}: no figures.")
            continue
        if rows[0].period is not None:
            only = material.when(rows[0])
            material.missing.append(f"{what}: no figures for the whole year, only {only}.")
        base = _base(material, site, rows[0]) or _named(material, site, rows[0])
        if not phrases.has_base(base):
            _say_small(material, what, base)
            continue
        notes = material.footnotes.mark(material.definition("sessions"))
        rounding = phrases.rounding([value_of(one) for one in rows])
        notes += material.footnotes.mark(rounding) if rounding else ()
        yield Sentence(sentence(material, rows, base), notes)


def _of_channels(material: Material, rows: Sequence[Figure], base: float) -> str:
    words = [
        f"{material.amount(one)} {_CHANNELS.get(one.key or '', f'came by {one.key}')}"
        for one in rows
    ]
    visits = f"{numbers.number(base)} visits{_dates(material, rows[0])}"
    return f"Of {visits}, {numbers.listed(words)}."


def _of_devices(material: Material, rows: Sequence[Figure], base: float) -> str:
    places = [
        f"{_DEVICES.get(one.key or '', f'on {one.key}')} ({material.amount(one)})" for one in rows
    ]
    visits = f"{numbers.number(base)} visits{_dates(material, rows[0])}"
    return f"The {visits} were made {numbers.listed(places)}."


def _dates(material: Material, one: Figure) -> str:
    when = material.when(one)
    return "" if when == "in the year" else f" {when}"


def _shares(material: Material, site: Website, dimension: str) -> list[Figure]:
    """Return the shares of the year, or of its longest part; largest first, the rest last."""
    every = material.valued(site.id, "sessions_share", dimension)
    period = longest(every)
    rows = [one for one in every if one.period == period]
    return sorted(rows, key=lambda one: (one.key == REST, -value_of(one)))
