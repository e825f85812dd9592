"""The websites of a board: their use, their pages, where visitors came from; what they said."""

from __future__ import annotations

from collections.abc import Iterator

from sgcomms.figures import REST, Figure
from sgcomms.models import Website
from sgcomms.reports import numbers, pages, pictures
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
        material.missing.append(f"Visitors' feedback: none in config/feedback.yaml for {site.id}.")
    if visits or parts or charts:
        none = Sentence("How many page views and users it had in the year is not available.")
        yield Section(id_, name, 2, visits or (none,), charts=charts)
        yield from parts


def _visits(material: Material, site: Website) -> Iterator[Sentence]:
    subject, before = "Our website", ""
    for metric in _VISITS:
        for one in material.valued(site.id, metric):
            when = material.when(one)
            text = f"{subject} had {material.counted(one)}"
            text = text if when == before else f"{text} {when}"
            yield Sentence(f"{text}{material.change(one)}.", material.marks(one))
            subject, before = "It", when if when == "in the year" else ""


def _use(material: Material, site: Website) -> Iterator[Sentence]:
    forms = {
        "session_seconds": "a visit lasted {} on average",
        "bounce": "the bounce rate was {}",
    }
    for metric, form in forms.items():
        for one in material.valued(site.id, metric):
            words = form.format(material.amount(one))
            when = material.when(one)
            text = words if when == "in the year" else f"{when}, {words}"
            text = f"{text[0].upper()}{text[1:]}{material.change(one)}."
            yield Sentence(text, material.marks(one))


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
                Cell(f"{material.amount(one)}{material.change(one)}", notes),
                Cell(days),
            )
        )
    header = ("What was counted", "How many", "When")
    return Table("Recorded by hand, each with its own dates", header, tuple(rows))


# where visitors came from


def _origins(material: Material, site: Website) -> Iterator[Sentence]:
    marks = material.footnotes.mark
    channels = _shares(material, site, "channel")
    if channels:
        words = [
            f"{material.amount(one)} {_CHANNELS.get(one.key or '', f'came by {one.key}')}"
            for one in channels
        ]
        of_all = f"Of all visits{_dates(material, channels[0])}"
        text = f"{of_all}, {numbers.listed(words)}."
        yield Sentence(text, marks(material.definition("sessions")))
    devices = _shares(material, site, "device")
    if devices:
        places = [
            f"{_DEVICES.get(one.key or '', f'on {one.key}')} ({material.amount(one)})"
            for one in devices
        ]
        text = f"Visits{_dates(material, devices[0])} were made {numbers.listed(places)}."
        yield Sentence(text, marks(material.definition("sessions")))
    for dimension, rows in (("where visits came from", channels), ("devices", devices)):
        name = material.name(site.id)
        if not rows:
            material.missing.append(f"Shares by {dimension} of {name}: no figures.")
        elif rows[0].period is not None:
            material.missing.append(
                f"Shares by {dimension} of {name}: no figures for the whole year, only "
                f"{material.when(rows[0])}."
            )


def _dates(material: Material, one: Figure) -> str:
    when = material.when(one)
    return "" if when == "in the year" else f" {when}"


def _shares(material: Material, site: Website, dimension: str) -> list[Figure]:
    """Return the shares of the year, or of its longest part; largest first, the rest last."""
    every = material.valued(site.id, "sessions_share", dimension)
    period = longest(every)
    rows = [one for one in every if one.period == period]
    return sorted(rows, key=lambda one: (one.key == REST, -value_of(one)))
