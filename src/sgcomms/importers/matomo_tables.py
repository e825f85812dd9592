"""One table of a Matomo report -> readings: of the whole website, by page, by channel, by device.

Rates are made from counts wherever these stand in the table: Matomo rounds the rates it prints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sgcomms.importers.base import BLANK, Notes
from sgcomms.importers.columns import Columns, normal
from sgcomms.importers.dates import Span
from sgcomms.importers.strays import Ending, refuse_stray
from sgcomms.importers.values import count, rate, seconds, shown
from sgcomms.models import Reading
from sgcomms.webkeys import page

_MOST_KEYS = 100_000
_TIME = re.compile(r"(?:(\d{1,2}) min )?(\d{1,2})s", re.ASCII)

ENGLISH: Mapping[str, tuple[str, ...]] = {
    "label": ("Label",),
    "date": ("Period",),
    "nb_visits": ("Visits",),
    "nb_uniq_visitors": ("Unique visitors",),
    "nb_pageviews": ("Pageviews",),
    "nb_hits": ("Pageviews",),
    "bounce_count": ("Bounces",),
    "bounce_rate": ("Bounce Rate",),
    "sum_visit_length": ("Total time spent by visitors (in seconds)",),
    "avg_time_on_site": ("Avg. Visit Duration (in seconds)",),
    "metadata_url": ("Metadata: url",),
    "metadata_referrer_type": ("Metadata: referrer_type",),
    "Referrers_visitorsFromSearchEngines": ("Visitors from Search Engines",),
    "Referrers_visitorsFromSocialNetworks": ("Visitors from Social Networks",),
    "Referrers_visitorsFromDirectEntry": ("Visitors from Direct Entry",),
    "Referrers_visitorsFromWebsites": ("Visitors from Websites",),
    "Referrers_visitorsFromCampaigns": ("Visitors from Campaigns",),
    "Referrers_visitorsFromAIAssistants": ("Visitors from AI Assistants",),
}
"""What an export in English calls the columns that Matomo's API names so."""

_WHOLE: Mapping[str, str] = {
    "page_views": "nb_pageviews",
    "sessions": "nb_visits",
    "users_total": "nb_uniq_visitors",
}


def _seconds(text: str) -> float | None:
    """Return a length of time in seconds, also as `12 min 36s`. Raises ValueError."""
    if found := _TIME.fullmatch(text.strip()):
        return float(int(found[1] or 0) * 60 + int(found[2]))
    return seconds(text)


_RATIOS: Mapping[str, tuple[str, str, Callable[[str], float | None]]] = {
    "bounce": ("bounce_count", "bounce_rate", rate),
    "session_seconds": ("sum_visit_length", "avg_time_on_site", _seconds),
}
"""By metric: the column of its sum over visits, the column of the ratio itself, how that reads."""

_CHANNELS: Mapping[str, str] = {
    "Referrers_visitorsFromSearchEngines": "search",
    "Referrers_visitorsFromSocialNetworks": "social",
    "Referrers_visitorsFromDirectEntry": "direct",
    "Referrers_visitorsFromWebsites": "referral",
    "Referrers_visitorsFromAIAssistants": "ai_assistant",
    "Referrers_visitorsFromCampaigns": "other",
}
_KINDS: Mapping[str, str] = {
    "1": "direct",
    "2": "search",
    "3": "referral",
    "6": "other",
    "7": "social",
    "direct entry": "direct",
    "search engines": "search",
    "websites": "referral",
    "campaigns": "other",
    "social networks": "social",
    "ai assistants": "ai_assistant",
}
"""Ways that visits came by, by Matomo's number and by its English name. Campaigns are every link
with campaign parameters, wherever it stood."""
_DEVICES: Mapping[str, str] = {
    "desktop": "desktop",
    "smartphone": "mobile",
    "phablet": "mobile",
    "feature phone": "mobile",
    "tablet": "tablet",
    "camera": "other",
    "car browser": "other",
    "console": "other",
    "peripheral": "other",
    "portable media player": "other",
    "smart display": "other",
    "smart speaker": "other",
    "tv": "other",
    "unknown": "other",
    "wearable": "other",
}
_TITLES: Mapping[str, str] = {
    "page urls": "page",
    "channel type": "channel",
    "referrer type": "channel",
    "device type": "device",
}
_NO_PAGES: Mapping[str, str] = {"page url not defined": "(not set)", "others": "(other)"}


