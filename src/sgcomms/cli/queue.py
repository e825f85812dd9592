"""`plan` and `queue`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import click

from sgcomms import clock, queueing, ticking
from sgcomms.cli.common import (
    as_json,
    fail,
    here,
    local,
    may_write,
    plural,
    print_json,
    print_problems,
    problems_json,
    user,
)
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.db import Db, approvals
from sgcomms.db.queue import Row
from sgcomms.errors import ProblemsError, StateError
from sgcomms.models import Delivery
from sgcomms.planning import MANY_WITHDRAWALS, Plan, cost, mode_of
from sgcomms.queueing import Proposal
from sgcomms.workspace import Workspace

_KEPT = {
    "published": "has gone out; what went out never changes",
    "publishing": "is being sent; run `sgcomms queue` again when it is done",
    "uncertain": "may have gone out; it cannot be changed before that is known",
    "failed": "was refused; give the corrected post an id of its own",
}
"""Why a delivery that is no longer as the YAML says stays as it is."""


@click.command("plan")
@as_json
@click.pass_context
def plan_command(ctx: click.Context, as_json: bool) -> int:
    """Show what `queue` would add, change and withdraw. Changes nothing."""
    space = here(ctx)
    board = space.board()
    with space.database() as db, _problems_as(as_json):
        proposal = queueing.propose(space.root, board, db)
    plan = proposal.plan
    if as_json:
        print_json({**_plan_json(plan), "problems": problems_json(proposal.warnings)})
        return 0
    print_problems(proposal.warnings)
    _print_plan(plan, board)
    _print_costs(plan, board)
    _print_count(proposal, board, ("to add", "to change", "to withdraw", "as they are"))
    return 0


@click.command("queue")
@click.option("--yes", is_flag=True, help=f"Withdraw more than {MANY_WITHDRAWALS} at once.")
@click.option(
    "--switch-mode", is_flag=True, help="Let what waits go out in the mode its account has now."
)
@as_json
@click.pass_context
def queue_command(ctx: click.Context, yes: bool, switch_mode: bool, as_json: bool) -> int:
    """Make the queue hold what the campaigns say. Run twice, it changes nothing more."""
    space = here(ctx)
    board = space.board()
    may_write(board)
    space.tidy()
    with space.database() as db, _problems_as(as_json):
        try:
            proposal = _queue(space, board, db, yes=yes, as_json=as_json)
        except StateError:  # somebody else queued meanwhile: see what is left to do
            proposal = _queue(space, board, db, yes=yes, as_json=as_json)
        ticking.check_home(space, board, db)
        other = queueing.in_another_mode(board, db)
        if switch_mode:
            queueing.switch_modes(board, other, db, user())
        tokens = queueing.after_token(db)
        unsigned = {row.id for row in approvals.unsigned(db, space.policy(board), clock.now())}
    plan = proposal.plan
    if as_json:
        modes = {account: [row.id for row in rows] for account, rows in other.items()}
        print_json(
            {
                **_plan_json(plan),
                "switched" if switch_mode else "in_another_mode": modes,
                "after_token_end": {account: number for account, (_, number) in tokens.items()},
                "problems": problems_json(proposal.warnings),
            }
        )
        return 0
    print_problems(proposal.warnings)
    _print_plan(plan, board)
    _print_modes(other, board, unsigned, switched=switch_mode)
    for account, (ends, number) in tokens.items():
        what = plural(number, "delivery comes", "deliveries come")
        echo(f"! {account}: {what} after its token ends, {local(ends, board)}: renew it")
    _print_count(proposal, board, ("added", "changed", "withdrawn", "as they were"))
    return 0


def _queue(space: Workspace, board: Board, db: Db, *, yes: bool, as_json: bool) -> Proposal:
    """Make the queue hold what the campaigns say, and return what that was."""
    proposal = queueing.propose(space.root, board, db)
    plan = proposal.plan
    if len(plan.withdraw) > MANY_WITHDRAWALS and not yes:
        if not as_json:
            _print_plan(plan, board)
        fail(
            f"{len(plan.withdraw)} deliveries would be withdrawn at once; if that is meant, "
            "say `sgcomms queue --yes`. Nothing was changed",
            2,
        )
    queueing.carry_out(proposal, space.store, db, user())
    return proposal


@contextlib.contextmanager
def _problems_as(as_json: bool) -> Iterator[None]:
    """Print problems as JSON where a program reads the answer."""
    try:
        yield
    except ProblemsError as error:
        if not as_json:
            raise
        print_json({"problems": problems_json(error.problems)})
        raise click.exceptions.Exit(error.exit_code) from error


def _print_modes(
    other: Mapping[str, Sequence[Row]], board: Board, unsigned: set[str], *, switched: bool
) -> None:
    """Say what waits in another mode than its account is in by now: it keeps the old one."""
    for account, rows in other.items():
        modes = {mode_of(board.accounts[account], row.draft.media) for row in rows}
        mode = " or ".join(sorted(modes))
        if switched:
            number = plural(len(rows), "delivery", "deliveries")
            echo(f"~ {account}: {number} will go out in mode {mode}")
            left = sum(row.id in unsigned for row in rows)
            if left:
                echo(f"  {left:,} of them once approved: `sgcomms approve`")
        else:
            number = plural(len(rows), "delivery waits", "deliveries wait")
            echo(
                f"! {account} is in mode {mode} now; {number} in the mode it was in before: "
                "`sgcomms queue --switch-mode` changes that"
            )


def _print_plan(plan: Plan, board: Board) -> None:
    for one in plan.add:
        echo(f"+ {_when(one, board)}  {one.id}  ({one.mode})")
    for one in plan.change:
        row = plan.seen[one.id]
        echo(f"~ {_when(one, board)}  {one.id}  ({_change(one, row, board)})")
    for name in plan.withdraw:
        row = plan.seen[name]
        echo(f"- {local(row.due_at, board) if row else ''}  {name}")
    for row in plan.kept:
        echo(f"! {row.id} {_KEPT.get(row.state, f'is {row.state}')}")


def _change(one: Delivery, row: Row | None, board: Board) -> str:
    """Return what a change is, in a few words."""
    if row is None or row.state == "withdrawn":
        return "was withdrawn"
    if one.at is not None and one.at != row.due_at:
        return f"was {local(row.due_at, board)}"
    return "new content"


def _print_costs(plan: Plan, board: Board) -> None:
    """Print what sending the additions and changes costs, where a platform charges for posts."""
    spent: dict[str, Decimal] = {}
    for one in (*plan.add, *plan.change):
        if one.mode == "live":
            price = cost(one.platform, one.draft, board, one.account)
            spent[one.account] = spent.get(one.account, Decimal(0)) + price
    for account, price in sorted(spent.items()):
        if price:
            echo(f"Cost: {account} about ${price:.2f} for these posts, by its price list.")


def _print_count(proposal: Proposal, board: Board, words: tuple[str, str, str, str]) -> None:
    if not proposal.campaigns:
        echo("There are no campaigns in campaigns/: what is in the queue stays as it is.")
        return
    plan = proposal.plan
    numbers = len(plan.add), len(plan.change), len(plan.withdraw), plan.unchanged
    parts = [f"{number:,} {word}" for number, word in zip(numbers, words, strict=True)]
    echo(f"{', '.join(parts)}. Times: {board.zone}.")


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
