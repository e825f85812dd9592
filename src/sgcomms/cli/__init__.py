"""The command line: one file per noun, imported when its command is called. No logic."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import Any

import click

from sgcomms.cli.saying import echo
from sgcomms.errors import ProblemsError, SgcommsError

DEBUG = "SGCOMMS_DEBUG"
"""With this set in the environment, an error nobody foresaw is shown whole."""

COMMANDS = {
    "init": "workspace",
    "demo": "workspace",
    "check": "campaigns",
    "schema": "campaigns",
    "plan": "queue",
    "queue": "queue",
    "status": "status",
    "publish": "publish",
    "approve": "approval",
    "reject": "approval",
    "unapprove": "approval",
    "pause": "stop",
    "resume": "stop",
    "release": "decide",
    "withdraw": "decide",
    "settle": "decide",
    "accept-clock": "decide",
    "takedown": "takedown",
    "log": "log",
    "audit": "log",
    "accounts": "accounts",
    "doctor": "accounts",
    "media": "media",
    "backup": "keeping",
    "restore": "keeping",
    "take-over": "keeping",
    "run": "service",
    "collect": "collect",
    "import": "figures",
    "unimport": "unimport",
    "record": "figures",
    "assign": "assign",
    "stats": "stats",
    "report": "report",
}
"""Command -> the module of this package that holds it."""


class _Lazy(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"sgcomms.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from sgcomms.yamlfile import suggestion

            raise click.UsageError(
                f"there is no command {args[0]!r}{suggestion(args[0], COMMANDS)}", ctx
            ) from error


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "folder", default=".", metavar="DIR", help="Work in this folder.")
@click.version_option(package_name="sgcomms", prog_name="sgcomms")
@click.pass_context
def cli(ctx: click.Context, folder: str) -> None:
    """Campaigns in YAML, posts out once and only once, honest figures back."""
    ctx.obj = folder


def run(arguments: list[str] | None = None) -> None:
    """Run a command and end the process with its exit code; errors are one or two lines."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a Windows console may know fewer characters than we print
            reconfigure(errors="replace")
    try:
        code = cli.main(arguments, prog_name="sgcomms", standalone_mode=False)
    except click.ClickException as error:
        words = io.StringIO()
        error.show(file=words)
        echo(words.getvalue(), err=True, nl=False)
        code = error.exit_code
    except click.Abort:
        echo("stopped", err=True)
        code = 1
    except ProblemsError as error:
        echo(f"{error}\nsgcomms: nothing was changed; mend what is named above", err=True)
        code = error.exit_code
    except SgcommsError as error:
        echo(f"sgcomms: {error}", err=True)
        code = error.exit_code
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        echo(f"sgcomms: {error.strerror or error}{where}", err=True)
        code = 1
    except Exception as error:
        if DEBUG in os.environ:
            raise
        echo(
            "sgcomms: something happened that this program did not foresee "
            f"({type(error).__name__}: {error}). Set {DEBUG}=1, run the command again and send "
            "what it prints to whoever looks after sgcomms",
            err=True,
        )
        code = 1
    sys.exit(code or 0)
