"""What the words around a number say: which metric, whose, of what kind, of which time. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sgcomms.config import Board
from sgcomms.reports.proof.leaving import Left, blanked
from sgcomms.reports.proof.reading import Passage
from sgcomms.reports.proof.spotting import Number

_USERS = ("users_total", "users_active", "users_unspecified", "users_new", "users_daily_sum")
_LANDED = ("landing_visits",)
_SEEN = ("views", "page_views", "sessions", "profile_views", "impressions")
_WORDS: Sequence[tuple[str, tuple[str, ...], bool]] = (
    (r"page[- ]?views?|views? of (?:its |the |our )?pages?", ("page_views",), True),
    (r"new users?", ("users_new",), True),
    (r"active users?", ("users_active",), True),
    (r"users?", _USERS, True),
    (r"visitors?", (*_USERS, "sessions_share"), False),
    (r"profile visits?", ("profile_visits",), True),
    (r"visits?|sessions?", ("sessions", "sessions_engaged", "sessions_share", *_LANDED), False),
    (r"impressions?", ("impressions",), True),
    (r"shown|displayed|(?:been |were |was )seen", ("impressions", "views"), False),
    (r"reach", ("reach",), True),
    (r"reached|reaching", ("reach",), False),
    (r"views?|viewed|accessed|watched|played", _SEEN, False),
    (r"tweets|posts|posted|tweeted", ("posts", "posts_total"), True),
    (r"tweet|post", ("posts", "posts_total"), False),
    (r"retweets?|retweeted|reposts?|reposted|shares?|shared", ("shares",), True),
    (r"quotes?|quoted", ("quotes",), False),
    (r"reactions?|likes|liked", ("reactions",), True),
    (r"comments?|replies", ("comments",), True),
    (r"new followers?|followers? gained|gained", ("followers_gained", "follows"), True),
    (r"followers?", ("followers",), True),
    (r"following|subscribers?", ("followers",), False),
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
_TIME_OF_VISIT = re.compile(
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
_PLATFORMS: Mapping[str, str] = {
    "x": r"(?i:twitter|tweets?|tweeted|retweets?|retweeted)|X(?!-)",
    "facebook": r"(?i:facebook)",
    "instagram": r"(?i:instagram|insta)",
    "youtube": r"(?i:you ?tube)",
    "linkedin": r"(?i:linked ?in)",
    "threads": r"Threads",
    "bluesky": r"(?i:blue ?sky)",
    "mastodon": r"(?i:mastodon)",
}
"""How texts call platforms; X and Threads only with their capitals."""

_PEOPLE = re.compile(
    r"\s*(?:(?:different|individual|unique|local|more)\s+)*"
    r"(?:people|persons?|individuals|residents|families|professionals|parents|citizens)\b",
    re.IGNORECASE,
)
_CUT = re.compile(r"[,;:]\s|\s(?:and|but|while|whereas|which)\s|[()]")
_GOES_ON = re.compile(r"\s*(?:[,;]|and\b|&)", re.IGNORECASE)
_LISTED_ON = re.compile(r"\w\w.*(?:,|\band)\s*$", re.IGNORECASE)
_LEAD = re.compile(r"[^:\d]{1,60}:\s")
"""What a list begins with: "Posts: Facebook 262, Instagram 138"."""
_END = re.compile(r"(?<=[.!?])[”\"')\]]*\s+(?=[\"“'(*]?[A-Z0-9])")
_SHORT = re.compile(
    r"(?:\b(?:i\.e|e\.g|etc|approx|c|no|nos|p|pp|Dr|Mr|Mrs|Ms|St|vs|cf|incl|max|min)|\b[A-Z])\.$",
    re.IGNORECASE,
)
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


@dataclass(frozen=True, slots=True)
class Said:
    """What the words around a number say.

    `metrics` may be meant, `sure` is true where the word has no other meaning; `word` is it.
    `subjects` are ids; `own` is true where the sentence, row or column itself names them, and not
    only a heading above. `people` tells that the text counts people.
    """

    metrics: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()
    own: bool = False
    sure: bool = False
    people: bool = False
    word: str = ""


@dataclass(slots=True)
class Vocabulary:
    """The words of a board: its accounts, websites, pages, and what it counts itself."""

    board: Board
    accounts: dict[str, re.Pattern[str]] = field(default_factory=dict)
    counted: dict[str, list[re.Pattern[str]]] = field(default_factory=dict)
    units: dict[str, re.Pattern[str]] = field(default_factory=dict)
    site: re.Pattern[str] = re.compile(
        r"\b(?:web ?sites?|sites?|web ?pages?|home ?page|page[- ]?views?|bounce rate)\b",
        re.IGNORECASE,
    )

    def __post_init__(self) -> None:
        """Make patterns of the board's own words."""
        for account in self.board.accounts.values():
            words = _PLATFORMS.get(account.platform, f"(?i:{re.escape(account.platform)})")
            handle = re.escape(account.handle.lstrip("@"))
            self.accounts[account.id] = re.compile(rf"(?<![\w@])(?:{words}|(?i:@{handle}))(?!\w)")
        for metric in self.board.metrics.values():
            if metric.scope == "board":
                self.counted[metric.name] = [_stem(word) for word in _content(metric.label)]
                self.units[metric.name] = _stem(metric.unit.split()[-1])


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return where each sentence of a text begins and ends."""
    ends = []
    start = 0
    for found in _END.finditer(text):
        if not _SHORT.search(text[max(start, found.start() - 8) : found.start()]):
            ends.append((start, found.start()))
            start = found.end()
    return (*ends, (start, len(text)))


def said(
    vocabulary: Vocabulary,
    passage: Passage,
    found: Sequence[Number],
    taken: Sequence[Left],
    place: int,
) -> Said:
    """Return what the words around the number at `place` of `found` say.

    First the words after the number up to the next one, then those before it; in a table the
    headings of its row and column. A number that says nothing itself counts what the one before it
    in the sentence does: "458 followers on Facebook and 124 on Instagram".
    """
    number = found[place]
    start, end = next(
        (span for span in sentences(passage.text) if span[0] <= number.start < span[1]),
        (0, len(passage.text)),
    )
    text = blanked(passage.text, taken)
    after, before = _windows(text, found, place, start, end)
    around = [after, before, *passage.about]
    lead = _LEAD.match(text[start : number.start])
    meant = _metrics(vocabulary, [*around, *([lead[0]] if lead else [])], number)
    if not meant.metrics and _follows(found, place, start) and not passage.about:
        meant = said(vocabulary, passage, found, taken, place - 1)
    wide = " ".join([text[start:end], *passage.about, passage.heading])
    meant = replace(meant, sure=meant.sure and _in_full(vocabulary, meant.metrics, wide))
    subjects, own = _subjects(vocabulary, passage, text, after, (start, number.start, end))
    people = _PEOPLE.match(text, number.end) is not None
    # words between two numbers, as far as "and", belong to the first
    theirs = place > 0 and found[place - 1].start >= start and re.search(r"\w{3}", after)
    near = [after, *passage.about] if theirs and _LISTED_ON.search(before) else around
    return replace(meant, subjects=subjects, own=own, keys=_keys(near), people=people)


def _in_full(vocabulary: Vocabulary, metrics: frozenset[str], wide: str) -> bool:
    """Tell whether words name what the board counts by its whole label: an event that somebody
    attended is none of its webinars."""
    counted = [vocabulary.counted[one] for one in metrics if one in vocabulary.counted]
    if len(counted) < len(metrics) or not counted:
        return True
    return any(all(stem.search(wide) for stem in stems) for stems in counted)


def _follows(found: Sequence[Number], place: int, start: int) -> bool:
    """Tell whether a number of the same kind stands before it in the sentence from `start` on."""
    return (
        place > 0 and found[place - 1].start >= start and found[place - 1].kind == found[place].kind
    )


def _windows(
    text: str, found: Sequence[Number], place: int, start: int, end: int
) -> tuple[str, str]:
    """Return the words after and before a number, as far as they belong to it."""
    number = found[place]
    until = min(end, found[place + 1].start if place + 1 < len(found) else end)
    since = max(start, found[place - 1].end if place else start)
    after, before = text[number.end : until], text[since : number.start]
    cut = _CUT.search(after, 1)
    after = after[: cut.start()] if cut else after
    cuts = [one.end() for one in _CUT.finditer(before)]
    near = before[cuts[-1] :] if cuts else before
    return after, near if re.search(r"\w{3}", re.sub(r"\b(?:had|of|a|the)\b", "", near)) else before


def _metrics(vocabulary: Vocabulary, around: Sequence[str], number: Number) -> Said:
    """Return which metrics the nearest telling words may mean."""
    if number.kind == "seconds":
        telling = any(_TIME_OF_VISIT.search(one) for one in around)
        return Said(frozenset({"session_seconds"} if telling else ()), sure=telling, word="minutes")
    ratios = {name for name, one in vocabulary.board.metrics.items() if one.unit == "ratio"}
    beside = " ".join(around[:2])
    for place, window in enumerate(around):
        here = _counted_here(vocabulary, window, behind=place == 0)
        metrics, word, sure = here or _named(vocabulary, window)
        if metrics and not sure:
            metrics, word, sure = _counted_here(vocabulary, beside) or (metrics, word, sure)
        if number.kind != "points":
            metrics = {one for one in metrics if (one in ratios) == (number.kind == "percent")}
        if metrics:
            return Said(frozenset(metrics), sure=sure, word=word)
    return Said()


def _counted_here(
    vocabulary: Vocabulary, window: str, *, behind: bool = False
) -> tuple[set[str], str, bool] | None:
    """Return what only the board counts and words name in full: what it is, and its unit.

    Of several, words `behind` a number name the first: "18 webinars that 573 people attended".
    """
    found = [
        name
        for name, stems in vocabulary.counted.items()
        if vocabulary.units[name].search(window) and any(stem.search(window) for stem in stems)
    ]
    if not found:
        return None
    if behind:
        found = [min(found, key=lambda one: _place(vocabulary.units[one], window))]
    return set(found), vocabulary.board.metrics[found[0]].label, len(found) == 1


def _place(pattern: re.Pattern[str], window: str) -> int:
    found = pattern.search(window)
    return found.start() if found else len(window)


def _named(vocabulary: Vocabulary, window: str) -> tuple[set[str], str, bool]:
    """Return the metrics that words may mean, the first such word, and whether it is sure."""
    metrics: set[str] = set()
    word, sure = "", False
    rest = window
    for pattern, names, certain in _PATTERNS:
        found = pattern.search(rest)
        if found:
            metrics.update(names)
            word, sure = word or found[0], sure or certain
            rest = pattern.sub(lambda one: " " * len(one[0]), rest)
    for name, stems in vocabulary.counted.items():
        if any(stem.search(window) for stem in stems):
            metrics.add(name)
            word = word or vocabulary.board.metrics[name].label
    return metrics, word, sure


def _subjects(
    vocabulary: Vocabulary,
    passage: Passage,
    text: str,
    after: str,
    places: tuple[int, int, int],
) -> tuple[frozenset[str], bool]:
    """Return whom a number is of, and whether its own sentence, row or column says so."""
    start, here, end = places
    if not _next_is_of_another(vocabulary, text[start:here], after) and _mentioned(
        vocabulary, after
    ):
        return frozenset(
            _first_together(text[here:end], _mentioned(vocabulary, text[here:end]))
        ), True
    for window in passage.about:
        if found := _mentioned(vocabulary, window):
            return frozenset(one for _, one in found), True
    before = _mentioned(vocabulary, text[start:here])
    if before:
        return frozenset(_last_together(text[start:here], before)), True
    if found := _mentioned(vocabulary, text[here:end]):
        return frozenset(one for _, one in found), True
    for wider in (text[:start], passage.heading):
        if found := _mentioned(vocabulary, wider):
            return frozenset(_last_together(wider, found)), False
    return frozenset(), False


def _next_is_of_another(vocabulary: Vocabulary, before: str, after: str) -> bool:
    """Tell whether a number has its subject before it, and a list goes on behind it."""
    near = re.split(r"\d", before)[-1]
    return _GOES_ON.match(after) is not None and bool(_mentioned(vocabulary, near))


def _mentioned(vocabulary: Vocabulary, window: str) -> list[tuple[int, str]]:
    """Return the subjects that words name, by their places."""
    found = [
        (one.start(), name)
        for name, pattern in vocabulary.accounts.items()
        for one in pattern.finditer(window)
    ]
    for match in vocabulary.site.finditer(window):
        found += [(match.start(), name) for name in vocabulary.board.websites]
    return sorted(found)


def _last_together(window: str, found: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Yield the last subject that is named, and those listed with it: "Facebook and Instagram"."""
    return _listed_together(window, found[::-1])


