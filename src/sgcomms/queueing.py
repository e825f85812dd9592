"""Campaign files -> the queue: read, checked, compared, and changed in one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sgcomms import clock, planning
from sgcomms.campaigns import load
from sgcomms.checks import check
from sgcomms.config import Board
from sgcomms.db import Db, identities, queue, writing
from sgcomms.db.queue import Row
from sgcomms.errors import Problem, ProblemsError, UsageError
from sgcomms.media import MediaError, Store
from sgcomms.planning import Plan, Planned


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
    """Copy the pictures of what is planned into the store, then change the queue in one commit.

    Raises UsageError when a picture has changed since it was looked at, StateError when a delivery
    has moved on since the queue was; then nothing is queued.
    """
    plan = proposal.plan
    _keep_pictures(proposal.planned, store)
    with writing(db):
        queue.unmoved(db, plan.seen)
        queue.add(db, plan.add, actor, approval=proposal.approval)
        queue.change(db, plan.change, actor, approval=proposal.approval)
        queue.withdraw(db, plan.withdraw, planning.LEFT_YAML, actor)


def _keep_pictures(planned: Sequence[Planned], store: Store) -> None:
    """Copy every picture, also of what waits already: the store may have lost one."""
    for item in {item.sha256: item for one in planned for item in one.post.media}.values():
        try:
            store.add(item.path, item.sha256, item.kind)
        except MediaError as error:
            raise UsageError(f"{error}; nothing was queued") from error
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
        if account is not None and account.mode != row.mode:
            found.setdefault(row.account, []).append(row)
    return found


def switch_modes(board: Board, waiting: Mapping[str, Sequence[Row]], db: Db, actor: str) -> None:
    """Let what waits go out in the mode that its account has now. Raises StateError."""
    with writing(db):
        for account, rows in waiting.items():
            names = [row.id for row in rows]
            queue.switch_mode(db, names, board.accounts[account].mode, actor)


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
