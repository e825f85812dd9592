"""`log` and `audit`: what happened, for people, and for whoever asks by right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import click

from sgcomms import clock, periods, trail
from sgcomms.cli.common import as_json, day, here, local, plural, print_json
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db, history, queue
from sgcomms.db.history import Record
from sgcomms.db.queue import Row
from sgcomms.errors import UsageError
from sgcomms.models import Publication
from sgcomms.platforms import PLATFORMS, layout
from sgcomms.trail import People, Values, Verdict, plain
from sgcomms.workspace import Workspace
from sgcomms.yamlfile import suggestion

Form = Literal["csv", "json", "html"]


@click.command("log")
@click.argument("name", required=False, metavar="[DELIVERY]")
@click.option("--campaign", help="Only this campaign.")
@click.option("--account", help="Only this account.")
@click.option("--contact", metavar="NAME", help="Where this contact, or telephone number, stands.")
@click.option("--media", metavar="FILE", help="Where this picture stands: a file, or its SHA-256.")
@click.option("--from", "first", metavar="DATE", help="From this day on.")
@click.option("--to", "last", metavar="DATE", help="Up to and with this day.")
@click.option("--live", "only_live", is_flag=True, help="Only what is public now.")
@as_json
@click.pass_context
def log_command(
    ctx: click.Context,
    *,
    name: str | None,
    campaign: str | None,
    account: str | None,
    contact: str | None,
    media: str | None,
    first: str | None,
    last: str | None,
    only_live: bool,
    as_json: bool,
) -> None:
    """Show what happened: when each post went out, where it is, who wrote and who approved it.

    With --contact or --media: where a number or a picture is live now, addresses first.
    """
    space = here(ctx)
    board = space.board()
    since, until = day(first, "--from"), day(last, "--to")
    if since and until and until < since:
        raise UsageError(f"--to {until} comes before --from {since}")
    image = _image(space, media) if media else None
    with space.database() as db:
        rows = queue.named(db, name) if name else queue.rows(db)
        rows = [
            row
            for row in rows
            if (campaign is None or row.campaign == campaign)
            and (account is None or row.account == account)
            and _within(row, board, since, until)
        ]
        if contact:
            rows = about_contact(db, board, contact, rows)
        if image:
            rows = [row for row in rows if trail.shows(row, image)]
        records = history.records(db, rows)
        others = (
            elsewhere(db, board, contact, account) if contact and not (name or campaign) else []
        )
        people = People(db, board, hidden=False)
    records = sorted(
        (one for one in records if one.live or not only_live), key=lambda one: _time(one.row)
    )
    if as_json:
        print_json([trail.record_values(one, board.zone, people) for one in records])
    elif contact or image:
        _print_where(records, others, board)
    else:
        _print_log(records, board)


def about_contact(db: Db, board: Board, name: str, rows: Sequence[Row]) -> list[Row]:
    """Return those of `rows` that give a contact's details, or hold a number. Raises UsageError."""
    contact = board.contacts.get(name)
    number = len(re.sub(r"\D", "", name)) >= 3
    found = [row for row in rows if trail.mentions(row, name, contact)]
    if contact is None and not number and not any(name in row.contacts for row in queue.rows(db)):
        raise UsageError(
            f"config/contacts.yaml has no contact {name!r}, and it is no telephone number"
            f"{suggestion(name, board.contacts)}"
        )
    return found


def elsewhere(db: Db, board: Board, name: str, account: str | None = None) -> list[Publication]:
    """Return posts that this program did not make and that give the contact's details."""
    contact = board.contacts.get(name)
    return [
        one
        for one in history.others_live(db)
        if (account is None or one.account == account) and trail.says(one.text or "", name, contact)
    ]


def _image(space: Workspace, given: str) -> str:
    """Return the SHA-256 of the picture that is meant. Raises UsageError."""
    for path in (Path(given), space.root / given, space.root / "campaigns" / given):
        if path.is_file():
            try:
                return trail.image_hash(path)
            except OSError as error:
                raise UsageError(
                    f"--media: {given} cannot be read: {error.strerror or error}"
                ) from None
    if re.fullmatch(r"[0-9a-fA-F]{64}", given):
        return given.lower()
    raise UsageError(
        f"--media: there is no file {given}. Names are not kept, only hashes: give the file itself "
        "from wherever it is now, or its SHA-256"
    )


