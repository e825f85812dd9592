"""What was counted for posts, as it was last read, or as it was known on some day.

What is asked of whole accounts as they are known today is answered from the roll-up; of a campaign,
of an earlier day, and of the hours at the edges of the period, from the readings themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

from sgcomms import clock
from sgcomms.db import Db, rollup, times
from sgcomms.db.rollup import POSTS
from sgcomms.models import Publication
from sgcomms.periods import SETTLES

FOREVER = date.max
"""A cut-off that leaves nothing out."""

_ASSIGNED = (
    "(SELECT a.campaign FROM assignments AS a WHERE a.publication = p.id"
    " AND substr(a.at, 1, 10) <= :as_of ORDER BY a.id DESC LIMIT 1) = :campaign"
)
"""What somebody assigned to the campaign, as it stood at the cut-off."""

_OF_CAMPAIGN = (
    " AND p.id IN (SELECT p.id FROM deliveries AS d JOIN publications AS p ON p.delivery = d.id"
    " WHERE d.campaign = :campaign UNION SELECT p.id FROM assignments AS a JOIN publications AS p"
    f" ON p.id = a.publication WHERE p.delivery IS NULL AND {_ASSIGNED})"
)

NEWEST = (
    "SELECT p.id AS publication, p.account, p.platform_id, p.url, p.published_at,"
    " j.key AS metric, j.value, r.read_on, r.source, row_number() OVER ("
    "PARTITION BY r.publication, j.key ORDER BY j.value IS NULL, r.read_on DESC, r.source DESC"
    ") AS age FROM {publications} AS p CROSS JOIN post_readings AS r ON r.publication = p.id"
    " CROSS JOIN json_each(r.counts) AS j"
    " WHERE p.published_at >= :start AND p.published_at < :end AND r.read_on <= :as_of"
)
"""The readings of each post meant, of each metric the newest with `age` 1."""

_COUNTED = (
    "SELECT p.account, count(DISTINCT p.id),"
    f" count(DISTINCT CASE WHEN {rollup.HAS_FIGURE} THEN p.id END), min(r.read_on), max(r.read_on),"
    " group_concat(DISTINCT r.source) FROM {publications} AS p"
    " LEFT JOIN post_readings AS r ON r.publication = p.id AND r.read_on <= :as_of"
    " WHERE p.published_at >= :start AND p.published_at < :end"
    " AND (r.source IS NOT NULL OR p.delivery IS NOT NULL)"
)

_ROLLED = (
    "SELECT account, metric, sum(posts), sum(blank), sum(unsettled), sum(total), min(first_read),"
    " max(last_read), group_concat(DISTINCT sources) FROM post_days AS p"
    " WHERE p.day >= :start AND p.day < :end{accounts} GROUP BY account, metric"
)
_EACH_ACCOUNT = (
    " AND p.account IN (WITH RECURSIVE known (name) AS (SELECT min(account) FROM post_days"
    " UNION ALL SELECT (SELECT min(account) FROM post_days WHERE account > known.name)"
    " FROM known WHERE known.name IS NOT NULL) SELECT name FROM known)"
)
"""Every account, by a step in the key for each: the days of other years are not looked at."""

_UNREAD = (
    "SELECT p.account, count(*) FROM publications AS p WHERE p.delivery IS NOT NULL"
    " AND p.published_at >= :start AND p.published_at < :end"
    " AND NOT EXISTS (SELECT 1 FROM post_readings WHERE publication = p.id)"
)


@dataclass(frozen=True, slots=True)
class Posts:
    """Which posts are meant: published from `start` until `end` (UTC, excluded), of `accounts` or
    of `campaign` (sent for it, or assigned to it), with what was read on `as_of` or before. Without
    either, all of them."""

    start: datetime
    end: datetime
    as_of: date
    accounts: tuple[str, ...] = ()
    campaign: str | None = None

    def clause(self) -> str:
        """Return the condition on `p` that picks the accounts or the campaign."""
        if self.campaign is not None:
            return _OF_CAMPAIGN
        if not self.accounts:
            return ""
        marks = ", ".join(f":account{number}" for number in range(len(self.accounts)))
        return f" AND p.account IN ({marks})"

    def values(self) -> dict[str, object]:
        """Return what the names in the condition stand for."""
        accounts = {f"account{number}": name for number, name in enumerate(self.accounts)}
        return {
            "start": clock.stored(self.start),
            "end": clock.stored(self.end),
            "as_of": self.as_of.isoformat(),
            "campaign": self.campaign,
            **accounts,
        }


@dataclass(frozen=True, slots=True)
class PostSum:
    """The newest readings of one metric of one account's posts, added up.

    `value` is None when no post has one. `posts` have a value, `blank` have none; `unsettled` were
    last read before their figures had settled.
    """

    account: str
    metric: str
    value: float | None
    posts: int
    blank: int
    unsettled: int
    first_read: date
    last_read: date
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PostCount:
    """How many posts an account has: named by sources, or published by this program.

    `with_figures` have one of any metric. `read` is when they were last read, None where no source
    has named any.
    """

    account: str
    posts: int
    with_figures: int
    read: date | None
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PostReading:
    """The newest reading of one metric of one post."""

    account: str
    platform_id: str
    url: str | None
    published_at: datetime
    value: float | None
    read_on: date
    source: int


@dataclass(slots=True)
class _Found:
    """What is being added up for one account and metric."""

    value: float = 0.0
    posts: int = 0
    blank: int = 0
    unsettled: int = 0
    first_read: str = "~"
    last_read: str = ""
    sources: set[str] = field(default_factory=set)  # ids, joined by commas

    def add(
        self,
        posts: int,
        blank: int,
        unsettled: int,
        total: float | None,
        first: str,
        last: str,
        sources: str,
    ) -> None:
        self.posts += posts
        self.blank += blank
        self.unsettled += unsettled
        self.value += total or 0.0
        self.first_read, self.last_read = min(self.first_read, first), max(self.last_read, last)
        self.sources.add(sources)


_Sums = dict[tuple[str, str], _Found]


@dataclass(frozen=True, slots=True)
class Told:
    """All that is known of the posts meant: how many there are, and their figures."""

    counts: Mapping[str, PostCount]
    sums: tuple[PostSum, ...]


def told(db: Db, posts: Posts) -> Told:
    """Return how many posts each account has, and the newest readings of each metric, added up."""
    zone, whole = rollup.zone(db), None
    if _is_rolled_up(db, posts):
        whole = rollup.whole_days(posts.start, posts.end, zone)
    sums: _Sums = {}
    unread: dict[str, int] = {}
    parts = [(posts.start, posts.end)]
    if whole is not None:
        parts = rollup.edges(posts.start, posts.end, whole, zone)
    for start, end in parts:
        _add_readings(db, replace(posts, start=start, end=end), sums)
    if whole is not None:
        _add_days(db, posts, whole, sums)
        rows = db.conn.execute(f"{_UNREAD}{posts.clause()} GROUP BY account", posts.values())
        unread = dict(rows.fetchall())
    counts = {
        account: _count(account, sums.pop((account, POSTS), None), unread.get(account, 0))
        for account in sorted({account for account, _ in sums} | unread.keys())
    }
    return Told(
        {account: one for account, one in counts.items() if one.posts},
        tuple(_sum(account, metric, one) for (account, metric), one in sorted(sums.items())),
    )


def _is_rolled_up(db: Db, posts: Posts) -> bool:
    """Tell whether the cut-off leaves out no reading: the roll-up holds what is known today."""
    return posts.campaign is None and _leaves_nothing_out(db, posts.as_of)


def known_publications(db: Db, posts: Posts) -> str:
    """Return the publications as they were known at the cut-off, as a table or a query."""
    return "publications" if _leaves_nothing_out(db, posts.as_of) else times.as_known(db)


def _leaves_nothing_out(db: Db, as_of: date) -> bool:
    (latest,) = db.conn.execute("SELECT max(read_on) FROM sources").fetchone()
    return latest is None or latest <= as_of.isoformat()


def _add_days(db: Db, posts: Posts, whole: tuple[date, date], sums: _Sums) -> None:
    """Add what the roll-up holds of whole days."""
    query = _ROLLED.format(accounts=posts.clause() or _EACH_ACCOUNT)
    values = {**posts.values(), "start": whole[0].isoformat(), "end": whole[1].isoformat()}
    for account, metric, *rest in db.conn.execute(query, values):
        sums.setdefault((account, metric), _Found()).add(*rest)


def _add_readings(db: Db, posts: Posts, sums: _Sums) -> None:
    """Add what the readings of the posts themselves hold."""
    known = known_publications(db, posts)
    counted = f"{_COUNTED.format(publications=known)}{posts.clause()} GROUP BY p.account"
    for account, count, having, first, last, found in db.conn.execute(
        counted, posts.values()
    ).fetchall():
        one = sums.setdefault((account, POSTS), _Found())
        one.add(count, count - having, 0, 0.0, first or "~", last or "", found or "")
    summed = (
        "SELECT account, metric, count(value), count(*) - count(value),"
        f" sum(read_on < date(published_at, '+{SETTLES.days} days')), sum(value), min(read_on),"
        f" max(read_on), group_concat(DISTINCT source) FROM ("
        f"{NEWEST.format(publications=known)}{posts.clause()})"
        " WHERE age = 1 GROUP BY account, metric"
    )
    for account, metric, *rest in db.conn.execute(summed, posts.values()).fetchall():
        sums.setdefault((account, metric), _Found()).add(*rest)


def _count(account: str, found: _Found | None, unread: int) -> PostCount:
    if found is None:
        return PostCount(account, unread, 0, None, ())
    read = date.fromisoformat(found.last_read) if found.last_read else None
    figures = found.posts - found.blank
    return PostCount(account, found.posts + unread, figures, read, _numbers(found.sources))


def _sum(account: str, metric: str, found: _Found) -> PostSum:
    return PostSum(
        account,
        metric,
        found.value if found.posts else None,
        found.posts,
        found.blank,
        found.unsettled,
        date.fromisoformat(found.first_read),
        date.fromisoformat(found.last_read),
        _numbers(found.sources),
    )


def _numbers(found: Iterable[str]) -> tuple[int, ...]:
    return _sorted(frozenset(found))


@lru_cache(maxsize=64)
def _sorted(joined: frozenset[str]) -> tuple[int, ...]:
    """Return the ids in lists joined by commas: an account's metrics mostly have the same ones."""
    return tuple(sorted({int(one) for part in joined for one in part.split(",") if one}))


