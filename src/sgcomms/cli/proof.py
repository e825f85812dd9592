"""`report proof`."""

from __future__ import annotations

from pathlib import Path

import click

from sgcomms import clock, periods
from sgcomms.campaigns import load
from sgcomms.cli.common import as_json, here, plural, print_json, wrapped
from sgcomms.cli.saying import echo
from sgcomms.config import Board
from sgcomms.errors import UsageError
from sgcomms.periods import Period
from sgcomms.reports.proof import VERDICTS, Finding, Proof, proof, read, year_of

_WIDTH = 13


@click.command("proof")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", metavar="2020-21", help="The year it is about, if not the one it names.")
@click.option("--strict", is_flag=True, help="Fail for numbers that are unknown, too.")
@as_json
@click.pass_context
def proof_command(
    ctx: click.Context, file: Path, year: str | None, strict: bool, as_json: bool
) -> int:
    """Hold every number in a document against the figures.

    FILE ends in .docx, .html, .md or .txt. Nothing is changed. Dates, telephone numbers, laws and
    the like are left out. The exit code is 1 when something is wrong.
    """
    space = here(ctx)
    board = space.board()
    passages = read(file)
    db = ctx.with_resource(space.database())
    loaded = load(space.root, board)
    today = clock.now().astimezone(board.zone).date()
    if year is None:
        period = year_of(db, board, passages, loaded.ids, today)
    else:
        period = _period(year, board)
    if period.start > today:
        raise UsageError(f"--year {period.name}: that year has not begun yet")
    done = proof(db, board, period, loaded.campaigns, passages)
    unknown = done.counts.get("unknown", 0)
    if as_json:
        print_json(_json(done, file))
    else:
        _print(done, file)
    return 1 if done.wrong or (strict and unknown) else 0


def _period(year: str, board: Board) -> Period:
    try:
        return periods.year(year, board.year_starts)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--year: {error}") from None


def _print(done: Proof, file: Path) -> None:
    place = ""
    for one in done.findings:
        if one.place != place:
            place = one.place
            echo(f"{place}:")
        _print_finding(one)
    if done.findings:
        echo()
    for line in _summary(done, file):
        echo(line)


def _print_finding(one: Finding) -> None:
    bold = one.verdict if one.is_wrong else ""
    hanging = " " * (_WIDTH + 4)
    echo(wrapped(f"  {one.verdict:<{_WIDTH}}  “{one.around}”", hanging), bold=bold)
    text = "" if one.verdict == "shares" else f"{one.text}: "
    echo(wrapped(f"{hanging}{text}{one.says}", hanging))
    if one.is_wrong and one.todo:
        echo(wrapped(f"{hanging}-> {one.todo}", hanging))


def _summary(done: Proof, file: Path) -> list[str]:
    counts = ", ".join(f"{count:,} {verdict}" for verdict, count in done.counts.items())
    judged = plural(len([one for one in done.findings if one.verdict != "shares"]), "number")
    lines = [f"{file.name}, {done.year}: {judged}{': ' if counts else ''}{counts}"]
    if done.left_out:
        kinds = ", ".join(f"{rule} {count:,}" for rule, count in done.left_out.most_common())
        left = sum(done.left_out.values())
        lines.append(wrapped(f"left out, {left:,} that are no figures: {kinds}", "  "))
    if done.wrong:
        things = plural(len(done.wrong), "thing is", "things are")
        lines.append(f"{things} wrong: see {'it' if len(done.wrong) == 1 else 'them'} above")
    else:
        lines.append("nothing is wrong")
    return lines


def _json(done: Proof, file: Path) -> dict[str, object]:
    return {
        "file": file.name,
        "year": done.year,
        "counts": {verdict: done.counts.get(verdict, 0) for verdict in VERDICTS},
        "left_out": dict(done.left_out),
        "findings": [_finding_json(one) for one in done.findings],
    }


def _finding_json(one: Finding) -> dict[str, object]:
    found = one.fact.figure if one.fact is not None else None
    figure = None
    if found is not None:
        period = found.period
        figure = {
            "subject": found.subject,
            "metric": found.metric,
            "dimension": found.dimension,
            "key": found.key,
            "value": found.value,
            "bound": found.bound,
            "period": (
                None
                if period is None
                else {"start": period[0].isoformat(), "end": period[1].isoformat()}
            ),
            "as_of": found.as_of.isoformat() if found.as_of is not None else None,
            "sources": list(found.sources),
        }
    return {
        "place": one.place,
        "text": one.text,
        "around": one.around,
        "verdict": one.verdict,
        "wrong": one.is_wrong,
        "says": one.says,
        "todo": one.todo or None,
        "figure": figure,
        "sources": list(one.sources),
    }
