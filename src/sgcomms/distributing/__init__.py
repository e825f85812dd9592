"""Documents sent to the board's people: prepared, said yes to, sent to each once, and settled."""

from sgcomms.db.issues import approve, issues
from sgcomms.db.sendings import may_go
from sgcomms.db.sendings import of as rows
from sgcomms.distributing.carrying import Carrier
from sgcomms.distributing.content import SHORT, Change, asked
from sgcomms.distributing.monthly import maker, name, work
from sgcomms.distributing.preparing import Doubt, Prepared, perhaps_out, prepare
from sgcomms.distributing.sending import StoppedError, carrier, look, look_for, may_send, send
from sgcomms.distributing.settling import settle

__all__ = [
    "SHORT",
    "Carrier",
    "Change",
    "Doubt",
    "Prepared",
    "StoppedError",
    "approve",
    "asked",
    "carrier",
    "issues",
    "look",
    "look_for",
    "maker",
    "may_go",
    "may_send",
    "name",
    "perhaps_out",
    "prepare",
    "rows",
    "send",
    "settle",
    "work",
]