def post_readings(db: Db, posts: Posts, metric: str | None) -> list[PostReading]:
    """Return the newest reading of `metric` of each post meant, by time.

    Without a metric, the newest reading of each post that any source has named, counting 1.
    """
    known = known_publications(db, posts)
    if metric is None:
        found = (
            "SELECT p.*, 1.0 AS value, r.read_on, r.source, row_number() OVER (PARTITION BY p.id"
            f" ORDER BY r.read_on DESC, r.source DESC) AS age FROM {known} AS p"
            " JOIN post_readings AS r ON r.publication = p.id"
            " WHERE p.published_at >= :start AND p.published_at < :end AND r.read_on <= :as_of"
            f"{posts.clause()}"
        )
    else:
        found = f"{NEWEST.format(publications=known)}{posts.clause()} AND j.key = :metric"
    rows = db.conn.execute(
        "SELECT account, platform_id, url, published_at, value, read_on, source"
        f" FROM ({found}) WHERE age = 1 ORDER BY published_at, platform_id",
        {**posts.values(), "metric": metric},
    ).fetchall()
    return [
        PostReading(
            account,
            platform_id,
            url,
            clock.from_stored(published_at),
            value,
            date.fromisoformat(read_on),
            source,
        )
        for account, platform_id, url, published_at, value, read_on, source in rows
    ]


