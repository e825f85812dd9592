"""Campaign files -> campaigns. A file with mistakes is read on, so that all of them are shown."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sgcomms.campaigns.shapes import PROSE, CampaignShape, Context, PostShape
from sgcomms.campaigns.words import placeholders
from sgcomms.config import RESERVED_IDS, Board
from sgcomms.errors import Problem
from sgcomms.models import Campaign, Media, Objective, Place, Post, Repeat
from sgcomms.rules import RULES
from sgcomms.yamlfile import Document, read, suggestion
from sgcomms.yamlfile.reader import Route
from sgcomms.yamlfile.shape import fit_with_routes

_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Every campaign, and every problem in its files.

    With problems the campaigns are what could be saved of them: good for looking for further
    mistakes, not for planning.
    """

    campaigns: tuple[Campaign, ...]
    problems: tuple[Problem, ...]
    files: tuple[str, ...]


def load(root: Path, board: Board, extra: Sequence[Path] = ()) -> Loaded:
    """Return the campaigns of the workspace `root`, and of the files `extra` besides.

    Nothing is raised for what stands in the files.
    """
    folder = root / "campaigns"
    paths = sorted(path for path in folder.glob("*") if path.suffix in _ENDINGS)
    known = {path.resolve() for path in paths}
    paths += [path for path in extra if path.resolve() not in known]
    campaigns: list[Campaign] = []
    problems: list[Problem] = []
    names = [shown(path, root) for path in paths]
    for path, name in zip(paths, names, strict=True):
        campaign, found = _load_file(path, name, board)
        problems += found
        if campaign is not None:
            problems += _id_clashes(campaign, campaigns, board)
            campaigns.append(campaign)
    return Loaded(tuple(campaigns), tuple(sorted(problems)), tuple(names))


def shown(path: Path, root: Path) -> str:
    """Return `path` as messages name it: from the workspace, if it lies inside."""
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return str(path)


