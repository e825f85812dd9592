"""The accounts of a board: side by side in a table, then each by itself, then those together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sgcomms import figures as figures_of
from sgcomms.db import Db
from sgcomms.figures import Figure
from sgcomms.models import Account
from sgcomms.reports import numbers, pictures, quarters
from sgcomms.reports.glance import Joint, glance
from sgcomms.reports.material import Material
from sgcomms.reports.model import Section, Sentence

ADDED = ("posts", "reactions", "comments", "shares")
"""What may be added over the accounts that a source gave one figure for."""

_ALONE = {
    "posts": "We published {}",
    "impressions": "They were shown {} (impressions)",
    "views": "They had {}",
    "reach": "Their reach was {}",
}
_ANSWERS = ("reactions", "comments", "shares", "saves", "clicks_link")

_NOT_ADDED = (
    "Impressions and reach are not added together. Impressions count how many times posts were "
    "shown, so one person can count many times; reach estimates how many different accounts saw "
    "something, each of them once. A sum of the two would mean nothing. Nor is the reach of one "
    "platform added to that of another: the same person may be on both."
)


def sections(material: Material, db: Db) -> Iterator[Section]:
    """Yield the table of all accounts, each account, and those that a source put together."""
    accounts = [one for one in material.board.accounts.values() if material.has_figures(one.id)]
    joint = [_joint(material, db, subject) for subject in joint_subjects(material)]
    if not accounts and not joint:
        return
    table = glance(material, accounts, joint)
    title = "Our social media presence"
    charts = (*pictures.followers(material), *pictures.showings(material))
    words = (Sentence(_NOT_ADDED), *quarters.sentences(material))
    yield Section("social", title, 2, words, table, charts=charts)
    for account in accounts:
        sentences = tuple(_account(material, account))
        yield Section(f"account_{account.id}", material.label(account), 3, sentences)
    for one in joint:
        sentences = tuple(_together(material, one))
        id_ = f"accounts_{one.subject.replace('+', '_')}"
        yield Section(id_, material.name(one.subject), 3, sentences)


def joint_subjects(material: Material) -> list[str]:
    """Return the accounts, joined by "+", for which a source gave a figure together."""
    subjects = dict.fromkeys(
        one.subject for one in material.found if "+" in one.subject and one.value is not None
    )
    return [one for one in subjects if set(one.split("+")) <= material.board.accounts.keys()]


def _joint(material: Material, db: Db, subject: str) -> Joint:
    question = replace(material.question, subjects=tuple(subject.split("+")))
    names = [campaign.id for campaign in material.campaigns]
    found = figures_of.total(db, material.board, question, ADDED, names)
    own = [one for one in material.found if one.subject == subject and one.value is not None]
    added = tuple(one for one in found if one.value is not None)
    material.more.extend(added)
    return Joint(subject, tuple(own), added)


# each account


def _account(material: Material, account: Account) -> Iterator[Sentence]:
    for metric, form in _ALONE.items():
        one = material.of_year(account.id, metric)
        if one is None:
            continue
        text = form if metric == "posts" else _without_posts(material, account, form)
        when = material.when(one)
        when = f" {when}" if metric == "posts" or when != "in the year" else ""
        moved = material.moved(one)
        level = f"{text.format(_put(material, one))}{when}{material.same(one)}."
        yield Sentence(level if moved is None else f"There was {moved}.", material.marks(one))
    yield from _answers(material, account)
    yield from _others(material, account)
    for one in material.found:
        if one.subject != account.id or one.dimension is not None or one.value is None:
            continue
        if material.is_level(one):
            day = numbers.day(material.level_day(one))
            moved = material.moved(one, f" on {day}")
            ever = "Of posts since the account was opened there" if _is_ever(one) else "There"
            level = f"On {day} the account had {_level(material, one)}{material.same(one)}."
            yield Sentence(level if moved is None else f"{ever} was {moved}.", material.marks(one))
        elif one.period is not None:
            when = numbers.sentence(material.when(one)).rstrip(".")
            text = f"{when} the account had {material.counted(one)}{material.same(one)}."
            yield Sentence(text, material.marks(one))
    if not material.valued(account.id, "followers"):
        name = material.label(account)
        material.missing.append(f"Followers of {name}: none recorded in the year.")


def _without_posts(material: Material, account: Account, form: str) -> str:
    """Return the form of a sentence that does not follow one about posts, where there is none; of
    one that follows one post."""
    posts = material.of_year(account.id, "posts")
    if posts is not None and posts.value == 1:
        return form.replace("They were", "It was").replace("They", "It").replace("Their", "Its")
    if posts is not None:
        return form
    return form.replace("They", "Its posts").replace("Their", "Its")


def _put(material: Material, one: Figure) -> str:
    if one.metric == "reach":
        return material.amount(one)
    if one.metric == "impressions":
        return f"{material.amount(one)} {'time' if one.value == 1 else 'times'}"
    return material.counted(one)


def _level(material: Material, one: Figure) -> str:
    words = material.counted(one)
    return f"{words} since it was opened" if _is_ever(one) else words


def _is_ever(one: Figure) -> bool:
    return one.metric == "posts_total"


def _answers(material: Material, account: Account) -> Iterator[Sentence]:
    """Yield what people did with the posts, in one sentence."""
    known = [one for metric in _ANSWERS if (one := material.of_year(account.id, metric))]
    if known:
        yield _joined(material, known, "People answered posts with {}.")


def _others(material: Material, account: Account) -> Iterator[Sentence]:
    """Yield whatever else was counted of the account in the year, in one sentence."""
    known = [
        one
        for metric in material.board.metrics
        if metric not in (*_ALONE, *_ANSWERS)
        and (one := material.of_year(account.id, metric))
        and not material.is_level(one)
    ]
    if known:
        yield _joined(material, known, "There were also {}.")


def _joined(material: Material, known: Sequence[Figure], form: str) -> Sentence:
    words = []
    for one in known:
        when, change = material.when(one), material.change(one)
        moved = change.long() if change is not None else None
        same = material.same(one).removeprefix(", ")
        aside = [part for part in (when if when != "in the year" else "", moved or same) if part]
        counted = material.counted(one) if moved is None else material.nouns(one)[1]
        words.append(counted + (f" ({', '.join(aside)})" if aside else ""))
    marks = dict.fromkeys(mark for one in known for mark in material.marks(one))
    return Sentence(form.format(numbers.listed(words)), tuple(marks))


# accounts together


def _together(material: Material, joint: Joint) -> Iterator[Sentence]:
    """Yield what may be added, then the figures that the source gave for the accounts together."""
    several = [one for one in joint.added if len(one.accounts) > 1]
    if several:
        yield _added(material, several, "Together they had {}.")
    subjects = joint.subject.split("+")
    for alone in subjects:
        own = [one for one in joint.added if one.accounts == (alone,)]
        if own:
            others = numbers.listed([material.name(one) for one in subjects if one != alone])
            form = f"{material.name(alone)} alone had {{}}: there is no figure of {others}."
            yield _added(material, own, form)
    whole = "both" if joint.subject.count("+") == 1 else "all of them"
    for one in joint.own:
        label = numbers.lowered(material.board.metrics[one.metric].label)
        when = material.when(one)
        when = "" if when == "in the year" else f" {when}"
        if material.is_level(one):
            when = f" on {numbers.day(material.level_day(one))}"
        verb = "was" if label == "reach" else "were"
        change = material.change(one)
        moved = change.long() if change is not None else None
        level = f"{verb} {material.amount(one)}{material.same(one)}"
        text = (
            f"Their {label}{when} {level if moved is None else f'showed {moved}'}: the source gave "
            f"one figure for {whole}, and it was not added up by us."
        )
        yield Sentence(text, material.marks(one))


def _added(material: Material, known: Sequence[Figure], form: str) -> Sentence:
    words = [material.counted(one) for one in known]
    marks = dict.fromkeys(mark for one in known for mark in material.marks(one))
    return Sentence(form.format(numbers.listed(words)), tuple(marks))