def values(db: Db, posts: Posts, metric: str) -> list[tuple[str, datetime, float]]:
    """Return the id, the time and the newest value of `metric` of each post meant that has one.

    As `post_readings` has them, but for thousands of posts: it says nothing of where they are from.
    """
    rows = db.conn.execute(
        "SELECT platform_id, published_at, value FROM (SELECT p.id, p.platform_id, p.published_at,"
        " json_extract(r.counts, :path) AS value, max(printf('%s %012d', r.read_on, r.source))"
        " FROM publications AS p CROSS JOIN post_readings AS r ON r.publication = p.id"
        " WHERE p.published_at >= :start AND p.published_at < :end AND r.read_on <= :as_of"
        f"{posts.clause()} AND json_extract(r.counts, :path) IS NOT NULL GROUP BY p.id)"
        " ORDER BY published_at, platform_id",
        {**posts.values(), "path": f'$."{metric}"'},
    ).fetchall()
    return [(name, datetime.fromisoformat(at), value) for name, at, value in rows]


def texts(db: Db, account: str, names: Sequence[str]) -> dict[str, str | None]:
    """Return the words of posts of `account` by the platform's ids; None where none are known.

    What begins as a retweet does holds somebody else's words, so it has none here.
    """
    marks = ", ".join("?" * len(names))
    rows = db.conn.execute(
        "SELECT p.platform_id, coalesce(nullif(p.text, ''), json_extract(d.draft, '$.text'))"
        " FROM publications AS p LEFT JOIN deliveries AS d ON d.id = p.delivery"
        f" WHERE p.account = ? AND p.platform_id IN ({marks})",
        (account, *names),
    ).fetchall()
    return {name: None if words and words.startswith("RT @") else words for name, words in rows}