def _time(row: Row) -> datetime:
    return row.published_at or row.due_at


def _within(row: Row, board: Board, first: date | None, last: date | None) -> bool:
    found = _time(row).astimezone(board.zone).date()
    return (first is None or found >= first) and (last is None or found <= last)


def _print_log(records: Sequence[Record], board: Board) -> None:
    for one in records:
        row = one.row
        echo(f"{_when(row, board)}  {row.id}  {_state(one)}", bold=row.id)
        for line in "\n".join(_lines(one, board)).split("\n"):
            echo(f"    {line}")
        echo()
    echo(f"{plural(len(records), 'delivery', 'deliveries')}. Times: {board.zone}.")


def _lines(one: Record, board: Board) -> Iterator[str]:
    row = one.row
    url = (one.post.url if one.post else None) or row.url
    if url:
        yield plain(url)
    if row.reason:
        yield plain(row.reason)
    yield f"{label(row, board)}, {row.mode}; written by {plain(row.author)}"
    for word in one.decisions:
        why = f": {word.reason}" if word.reason else ""
        yield plain(f"{word.decision} by {word.by}, {local(word.at, board)}{why}")
    for gone in one.removals:
        state = {"removed": "gone", "by_hand": "a person has to take it down"}.get(gone.state)
        ended = f" {local(gone.ended_at, board)}" if gone.ended_at and state == "gone" else ""
        asked = f"taking it down was asked by {gone.by}, {local(gone.asked_at, board)}"
        yield plain(f"{asked}: {gone.reason}; {state or gone.state}{ended}")
    yield "\n".join(f"| {line}" for line in plain(row.draft.text).split("\n"))
    if row.draft.link:
        yield f"link card: {plain(row.draft.link)}"
    for item in row.draft.media:
        yield f"picture {item.sha256[:12]}: {plain(item.alt)}"


def _state(one: Record) -> str:
    if one.post is not None and one.post.removed_at is not None:
        return "published, and taken down"
    return one.row.state if one.row.mode != "outbox" else f"{one.row.state} (outbox)"


def _when(row: Row, board: Board) -> str:
    waits = row.on_approval and row.due_at == row.expires_at and row.published_at is None
    return "on approval".ljust(24) if waits else local(_time(row), board)


def label(row: Row, board: Board) -> str:
    """Return what people call the platform of a delivery."""
    account = board.accounts.get(row.account)
    known = account is not None and account.platform in PLATFORMS
    return layout(account).label if account is not None and known else row.platform


def _print_where(records: Sequence[Record], others: Sequence[Publication], board: Board) -> None:
    live = [one for one in records if one.live]
    echo(f"Live now: {len(live) + len(others) or 'nowhere'}.")
    for one in live:
        where = one.post and (one.post.url or one.post.platform_id)
        echo(f"  {plain(where or '')}")
        echo(f"    {_when(one.row, board)}  {one.row.id}  {label(one.row, board)}")
    for other in others:
        echo(f"  {plain(other.url or other.platform_id)}")
        echo(
            f"    {local(other.published_at, board)}  {other.account}  not sent from here; known "
            "from an export or a collection, and perhaps gone since"
        )
    for states, title in (
        (("uncertain", "publishing"), "May be live, look for it:"),
        (("handed",), "With an officer, to be posted by hand:"),
        (("queued", "held"), "Not live yet:"),
    ):
        found = [one.row for one in records if one.row.state in states]
        if found:
            echo(title)
        for row in found:
            held = f"  (held: {plain(row.reason or '')})" if row.state == "held" else ""
            echo(f"  {_when(row, board)}  {row.id}{held}")
    gone = [one for one in records if one.post is not None and one.post.removed_at is not None]
    if gone:
        echo("Taken down:")
    for one in gone:
        echo(f"  {_when(one.row, board)}  {one.row.id}")
    if live:
        echo("`sgcomms takedown DELIVERY --reason … --by …` takes one down.")


