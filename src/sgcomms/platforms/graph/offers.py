"""What Meta offers of posts: what was refused in a run is found out once and not asked for again.

One metric that is not offered makes the whole request fail. Which it is, is told by the words of
the refusal, or else found out on one post, metric by metric.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sgcomms.metering import Meter
from sgcomms.platforms.graph.answers import Refusal
from sgcomms.platforms.graph.api import Api, Data
from sgcomms.platforms.graph.insights import Native
from sgcomms.platforms.graph.refusals import judged

PATIENCE = 5
"""After how many posts of a kind in a row without any figure no further one is asked about."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of posts.

    `fields` always, `counts` that are fields of a post itself, and `figures` of Insights. `extras`
    are fields that need a permission of their own; where the token lacks it, `without_extras` is
    the gap, and `instead` are asked of Insights. `made` tells when a post was made, `kind` what
    kind of post it is, as far as that decides which metrics there are.
    """

    fields: str
    figures: tuple[Native, ...]
    made: Callable[[Data], datetime | None]
    kind: Callable[[Data], str]
    counts: tuple[Native, ...] = ()
    extras: tuple[str, ...] = ()
    instead: tuple[Native, ...] = ()
    without_extras: str = ""

    def called(self, name: str) -> str:
        """Return what a person calls what Meta calls `name`."""
        known = (*self.figures, *self.counts, *self.instead)
        return next((str(one) for one in known if one.name == name), name)


class Offers:
    """What is asked for: all that is wanted, less what was refused. Asking raises as `Api.ask`."""

    def __init__(self, api: Api, meter: Meter, wanted: Wanted) -> None:
        self.extras = bool(wanted.extras)
        self._api, self._meter, self._wanted = api, meter, wanted
        self._refused: set[str] = set()
        self._refused_of: dict[str, set[str]] = {}
        self._apart: set[str] = set()
        self._silent: dict[str, int] = {}
        self._counts_tried = False

    def names(self, kind: str) -> list[str]:
        """Return the names of Insights that are offered for posts of a kind, as far as known."""
        return [one for one in self._names() if one not in self._refused_of.get(kind, ())]

    def together(self) -> list[str]:
        """Return the names that are asked for together with the posts, whatever their kind."""
        return [one for one in self._names() if one not in self._apart]

    def apart(self, kind: str) -> list[str]:
        """Return the names that posts of a kind are asked for apart."""
        return [one for one in self.names(kind) if one in self._apart]

    def fields(self, *, bare: bool = False) -> str:
        """Return the fields that posts are asked for with, `bare` without any of Insights."""
        names = () if bare else self.together()
        extras = self._wanted.extras if self.extras else ()
        parts = (self._wanted.fields, *(one.name for one in self.counts()), *extras)
        return ",".join((*parts, *((insights(names),) if names else ())))

    def counts(self) -> list[Native]:
        """Return the counts that are fields of a post itself, as far as they are not refused."""
        return [one for one in self._wanted.counts if one.name not in self._refused]

    def take_apart(self) -> bool:
        """Ask for all figures apart from the posts; tell whether that is anything new."""
        names = self.together()
        self._apart.update(names)
        return bool(names)

    def learnt(self, got: Refusal, sample: Callable[[], str | None]) -> bool:
        """Find out what a refusal of posts with their figures is about, on one post if need be.

        Returns whether something else is asked for from now on.
        """
        found = judged(got.fault, self.together())
        self._refuse(dict.fromkeys(found.unknown, got))
        self._apart |= found.unfit
        if found.unknown or found.unfit:
            return True
        if not found.vague and not got.of_rights:
            return not got.of_gone and self._learnt_of_counts(sample)
        post = sample()
        if post is None:
            return False
        if got.of_rights and self.extras and self._lacks_right(post):
            self.extras = False
            self._meter.gap(self._wanted.without_extras)
            return True
        return self._learnt_from(post)

    def learnt_of(self, kind: str, got: Refusal, post: str) -> bool:
        """Find out what a refusal of figures of posts of one kind is about, `post` being one.

        Returns whether something else is asked for from now on.
        """
        names = self.apart(kind)
        found = judged(got.fault, names)
        refused = dict.fromkeys(found.unknown | found.unfit, got)
        if found.vague or got.of_rights:
            refused = self._tried(post, names) or {}
        self._refuse(refused, kind)
        return bool(refused)

    def shown(self, kind: str) -> None:
        """Note that a post of this kind has figures."""
        self._silent[kind] = 0

    def silent(self, kind: str, got: Refusal) -> None:
        """Note that a post has no figures; after several in a row none of its kind is asked for."""
        label = self._api.label
        self._meter.gap(f"{label} shows no figures of some posts: {got}")
        self._silent[kind] = self._silent.get(kind, 0) + 1
        if self._silent[kind] >= PATIENCE:
            self._meter.gap(f"{label} was asked for no more figures of {kind} after that")
            self._refused_of.setdefault(kind, set()).update(self._apart)

    def _names(self) -> list[str]:
        wanted = (*self._wanted.figures, *(() if self.extras else self._wanted.instead))
        return [one.name for one in wanted if one.name not in self._refused]

    def _learnt_of_counts(self, sample: Callable[[], str | None]) -> bool:
        """Find out, once in a run, which counts of a post itself are refused, on one post."""
        post = None if self._counts_tried or not self.counts() else sample()
        if post is None:
            return False
        self._counts_tried = True
        asked = ((one.name, self._ask(post, {"fields": f"id,{one.name}"})) for one in self.counts())
        refused = {name: got for name, got in asked if isinstance(got, Refusal)}
        if not refused or isinstance(self._ask(post, {"fields": "id"}), Refusal):
            return False
        self._refuse(refused)
        return True

    def _learnt_from(self, post: str) -> bool:
        refused = self._tried(post, self.together())
        if refused is None:
            return False
        unfit = {one for one, why in refused.items() if judged(why.fault, [one]).unfit}
        self._apart |= unfit
        self._refuse({one: why for one, why in refused.items() if one not in unfit})
        return bool(refused) or self.take_apart()

    def _lacks_right(self, post: str) -> bool:
        got = self._ask(post, {"fields": ",".join(("id", *self._wanted.extras))})
        return isinstance(got, Refusal) and got.of_rights

    def _tried(self, post: str, names: Sequence[str]) -> dict[str, Refusal] | None:
        """Return which of `names` are refused of a post, each asked for by itself.

        None where the post itself is the trouble.
        """
        refused = {}
        for name in names:
            got = self._ask(f"{post}/insights", {"metric": name})
            if not isinstance(got, Refusal):
                continue
            if not got.of_rights and not judged(got.fault, [name]).about_names:
                return None
            refused[name] = got
        return refused

    def _refuse(self, refused: Mapping[str, Refusal], kind: str | None = None) -> None:
        """Note what is not offered, of any post or of one kind, and ask for it no more."""
        label, of = self._api.label, f" of {kind}" if kind else ""
        for name, why in sorted(refused.items()):
            called = self._wanted.called(name)
            self._meter.gap(
                f"the token for {label} may not read {called}{of}: {why}"
                if why.of_rights
                else f"{label} does not offer {called}{of}"
            )
        known = self._refused if kind is None else self._refused_of.setdefault(kind, set())
        known.update(refused)

    def _ask(self, path: str, params: Mapping[str, str]) -> Data | Refusal:
        return self._api.ask(path, params, self._meter.call)


def insights(names: Iterable[str]) -> str:
    """Return the field that asks for figures of Insights."""
    return f"insights.metric({','.join(names)})"