@dataclass(frozen=True, slots=True)
class Makeup:
    """What a post is made of, each None where no source says: whether it has a picture or film, and
    whether it has a link; and whether it belongs to a campaign."""

    pictured: bool | None
    linked: bool | None
    of_campaign: bool


_PICTURED = frozenset({"image", "album", "carousel", "video", "reel"})
"""Kinds of posts, as the platforms' APIs tell them, that a picture or film makes."""


def makeups(db: Db, account: str, start: datetime, end: datetime) -> dict[str, Makeup]:
    """Return what the posts of `account` from `start` until `end` (excluded) are made of, by their
    ids on the platform.

    Of a post that was sent from here all is known, of another only what its words and kind show: a
    link that is not among its words may hang on it all the same.
    """
    rows = db.conn.execute(
        "SELECT p.platform_id, p.kind, instr(coalesce(p.text, ''), '://') > 0,"
        " json_array_length(d.draft, '$.media'), json_extract(d.draft, '$.link') IS NOT NULL"
        " OR instr(json_extract(d.draft, '$.text'), '://') > 0,"
        " coalesce(d.campaign, (SELECT a.campaign FROM assignments AS a"
        " WHERE a.publication = p.id ORDER BY a.id DESC LIMIT 1)) IS NOT NULL"
        " FROM publications AS p LEFT JOIN deliveries AS d ON d.id = p.delivery"
        " WHERE p.account = ? AND p.published_at >= ? AND p.published_at < ?",
        (account, clock.stored(start), clock.stored(end)),
    ).fetchall()
    found = {}
    for name, kind, in_words, media, link, of_campaign in rows:
        if media is not None:
            found[name] = Makeup(media > 0, bool(link), bool(of_campaign))
            continue
        pictured = True if kind in _PICTURED else False if kind == "link" else None
        linked = True if in_words or kind == "link" else None
        found[name] = Makeup(pictured, linked, bool(of_campaign))
    return found


@dataclass(frozen=True, slots=True)
class Belonging:
    """A post that belongs to a campaign: by its delivery, or because somebody assigned it.

    `comments` is how many it had at the last look by its API, None where there was none.
    """

    platform_id: str
    campaign: str
    delivery: str | None
    comments: float | None


def belonging(db: Db, account: str, since: datetime) -> dict[str, Belonging]:
    """Return the posts of `account` since `since` that belong to a campaign, by their ids."""
    rows = db.conn.execute(
        "SELECT platform_id, campaign, delivery, (SELECT json_extract(counts, '$.comments')"
        " FROM post_readings AS r JOIN sources AS s ON s.id = r.source AND s.kind = 'api'"
        " WHERE r.publication = p.id AND json_extract(counts, '$.comments') IS NOT NULL"
        " ORDER BY r.source DESC LIMIT 1) FROM (SELECT p.id, p.platform_id,"
        " p.delivery, coalesce(d.campaign, (SELECT a.campaign FROM assignments AS a"
        " WHERE a.publication = p.id ORDER BY a.id DESC LIMIT 1)) AS campaign"
        " FROM publications AS p LEFT JOIN deliveries AS d ON d.id = p.delivery"
        " WHERE p.account = ? AND p.published_at >= ?) AS p WHERE campaign IS NOT NULL",
        (account, clock.stored(since)),
    ).fetchall()
    return {
        platform_id: Belonging(platform_id, campaign, delivery, comments)
        for platform_id, campaign, delivery, comments in rows
    }


def known(db: Db, account: str, since: datetime) -> list[Publication]:
    """Return the posts of `account` since `since` that are there, as far as is known, by time.

    Those that are known by an address only are left out: no platform can be asked for them.
    Those that were not shown any more are not looked for again.
    """
    rows = db.conn.execute(
        "SELECT platform_id, published_at, url, kind, text FROM publications WHERE account = ?"
        " AND published_at >= ? AND removed_at IS NULL AND gone_at IS NULL"
        " AND platform_id NOT LIKE 'https://%'"
        " ORDER BY published_at",
        (account, clock.stored(since)),
    ).fetchall()
    return [
        Publication(account, platform_id, clock.from_stored(at), url, kind, text)
        for platform_id, at, url, kind, text in rows
    ]


def note_gone(db: Db, account: str, names: Sequence[str]) -> None:
    """Note, inside the open transaction, that the platform does not show these any more."""
    now = clock.stored(clock.now())
    db.conn.executemany(
        "UPDATE publications SET gone_at = ? WHERE account = ? AND platform_id = ?",
        [(now, account, name) for name in names],
    )
