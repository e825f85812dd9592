"""`backup`, `restore` and `take-over`: a safe copy, and the way back."""

from __future__ import annotations

from pathlib import Path

import click

from sgcomms import clock, keeping, workspace
from sgcomms.cli.approval import person
from sgcomms.cli.common import as_json, here, may_write, plural, print_json, user
from sgcomms.cli.saying import echo
from sgcomms.db.backup import Distrusted
from sgcomms.errors import ProblemsError, UsageError, WorkspaceError
from sgcomms.keeping import KEEP_DAYS, KEEP_WEEKS
from sgcomms.workspace import Workspace


@click.command("backup")
@click.argument("folder", required=False, metavar="[DIR]")
@click.option(
    "--keep",
    type=click.IntRange(1, 3650),
    default=KEEP_DAYS,
    show_default=True,
    metavar="N",
    help=f"Keep the last backup of each of N days; {KEEP_WEEKS} weeks keep theirs as well.",
)
@as_json
@click.pass_context
def backup_command(ctx: click.Context, folder: str | None, keep: int, as_json: bool) -> int:
    """Write a backup into DIR (backups/): database, YAML, pictures; never a secret.

    It counts once it is whole and verified; only then are old ones removed. Exit code 3: something
    was left out that a person should look at.
    """
    space = here(ctx)
    _may_write(space)
    made = keeping.back_up(space, Path(folder) if folder else None, keep=keep)
    path = made.backup.path
    if as_json:
        print_json(
            {
                "backup": str(path),
                "taken_at": clock.stored(made.backup.taken_at),
                "files": len(made.backup.files),
                "left_out": made.left_out,
                "removed": made.removed,
            }
        )
    else:
        echo(f"{path}: {plural(len(made.backup.files), 'file')}, verified; no secrets in it.")
        for name in made.removed:
            echo(f"removed    {name}")
    for words in made.left_out:
        echo(f"left out   {words}", err=True)
    return 3 if made.left_out else 0


@click.command("restore")
@click.argument("backup", metavar="BACKUP")
@click.option("--into", metavar="DIR", help="The folder to restore into: empty, or a workspace.")
@click.option("--force", is_flag=True, help="Also over a good database, which is kept aside.")
@click.pass_context
def restore_command(ctx: click.Context, backup: str, into: str | None, force: bool) -> int:
    """Bring a backup back, paused: nothing goes out before somebody resumes.

    Into this workspace, or this folder when it is empty. What came due since the backup was taken
    may have gone out from the lost machine: it is uncertain, and looked for. Exit code 3: some is.
    """
    root = _root(ctx, into)
    if (root / "config" / "board.yaml").exists():
        _may_write(Workspace(root))
    done = keeping.restore(Path(backup), root, user(), force=force)
    written = plural(len(done.written), "file")
    echo(f"Restored into {root}: the database and {written}.")
    if done.kept_aside:
        echo(f"The database that was there is kept as {done.kept_aside}.")
    for name in done.left_alone:
        echo(f"left as it is, the backup has another: {name}")
    _report(done.begun)
    echo("If the machine that published before still runs, it must never publish again.")
    echo(
        "Secrets are in no backup: put them into secrets.yaml (mode 0600) or the environment, then "
        "`sgcomms accounts verify`."
    )
    _next_steps()
    return 3 if done.begun.uncertain else 0


@click.command("take-over")
@click.option("--by", required=True, metavar="WHO", help="Who decides, as in board.yaml.")
@click.pass_context
def take_over_command(ctx: click.Context, by: str) -> int:
    """Let this copy publish from now on, paused: the machine that did is gone for good.

    Exit code 3: something may have gone out from there, and is looked for.
    """
    space = here(ctx)
    board = space.board(words=False)
    may_write(board)
    person(board, by)
    begun = keeping.take_over(space, by)
    echo(f"{space.home} publishes from now on. The other machine must never publish again.")
    _report(begun)
    _next_steps()
    return 3 if begun.uncertain else 0


def _may_write(space: Workspace) -> None:
    """Refuse to write in a rehearsal; a mistake in the config must not keep us from a backup."""
    if clock.rehearsed() is None:
        return
    try:
        board = space.board(words=False)
    except ProblemsError as error:
        raise UsageError(f"{clock.VARIABLE} is set, and the config cannot be read") from error
    may_write(board)


def _root(ctx: click.Context, into: str | None) -> Path:
    if into is not None:
        return Path(into)
    try:
        return workspace.find(Path(ctx.obj)).root
    except WorkspaceError:
        return Path(ctx.obj)


def _report(begun: Distrusted) -> None:
    echo(
        f"Paused. Nothing is known here after {begun.since:%Y-%m-%d %H:%M} UTC; what came due "
        f"since then may have gone out, and is uncertain: {len(begun.uncertain) or 'nothing'}."
    )
    for name in begun.uncertain:
        echo(f"  {name}")


def _next_steps() -> None:
    echo("Next:")
    echo("  sgcomms publish                looks for what is uncertain; sends nothing")
    echo("  sgcomms status                 what is still uncertain, and where to look")
    echo("  sgcomms settle DELIVERY …      --posted URL, or --not-posted, when you have looked")
    echo("  sgcomms resume --all --by WHO  when everything is settled")