def _load_file(path: Path, name: str, board: Board) -> tuple[Campaign | None, list[Problem]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"{error.strerror or 'it cannot be read'}"
        return None, [Problem(name, 1, 1, "unreadable-file", message)]
    document, problems = read(name, raw, PROSE)
    if document is None:
        return None, problems
    context = Context(board, path.parent)
    shape, misfits = fit_with_routes(document, CampaignShape, context)
    problems += [problem for _, problem in misfits]
    numbers = _post_numbers(document, ())
    if shape is None:
        shape, numbers = _salvage(document, [route for route, _ in misfits], context)
    problems += _duplicate_posts(document)
    if shape is None:
        return None, problems
    builder = _Builder(document, shape, context)
    campaign = builder.campaign(numbers)
    return campaign, [*problems, *builder.problems]


def _post_numbers(document: Document, bad: Iterable[int]) -> list[int]:
    posts = document.data.get("posts") if isinstance(document.data, dict) else None
    count = len(posts) if isinstance(posts, list) else 0
    return [number for number in range(count) if number not in set(bad)]


def _salvage(
    document: Document, wrong: Sequence[Route], context: Context
) -> tuple[CampaignShape | None, list[int]]:
    """Return the campaign without what is wrong in it, and the numbers of the posts that are left.

    Required words that are missing are filled in: the result is only looked at for more mistakes.
    """
    if not isinstance(document.data, dict):
        return None, []
    data: dict[str, Any] = copy.deepcopy(document.data)
    bad = {route[1] for route in wrong if len(route) > 1 and route[0] == "posts"}
    numbers = _post_numbers(document, (number for number in bad if isinstance(number, int)))
    for route in wrong:
        if route and route[0] in data and route[0] != "posts":
            _drop(data, route)
    if not numbers:
        return None, []
    data["posts"] = [data["posts"][number] for number in numbers]
    person = next(iter(context.board.people), "someone@board.example")
    for key, value in {
        "campaign": "unnamed",
        "title": "untitled",
        "author": person,
        "audience": "unknown",
    }.items():
        data.setdefault(key, value)
    try:
        return CampaignShape.model_validate(data, context=context), numbers
    except ValidationError:
        return None, []


def _drop(data: dict[str, Any], route: Route) -> None:
    """Take the value at the first two steps of `route` out of `data`, or the whole first one."""
    first = data[str(route[0])]
    if isinstance(first, list) and len(route) > 1:
        first[:] = [item for number, item in enumerate(first) if number != route[1]]
    else:
        del data[str(route[0])]


def _duplicate_posts(document: Document) -> Iterator[Problem]:
    posts = document.data.get("posts") if isinstance(document.data, dict) else None
    seen: dict[object, int] = {}
    for number, post in enumerate(posts if isinstance(posts, list) else ()):
        name = post.get("id") if isinstance(post, dict) else None
        if name is None or isinstance(name, list | dict):
            continue
        if name in seen:
            line = document.spot(("posts", seen[name], "id")).line
            message = f"the post {name!r} stands at line {line} already; choose another id"
            yield document.problem(("posts", number, "id"), "duplicate-id", message)
        seen.setdefault(name, number)


def _id_clashes(campaign: Campaign, others: Sequence[Campaign], board: Board) -> Iterator[Problem]:
    taken = {
        **dict.fromkeys(RESERVED_IDS, "kept for figures"),
        **dict.fromkeys(board.accounts, "an account"),
        **dict.fromkeys(board.websites, "a website"),
        **{other.id: f"the campaign of {other.place.file}" for other in others},
    }
    if campaign.id in taken:
        place = campaign.place
        message = f"{campaign.id!r} is {taken[campaign.id]} already; choose another id"
        yield Problem(place.file, place.line, place.column, "duplicate-id", message)


class _Builder:
    """Makes a campaign of a shape, and finds what only several values together show."""

    def __init__(self, document: Document, shape: CampaignShape, context: Context) -> None:
        self.document = document
        self.shape = shape
        self.context = context
        self.problems: list[Problem] = []

    def campaign(self, numbers: Sequence[int]) -> Campaign:
        """Return the campaign; `numbers` are the places of its posts in the file's list."""
        shape = self.shape
        posts: list[Post] = []
        for post, number in zip(shape.posts, numbers, strict=True):
            posts += self._posts(post, number)
        spot = self.document.spot(("campaign",))
        if shape.objective is None:
            self._add((), "no-objective", "the campaign has no objective to be measured by")
        aim = shape.objective
        allow = self._allowed()
        self.problems = [found for found in self.problems if found.rule not in allow]
        return Campaign(
            id=shape.campaign,
            title=shape.title,
            author=shape.author,
            audience=shape.audience,
            objective=Objective(aim.measure, aim.baseline, aim.target, aim.by) if aim else None,
            planned_on=shape.planned_on,
            historic=shape.historic,
            allow=allow,
            posts=tuple(posts),
            place=Place(self.document.file, spot.line, spot.column),
        )

    def _add(self, route: Route, rule: str, message: str) -> None:
        problem = self.document.problem(route, rule, message)
        self.problems.append(replace(problem, severity=RULES[rule].severity))

    def _allowed(self) -> Mapping[str, str]:
        allowable = [rule.id for rule in RULES.values() if rule.allowable]
        for number, item in enumerate(self.shape.allow):
            for name in item.keys() - set(allowable):
                message = f"{name!r} cannot be allowed{suggestion(name, allowable)}"
                self._add(("allow", number), "wrong-value", message)
        return {name: reason for item in self.shape.allow for name, reason in item.items()}

    def _posts(self, post: PostShape, number: int) -> Iterator[Post]:
        """Yield the post once for each of its accounts."""
        route: Route = ("posts", number)
        accounts = post.accounts if post.accounts is not None else self.shape.accounts
        if not accounts:
            self._add(route, "no-accounts", f"the post {post.id!r} is for no account")
        for extra in post.text_for.keys() - set(accounts):
            message = f"the post {post.id!r} does not go to {extra!r}; add it to accounts"
            self._add((*route, "text_for", extra), "unknown-account", message)
        if not isinstance(post.at, datetime) and post.expires is None:
            message = "a post that goes out on approval needs `expires`"
            self._add((*route, "at"), "missing-key", message)
        link = post.link or self.shape.link
        for account in dict.fromkeys(accounts):
            text = post.text_for.get(account, post.text)
            if text is None:
                message = f"the post {post.id!r} has no words for {account}"
                self._add(route, "no-text", message)
                continue
            places = self._places(post, number, account)
            if link is None and any(kind == "link" for kind, _ in placeholders(text)):
                place = places["text"]
                self.problems.append(
                    Problem(
                        place.file,
                        place.line,
                        place.column,
                        "missing-link",
                        "the text says {link}, and neither the post nor the campaign has a link",
                    )
                )
                continue
            yield Post(
                id=post.id,
                campaign=self.shape.campaign,
                account=account,
                at=post.at if isinstance(post.at, datetime) else None,
                text=text,
                link=link,
                media=tuple(self._media(item.file, item.alt) for item in post.media),
                expires=post.expires,
                repeat=Repeat(post.repeat.every, post.repeat.times) if post.repeat else None,
                author=self.shape.author,
                sensitivity=self.shape.sensitivity,
                election_safe=post.election_safe,
                places=places,
            )

    def _media(self, file: str, alt: str) -> Media:
        seen = self.context.pictures[file]
        path = self.context.folder / file
        return Media(path, seen.sha256, seen.kind, alt.strip(), seen.width, seen.height, seen.size)

    def _places(self, post: PostShape, number: int, account: str) -> dict[str, Place]:
        route: Route = ("posts", number)
        own_words: Route = ("text_for", account) if account in post.text_for else ("text",)
        routes: dict[str, Route] = {
            "": route,
            "at": (*route, "at"),
            "text": (*route, *own_words),
            "media": (*route, "media"),
            "repeat": (*route, "repeat"),
            "expires": (*route, "expires"),
        }
        for item in range(len(post.media)):
            routes[f"media.{item}.alt"] = (*route, "media", item, "alt")
        spots = {part: self.document.spot(way) for part, way in routes.items()}
        return {
            part: Place(self.document.file, spot.line, spot.column) for part, spot in spots.items()
        }
