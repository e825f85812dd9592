"""What a section could not print, and why: every figure without a value, and those never had."""

from __future__ import annotations

from collections.abc import Iterator

from sgcomms.figures import Figure
from sgcomms.models import Account
from sgcomms.reports import numbers
from sgcomms.reports.glance import GLANCE, SHOWINGS, never_told, not_offered
from sgcomms.reports.material import Material
from sgcomms.reports.social import joint_subjects
from sgcomms.reports.website import OTHER_USERS

_EXPECTED = ("page_views", "users_total", "session_seconds", "bounce")
_KEYS = 3
"""So many pages or the like are named; the rest are counted."""


def lines(material: Material) -> list[str]:
    """Return one line a subject and reason, then what no source ever gave."""
    return [
        *_without_value(material),
        *_not_offered(material),
        *_never_given(material),
        *_never_given_of_accounts(material),
        *_accounts(material),
        *_strangers(material),
    ]


def _without_value(material: Material) -> Iterator[str]:
    """Yield the figures that have a reason in the place of a value."""
    reasons: dict[tuple[str, str], dict[str, list[Figure]]] = {}
    for one in material.found:
        if one.value is None:
            what = numbers.lowered(material.board.metrics[one.metric].label)
            if one.dimension is not None:
                what = f"{what} by {one.dimension}"
            key = (one.subject, one.reason or "no reason was given")
            reasons.setdefault(key, {}).setdefault(what, []).append(one)
    for (subject, reason), found in reasons.items():
        words = [_listed(material, what, of_what) for what, of_what in found.items()]
        name = material.name(subject)
        yield (
            f"{name[0].upper()}{name[1:]}: {numbers.listed(words)} not available: "
            f"{numbers.plain(reason).rstrip('.')}."
        )


def _listed(material: Material, what: str, found: list[Figure]) -> str:
    """Return "page views by page (/a, /b and 3 more)", with the dates that are not the year's."""
    words = [one.key for one in found if one.key]
    if len(words) > _KEYS:
        words = [*words[:_KEYS], f"{len(words) - _KEYS:,} more"]
    words = [numbers.listed([word for word in words if word])] if words else []
    dates = dict.fromkeys(numbers.during(*one.period) for one in found if one.period is not None)
    aside = "; ".join([*words, *dates])
    return f"{what} ({aside})" if aside else what


def _not_offered(material: Material) -> Iterator[str]:
    """Yield once what a platform does not tell at all."""
    for account in material.board.accounts.values():
        metrics = [
            numbers.lowered(material.board.metrics[metric].label)
            for metric in never_told(account, material.period)
            if not any((one.subject, one.metric) == (account.id, metric) for one in material.found)
        ]
        if metrics and material.has_figures(account.id):
            verb = "is" if len(metrics) == 1 else "are"
            words = f"{numbers.listed(metrics)} {verb} not offered by the platform"
            yield f"{material.label(account)}: {words}."


def _never_given(material: Material) -> Iterator[str]:
    """Yield what a website is expected to have, and no source gave for the year."""
    for site in material.board.websites.values():
        for metric in _EXPECTED:
            named = [
                one
                for one in material.found
                if (one.subject, one.metric, one.dimension) == (site.id, metric, None)
            ]
            if any(one.period is None or one.value is None for one in named):
                continue
            label = f"{material.board.metrics[metric].label} of {material.name(site.id)}"
            others = [
                one
                for other in (OTHER_USERS if metric == "users_total" else ())
                for one in material.valued(site.id, other)
            ]
            if named:
                dates = numbers.listed([material.when(one) for one in named])
                yield f"{label}: no figure for the whole year, only {dates}."
            elif others:
                counted = numbers.listed([material.counted(one) for one in others])
                yield f"{label}: not available; {counted}, another definition."
            else:
                yield f"{label}: no figure for the year."


def _never_given_of_accounts(material: Material) -> Iterator[str]:
    """Yield what no source gave of an account that has figures. Followers have their own line.

    What a source gave for it and another account together is no figure of it alone.
    """
    joint = joint_subjects(material)
    for account in material.board.accounts.values():
        named = {one.metric for one in material.found if one.subject == account.id}
        if not named.isdisjoint(SHOWINGS):
            named.update(SHOWINGS)
        named |= {"followers", *not_offered(account, material.period)}
        lacking = [metric for metric in GLANCE if metric not in named]
        shared = [
            metric
            for metric in lacking
            if any(
                account.id in subject.split("+") and material.valued(subject, metric)
                for subject in joint
            )
        ]
        apart = [metric for metric in lacking if metric not in shared]
        for metrics, alone in ((apart, ""), (shared, " of it alone")):
            labels = [numbers.lowered(material.board.metrics[one].label) for one in metrics]
            if labels and material.has_figures(account.id):
                words = f"{numbers.listed(labels)} not available: no source gave a figure{alone}"
                yield f"{material.label(account)}: {words}."


def _accounts(material: Material) -> Iterator[str]:
    """Yield the accounts of which nothing is known."""
    together = {part for subject in joint_subjects(material) for part in subject.split("+")}
    accounts = material.board.accounts.values()
    if not together and not any(material.has_figures(one.id) for one in accounts):
        yield "Social media: no figures for the year."
        return
    for account in accounts:
        if account.id not in together and not _is_named(material, account):
            yield f"{material.label(account)}: no figures for the year."


def _is_named(material: Material, account: Account) -> bool:
    return any(one.subject == account.id for one in material.found)


def _strangers(material: Material) -> Iterator[str]:
    """Yield the subjects that have figures and that config/board.yaml has no more."""
    board = material.board
    known = {*board.accounts, *board.websites, *(one.id for one in material.campaigns)}
    subjects = dict.fromkeys(one.subject for one in material.found if one.value is not None)
    for subject in subjects:
        gone = [part for part in subject.split("+") if part not in {*known, "all", "board"}]
        if gone:
            labels = dict.fromkeys(
                numbers.lowered(board.metrics[one.metric].label)
                for one in material.found
                if one.subject == subject and one.value is not None
            )
            yield (
                f"{subject}: {numbers.listed(list(labels))} not printed: config/board.yaml and the "
                f"campaigns have no {numbers.listed(gone)} any more."
            )
