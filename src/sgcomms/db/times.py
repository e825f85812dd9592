"""When a post was published, where sources say different times: that of the newest reading counts.

What each of them says is kept, so that a source can be taken back, and so that what was answered
before a later one came can be answered so again. Of a post that was sent from here its own time
counts, whatever a source says.
"""

from __future__ import annotations

from sgcomms.db import Db

_BEFORE = (
    "INSERT OR IGNORE INTO told_times (publication, source, at) SELECT r.publication, r.source,"
    " p.published_at FROM temp.staged_posts AS s CROSS JOIN publications AS p"
    " ON p.account = s.account AND p.platform_id = s.platform_id"
    " JOIN post_readings AS r ON r.publication = p.id"
    " WHERE p.delivery IS NULL AND p.published_at <> s.published_at"
    " AND NOT EXISTS (SELECT 1 FROM told_times WHERE publication = p.id)"
)
"""What the sources before have said: with the first that differs there is more than one time."""
_NOW = (
    "INSERT OR IGNORE INTO told_times (publication, source, at) SELECT p.id, :source,"
    " s.published_at FROM temp.staged_posts AS s CROSS JOIN publications AS p"
    " ON p.account = s.account AND p.platform_id = s.platform_id"
    " WHERE p.delivery IS NULL AND (p.published_at <> s.published_at"
    " OR EXISTS (SELECT 1 FROM told_times WHERE publication = p.id))"
)
_NEWEST = (
    "(SELECT t.at FROM told_times AS t JOIN sources AS o ON o.id = t.source"
    " WHERE t.publication = {publication}{until} ORDER BY o.read_on DESC, t.source DESC LIMIT 1)"
)
_SETTLE = (
    "UPDATE publications SET published_at = "
    f"{_NEWEST.format(publication='publications.id', until='')}"
    " WHERE delivery IS NULL AND id IN (SELECT publication FROM told_times WHERE {which})"
)

_SETTLED = (
    "SELECT DISTINCT p.account, p.published_at FROM told_times AS t"
    " JOIN publications AS p ON p.id = t.publication WHERE t.source = :source"
)


def note(db: Db, source: int) -> None:
    """Keep what the staged posts of `source` say of times, where that differs from what is known.

    Belongs inside the open transaction, before the posts are known by what is staged.
    """
    db.conn.execute(_BEFORE)
    db.conn.execute(_NOW, {"source": source})


def settle(db: Db, source: int) -> list[tuple[str, str]]:
    """Let the posts that `source` gave another time for have that of the newest reading.

    Return their accounts with the times that they have now, in their stored form.
    """
    db.conn.execute(_SETTLE.format(which="source = :source"), {"source": source})
    rows = db.conn.execute(_SETTLED, {"source": source})
    return [(account, at) for account, at in rows]


def forget(db: Db, source: int) -> None:
    """Let what `source` says count no more, inside the open transaction."""
    rows = db.conn.execute("SELECT publication FROM told_times WHERE source = ?", (source,))
    posts = [(post,) for (post,) in rows.fetchall()]
    db.conn.execute("DELETE FROM told_times WHERE source = ?", (source,))
    db.conn.executemany(_SETTLE.format(which="publication = ?"), posts)


def as_known(db: Db) -> str:
    """Return the publications as a query, with the times that were known on the day `:as_of`.

    That is the table itself where no source has told another time.
    """
    if db.conn.execute("SELECT 1 FROM told_times LIMIT 1").fetchone() is None:
        return "publications"
    newest = _NEWEST.format(publication="p.id", until=" AND o.read_on <= :as_of")
    return (
        "(SELECT p.id, p.account, p.platform_id, p.url, p.text, p.delivery, p.removed_at,"
        " p.gone_at,"
        f" CASE WHEN p.delivery IS NULL THEN coalesce({newest}, p.published_at)"
        " ELSE p.published_at END AS published_at FROM publications AS p)"
    )
