"""A campaign with mistakes, without them: good for finding more, never for planning."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from sgcomms.campaigns.pictures import STAND_IN
from sgcomms.campaigns.shapes import CampaignShape, Context, PostShape
from sgcomms.campaigns.times import ON_APPROVAL
from sgcomms.yamlfile import Document, Route

_ALL_OR_NOTHING = ("objective", "repeat", "evaluation")
"""Keys whose mappings make no sense with a part left out."""

ANY = "?"

NO_ID = "unnamed"
"""Stands for the id of a campaign that has none: nothing may be kept under it."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could be made of a file. `numbers` are the places of its posts in the file's list.

    `gaps` are the keys, by post (None for the campaign), whose values were left out or filled in:
    nothing is to be concluded from them. A key that nobody knows may stand for any (`ANY`).
    """

    shape: CampaignShape
    numbers: Sequence[int]
    gaps: Mapping[int | None, Collection[str]] = field(default_factory=dict)

    def has_gap(self, number: int | None, *keys: str) -> bool:
        """Tell whether one of `keys` was wrong, in the post `number` or on the campaign."""
        for place in {None, number}:
            gaps = self.gaps.get(place, ())
            if ANY in gaps or any(key in gaps for key in keys):
                return True
        return False


def salvage(document: Document, wrong: Iterable[Route], context: Context) -> Salvaged | None:
    """Return the campaign without what is `wrong` in it, or None when no post is left."""
    if not isinstance(document.data, dict) or not isinstance(document.data.get("posts"), list):
        return None
    data: dict[str, Any] = copy.deepcopy(document.data)
    every = set(wrong) - {(), ("posts",)}
    for route in sorted(every, key=_order):
        if not any(route[:n] in every for n in range(1, len(route))):
            _leave_out(data, route)
    posts = data["posts"]
    numbers = [number for number, post in enumerate(posts) if isinstance(post, dict)]
    stand_ins = {"campaign": NO_ID, "title": "untitled", "audience": "unknown"}
    person = next(iter(context.board.people), None) if context.board else None
    data = {**stand_ins, "author": person or "someone@board.example", **_pruned(data)}
    data["posts"] = [
        {"id": f"post-{number + 1}", "at": ON_APPROVAL, **_pruned(posts[number])}
        for number in numbers
    ]
    try:
        shape = CampaignShape.model_validate(data, context=context)
    except ValidationError:
        return None
    return Salvaged(shape, numbers, _gaps(every))


def _order(route: Route) -> list[tuple[bool, int | str]]:
    """Return what routes are put in order by: what is left out must not hang on a hash."""
    return [(isinstance(part, str), part) for part in route]


def _gaps(routes: Iterable[Route]) -> dict[int | None, set[str]]:
    gaps: dict[int | None, set[str]] = {}
    for route in routes:
        if len(route) > 2 and route[0] == "posts" and isinstance(route[1], int):
            key = str(route[2])
            gaps.setdefault(route[1], set()).add(key if key in PostShape.model_fields else ANY)
        elif route and route[0] != "posts":
            key = str(route[0])
            gaps.setdefault(None, set()).add(key if key in CampaignShape.model_fields else ANY)
    return gaps


def _leave_out(data: dict[str, Any], route: Route) -> None:
    """Take the value at `route` out of `data`, with as little as possible round it."""
    for depth, part in enumerate(route):
        if part in _ALL_OR_NOTHING:
            route = route[: depth + 1]
        elif depth == 2 and part == "media" and route[0] == "posts":
            _leave_out_picture(data, route)
            return
    parent: Any = data
    for part in route[:-1]:
        known = isinstance(parent, dict) and part in parent
        if not known and not (isinstance(parent, list) and isinstance(part, int)):
            return
        parent = parent[part]
    if isinstance(parent, dict):
        parent.pop(route[-1], None)
    elif isinstance(parent, list) and isinstance(route[-1], int):
        parent[route[-1]] = None  # the numbers of the others stay as they are


def _leave_out_picture(data: dict[str, Any], route: Route) -> None:
    """Put another picture in the place of a wrong one: how many there are still counts."""
    post = data["posts"][route[1]]
    if not isinstance(post, dict):
        return
    alt = "what it shows"
    if len(route) == 3 or not isinstance(post.get("media"), list):
        post["media"] = [{"file": STAND_IN, "alt": alt}]
        return
    item = post["media"][route[3]]
    known = item.get("alt") if isinstance(item, dict) and route[4:] != ("alt",) else None
    words = known if isinstance(known, str) and known.strip() else alt
    post["media"][route[3]] = {"file": STAND_IN, "alt": words}


def _pruned(data: dict[str, Any]) -> dict[str, Any]:
    """Return `data` without what was taken out of its lists."""
    return {
        key: [item for item in value if item is not None] if isinstance(value, list) else value
        for key, value in data.items()
    }
