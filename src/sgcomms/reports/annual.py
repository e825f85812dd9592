"""The annual report's section "Website and social media": its figures and its words.

The order is the one of the board's own section: website, use of it, most visited pages, where
visitors came from and on what, visitors' feedback, each platform, campaigns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sgcomms import figures as figures_of
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.readings import FOREVER
from sgcomms.figures import REST, Figure, Question
from sgcomms.models import Account, Campaign, Website
from sgcomms.periods import Period, before
from sgcomms.platforms import PLATFORMS, layout
from sgcomms.reports import numbers
from sgcomms.reports.model import Cell, Footnotes, Report, Section, Sentence, Table

TOP_PAGES = 5
ADDED = ("posts", "reactions", "comments", "shares")
"""What may be added over the accounts that a source gave one figure for."""

_GLANCE = ("posts", "impressions", "reach", "reactions", "comments", "shares", "followers")
_RENAMED = date(2023, 7, 24)
"""Twitter became X."""

_ALONE = {
    "posts": "We published {} posts.",
    "impressions": "They were shown {} times (impressions).",
    "views": "They had {} views.",
    "reach": "Their reach was {}.",
}
_DONE_WITH_POSTS = {
    "reactions": "{} reactions",
    "comments": "{} comments",
    "shares": "{} shares",
    "saves": "{} saves",
    "clicks_link": "{} clicks on links",
}

_NOT_ADDED = (
    "Impressions and reach are not added together. Impressions count how many times posts were "
    "shown, so one person can count many times; reach estimates how many different accounts saw "
    "something, each of them once. A sum of the two would mean nothing. Nor is the reach of one "
    "platform added to that of another: the same person may be on both."
)
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


def gather(
    db: Db,
    board: Board,
    period: Period,
    campaigns: Sequence[Campaign],
    as_of: date = FOREVER,
) -> Report:
    """Return the section of `period`, with what was read on `as_of` or before."""
    question = Question(period, as_of=as_of)
    names = [campaign.id for campaign in campaigns]
    found = figures_of.figures(db, board, question, names)
    return _Writer(db, board, question, found, campaigns).report()


class _Writer:
    """Writes the section from its figures, noting what is missing on the way."""

    def __init__(
        self,
        db: Db,
        board: Board,
        question: Question,
        found: Sequence[Figure],
        campaigns: Sequence[Campaign],
    ) -> None:
        self.db = db
        self.board = board
        self.question = question
        self.period = question.period
        self.found = found
        self.campaigns = campaigns
        self.footnotes = Footnotes()
        self.missing: list[str] = []

    def report(self) -> Report:
        sections = [
            *(part for site in self.board.websites.values() for part in self._website(site)),
            *self._social(),
            *self._campaigns(),
        ]
        self._say_what_is_missing()
        wanted = {source for one in self.found for source in one.sources}
        return Report(
            title=f"Website and social media, {numbers.year(self.period)}",
            board=self.board.name,
            period=numbers.year(self.period),
            days=numbers.days(self.period.start, self.period.end),
            sections=tuple(sections),
            notes=self.footnotes.notes(),
            missing=tuple(self.missing),
            sources=tuple(dict.fromkeys(figures_of.source_names(self.db, wanted).values())),
        )

    # figures

    def _figure(self, subject: str, metric: str) -> Figure | None:
        """Return the figure without a dimension, if it has a value."""
        return next(
            (
                one
                for one in self.found
                if (one.subject, one.metric, one.dimension) == (subject, metric, None)
                and one.value is not None
            ),
            None,
        )

    def _rows(self, subject: str, metric: str, dimension: str) -> list[Figure]:
        return [
            one
            for one in self.found
            if (one.subject, one.metric, one.dimension) == (subject, metric, dimension)
            and one.value is not None
        ]

    def _marks(self, one: Figure) -> tuple[int, ...]:
        """Return the notes of a figure: what its metric means, and what it does not cover."""
        texts = [self._definition(one.metric)]
        texts += [f"{note[0].upper()}{note[1:]}." for note in one.notes]
        return self.footnotes.mark(*texts)

    def _amount(self, one: Figure) -> str:
        words = numbers.value(one.value or 0, one.unit)
        return f"{one.bound} {words}" if one.bound else words

    # website

    def _website(self, site: Website) -> Iterator[Section]:
        name = "Our website" if len(self.board.websites) == 1 else f"Our website: {site.id}"
        yield Section(site.id, name, 2, tuple(self._visits(site)))
        yield Section(
            f"{site.id}-use",
            "How it was used",
            3,
            tuple(self._use(site)),
            self._board_table(),
        )
        yield self._pages(site)
        yield Section(
            f"{site.id}-visitors",
            "Where visitors came from, and on what",
            3,
            tuple(self._origins(site)),
        )
        quotes = [
            remark.quote
            for remark in self.board.feedback
            if remark.website == site.id and remark.year == self.period.name
        ]
        if quotes:
            title = "What visitors said"
            yield Section(f"{site.id}-feedback", title, 3, quotes=tuple(quotes))
        else:
            self.missing.append(f"Visitors' feedback: none in config/feedback.yaml for {site.id}.")

    def _visits(self, site: Website) -> Iterator[Sentence]:
        views, users = (
            self._figure(site.id, "page_views"),
            self._figure(site.id, "users_total"),
        )
        if views is not None:
            text = f"Our website had {self._amount(views)} page views in the year."
            yield Sentence(text, self._marks(views))
        if users is not None:
            yield Sentence(f"It had {self._amount(users)} users.", self._marks(users))

    def _use(self, site: Website) -> Iterator[Sentence]:
        length, bounce = (
            self._figure(site.id, "session_seconds"),
            self._figure(site.id, "bounce"),
        )
        if length is not None:
            text = f"A visit lasted {self._amount(length)} on average."
            yield Sentence(text, self._marks(length))
        if bounce is not None:
            yield Sentence(f"The bounce rate was {self._amount(bounce)}.", self._marks(bounce))

    def _board_table(self) -> Table | None:
        """Return what only the board counts, each with its own dates."""
        own = [one for one in self.found if one.subject == "board" and one.value is not None]
        if not own:
            return None
        rows = [
            (
                Cell(self.board.metrics[one.metric].label),
                Cell(self._amount(one)),
                Cell(numbers.days(*(one.period or (self.period.start, self.period.end)))),
            )
            for one in own
        ]
        header = ("What was counted", "How many", "When")
        return Table("Recorded by the board itself", header, tuple(rows))

    def _pages(self, site: Website) -> Section:
        every = self._rows(site.id, "page_views", "page")
        of_year = sorted(
            (one for one in every if one.period is None), key=lambda one: -(one.value or 0)
        )
        sentences = []
        if len(of_year) > 1:
            first, *others = [self._page(site, one) for one in of_year[: TOP_PAGES - 1]]
            followed = numbers.listed(others)
            text = f"The most visited page was {first}, followed by {followed}."
            sentences.append(Sentence(text))
        for one in every:
            if one.period is not None:
                text = (
                    f"{self._page(site, one)} had {self._amount(one)} page views from "
                    f"{numbers.days(*one.period)}. These are not the dates of this report, so the "
                    "figure is part of no other."
                )
                marks = self.footnotes.mark(self._definition(one.metric))
                sentences.append(Sentence(text, marks))
        table = None
        if of_year:
            rows = [
                (Cell(self._page(site, one)), Cell(self._amount(one)))
                for one in of_year[:TOP_PAGES]
            ]
            caption = f"The {len(rows)} most visited pages"
            table = Table(caption, ("Page", "Page views"), tuple(rows))
        else:
            self.missing.append(f"Most visited pages of {site.id}: no figures for the year.")
        return Section(f"{site.id}-pages", "Most visited pages", 3, tuple(sentences), table)

    def _page(self, site: Website, one: Figure) -> str:
        key = one.key or ""
        return site.pages.get(key) or site.pages.get(f"{key}/") or key

    def _origins(self, site: Website) -> Iterator[Sentence]:
        channels = self._shares(site, "channel")
        if channels:
            words = [
                f"{self._amount(one)} {_CHANNELS.get(one.key or '', f'came by {one.key}')}"
                for one in channels
            ]
            text = f"Of all visits, {numbers.listed(words)}."
            yield Sentence(text, self.footnotes.mark(self._definition("sessions")))
        devices = self._shares(site, "device")
        if devices:
            words = [
                f"{self._amount(one)} {_DEVICES.get(one.key or '', f'on {one.key}')}"
                for one in devices
            ]
            text = f"Visits were made {numbers.listed([_turned(word) for word in words])}."
            yield Sentence(text, self.footnotes.mark(self._definition("sessions")))
        for dimension, rows in (("where visits came from", channels), ("devices", devices)):
            if not rows:
                self.missing.append(f"Shares by {dimension} of {site.id}: no figures.")

    def _shares(self, site: Website, dimension: str) -> list[Figure]:
        """Return the shares of the year, largest first, what is left over last."""
        rows = [
            one for one in self._rows(site.id, "sessions_share", dimension) if one.period is None
        ]
        return sorted(rows, key=lambda one: (one.key == REST, -(one.value or 0)))

    def _definition(self, metric: str) -> str:
        found = self.board.metrics[metric]
        return f"{found.label}: {found.meaning}"

    # social media

    def _social(self) -> Iterator[Section]:
        accounts = [one for one in self.board.accounts.values() if self._has_figures(one.id)]
        if not accounts:
            self.missing.append("Social media: no figures for the year.")
            return
        yield Section(
            "social",
            "Our social media presence",
            2,
            (Sentence(_NOT_ADDED),),
            self._glance(accounts),
        )
        for account in accounts:
            sentences = tuple(self._account(account))
            yield Section(account.id, self._label(account), 3, sentences)
        yield from self._together()

    def _has_figures(self, subject: str) -> bool:
        return any(one.subject == subject and one.value is not None for one in self.found)

    def _label(self, account: Account) -> str:
        if account.platform == "x" and self.period.end < _RENAMED:
            return "Twitter (now X)"
        if account.platform not in PLATFORMS:
            return account.platform.capitalize()
        return layout(account).label

    def _glance(self, accounts: Sequence[Account]) -> Table:
        metrics = [name for name in _GLANCE if any(self._figure(one.id, name) for one in accounts)]
        joint = [name for name in self._joint_subjects() if self._figure(name, "reach")]
        if joint and "reach" not in metrics:
            metrics.insert(2, "reach")
        rows = []
        for account in accounts:
            cells = [self._cell(self._figure(account.id, name)) for name in metrics]
            rows.append((Cell(self._label(account)), *cells))
        for name in joint:
            together = {one.metric: one for one in self._added(name)}
            cells = [
                self._cell(self._figure(name, metric) or together.get(metric), "not added")
                for metric in metrics
            ]
            rows.append((Cell(self._joint_label(name)), *cells))
        header = ("Account", *(self.board.metrics[name].label for name in metrics))
        return Table("Our accounts in the year", header, tuple(rows))

    def _cell(self, one: Figure | None, otherwise: str = "not available") -> Cell:
        if one is None or one.value is None:
            return Cell(otherwise)
        return Cell(self._amount(one), self._marks(one))

    def _account(self, account: Account) -> Iterator[Sentence]:
        for metric, text in _ALONE.items():
            one = self._figure(account.id, metric)
            if one is not None:
                yield Sentence(text.format(self._amount(one)), self._marks(one))
        done = {metric: self._figure(account.id, metric) for metric in _DONE_WITH_POSTS}
        known = {metric: one for metric, one in done.items() if one is not None}
        if known:
            words = [
                _DONE_WITH_POSTS[metric].format(self._amount(one)) for metric, one in known.items()
            ]
            marks = tuple(mark for one in known.values() for mark in self._marks(one))
            yield Sentence(f"People answered them with {numbers.listed(words)}.", marks)
        followers = self._figure(account.id, "followers")
        if followers is not None:
            on = followers.period[1] if followers.period else self.period.end
            text = f"On {numbers.day(on)} the account had {self._amount(followers)} followers."
            yield Sentence(text, self._marks(followers))
        else:
            self.missing.append(f"Followers of {self._label(account)}: none recorded in the year.")

    def _joint_subjects(self) -> list[str]:
        subjects = dict.fromkeys(one.subject for one in self.found if "+" in one.subject)
        return [one for one in subjects if set(one.split("+")) <= self.board.accounts.keys()]

    def _joint_label(self, subject: str) -> str:
        labels = [self._label(self.board.accounts[part]) for part in subject.split("+")]
        return f"{numbers.listed(labels)} together"

    def _added(self, subject: str) -> list[Figure]:
        question = Question(
            self.period, as_of=self.question.as_of, subjects=tuple(subject.split("+"))
        )
        names = [campaign.id for campaign in self.campaigns]
        found = figures_of.total(self.db, self.board, question, ADDED, names)
        return [one for one in found if one.value is not None]

    def _together(self) -> Iterator[Section]:
        """Yield the accounts for which a source gave one figure together."""
        for subject in self._joint_subjects():
            own = [one for one in self.found if one.subject == subject and one.value is not None]
            words = []
            for one in self._added(subject):
                unit = self.board.metrics[one.metric].unit
                words.append(Sentence(f"{self._amount(one)} {unit}", self._marks(one)))
            sentences = []
            if words:
                marks = tuple(dict.fromkeys(mark for word in words for mark in word.notes))
                text = f"Together they had {numbers.listed([word.text for word in words])}."
                sentences.append(Sentence(text, marks))
            for one in own:
                metric = self.board.metrics[one.metric]
                text = (
                    f"Their {metric.label.lower()} was {self._amount(one)}: the source gave one "
                    "figure for both, and it was not added up by us."
                )
                sentences.append(Sentence(text, self._marks(one)))
            yield Section(
                subject.replace("+", "-"), self._joint_label(subject), 3, tuple(sentences)
            )

    # campaigns

    def _campaigns(self) -> Iterator[Section]:
        items = [
            sentence
            for campaign in self.campaigns
            if self._was_on(campaign)
            for sentence in (self._campaign(campaign),)
        ]
        if items:
            yield Section("campaigns", "Campaigns", 2, items=tuple(items))
        else:
            self.missing.append("Campaigns: none was planned in the year.")

    def _was_on(self, campaign: Campaign) -> bool:
        return any(post.at is not None and post.at.date() in self.period for post in campaign.posts)

    def _campaign(self, campaign: Campaign) -> Sentence:
        posts = len({post.id for post in campaign.posts})
        words = [f"{campaign.title}: for {_lowered(campaign.audience).rstrip('.')}."]
        words.append(f"{posts} posts were written.")
        published = self._figure(campaign.id, "posts")
        if published is None:
            words.append("No figures of published posts belong to this campaign.")
        else:
            words.append(f"{self._amount(published)} were published.")
        for metric in ("impressions", "reactions", "comments", "shares"):
            one = self._figure(campaign.id, metric)
            if one is not None:
                words.append(f"{self.board.metrics[metric].label}: {self._amount(one)}.")
        aim = campaign.objective
        if aim is not None:
            measure = self.board.metrics[aim.measure].label.lower()
            words.append(
                f"The objective was {measure} from {numbers.number(aim.baseline)} to "
                f"{numbers.number(aim.target)} by {numbers.day(aim.by)}."
            )
            outcome = self._figure(campaign.id, aim.measure)
            words.append(
                f"The outcome was {self._amount(outcome)}." if outcome else "Outcome not measured."
            )
        return Sentence(" ".join(words))

    # what is missing

    def _say_what_is_missing(self) -> None:
        """List the figures without a value, one line a subject and reason."""
        reasons: dict[tuple[str, str], list[str]] = {}
        for one in self.found:
            if one.value is None and one.subject in self.board.accounts:
                label = self.board.metrics[one.metric].label.lower()
                name = self._label(self.board.accounts[one.subject])
                reasons.setdefault((name, one.reason or "no reason given"), []).append(label)
        self.missing += [
            f"{name}: {numbers.listed(labels)} not available: {reason}."
            for (name, reason), labels in reasons.items()
        ]
        self.missing += self._without_numbers()
        earlier = before(self.period, self.board.year_starts)
        question = Question(earlier, as_of=self.question.as_of)
        names = [campaign.id for campaign in self.campaigns]
        if not figures_of.figures(self.db, self.board, question, names):
            self.missing.append(
                f"A comparison with {numbers.year(earlier)}: there are no figures of that year."
            )

    def _without_numbers(self) -> Iterator[str]:
        expected: Mapping[str, Iterable[str]] = {
            "website": ("page_views", "users_total", "session_seconds", "bounce"),
        }
        for site in self.board.websites.values():
            for metric in expected["website"]:
                if self._figure(site.id, metric) is None:
                    label = self.board.metrics[metric].label
                    yield f"{label} of {site.id}: no figure for the year."


def _turned(words: str) -> str:
    """Return "66% on a …" as "on a … (66%)"."""
    share, _, place = words.partition(" ")
    return f"{place} ({share})"


def _lowered(text: str) -> str:
    """Return `text` with a small first letter, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