@click.command("audit")
@click.option("--from", "first", metavar="DATE", help="The first day, in the board's zone.")
@click.option("--to", "last", metavar="DATE", help="The last day; it is included.")
@click.option("--format", "form", type=click.Choice(("csv", "json", "html")), help="How.")
@click.option("-o", "output", type=click.Path(path_type=Path), help="Write to this file.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--rows", is_flag=True, help="With csv: the rows of the trail, not the deliveries.")
@click.option("--redact", type=click.Choice(("people",)), help="Name nobody.")
@click.option("--verify", "proof", is_flag=True, help="Check that nothing was changed or lost.")
@click.pass_context
def audit_command(
    ctx: click.Context,
    *,
    first: str | None,
    last: str | None,
    form: Form | None,
    output: Path | None,
    force: bool,
    rows: bool,
    redact: str | None,
    proof: bool,
) -> int:
    """Write the trail of a time: exact words, pictures, who approved, when and where it went.

    --verify walks all of it instead: the seal of every row, and every picture that was sent.
    """
    space = here(ctx)
    if proof:
        if first or last or form or output or rows or redact:
            raise UsageError("--verify checks everything there is: give it alone")
        with space.database() as db:
            return _print_verdict(trail.verify(db, space.store))
    board = space.board()
    since, until, begins, ends = _span(first, last, board)
    chosen = form or _form_of(output)
    if rows and chosen != "csv":
        raise UsageError("--rows is for csv: json and html hold both")
    with space.database() as db:
        people = People(db, board, hidden=redact is not None)
        head: Values = {
            "board": board.name,
            "from": since.isoformat(),
            "to": until.isoformat(),
            "zone": str(board.zone),
            "made_at": clock.now().astimezone(board.zone).isoformat(timespec="seconds"),
            "redacted": redact is not None,
        }
        names = history.moved(db, begins, ends)
        records = (
            trail.record_values(one, board.zone, people) for one in history.by_name(db, names)
        )
        entries = (
            trail.entry_values(one, board.zone, people) for one in history.entries(db, begins, ends)
        )
        if chosen == "csv":
            pieces = trail.csv_of_entries(entries) if rows else trail.csv_of_records(records)
        elif chosen == "json":
            pieces = trail.json_of(head, records, entries)
        else:
            pieces = trail.html_of(space.template("audit/audit.html"), head, records, entries)
        _write(pieces, output, force=force)
    return 0


def _span(
    first: str | None, last: str | None, board: Board
) -> tuple[date, date, datetime, datetime]:
    """Return the two days, and the instants between which they lie. Raises UsageError."""
    if first is None or last is None:
        raise UsageError("say which days: --from 2026-04-01 --to 2027-03-31")
    since, until = day(first, "--from"), day(last, "--to")
    try:
        return since, until, *periods.span(periods.days(since, until), board.zone)
    except ValueError as error:
        raise UsageError(str(error)) from None
    except OverflowError:
        raise UsageError("--from, --to: no calendar goes so far") from None


def _form_of(output: Path | None) -> Form:
    """Return the format that the file's ending says. Raises UsageError where it says none."""
    endings: dict[str, Form] = {".csv": "csv", ".json": "json", ".html": "html", ".htm": "html"}
    found = endings.get(output.suffix.lower()) if output else None
    if found is None:
        raise UsageError("say --format csv, json or html")
    return found


def _write(pieces: Iterable[str], output: Path | None, *, force: bool) -> None:
    if output is None:
        for piece in pieces:
            echo(piece.encode(), nl=False)
        return
    if output.is_dir():
        raise UsageError(f"-o {output} is a folder: name a file in it")
    try:
        trail.write_file(output, pieces, replace=force)
    except FileExistsError:
        raise UsageError(f"-o {output} is there already: --force writes over it") from None
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror or error}") from error
    echo(f"written: {output}")


def _print_verdict(found: Verdict) -> int:
    if found.broken_at is not None:
        echo(
            f"BROKEN: row {found.broken_at:,} of the trail does not fit the one before it. It, or "
            "one before it, was changed or taken out by another program: keep this database as it "
            "is, and compare it with a backup"
        )
    else:
        echo(f"The trail is whole: {plural(found.rows, 'row')}.")
    if found.seal is not None:
        echo(
            f"Last seal: {found.seal} (row {found.rows:,}). Note it down elsewhere: rows cut off "
            "at the end show only against it."
        )
    for name, sha256 in found.lost:
        echo(f"MISSING or damaged in the store: the picture {sha256} of {name}")
    if not found.lost:
        echo(f"The store holds every picture that was sent: {found.images:,}.")
    return 1 if found.broken_at is not None or found.lost else 0
