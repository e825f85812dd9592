"""Facebook: the posts that Page Insights exported until about 2022, as a workbook or as CSV.

Figures are totals since the post was made. The workbook is XML under the name .xls; its sheet
"Key Metrics" is the whole of the CSV file. Likes, comments and shares are in another sheet only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from sgcomms.importers.base import Importer, Notes, Owner
from sgcomms.importers.columns import Columns, Place
from sgcomms.importers.moments import posted
from sgcomms.importers.sheet import Sheet
from sgcomms.importers.values import identifier, shown
from sgcomms.models import PostRow, Publication

MOST_POSTS = 20_000
"""Posts of one file, whose likes, comments and shares are held in memory until they are needed."""

_ACTS: Mapping[str, str] = {"reactions": "like", "comments": "comment", "shares": "share"}
_LAST_MONTH = 12


class FacebookInsights(Importer):
    """Posts of a Facebook Page, as Insights told of them."""

    name = "facebook-insights"
    title = "Facebook Insights, posts (to about 2022)"
    platform = "facebook"
    day_boundary = "America/Los_Angeles"
    takes_read_on = True
    natives: ClassVar[Mapping[str, str]] = {
        "impressions": "Lifetime Post Total Impressions",
        "reach": "Lifetime Post Total Reach",
        **_ACTS,
    }
    required = (
        "Post ID",
        "Permalink",
        "Post Message",
        "Type",
        "Posted",
        natives["reach"],
        natives["impressions"],
    )

    def joined(self, sheet: Sheet) -> tuple[Sheet, ...]:
        """Return the sheet that counts likes, comments and shares, where there is one."""
        wanted = ("Post ID", *_ACTS.values())
        found = (one for one in sheet.beside if not Columns(one.header, {}).missing(wanted))
        return tuple(found)[:1]

    def owner(self, sheet: Sheet) -> Owner | None:
        """Return the Page of the first post; None for a file without posts.

        Raises ImportFileError when its number is none.
        """
        columns = self.columns(sheet)
        id_at = columns.at("Post ID")
        for line, row in described(sheet, columns, id_at):
            try:
                return Owner(id=_ids(row[id_at])[0])
            except ValueError as error:
                raise sheet.row_error(line, row, error) from None
        return None

    def extract(self, sheet: Sheet, subject: str, notes: Notes) -> Iterator[PostRow]:
        """Yield one row a post of the account `subject`.

        Raises ImportFileError, with the line, for anything that Facebook did not write.
        """
        columns = self.columns(sheet)
        places = columns.places(self.natives)
        notes.use(columns, places, map(columns.at, self.required))
        acts = [_acts(one, notes) for one in self.joined(sheet)]
        id_at, link_at, text_at, kind_at, time_at = map(columns.at, self.required[:5])
        page = ""
        in_doubt = False
        latest = 0
        for line, row in described(sheet, columns, id_at):
            notes.rows += 1
            try:
                page = _same(page, row[id_at])
                made, day = posted(row[time_at])
                post_id = row[id_at].strip()
                values = columns.counts(row, places)
            except ValueError as error:
                raise sheet.row_error(line, row, error) from None
            in_doubt |= day > 0
            latest = max(latest, day)
            for known in acts:
                values |= known.get(post_id, dict.fromkeys(_ACTS))
            notes.taken += 1
            link, kind, text = (row[at].strip() or None for at in (link_at, kind_at, text_at))
            yield PostRow(Publication(subject, post_id, made, link, kind, text), values)
        if in_doubt and latest <= _LAST_MONTH:
            raise sheet.error(
                None,
                "none of its posts is of a day after the 12th, so whether 3/4 is in March or in "
                "April cannot be told: upload the original download of a longer time",
            )


def described(sheet: Sheet, columns: Columns, key_at: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with a cell for each column, but for a first one that only describes them.

    That one has nothing at `key_at`, where each other says what it is about. Raises ImportFileError
    for a row that is too long or was cut off.
    """
    is_first = True
    for line, cells in sheet.body():
        try:
            row = columns.fitted(cells, pad=sheet.table is not None)
        except ValueError as error:
            raise sheet.row_error(line, cells, error) from None
        if not is_first or row[key_at].strip():
            yield line, row
        is_first = False


def _ids(text: str) -> tuple[str, str]:
    """Return the numbers of the Page and of the post. Raises ValueError."""
    page, between, post = text.strip().partition("_")
    if not between:
        raise ValueError(f"{shown(text)} is not the id of a post such as 123_456")
    return identifier(page), identifier(post)


def _same(page: str, text: str) -> str:
    """Return the Page that a post's id names. Raises ValueError when it is not that of the rows
    before."""
    found, _ = _ids(text)
    if page and found != page:
        raise ValueError(
            f"this post is of the Page {found}, those before it are of {page}: import each Page on "
            "its own"
        )
    return found


def _acts(sheet: Sheet, notes: Notes) -> Mapping[str, dict[str, float | None]]:
    """Return the likes, comments and shares of each post; a blank cell there means none.

    Raises ImportFileError for a post that comes twice, and for what is no count.
    """
    columns = Columns(sheet.header, {})
    places = columns.places(_ACTS)
    notes.natives.update((metric, sheet.header[at].strip()) for metric, at in places)
    id_at = columns.at("Post ID")
    found: dict[str, dict[str, float | None]] = {}
    for line, cells in sheet.body():
        try:
            row = columns.fitted(cells, pad=True)
            if post_id := row[id_at].strip():
                _check_new(post_id, found)
                found[post_id] = _none_is_zero(columns, row, places)
        except ValueError as error:
            raise sheet.row_error(line, cells, error) from None
    return found


def _check_new(post_id: str, found: Collection[str]) -> None:
    """Raise ValueError for a post that is there already, and for more than fit in memory."""
    if post_id in found:
        raise ValueError("this post stands here twice, so its figures are in doubt: export again")
    if len(found) >= MOST_POSTS:
        raise ValueError(f"here are more than {MOST_POSTS:,} posts: export fewer months at a time")


def _none_is_zero(
    columns: Columns, row: Sequence[str], places: Sequence[Place]
) -> dict[str, float | None]:
    return {metric: value or 0.0 for metric, value in columns.counts(row, places).items()}
