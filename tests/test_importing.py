"""What several threads need at once: each gets it, and it is there before anything is armed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import sgcomms
from sgcomms.models import Account
from sgcomms.platforms import PLATFORMS, publishes

SOURCE = Path(sgcomms.__file__).parent
SIDE_BY_SIDE = sorted(
    path
    for part in ("collecting", "distributing", "http", "platforms", "publishing", "websites")
    for path in (SOURCE / part).rglob("*.py")
)
"""What threads run that the service or a tick has side by side."""

TWO_ACCOUNTS = """\
import sys, threading, time
from importlib.machinery import PathFinder, SourceFileLoader
from sgcomms import importing, platforms
from sgcomms.models import Account

PACKAGE = "sgcomms.platforms.graph"

def lay_out(platform):
    platforms.layout(Account("ours", platform, "live", "board"))

def waits(thread):
    frame = sys._current_frames().get(thread.ident)
    if frame is None:
        return False
    lock = frame.f_locals.get("self") if frame.f_code.co_name == "acquire" else None
    return frame.f_code.co_filename == importing.__file__ or getattr(lock, "name", "") == PACKAGE

class Slow(SourceFileLoader):
    def create_module(self, spec):
        other.start()
        while other.is_alive() and not waits(other):
            time.sleep(0.001)

class Finder:
    def find_spec(name, path=None, target=None):
        found = PathFinder.find_spec(name, path, target) if name == PACKAGE else None
        if found is not None:
            found.loader = Slow(name, found.origin)
        return found

errors = []
threading.excepthook = lambda said: errors.append(said.exc_value)
other = threading.Thread(target=lay_out, args=("facebook",))
sys.meta_path.insert(0, Finder)
lay_out("instagram")
other.join()
sys.exit(str(errors) if errors else 0)
"""
"""Two threads that import what Facebook and Instagram share; the disk is slow to give it."""

FIRST_REQUEST = """\
import sys
from sgcomms import platforms
from sgcomms.errors import UnavailableError
from sgcomms.models import Account, Draft

for name in sys.argv[1:]:
    account = Account(
        "ours", name, "live", "board", page_id="1", ig_user_id="2", api_base="http://127.0.0.1:9"
    )
    keys = ("access_token", "api_key", "api_secret", "access_token_secret")
    publisher = platforms.connect(account, dict.fromkeys(keys, "key"), None)
    before = set(sys.modules)
    try:
        publisher.publish(
            Draft(name, "ours", "Words.", None, (), {"container": "1"}), key="test/one@ours"
        )
    except UnavailableError:
        print(name, *{one.partition(".")[0] for one in set(sys.modules) - before})
"""
"""Says of each platform what its first request imports; nobody listens at the address."""


def python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, in which nothing is imported yet."""
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_two_accounts_that_begin_at_once_both_get_what_they_share() -> None:
    done = python(TWO_ACCOUNTS)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_first_request_imports_nothing_that_sends() -> None:
    sending = [name for name in PLATFORMS if publishes(Account("ours", name, "live", "board"))]
    told = dict(
        line.partition(" ")[::2] for line in python(FIRST_REQUEST, *sending).stdout.splitlines()
    )
    assert set(told) == set(sending)
    heavy = {"oauthlib", "requests", "requests_oauthlib", "sgcomms", "ssl", "tweepy", "urllib3"}
    assert {name for words in told.values() for name in words.split()} & heavy == set()


def test_what_is_imported_late_is_imported_in_turn() -> None:
    found = {
        f"{path.relative_to(SOURCE).as_posix()}:{line}": in_turn
        for path in SIDE_BY_SIDE
        for line, in_turn in late_imports(ast.parse(path.read_text("utf-8")))
    }
    assert [where for where, in_turn in found.items() if not in_turn] == []
    assert len(found) >= 8


def late_imports(
    node: ast.AST, *, inside: bool = False, in_turn: bool = True
) -> Iterator[tuple[int, bool]]:
    """Yield the lines of imports inside functions, and whether they wait for their turn."""
    for child in ast.iter_child_nodes(node):
        here, turn = inside, in_turn
        if isinstance(child, ast.FunctionDef):
            here, turn = True, False
        elif isinstance(child, ast.With):
            turn = in_turn or "one_at_a_time()" in map(ast.unparse, child.items)
        if here and (
            isinstance(child, (ast.Import, ast.ImportFrom))
            or (isinstance(child, ast.Call) and ast.unparse(child.func) == "import_module")
        ):
            yield child.lineno, turn
        yield from late_imports(child, inside=here, in_turn=turn)
