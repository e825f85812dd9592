"""`plan`, `queue` and `status`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sgcomms import clock, planning
from sgcomms.campaigns import load
from sgcomms.checks import check
from sgcomms.cli.common import (
    as_json,
    fail,
    here,
    local,
    may_write,
    print_json,
    print_problems,
    problems_json,
    user,
)
from sgcomms.config import Board
from sgcomms.db import Db, queue, writing
from sgcomms.db.queue import Row
from sgcomms.errors import Problem, ProblemsError
from sgcomms.media import MediaError
from sgcomms.models import Delivery
from sgcomms.planning import MANY_WITHDRAWALS, Plan, Planned
from sgcomms.workspace import Workspace


@click.command("plan")
@as_json
@click.pass_context
def plan_command(ctx: click.Context, as_json: bool) -> int:
    """Show what `queue` would add, change and withdraw. Changes nothing."""
    space = here(ctx)
    board = space.board()
    db = space.database()
    plan, _, problems = make_plan(space, board, db)
    if as_json:
        print_json({**_plan_json(plan), "problems": problems_json(problems)})
        return 0
    print_problems(problems)
    _print_plan(plan, board, queue.rows(db))
    return 0


@click.command("queue")
@click.option("--yes", is_flag=True, help=f"Withdraw more than {MANY_WITHDRAWALS} at once.")
@as_json
@click.pass_context
def queue_command(ctx: click.Context, yes: bool, as_json: bool) -> int:
    """Make the queue hold what the campaigns say. Run twice, it changes nothing more."""
    space = here(ctx)
    board = space.board()
    may_write(board)
    db = space.database()
    plan, planned, problems = make_plan(space, board, db)
    if len(plan.withdraw) > MANY_WITHDRAWALS and not yes:
        _print_plan(plan, board, queue.rows(db))
        fail(
            f"{len(plan.withdraw)} deliveries would be withdrawn at once; if that is meant, say "
            "`sgcomms queue --yes`. Nothing was changed",
            2,
        )
    before = queue.rows(db)
    apply_plan(space, db, plan, planned, user())
    if as_json:
        print_json({**_plan_json(plan), "problems": problems_json(problems)})
        return 0
    print_problems(problems)
    _print_plan(plan, board, before)
    return 0


@click.command("status")
@as_json
@click.pass_context
def status_command(ctx: click.Context, as_json: bool) -> int:
    """Show every delivery in the queue: its state, its time, its address or the reason."""
    space = here(ctx)
    board = space.board()
    rows = queue.rows(space.database())
    if as_json:
        print_json([_row_json(row) for row in rows])
        return 0
    for row in rows:
        words = row.reason or row.url or ""
        click.echo(f"{row.state:<10} {local(row.due_at, board)}  {row.id}  {words}".rstrip())
    counts = {
        state: sum(row.state == state for row in rows) for state in sorted({r.state for r in rows})
    }
    click.echo(", ".join(f"{number} {state}" for state, number in counts.items()) or "empty queue")
    return 0


def make_plan(
    space: Workspace, board: Board, db: Db
) -> tuple[Plan, Sequence[Planned], Sequence[Problem]]:
    """Return the plan, what it was made of, and the warnings. Raises ProblemsError on errors."""
    rows = queue.rows(db)
    loaded = load(space.root, board)
    checked = check(loaded, board, rows, clock.now())
    if checked.errors:
        raise ProblemsError(checked.problems)
    wanted = [one.delivery for one in checked.planned]
    plan = planning.diff(wanted, rows, len(loaded.campaigns))
    return plan, checked.planned, checked.problems


def apply_plan(
    space: Workspace, db: Db, plan: Plan, planned: Sequence[Planned], actor: str
) -> None:
    """Copy the pictures of what is queued into the store, then change the queue in one commit."""
    by_id = planning.by_id(planned)
    for delivery in (*plan.add, *plan.change):
        for item in by_id[delivery.id].post.media:
            try:
                space.store.add(item.path, item.sha256, item.kind)
            except MediaError as error:
                fail(f"{error}; nothing was queued", 2)
    with writing(db):
        queue.add(db, plan.add, actor)
        queue.change(db, plan.change, actor)
        queue.withdraw(db, plan.withdraw, planning.LEFT_YAML, actor)


def _print_plan(plan: Plan, board: Board, rows: Sequence[Row]) -> None:
    known = {row.id: row for row in rows}
    for sign, deliveries in (("+", plan.add), ("~", plan.change)):
        for one in deliveries:
            click.echo(f"{sign} {_when(one, board)}  {one.id}  ({one.mode})")
    for name in plan.withdraw:
        click.echo(f"- {local(known[name].due_at, board)}  {name}")
    for row in plan.kept:
        click.echo(f"! {row.id} is {row.state}; the change in the YAML has no effect on it")
    parts = (
        f"{len(plan.add)} to add",
        f"{len(plan.change)} to change",
        f"{len(plan.withdraw)} to withdraw",
        f"{plan.unchanged} as they are",
    )
    click.echo(f"{', '.join(parts)}. Times: {board.zone}.")


def _when(delivery: Delivery, board: Board) -> str:
    return local(delivery.at, board) if delivery.at else "on approval"


def _plan_json(plan: Plan) -> dict[str, object]:
    def one(delivery: Delivery) -> dict[str, object]:
        at = clock.stored(delivery.at) if delivery.at else None
        return {"id": delivery.id, "at": at, "mode": delivery.mode, "text": delivery.draft.text}

    return {
        "add": [one(delivery) for delivery in plan.add],
        "change": [one(delivery) for delivery in plan.change],
        "withdraw": list(plan.withdraw),
        "kept": [row.id for row in plan.kept],
        "unchanged": plan.unchanged,
    }


def _row_json(row: Row) -> dict[str, object]:
    return {
        "id": row.id,
        "state": row.state,
        "at": clock.stored(row.due_at),
        "account": row.account,
        "mode": row.mode,
        "reason": row.reason,
        "published_at": clock.stored(row.published_at) if row.published_at else None,
        "url": row.url,
        "text": row.draft.text,
    }
