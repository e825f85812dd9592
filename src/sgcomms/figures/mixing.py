"""Whether a metric means the same on every platform that a sum would be made over. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from sgcomms.config import Board
from sgcomms.metrics import counted


def why_apart(board: Board, metric: str, accounts: Iterable[str]) -> str | None:
    """Return why values of `metric` of these accounts are not added, None where they may be."""
    meant: dict[str, list[str]] = {}
    for account in accounts:
        meant.setdefault(counted(metric, board.accounts[account].platform), []).append(account)
    if len(meant) < 2:
        return None
    said = "; ".join(f"{', '.join(names)}: {what}" for what, names in meant.items())
    return f"its accounts count different things, so it is not added ({said})"
