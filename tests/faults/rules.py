"""Which request meets which fault.

A rule is a mapping as it comes in JSON: `fault`, or `mix` (fault -> weight, "none" for no fault)
with `seed`; and what it is about: `protocol` (x, facebook, instagram, media), `request` (public,
upload, read, remove, fetch), `path` (a regular expression), `nth` (only the nth such request, from
1), `times` (how often at most). What is not named is not asked for, but for `request`, which is
"public" unless it is named; "any" stands for all. `code` and `subcode` are the Graph API's numbers
for a refusal. The first rule that fits counts.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ACCEPTED = (
    "accept-then-hang",
    "accept-then-reset",
    "accept-then-close",
    "500-after-accepting",
    "transient-after-accepting",
    "half-body",
    "garbage-200",
    "trickle",
)
"""The request is carried out, and its sender cannot know."""

LOST = ("500-before", "hang-before", "reset-before", "redirect", "redirect-307")
"""The request is not carried out, and its sender cannot know."""

REFUSED = ("400", "401", "402", "403-duplicate", "429", "429-cap")
"""The request is not carried out, and the answer says so, or says that a look will tell."""

FAULTS = (*ACCEPTED, *LOST, *REFUSED)
NONE = "none"


@dataclass
class _Rule:
    given: Mapping[str, Any]
    seen: int = 0
    used: int = 0
    by_key: dict[str, int] = field(default_factory=dict)


class Rules:
    """The faults that were ordered, and how far they are used up."""

    def __init__(self, rules: Iterable[Mapping[str, Any]] = ()) -> None:
        self._lock = threading.Lock()
        self._rules = [_Rule(checked(one)) for one in rules]

    def choose(self, protocol: str, request: str, path: str, key: str) -> Mapping[str, Any]:
        """Return the fault that this request meets, with its `code` and `subcode` if any."""
        with self._lock:
            for rule in self._rules:
                given = rule.given
                if not _about(given, protocol, request, path):
                    continue
                rule.seen += 1
                if given.get("nth") not in (None, rule.seen):
                    continue
                if given.get("times") is not None and rule.used >= given["times"]:
                    continue
                rule.used += 1
                return {**given, "fault": given.get("fault") or _drawn(rule, key)}
        return {"fault": NONE}


def checked(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return `rule`. Raises ValueError when it names a fault that there is not."""
    names = [rule["fault"]] if "fault" in rule else list(rule["mix"])
    wrong = [name for name in names if name not in (*FAULTS, NONE)]
    if wrong:
        raise ValueError(f"no such fault: {', '.join(wrong)}")
    return rule


def _about(rule: Mapping[str, Any], protocol: str, request: str, path: str) -> bool:
    return (
        rule.get("protocol", protocol) in (protocol, "any")
        and rule.get("request", "public") in (request, "any")
        and re.search(rule.get("path", ""), path) is not None
    )


def _drawn(rule: _Rule, key: str) -> str:
    """Return a fault of the mix: the same for the nth request about `key`, whoever comes first."""
    mix, number = rule.given["mix"], rule.by_key.get(key, 0)
    rule.by_key[key] = number + 1
    chance = random.Random(f"{rule.given.get('seed', 0)}|{key}|{number}")
    return str(chance.choices(list(mix), weights=list(mix.values()))[0])
