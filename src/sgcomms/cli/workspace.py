"""`init` and `demo`."""

from __future__ import annotations

from pathlib import Path

import click

from sgcomms import workspace
from sgcomms.cli.common import plural
from sgcomms.cli.saying import echo


@click.command("init")
@click.argument("folder", default=".", metavar="[DIR]")
@click.pass_context
def init_command(ctx: click.Context, folder: str) -> None:
    """Lay out a new workspace in DIR (here, if none is named). Nothing is overwritten."""
    made = kept = 0
    target = Path(ctx.obj) / folder
    for name, is_new in workspace.init(target):
        made += is_new
        kept += not is_new
        echo(f"  {'made' if is_new else 'kept'}  {name}")
    echo(f"{plural(made, 'file')} made, {kept:,} kept as they were.")
    go = "" if target.resolve() == Path.cwd() else f"cd {target}, then "
    echo(f"Next: {go}sgcomms check, then sgcomms queue.")


@click.command("demo")
@click.argument("folder", default="sgcomms-demo", metavar="[DIR]")
@click.pass_context
def demo_command(ctx: click.Context, folder: str) -> None:
    """Rehearse everything: campaigns out, figures back.

    In DIR (./sgcomms-demo), with the shipped campaigns and the figures of 2020-21.
    """
    from sgcomms import rehearsal
    from sgcomms.cli.stats import print_table
    from sgcomms.figures import Question, figures
    from sgcomms.periods import year
    from sgcomms.reports.printing import FORMS

    space = rehearsal.prepare(Path(ctx.obj) / folder)
    board, db = space.board(), ctx.with_resource(space.database())
    echo(f"1. A workspace: {space.root}")
    count = rehearsal.fill_queue(space, board, db)
    echo(f"2. Three campaigns, checked and queued: {plural(count, 'delivery', 'deliveries')}")
    with click.progressbar(length=count, label="3. Published, each at its own time") as bar:
        for progress in rehearsal.publish_all(space, board, db):
            bar.update(progress.done - bar.pos)
    echo(f"   {progress.done} of {progress.total} are in the outbox, written whole, once each")
    echo(f"4. Export files and recorded figures of {rehearsal.YEAR}. The totals are the board's;")
    echo("   single posts and pages, visits and new users are invented. Meta's layout is")
    echo("   known from 2023 on only, so its impressions are blank")
    for done in rehearsal.take_in_examples(board, db):
        what = plural(done.posts, "post") if done.posts else plural(done.readings, "reading")
        echo(f"   {done.file}: {what}")
    echo("5. The figures")
    period = year(rehearsal.YEAR, board.year_starts)
    print_table(board, period, figures(db, board, Question(period), []))
    echo()
    echo('6. The annual report\'s section "Website and social media"')
    written = rehearsal.write_section(space, board, db)
    for path in written:
        echo(f"   {path}")
    if len(written) < len(FORMS):
        echo('   With charts, and as Word and PDF: pip install "sgcomms[report,pdf]"')
    echo("7. The summary of March 2021 for the board, and the evaluation of a campaign")
    for path in rehearsal.write_papers(space, board, db):
        echo(f"   {path}")
    echo("Where everything is:")
    for words, path in (
        ("what would be sent, and how it looks", space.outbox),
        ("campaigns, to change and try", space.root / "campaigns"),
        ("the section, the summary, the evaluation", space.root / "reports"),
        ("the database", space.root / "sgcomms.db"),
    ):
        echo(f"   {path!s:<32} {words}")
    echo(f"Try: sgcomms -C {space.root} stats --year 2020-21 --metric impressions --explain")
