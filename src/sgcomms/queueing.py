"""Campaign files -> the queue: read, checked, compared, and changed in one commit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sgcomms import clock, planning
from sgcomms.campaigns import load
from sgcomms.checks import check
from sgcomms.config import Board
from sgcomms.db import Db, identities, queue, writing
from sgcomms.db.queue import Row
from sgcomms.errors import Problem, ProblemsError, UsageError
from sgcomms.fitting import fit
from sgcomms.media import VIDEOS, MediaError, Store
from sgcomms.models import Delivery, DraftMedia, Media
from sgcomms.planning import Plan, Planned
from sgcomms.platforms import picture_limits


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the campaign files would make of the queue, what they ask for, and the warnings.

    `campaigns` is how many there are: without any, nothing is withdrawn. `approval` tells whether
    the board asks for signatures.
    """

    plan: Plan
    planned: tuple[Planned, ...]
    warnings: tuple[Problem, ...]
    campaigns: int
    approval: bool


def propose(root: Path, board: Board, db: Db) -> Proposal:
    """Read the campaigns of the workspace `root` and compare them with the queue.

    Raises ProblemsError with every problem when one of them is an error.
    """
    rows = queue.rows(db)
    loaded = load(root, board)
    checked = check(loaded, board, rows, clock.now())
    if checked.errors:
        raise ProblemsError(checked.problems)
    wanted = [one.delivery for one in checked.planned]
    plan = planning.diff(wanted, rows, len(loaded.campaigns))
    return Proposal(plan, checked.planned, checked.problems, len(loaded.campaigns), board.approval)


def carry_out(proposal: Proposal, store: Store, db: Db, actor: str) -> None:
    """Fit the pictures of what is planned into the store, then change the queue in one commit.

    Raises UsageError when a picture has changed since it was looked at, StateError when a delivery
    has moved on since the queue was; then nothing is queued.
    """
    plan = proposal.plan
    rows = queue.rows(db)
    fitted = _keep_pictures(proposal.planned, store, _fitted_before(rows))
    again, seen = _made_again(proposal, rows, fitted)
    with writing(db):
        queue.unmoved(db, {**plan.seen, **seen})
        added = [_with_pictures(one, fitted) for one in plan.add]
        queue.add(db, added, actor, approval=proposal.approval)
        changed = [*(_with_pictures(one, fitted) for one in plan.change), *again]
        queue.change(db, changed, actor, approval=proposal.approval)
        queue.withdraw(db, plan.withdraw, planning.LEFT_YAML, actor)


Fit = dict[tuple[str, str], DraftMedia]
"""The picture that a platform gets of a file, by the platform and the file's SHA-256."""


def _made_again(
    proposal: Proposal, rows: Sequence[Row], fitted: Fit
) -> tuple[list[Delivery], dict[str, Row | None]]:
    """Return the deliveries that wait with pictures that are gone, and how they stood.

    A picture that is lost and made again by a newer Pillow has other bytes than before.
    """
    waiting = {row.id: row for row in rows if row.state in planning.WAITING}
    again: list[Delivery] = []
    seen: dict[str, Row | None] = {}
    for one in proposal.planned:
        row = waiting.get(one.delivery.id)
        if row is None or row.id in proposal.plan.seen:
            continue
        wanted = _with_pictures(one.delivery, fitted)
        if wanted.content_hash == row.content_hash and wanted.draft.media != row.draft.media:
            again.append(wanted)
            seen[row.id] = row
    return again, seen


def _fitted_before(rows: Sequence[Row]) -> Fit:
    """Return the pictures that the queue holds already: they need not be fitted again."""
    return {
        (row.platform, item.source): item
        for row in rows
        for item in row.draft.media
        if item.source is not None
    }


def _with_pictures(one: Delivery, fitted: Fit) -> Delivery:
    media = tuple(
        replace(fitted[one.platform, item.sha256], alt=item.alt) for item in one.draft.media
    )
    return replace(one, draft=replace(one.draft, media=media))


def _keep_pictures(planned: Sequence[Planned], store: Store, known: Fit) -> Fit:
    """Keep every picture as it is and as its platforms take it; the store may have lost one."""
    fitted: Fit = {}
    sources = {item.sha256: item for one in planned for item in one.post.media}
    for item in sources.values():
        with _explained(item, store):
            store.add(item.path, item.sha256, item.kind)
    for one in planned:
        platform = one.delivery.platform
        for item in one.post.media:
            key = (platform, item.sha256)
            before = known.get(key)
            if key not in fitted:
                if before is None or not store.holds(before.sha256, before.kind):
                    with _explained(item, store):
                        before = _fit(item, platform, store)
                fitted[key] = before
    return fitted


def _fit(item: Media, platform: str, store: Store) -> DraftMedia:
    if item.kind in VIDEOS:
        return DraftMedia(item.sha256, item.kind, item.alt, item.sha256)
    found = fit(store.read(item.sha256, item.kind), picture_limits(platform))
    store.put(found.content, found.sha256, found.kind)
    return DraftMedia(found.sha256, found.kind, item.alt, item.sha256)


@contextlib.contextmanager
def _explained(item: Media, store: Store) -> Iterator[None]:
    """Say of a picture that cannot be kept which one it is, and that nothing was queued."""
    try:
        yield
    except MediaError as error:
        words = str(error)
        named = words if words.startswith(item.path.name) else f"{item.path.name} {words}"
        raise UsageError(f"{named}; nothing was queued") from error
    except OSError as error:
        raise UsageError(
            f"{item.path.name} cannot be copied into {store.folder.name}/ "
            f"({error.strerror or error}): check the rights of the folder; nothing was queued"
        ) from error


def in_another_mode(board: Board, db: Db) -> dict[str, list[Row]]:
    """Return, by account, what waits in another mode than the account has now."""
    found: dict[str, list[Row]] = {}
    for row in queue.rows(db, ["queued", "held"]):
        account = board.accounts.get(row.account)
        if account is not None and planning.mode_of(account, row.draft.media) != row.mode:
            found.setdefault(row.account, []).append(row)
    return found


def switch_modes(board: Board, waiting: Mapping[str, Sequence[Row]], db: Db, actor: str) -> None:
    """Let what waits go out in the mode that its account has now. Raises StateError."""
    with writing(db):
        for account, rows in waiting.items():
            for row in rows:
                mode = planning.mode_of(board.accounts[account], row.draft.media)
                queue.switch_mode(db, row.id, mode, actor)


def after_token(db: Db) -> dict[str, tuple[datetime, int]]:
    """Return the accounts whose token ends before all that waits has gone out.

    With the moment it ends, and how many deliveries come after it.
    """
    found: dict[str, tuple[datetime, int]] = {}
    ends = {one.account: one.expires_at for one in identities.known(db)}
    for row in queue.rows(db, ["queued"]):
        end = ends.get(row.account)
        if row.mode == "live" and end is not None and row.due_at >= end:
            found[row.account] = (end, found.get(row.account, (end, 0))[1] + 1)
    return found
