"""The one place that publishes for real: a copy of the database elsewhere must not."""

from __future__ import annotations

from dataclasses import dataclass

from sgcomms import clock
from sgcomms.db import Db, audit, writing
from sgcomms.errors import SgcommsError


@dataclass(frozen=True, slots=True)
class Home:
    """A host and the folder of the workspace on it."""

    host: str
    path: str

    def __str__(self) -> str:
        """Return the place as a person would say it."""
        return f"{self.path} on {self.host}"


class ElsewhereError(SgcommsError):
    """This database belongs to a workspace in another place.

    `renamed` tells that only the machine is called something else: it may be the same one.
    """

    exit_code = 3

    def __init__(self, message: str, *, renamed: bool = False) -> None:
        super().__init__(message)
        self.renamed = renamed


def home(db: Db) -> Home | None:
    """Return the place that publishes, or None while nothing was ever to go out for real."""
    found = db.conn.execute("SELECT host, path FROM home").fetchone()
    return Home(*found) if found else None


def stay(db: Db, here: Home, actor: str) -> None:
    """Make sure that this place is the one that publishes; the first one is kept.

    Raises ElsewhereError in any other.
    """
    known = home(db)
    if known is None:
        with writing(db):
            known = home(db)
            if known is None:
                _settle(db, here, actor)
                return
    if known != here and known.path == here.path:
        raise ElsewhereError(
            f"the workspace that publishes is {known}, and this machine is called {here.host}: "
            "nothing goes out. If it has a new name, or the other is gone for good: `sgcomms "
            "take-over --by YOU`; never let two run",
            renamed=True,
        )
    if known != here:
        raise ElsewhereError(
            f"this is a copy: the workspace that publishes is {known}. If that one is gone for "
            "good, `sgcomms take-over --by YOU` lets this one publish; never let both run"
        )


def move(db: Db, here: Home, actor: str) -> None:
    """Let this place publish from now on, inside the open transaction."""
    _settle(db, here, actor)


def _settle(db: Db, here: Home, actor: str) -> None:
    db.conn.execute(
        "INSERT INTO home (id, host, path, since, by_whom) VALUES (1, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET host = excluded.host, path = excluded.path,"
        " since = excluded.since, by_whom = excluded.by_whom",
        (here.host, here.path, clock.stored(clock.now()), actor),
    )
    audit.append(db, actor, "home", "board", host=here.host, path=here.path)
