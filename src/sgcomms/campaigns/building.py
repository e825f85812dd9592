"""A campaign file's shape -> a campaign, with the problems that only several values show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sgcomms.campaigns.pictures import STAND_IN
from sgcomms.campaigns.salvage import Salvaged
from sgcomms.campaigns.shapes import STAGES, Context, EvaluationShape, PostShape
from sgcomms.campaigns.words import PIECE, placeholders, without_unknown
from sgcomms.config import Board
from sgcomms.errors import Problem
from sgcomms.models import Campaign, Cost, Evaluation, Media, Objective, Place, Post, Repeat
from sgcomms.rules import RULES
from sgcomms.yamlfile import Document, Route, Spot, problem, suggestion

_TEXTS = ("text", "text_for")
_UNUSED = "no text says {link}, so nobody would see it"
_SOME_LINK = "https://www.example.org/"
_SAYS_NOTHING = re.compile(
    r"(?:an? |the )?(?:image|photo|picture|graphic|poster|logo|alt|alt text)|tb[ac]|todo|n a|none|"
)


def build(
    document: Document, found: Salvaged, context: Context, board: Board
) -> tuple[Campaign, list[Problem]]:
    """Return the campaign that `found` holds, and the problems that it has besides."""
    builder = _Builder(document, found, context, board)
    campaign = builder.campaign()
    return campaign, builder.problems


class _Builder:
    """Makes a campaign of a shape. Every finding is dropped that a gap alone would explain."""

    def __init__(self, document: Document, found: Salvaged, context: Context, board: Board) -> None:
        self.document = document
        self.found = found
        self.shape = found.shape
        self.context = context
        self.board = board
        self.problems: list[Problem] = []
        self.link_is_used = False

    def campaign(self) -> Campaign:
        """Return the campaign, once."""
        shape = self.shape
        self._look_for_twice(("accounts",), shape.accounts)
        posts: list[Post] = []
        for post, number in zip(shape.posts, self.found.numbers, strict=True):
            posts += self._posts(post, number)
        if shape.objective is None and not self.found.has_gap(None, "objective"):
            self._add((), "no-objective", "the campaign has no objective to be measured by")
        if shape.link is not None and not self.link_is_used and not self.found.gaps:
            self._add(("link",), "unused-link", f"link: {_UNUSED}")
        aim = shape.objective
        allow = self._allowed()
        self.problems = [one for one in self.problems if one.rule not in allow]
        spot = self.document.spot(("campaign",))
        return Campaign(
            id=shape.campaign,
            title=shape.title,
            author=shape.author,
            audience=shape.audience,
            objective=Objective(aim.measure, aim.baseline, aim.target, aim.by) if aim else None,
            planned_on=shape.planned_on,
            historic=shape.historic,
            watched_by=tuple(shape.watched_by),
            allow=allow,
            posts=tuple(posts),
            place=Place(self.document.file, spot.line, spot.column),
            strategy=shape.strategy,
            evaluation=_evaluation(shape.evaluation),
        )

    def _add(self, route: Route, rule: str, message: str, *, key: bool = False) -> None:
        found = self.document.problem(route, rule, message, key=key)
        self.problems.append(replace(found, severity=RULES[rule].severity))

    def _allowed(self) -> Mapping[str, str]:
        """Return the rules that the campaign is excused from, with the reasons."""
        allowable = [rule.id for rule in RULES.values() if rule.allowable]
        allowed: dict[str, str] = {}
        for number, item in enumerate(self.shape.allow):
            for name, reason in item.items():
                if name in allowable:
                    allowed[name] = reason
                else:
                    message = f"{name!r} cannot be allowed{suggestion(name, allowable)}"
                    self._add(("allow", number, name), "wrong-value", message, key=True)
        return allowed

    def _posts(self, post: PostShape, number: int) -> Iterator[Post]:
        """Yield the post once for each of its accounts."""
        accounts = self._accounts(post, number)
        self._look_at_times(post, number)
        texts = self._texts(post, number)
        link = self._link(post, texts, number)
        media = tuple(
            self._media(("posts", number, "media", item), one.file, one.alt)
            for item, one in enumerate(post.media)
        )
        expires = None if self.found.has_gap(number, "at") else post.expires
        for account in accounts:
            own_words: Route = ("posts", number, "text_for", account)
            route = own_words if own_words in texts else ("posts", number, "text")
            if route not in texts:
                if not self.found.has_gap(number, *_TEXTS):
                    message = f"no words for {account}: write `text`, or `text_for` with {account}"
                    self._add(("posts", number), "no-text", message)
                continue
            yield Post(
                id=post.id,
                campaign=self.shape.campaign,
                account=account,
                at=post.at if isinstance(post.at, datetime) else None,
                text=texts[route],
                link=link,
                media=media,
                expires=expires,
                repeat=Repeat(post.repeat.every, post.repeat.times) if post.repeat else None,
                author=self.shape.author,
                sensitivity=self.shape.sensitivity,
                election_safe=post.election_safe,
                places=self._places(route, number, len(media)),
            )

    def _accounts(self, post: PostShape, number: int) -> list[str]:
        """Return the accounts that the post is for, once each."""
        route: Route = ("posts", number, "accounts")
        if post.accounts is not None:
            self._look_for_twice(route, post.accounts)
        accounts = post.accounts if post.accounts is not None else self.shape.accounts
        if self.found.has_gap(number, "accounts"):
            return list(dict.fromkeys(accounts))
        if not accounts:
            message = "the post is for no account; write `accounts` on it or on the campaign"
            self._add(route, "no-accounts", message)
        for extra in post.text_for.keys() - set(accounts):
            message = (
                f"the post does not go to {extra}; add it to `accounts`, or delete these words"
            )
            self._add(("posts", number, "text_for", extra), "unknown-account", message, key=True)
        return list(dict.fromkeys(accounts))

    def _look_for_twice(self, route: Route, accounts: Sequence[str]) -> None:
        for account, count in Counter(accounts).items():
            if count > 1:
                message = f"{account!r} stands here {count} times; was another account meant?"
                self._add(route, "wrong-value", message)

    def _look_at_times(self, post: PostShape, number: int) -> None:
        if isinstance(post.at, datetime) or self.found.has_gap(number, "at"):
            return
        if post.expires is None and not self.found.has_gap(number, "expires"):
            message = (
                "a post that goes out on approval needs `expires`: the last day it may still go out"
            )
            self._add(("posts", number, "at"), "missing-key", message)
        if post.repeat is not None:
            message = "a post that goes out on approval goes out once; give it a time to repeat it"
            self._add(("posts", number, "repeat"), "wrong-value", message)

    def _texts(self, post: PostShape, number: int) -> dict[Route, str]:
        """Return the words of the post by where they stand, without what could not be filled in."""
        texts: dict[Route, str] = {
            ("posts", number, "text_for", account): text for account, text in post.text_for.items()
        }
        if post.text is not None:
            texts["posts", number, "text"] = post.text
        for route, text in texts.items():
            self._look_at_placeholders(route, text)
            texts[route] = without_unknown(text, self.board.contacts)
        return texts

    def _look_at_placeholders(self, route: Route, text: str) -> None:
        """Find placeholders that mean nothing: they would go out as they are."""
        spots = self._spots(route)
        for kind, name, written in dict.fromkeys(placeholders(text)):
            contacts = self.board.contacts
            if kind == "link" or (kind == "contact" and name in contacts):
                continue
            if kind == "contact":
                rule = "unknown-contact"
                hint = suggestion(name, contacts)
                message = f"{name!r} is no contact of config/contacts.yaml{hint}"
            else:
                rule, message = "unknown-placeholder", _unknown(written, contacts)
            for spot in spots.get(written) or [self.document.spot(route)]:
                self.problems.append(problem(self.document.file, spot, rule, message))

    def _spots(self, route: Route) -> dict[str, list[Spot]]:
        """Return where the placeholders of the text at `route` stand, by what is written there."""
        spots: dict[str, list[Spot]] = {}
        for written, spot in self.document.matches(route, PIECE):
            spots.setdefault(written, []).append(spot)
        return spots

    def _link(self, post: PostShape, texts: Mapping[Route, str], number: int) -> str | None:
        """Return the link of the post; where a text asks for one in vain, a stand-in."""
        asking = [
            route
            for route, text in texts.items()
            if any(kind == "link" for kind, _, _ in placeholders(text))
        ]
        self.link_is_used |= bool(asking)
        if post.link is not None and not asking and not self.found.has_gap(number, *_TEXTS):
            self._add(("posts", number, "link"), "unused-link", f"link: {_UNUSED}")
        link = post.link or self.shape.link
        if link is not None or self.found.has_gap(number, "link"):
            return link or _SOME_LINK
        for route in asking:
            spot = self._spots(route).get("{link}", [self.document.spot(route)])[0]
            message = (
                "the text says {link}, and there is none; write `link` on the post or campaign"
            )
            self.problems.append(problem(self.document.file, spot, "missing-link", message))
        return _SOME_LINK if asking else None

    def _media(self, route: Route, file: str, alt: str) -> Media:
        words = re.sub(r"[\W_]+", " ", alt).strip().lower()
        stem = re.sub(r"[\W_]+", " ", Path(file).stem).strip().lower()
        if file != STAND_IN and (
            words.removesuffix(f" {Path(file).suffix[1:].lower()}") == stem
            or _SAYS_NOTHING.fullmatch(words)
        ):
            message = f"{alt!r} does not say what the picture shows; describe it in a sentence"
            self._add((*route, "alt"), "no-alt-text", message)
        seen = self.context.pictures.look(file)
        path = self.context.pictures.folder / file
        size = (seen.width, seen.height, seen.size)
        return Media(path, seen.sha256, seen.kind, alt.strip(), *size, seen.moves)

    def _places(self, text: Route, number: int, pictures: int) -> dict[str, Place]:
        route: Route = ("posts", number)
        routes: dict[str, Route] = {"": route, "text": text}
        for key in ("at", "media", "repeat", "expires"):
            routes[key] = (*route, key)
        for item in range(pictures):
            for key in ("file", "alt"):
                routes[f"media.{item}.{key}"] = (*route, "media", item, key)
        spots = {part: self.document.spot(way) for part, way in routes.items()}
        return {
            part: Place(self.document.file, spot.line, spot.column) for part, spot in spots.items()
        }


def _evaluation(shape: EvaluationShape | None) -> Evaluation | None:
    if shape is None:
        return None
    words = {stage: text for stage in STAGES if (text := getattr(shape, stage)) is not None}
    cost = shape.cost
    spent = Cost(cost.amount, cost.currency, cost.reason) if cost else None
    return Evaluation(shape.by, words, spent)


def _unknown(written: str, contacts: Iterable[str]) -> str:
    """Return what to write instead of a placeholder that means nothing."""
    hint = suggestion(written, ["{link}", *(f"{{contact:{one}}}" for one in contacts)])
    if written.startswith(("{{", "[", "<")):
        return f"{written!r} would go out as it is{hint}"
    end = "" if hint.endswith("?") else "."
    return f"{written!r} means nothing here{hint}{end} Double a brace to print it: {{{{"
