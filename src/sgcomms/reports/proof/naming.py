"""What writers call a metric, a way to the website, a device, and the board's own words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sgcomms.config import Board

_USERS = ("users_total", "users_active", "users_unspecified", "users_new", "users_daily_sum")
_LANDED = ("landing_visits",)
_SEEN = ("views", "page_views", "sessions", "profile_views", "impressions")
_WORDS: Sequence[tuple[str, tuple[str, ...], bool]] = (
    (r"page[- ]?views?|views? of (?:its |the |our )?pages?", ("page_views",), True),
    (r"new users?", ("users_new",), True),
    (r"active users?", ("users_active",), True),
    (r"users?", _USERS, True),
    (r"visitors?", (*_USERS, "sessions_share"), False),
    (r"visited", ("sessions", *_USERS), False),
    (r"profile visits?", ("profile_visits",), True),
    (r"visits?|sessions?", ("sessions", "sessions_engaged", "sessions_share", *_LANDED), False),
    (r"impressions?", ("impressions",), True),
    (r"shown|displayed|(?:been |were |was |and |^)seen", ("impressions", "views"), False),
    (r"(?<!to )reach", ("reach",), True),
    (r"(?<=\w )to reach|reached|reaching", ("reach",), False),
    (r"pages", ("page_views",), False),
    (r"views?|viewed|accessed|watched|played", _SEEN, False),
    (r"tweets|posts|posted|tweeted", ("posts", "posts_total"), True),
    (r"tweet|post", ("posts", "posts_total"), False),
    (r"retweets?|RTs?|retweeted|reposts?|reposted|shares?|shared", ("shares",), True),
    (r"quotes?|quoted", ("quotes",), False),
    (r"reactions?|likes|liked", ("reactions",), True),
    (r"comments?|replies", ("comments",), True),
    (r"new followers?|followers? gained|gained", ("followers_gained", "follows"), True),
    (r"followers?", ("followers",), True),
    (r"following|subscribers?", ("followers",), False),
    (r"follow(?:s|ed|ing)? (?:us|our)", ("followers",), False),
    (
        r"(?:page|account|twitter|facebook|instagram) (?:is |was )?followed by",
        ("followers",),
        False,
    ),
    (r"link clicks?|clicks? on links?", ("clicks_link",), True),
    (r"clicks?|clicked", ("clicks_link", "clicks_all"), False),
    (r"saves|saved|bookmarks?", ("saves",), False),
    (r"engagements?", ("engagements",), True),
    (r"bounce rate|bounced?", ("bounce",), True),
    (r"search engines?|keywords?", ("sessions_share",), True),
    (r"desktops?|laptops?|mobiles?|phones?|smartphones?|tablets?", ("sessions_share",), True),
    (r"computers?|other devices|elsewhere|search(?:es|ing)?", ("sessions_share",), False),
)
"""What writers call a metric -> the metrics that may be meant, and whether nothing else can be."""

_PATTERNS = [
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), names, sure) for words, names, sure in _WORDS
]
TIME_OF_VISIT = re.compile(
    r"\b(?:sessions?|visits?|on (?:the|our) (?:web)?site|on average|average)\b", re.IGNORECASE
)
_KEYS: Sequence[tuple[str, str]] = (
    ("search", r"search engines?|keywords?|search|google|bing"),
    ("direct", r"direct(?:ly)?|typed"),
    ("social", r"social(?: media| networks?)?"),
    ("referral", r"referrals?|other (?:web)?sites|links from"),
    ("email", r"e-?mails?|newsletters?"),
    ("desktop", r"desktops?|laptops?|computers?"),
    ("mobile", r"mobiles?|phones?|smartphones?"),
    ("tablet", r"tablets?"),
    ("other", r"others?|elsewhere|(?:something|anything) else|the rest|remaining|remainder"),
)
_KEY_PATTERNS = [(key, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for key, words in _KEYS]
_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "per",
        "the",
        "to",
        "with",
        "its",
        "our",
        "total",
        "number",
        "counts",
        "virtual",
        "online",
        "training",
        "service",
    ]
)


@dataclass(slots=True)
class Metrics:
    """The metrics by the words for them, with those that only this board counts."""

    board: Board
    ratios: frozenset[str] = frozenset()
    counted: dict[str, list[re.Pattern[str]]] = field(default_factory=dict)
    units: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make patterns of the board's own words."""
        known = self.board.metrics
        self.ratios = frozenset(name for name, one in known.items() if one.unit == "ratio")
        for metric in known.values():
            if metric.scope == "board":
                self.counted[metric.name] = [_stem(word) for word in _content(metric.label)]
                self.units[metric.name] = _stem(metric.unit.split()[-1])

    def in_full(self, metrics: frozenset[str], wide: str) -> bool:
        """Tell whether words name what the board counts by its whole label.

        An event that somebody attended is none of its webinars.
        """
        counted = [self.counted[one] for one in metrics if one in self.counted]
        if len(counted) < len(metrics) or not counted:
            return True
        return any(all(stem.search(wide) for stem in stems) for stems in counted)

    def counted_here(
        self, window: str, *, behind: bool = False
    ) -> tuple[set[str], str, bool] | None:
        """Return what only the board counts and words name in full: what it is, and its unit.

        Of several, words `behind` a number name the first: "18 webinars that 573 people attended".
        """
        found = [
            name
            for name, stems in self.counted.items()
            if self.units[name].search(window) and any(stem.search(window) for stem in stems)
        ]
        if not found:
            return None
        if behind:
            found = [min(found, key=lambda one: _place(self.units[one], window))]
        return set(found), self.board.metrics[found[0]].label, len(found) == 1

    def named(self, window: str, *, last: bool = False) -> tuple[set[str], str, bool]:
        """Return the metrics that words may mean, the first such word, and whether it is sure.

        The `last` sure word counts alone where words lead up to a number: "tweets, retweeted 9".
        """
        metrics: set[str] = set()
        word, sure = "", False
        rest = window
        if last and (nearest := self._last(window)) is not None:
            return nearest
        for pattern, names, certain in _PATTERNS:
            found = pattern.search(rest)
            if found:
                metrics.update(names)
                word, sure = word or found[0], sure or certain
                rest = pattern.sub(lambda one: " " * len(one[0]), rest)
        for name, stems in self.counted.items():
            if any(stem.search(window) for stem in stems):
                metrics.add(name)
                word = word or self.board.metrics[name].label
        return metrics, word, sure

    def each(self, window: str) -> list[tuple[frozenset[str], str]]:
        """Return what sure words name, each with its word, in their order."""
        if any(stem.search(window) for stems in self.counted.values() for stem in stems):
            return []
        found = sorted(_sure(window), key=lambda one: one[0])
        return [(frozenset(names), word) for _, word, names in found]

    def _last(self, window: str) -> tuple[set[str], str, bool] | None:
        """Return what the last of several sure words means, None where there are not several."""
        found = self.each(window)
        if len({names for names, _ in found}) < 2:
            return None
        names, word = found[-1]
        return set(names), word, True


def _sure(window: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yield where sure words end, the words, and their metrics; of two in one, the longer."""
    rest = window
    for pattern, names, certain in _PATTERNS:
        for found in pattern.finditer(rest):
            if certain:
                yield found.end(), found[0], names
        rest = pattern.sub(lambda one: " " * len(one[0]), rest)


def keys(around: Sequence[str]) -> tuple[str, ...]:
    """Return the channels and devices that are named, the nearest first."""
    for window in around:
        found = [
            (one.start(), key) for key, words in _KEY_PATTERNS if (one := words.search(window))
        ]
        if found:
            return tuple(key for _, key in sorted(found))
    return ()


def _place(pattern: re.Pattern[str], window: str) -> int:
    found = pattern.search(window)
    return found.start() if found else len(window)


def _content(label: str) -> list[str]:
    words = re.findall(r"[a-z]{4,}", label.lower())
    return [one for one in words if one not in _COMMON and one not in ("views", "viewed")]


def _stem(word: str) -> re.Pattern[str]:
    """Return a pattern of a word in its forms: "attendances", "attended"."""
    root = word.lower()[: max(4, min(6, len(word) - 2))]
    return re.compile(rf"\b{re.escape(root)}\w*", re.IGNORECASE)
