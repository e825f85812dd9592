"""Whether the trail can be trusted: its seals, and the images that it names."""

from __future__ import annotations

from dataclasses import dataclass

from sgcomms.db import Db, audit, history
from sgcomms.media import Store
from sgcomms.models import DraftMedia
from sgcomms.trail.finding import image_hash


@dataclass(frozen=True, slots=True)
class Verdict:
    """What walking the trail found: its rows, the last seal, and what is wrong.

    `images` counts those that the store holds whole; `lost` names the deliveries and SHA-256 of
    those it does not.
    """

    rows: int
    seal: str | None
    broken_at: int | None
    images: int
    lost: tuple[tuple[str, str], ...]


def verify(db: Db, store: Store) -> Verdict:
    """Walk the whole trail, and look whether the store holds every image that was sent."""
    last = history.last_seal(db)
    broken_at = audit.broken_at(db)
    whole: dict[str, bool] = {}
    lost: list[tuple[str, str]] = []
    for row in history.may_have_gone_out(db):
        for item in row.draft.media:
            if item.sha256 not in whole:
                whole[item.sha256] = _is_whole(store, item)
            if not whole[item.sha256]:
                lost.append((row.id, item.sha256))
    number, seal = last or (0, None)
    return Verdict(number, seal, broken_at, sum(whole.values()), tuple(lost))


def _is_whole(store: Store, item: DraftMedia) -> bool:
    try:
        return image_hash(store.path(item.sha256, item.kind)) == item.sha256
    except (OSError, KeyError):
        return False
