"""Which files are campaigns, how problems name them, and which lie where nobody reads them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sgcomms.errors import Problem
from sgcomms.yamlfile import Spot, one_line, problem, why_not

FOLDER = "campaigns"
ENDINGS = (".yaml", ".yml")

_HIDDEN_ENDING = re.compile(r"\.ya?ml\.\w+$", re.IGNORECASE)


def find(root: Path, extra: Sequence[Path]) -> tuple[list[Path], list[Problem]]:
    """Return the campaign files of the workspace `root`, those in `extra` last, each once.

    Files that are not read, though their names say that they should be, are problems: warnings,
    since a person may have put them aside. So is a folder that cannot be looked into.
    """
    folder = root / FOLDER
    named = {_real(path): path for path in extra}
    problems: list[Problem] = []
    try:
        inside = sorted(path for path in folder.iterdir() if _is_campaign(path))
    except FileNotFoundError:
        inside = []
    except OSError as error:
        inside = []
        problems.append(problem(FOLDER, Spot(1, 1), "unreadable-file", why_not(error)))
    problems += _not_read(root, named.values())
    return [*(path for path in inside if _real(path) not in named), *named.values()], problems


def shown(path: Path, root: Path) -> str:
    """Return `path` as messages name it: from the workspace, if it lies inside; in one line."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100  links stay as they are written
    base = Path(os.path.abspath(root))  # noqa: PTH100
    if not whole.is_relative_to(base):
        whole, base = Path(_real(path)), Path(_real(root))
    inside = whole.is_relative_to(base)
    return one_line(whole.relative_to(base).as_posix() if inside else str(path))


def _real(path: Path) -> str:
    return os.path.realpath(path)


def _is_campaign(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".")


def _hides_its_ending(path: Path) -> bool:
    """Tell whether a name is one such as `spring.yaml.txt`: some systems show it without .txt."""
    return _HIDDEN_ENDING.search(path.name) is not None and not path.name.startswith(".")


def _not_read(root: Path, named: Iterable[Path]) -> Iterator[Problem]:
    """Yield the files that look like campaigns and lie where `queue` does not look."""
    folder = root / FOLDER
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(place, name) for name in sorted(names)):
            if Path(place) != folder and _is_campaign(path):
                yield _ignored(path, root, f"folders inside {FOLDER}/ are not read; move it up")
            elif Path(place) == folder and _hides_its_ending(path):
                right = path.name.removesuffix(path.suffix)
                message = f"its name ends in {path.suffix}, so it is not read; call it {right}"
                yield _ignored(path, root, message)
    for path in named:
        if not Path(_real(path)).is_relative_to(_real(folder)):
            message = f"it is checked only: what lies outside {FOLDER}/ is never queued"
            yield _ignored(path, root, message)
        elif path.suffix.lower() not in ENDINGS and not _hides_its_ending(path):
            yield _ignored(path, root, "it is checked only: its name does not end in .yaml")


def _ignored(path: Path, root: Path, message: str) -> Problem:
    return problem(shown(path, root), Spot(1, 1), "not-read", message, "warning")