class Table:
    """A header and the rows under it. `line` is the header's, `title` what an e-mailed report says,
    `hosts` are those of the website.

    Raises ValueError where a column that counts stands twice.
    """

    def __init__(
        self,
        line: int,
        header: Sequence[str],
        title: str | None,
        hosts: frozenset[str] = frozenset(),
    ) -> None:
        self.line = line
        self._hosts = hosts
        self.columns = Columns(header, ENGLISH)
        self._at: dict[str, int] = {}
        for name in ENGLISH:
            places = self.columns.positions(name)
            if len(places) > 1:
                raise ValueError(
                    f"the column {header[places[0]].strip()} stands twice, so it cannot be told "
                    "which counts: export the report again"
                )
            if places:
                self._at[name] = places[0]
        self._kind = None if title is None else _TITLES.get(normal(title), "")
        self._of_pages = "nb_hits" in self._at and self._kind in (None, "page")
        self._whole: dict[Span, list[str]] = {}
        self._labels: dict[tuple[Span, str], float | None] = {}
        self._types: dict[str, str] = {}

    @property
    def period_at(self) -> int | None:
        """Where the period of a row stands; None in a report of one period."""
        return self._at.get("date")

    @property
    def usable(self) -> bool:
        """Whether anything can be taken from the rows, which else need not be added."""
        if "label" not in self._at:
            return any(name in self._at for name in (*_WHOLE.values(), *_CHANNELS))
        return self._kind != "" and (self._of_pages or "nb_visits" in self._at)

    def add(self, cells: list[str], span: Span) -> None:
        """Take one row, of the period `span`. Raises ValueError with what is wrong with it."""
        row = self.columns.fitted(cells, pad=False)
        refuse_stray(row, self.columns.header)
        if "label" not in self._at:
            if span in self._whole and self._whole[span] != row:
                raise ValueError(
                    "this is a second row of totals for the same days: export one website and one "
                    "report"
                )
            self._whole[span] = row
            return
        label = _bare(row[self._at["label"]])
        if self._of_pages:
            label = self._page(label, row)
        at = self._at["nb_hits" if self._of_pages else "nb_visits"]
        value, before = self._cell(row, at, count), self._labels.get((span, label))
        self._labels[span, label] = before if value is None else value + (before or 0)
        if "metadata_referrer_type" in self._at:
            self._types[label] = row[self._at["metadata_referrer_type"]].strip()
        if len(self._labels) > _MOST_KEYS:
            raise ValueError(
                f"this table has more than {_MOST_KEYS:,} different rows: export a shorter period"
            )

    def readings(self, subject: str) -> Iterator[Reading]:
        """Yield what the table gives for `subject`. Raises ValueError for wrong figures."""
        for span, row in self._whole.items():
            yield from self._of_whole(subject, span, row)
        dimension, key = self._dimension() if self._labels else (None, str)
        if dimension is None:
            return
        metric = "page_views" if dimension == "page" else "sessions"
        at = self._at["nb_hits" if dimension == "page" else "nb_visits"]
        sums: dict[tuple[Span, str], float | None] = {}
        endings: dict[Span, Ending] = {}
        for (span, label), value in self._labels.items():
            name = (span, key(label))
            endings.setdefault(span, Ending()).note(dimension, name[1], value)
            before = sums.get(name)
            sums[name] = before if value is None else value + (before or 0)
        for ending in endings.values():
            ending.refuse_total()
        for (span, name_of), value in sums.items():
            yield self._reading(subject, metric, value, span, at, (dimension, name_of))

    def note(self, notes: Notes) -> None:
        """Keep which columns the table's figures come from, and which were not used."""
        if self._labels:
            dimension, _ = self._dimension()
            if dimension is None:
                return notes.leave(f"the table {self.columns.header[0].strip()}")
            of_pages = dimension == "page"
            metrics = {
                "page_views" if of_pages else "sessions": "nb_hits" if of_pages else "nb_visits"
            }
        else:
            metrics = dict(_WHOLE) | {name: self._source(name) for name in _RATIOS}
        places = [(name, self._at[of]) for name, of in metrics.items() if of in self._at]
        kept = ("label", "date", "metadata_url", "metadata_referrer_type", *_CHANNELS)
        notes.use(self.columns, places, [self._at[name] for name in kept if name in self._at])
        return None

    def _page(self, label: str, row: Sequence[str]) -> str:
        """Return the path of a page, without query. Raises ValueError for a folder or a title."""
        if stands_for := _NO_PAGES.get(label.strip().lower()):
            return stands_for
        if not label.startswith("/"):
            raise ValueError(
                f"{shown(label)} is a folder or a title, not the address of a page: in Matomo open "
                "Page URLs, choose “Make it flat”, and export that"
            )
        url = row[self._at["metadata_url"]].strip() if "metadata_url" in self._at else ""
        return page(url or label, self._hosts)

    def _dimension(self) -> tuple[str | None, Callable[[str], str]]:
        """Return by what the rows are told apart, None if unknown, and the key of a label."""
        if self._of_pages:
            return "page", str
        labels = {label.lower() for _, label in self._labels}
        if self._types:
            return "channel", lambda label: _KINDS.get(self._types[label], "other")
        if self._kind == "channel" or _KINDS.keys() >= labels:
            return "channel", lambda label: _KINDS.get(label.lower(), "other")
        if self._kind == "device" or _DEVICES.keys() >= labels:
            return "device", lambda label: _DEVICES.get(label.lower(), "other")
        return None, str

    def _of_whole(self, subject: str, span: Span, row: Sequence[str]) -> Iterator[Reading]:
        for metric, name in _WHOLE.items():
            if name in self._at:
                value = self._cell(row, self._at[name], count)
                yield self._reading(subject, metric, value, span, self._at[name])
        visits = self._cell(row, self._at["nb_visits"], count) if "nb_visits" in self._at else None
        for metric in _RATIOS:
            if visits and self._source(metric) in self._at:
                yield self._ratio(subject, metric, span, row, visits)
        for name, key in _CHANNELS.items():
            if name in self._at:
                value = self._cell(row, self._at[name], count)
                at = self._at[name]
                yield self._reading(subject, "sessions", value, span, at, ("channel", key))

    def _source(self, metric: str) -> str:
        """Return the column that a ratio is made from: that of its sum, where it stands there."""
        whole, ratio, _ = _RATIOS[metric]
        return whole if whole in self._at else ratio

    def _ratio(
        self, subject: str, metric: str, span: Span, row: Sequence[str], visits: float
    ) -> Reading:
        source = self._source(metric)
        at = self._at[source]
        _, printed, parse = _RATIOS[metric]
        found = self._cell(row, at, parse if source == printed else count)
        whole = found * visits if found is not None and source == printed else found
        if metric == "bounce" and whole is not None and whole > visits:
            raise ValueError(
                f"{self.columns.header[at].strip()}: {shown(row[at])} is more than all visits: "
                "export the report again"
            )
        value = None if whole is None else whole / visits
        reading = self._reading(subject, metric, value, span, at)
        return replace(reading, numerator=whole, denominator=visits)

    def _cell(
        self, row: Sequence[str], at: int, parse: Callable[[str], float | None]
    ) -> float | None:
        try:
            return parse(_bare(row[at]))
        except ValueError as error:
            raise ValueError(f"{self.columns.header[at].strip()}: {error}") from None

    def _reading(
        self,
        subject: str,
        metric: str,
        value: float | None,
        span: Span,
        at: int,
        part: tuple[str, str] | None = None,
    ) -> Reading:
        dimension, key = part or (None, None)
        return Reading(
            subject=subject,
            metric=metric,
            value=value,
            first=span.first,
            last=span.last,
            native=self.columns.header[at].strip(),
            dimension=dimension,
            key=key,
            reason=BLANK if value is None else None,
        )


def _bare(text: str) -> str:
    """Return a cell without the `'` that Matomo puts before what a spreadsheet would calculate."""
    text = text.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text