def _first_together(window: str, found: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Yield the first subject that is named, and those listed with it."""
    return _listed_together(window, found)


def _listed_together(window: str, found: Sequence[tuple[int, str]]) -> Iterator[str]:
    last = found[0][0]
    for place, name in found:
        between = window[min(place, last) : max(place, last)]
        signs = set(re.sub(r"[\w\s]", "", between))
        counted = re.search(r"\d", between) is not None
        if counted or len(re.findall(r"\w+", between)) > 4 or not signs <= set(",&+@"):
            return
        last = place
        yield name


def _keys(around: Sequence[str]) -> tuple[str, ...]:
    """Return the channels and devices that are named, the nearest first."""
    for window in around:
        found = [
            (one.start(), key) for key, words in _KEY_PATTERNS if (one := words.search(window))
        ]
        if found:
            return tuple(key for _, key in sorted(found))
    return ()


def _content(label: str) -> list[str]:
    words = re.findall(r"[a-z]{4,}", label.lower())
    return [one for one in words if one not in _COMMON and one not in ("views", "viewed")]


def _stem(word: str) -> re.Pattern[str]:
    """Return a pattern of a word in its forms: "attendances", "attended"."""
    root = word.lower()[: max(4, min(6, len(word) - 2))]
    return re.compile(rf"\b{re.escape(root)}\w*", re.IGNORECASE)
