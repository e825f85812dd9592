"""`stats`: the figures of a period."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields, replace
from datetime import date
from functools import partial
from typing import Any

import click

from sgcomms import clock, periods
from sgcomms import figures as figures_of
from sgcomms.campaigns import load
from sgcomms.cli.common import day, here, print_json, wrapped
from sgcomms.cli.saying import echo
from sgcomms.cli.tracing import print_trace
from sgcomms.config import Board
from sgcomms.db import Db
from sgcomms.db.posts import FOREVER
from sgcomms.errors import UsageError
from sgcomms.figures import Coverage, Figure, Question
from sgcomms.figures.answering import figure_json, period_json, plain_number, sources_json
from sgcomms.periods import Period
from sgcomms.reports import numbers

_EARLIEST, _LATEST = date(1900, 1, 1), date(2999, 12, 31)
_WIDTH, _AMOUNT = 44, 22
_COMPARED = 32
"""How wide the name of a figure may be beside the figure of the period before."""

_IMPORT_HINT = ": `sgcomms import FILE` takes in export files"
_COLUMNS = (
    "subject",
    "metric",
    "dimension",
    "key",
    "value",
    "unit",
    "bound",
    "basis",
    "first",
    "last",
    "added",
    "as_of",
    "sources",
    "reason",
    "notes",
    "previous",
    "comparable",
)


@click.command("stats")
@click.option("--year", metavar="2020-21", help="A year of the board.")
@click.option("--month", metavar="2021-03", help="A calendar month.")
@click.option("--quarter", metavar="2020-21-Q4", help="A quarter of the board's year.")
@click.option("--from", "first", metavar="DATE", help="The first day, with --to.")
@click.option("--to", "last", metavar="DATE", help="The last day, with --from.")
@click.option("--subject", metavar="A,B", help="Only these accounts, websites, campaigns, board.")
@click.option("--metric", metavar="M,N", help="Only these metrics.")
@click.option(
    "--basis",
    type=click.Choice(["published", "received"]),
    default="published",
    help="Posts published in the period, with their figures to date (the default); or what was "
    "received in the period, where a source gives it.",
)
@click.option("--total", metavar="M,N", help="Add over accounts, where the metric allows it.")
@click.option("--compare", is_flag=True, help="With the period before, where the two compare.")
@click.option("--as-of", metavar="DATE", help="As known on that day.")
@click.option("--coverage", is_flag=True, help="How much of each month has readings.")
@click.option("--explain", is_flag=True, help="Every reading behind each figure, and its source.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for spreadsheets.")
@click.pass_context
def stats_command(ctx: click.Context, /, **given: Any) -> int:
    """Show the figures of a period.

    Without one, of the board's year that is running.
    """
    space = here(ctx)
    board = space.board()
    db = ctx.with_resource(space.database())
    campaigns = load(space.root, board).ids
    if given["as_json"] and given["as_csv"]:
        raise UsageError("say --json or --csv, not both")
    question = Question(
        _period(board, given),
        given["basis"],
        day(given["as_of"], "--as-of") or FOREVER,
        _subjects(given["subject"]),
        _names(given["metric"]),
    )
    if given["coverage"]:
        held = list(figures_of.coverage(db, board, question, campaigns))
        _show_coverage(held, as_json=given["as_json"], as_csv=given["as_csv"])
        return 0
    totals = _names(given["total"])
    if totals:
        found = figures_of.total(db, board, question, totals, campaigns)
    else:
        found = figures_of.figures(db, board, question, campaigns)
        for warning in figures_of.left_out(db, board, question):
            echo(f"warning: {warning}", err=True)
    if given["compare"]:
        found = figures_of.compared(db, board, question, campaigns, found, totals)
    if given["as_json"]:
        print_json(answer(db, board, question.period, found, explain=given["explain"]))
    elif given["as_csv"]:
        echo(_csv(found), nl=False)
    else:
        print_table(
            board,
            question.period,
            found,
            compare=given["compare"],
            explain=partial(print_trace, db, board) if given["explain"] else None,
            narrowed=(*question.subjects, *question.metrics),
        )
        if not totals:
            _name_received(db, board, question, campaigns, found)
    return 0


def _name_received(
    db: Db, board: Board, question: Question, campaigns: Sequence[str], found: Sequence[Figure]
) -> None:
    """Name who has figures of the period by the other basis only: nothing that came in is lost."""
    if question.basis == "received":
        return
    asked = replace(question, basis="received")
    received = figures_of.figures(db, board, asked, campaigns)
    valued = {one.subject for one in found if one.value is not None}
    others = [one.subject for one in received if one.value is not None]
    for subject in dict.fromkeys(one for one in others if one not in valued):
        echo(f"\n{subject} has figures of what it received in the period: add --basis received")


def answer(
    db: Db, board: Board, period: Period, found: Sequence[Figure], *, explain: bool
) -> dict[str, object]:
    """Return figures in the form of the design, section 8; `explain` adds their readings."""
    listed = [figure_json(one) for one in found]
    whole: dict[str, object] = {"period": period_json(board, period), "figures": listed}
    if explain:
        for shown, one in zip(listed, found, strict=True):
            shown["readings"] = [
                {
                    "about": step.about,
                    "value": plain_number(step.value),
                    "read_on": step.read_on.isoformat(),
                    "source": step.source,
                    "native": step.native,
                    "url": step.url,
                }
                for step in figures_of.trace(db, board, one)
            ]
        whole["sources"] = list(sources_json(db, board, found))
    return whole


def _names(text: str | None) -> tuple[str, ...]:
    given = (name.strip() for name in text.split(",")) if text else ()
    return tuple(dict.fromkeys(name for name in given if name))


def _subjects(text: str | None) -> tuple[str, ...]:
    """Return the subjects asked for, once each, the ids of a joint one sorted."""
    parts = ({part.strip() for part in name.split("+")} for name in _names(text))
    return tuple(dict.fromkeys("+".join(sorted(ids)) for ids in parts))


def _period(board: Board, given: dict[str, Any]) -> Period:
    """Return the period asked for. Raises UsageError, also for days that no figure can have."""
    period = _named_period(board, given)
    if period.start < _EARLIEST or period.end > _LATEST:
        raise UsageError(
            f"{period.name} is out of reach: a period lies between {_EARLIEST} and {_LATEST}"
        )
    return period


def _named_period(board: Board, given: dict[str, Any]) -> Period:
    chosen = [name for name in ("year", "month", "quarter") if given[name]]
    first, last = day(given["first"], "--from"), day(given["last"], "--to")
    if len(chosen) + (first is not None or last is not None) > 1:
        raise UsageError("say one period: --year, --month, --quarter, or --from with --to")
    if (first is None) != (last is None):
        raise UsageError("--from and --to belong together")
    try:
        if given["year"]:
            return periods.year(given["year"], board.year_starts)
        if given["month"]:
            return periods.month(given["month"])
        if given["quarter"]:
            return periods.quarter(given["quarter"], board.year_starts)
        if first is not None and last is not None:
            return periods.days(first, last)
    except ValueError as error:
        raise UsageError(str(error)) from None
    today = clock.now().astimezone(board.zone).date()
    return periods.year_of(today, board.year_starts)


def _csv(found: Sequence[Figure]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in found:
        shown = figure_json(one)
        first, last = one.period or (None, None)
        shown |= {
            "first": first,
            "last": last,
            "sources": " ".join(map(str, one.sources)),
            "notes": "; ".join(one.notes),
        }
        writer.writerow([_safe(shown[name]) for name in _COLUMNS])
    return text.getvalue()


def _safe(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: a page's path may look like one.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    return cell


def print_table(
    board: Board,
    period: Period,
    found: Sequence[Figure],
    *,
    compare: bool = False,
    explain: Callable[[Figure], None] | None = None,
    narrowed: Sequence[str] = (),
) -> None:
    """Print figures by subject, with what does not fit in a line as numbered notes below.

    `explain` is called after each figure, to print what it is made of; `narrowed` are the subjects
    and metrics that were asked for, empty for all.
    """
    today = clock.now().astimezone(board.zone).date()
    running = "" if period.end < today else ", not over yet"
    echo(f"{period.name}: {numbers.days(period.start, period.end)} ({board.zone}){running}")
    if not found:
        why = f" of {', '.join(narrowed)} in this period" if narrowed else _IMPORT_HINT
        echo(f"no figures{why}")
        return
    width = _COMPARED if compare else _WIDTH
    names = _shortened(dict.fromkeys(_name(board, one) for one in found), width)
    notes: dict[str, int] = {}
    subject = ""
    for one in found:
        if one.subject != subject:
            subject = one.subject
            echo(f"\n{subject}")
        marks = [notes.setdefault(word, len(notes) + 1) for word in _words(one)]
        shown = " ".join(f"[{mark}]" for mark in marks)
        name = names[_name(board, one)]
        line = f"  {name:<{width}} {_amount(one):>{_AMOUNT}}{_before(one) if compare else ''}"
        echo(f"{line}  {shown}".rstrip())
        if explain is not None:
            explain(one)
    if notes:
        echo()
    for word, mark in notes.items():
        echo(wrapped(f"[{mark}] {word}", "    "))


def _name(board: Board, one: Figure) -> str:
    label = board.metrics[one.metric].label
    return f"{label} by {one.dimension}, {one.key}" if one.key else label


def _shortened(names: Iterable[str], width: int) -> dict[str, str]:
    """Return names that fit the table, by the whole ones: "…" stands for what is left out.

    Names that would look the same are not shortened.
    """
    head = width // 2
    short = {
        name: name if len(name) <= width else f"{name[:head]}…{name[head + 1 - width :]}"
        for name in names
    }
    uses = Counter(short.values())
    return {name: one if uses[one] == 1 else name for name, one in short.items()}


def _amount(one: Figure) -> str:
    if one.value is None:
        return "not available"
    amount = numbers.value(one.value, one.unit)
    return f"{one.bound} {amount}" if one.bound else amount


def _before(one: Figure) -> str:
    """Return the figure of the period before and the change in per cent, where the two compare."""
    if one.previous is None or one.value is None:
        return ""
    change = _change(one)
    by = f"{change:+.1%}" if change is not None else ""
    return f" {numbers.value(one.previous, one.unit):>12} {by:>8}".rstrip()


def _change(one: Figure) -> float | None:
    """Return by how much a figure has changed, as a share of the one before."""
    if one.previous is None or one.value is None or not one.previous:
        return None
    return one.value / one.previous - 1


def _words(one: Figure) -> list[str]:
    """Return what a reader must know beside the number."""
    words = [one.reason] if one.reason else []
    if one.period is not None:
        words.append(numbers.days(*one.period))
    return [*words, *one.notes]


def _show_coverage(found: Sequence[Coverage], *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if as_csv:
        echo(_coverage_csv(found), nl=False)
        return
    for one in found:
        amount = f"{one.have:>5,} of {one.due:>5,} {one.unit}"
        if one.unit == "posts" and not one.due:
            amount = "no posts known"
        if one.longer:
            amount += f"; {one.longer:,} only in a figure for longer than a month"
        echo(f"{one.subject:<14} {one.month}  {amount}")


def _coverage_csv(found: Sequence[Coverage]) -> str:
    text = io.StringIO()
    names = [field.name for field in fields(Coverage)]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(one) for one in found)
    return text.getvalue()
