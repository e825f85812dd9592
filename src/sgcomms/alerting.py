"""What the board's e-mails say: at once when somebody is needed, and each Monday. Pure.

They are read on a telephone: what happened, why, and the command that settles it, in short lines.
They name deliveries, accounts and reasons, and nobody. One more tells an officer what to post.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sgcomms.config import Board

WEEK = timedelta(days=7)
TOKEN_NOTICE = timedelta(days=30)
"""How long before its end a token is named."""

MAX_NAMED = 10
MAX_COMING = 40
MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail's subject and text."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that needs a person. `subject` is a delivery's id, or an account's for "parked".

    `kind` is one of uncertain, held, overdue, parked, failed, handed, withdrawn, or any other word.
    `at` is when the delivery was due, or when a parked account resumes by itself. `place` is where
    the post is, or was to be, and how it begins.
    """

    kind: str
    subject: str
    reason: str = ""
    at: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Standstill:
    """A time in which nothing looked for what was due, so nothing went out."""

    first: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Coming:
    """A delivery that will go out, and when. `how` says how, where it is not sent as usual."""

    delivery: str
    at: datetime
    how: str = ""


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A delivery that lacks signatures. `at` is None for one that goes out on approval."""

    delivery: str
    at: datetime | None
    missing: int = 1


@dataclass(frozen=True, slots=True)
class Ending:
    """The token of an account that ends."""

    account: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """What an officer is to post by hand, and where.

    `warning` says why it is not to be posted just now, "" when it is. `files` are lines about the
    pictures and videos, in order. `at` is when it was due, `expires` when it is over.
    """

    delivery: str
    where: str
    text: str
    at: datetime
    expires: datetime | None = None
    files: Sequence[str] = ()
    warning: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How alarms of a kind are headed, what a time of theirs is, and what to do about them.

    `short` stands in the subject of an e-mail, behind their number. `in_status` tells that those
    which are too many to be told in full can be looked up; else their names are told at least.
    """

    title: str
    advice: str
    time: str = "due"
    commands: tuple[str, ...] = ()
    short: str = ""
    in_status: bool = True


_KINDS: Mapping[str, _Kind] = {
    "stopped": _Kind(
        "Publishing has stopped",
        "Nothing goes out until this is mended. Look on the machine that publishes:",
        commands=("sgcomms publish", "sgcomms status"),
        short="publishing has stopped",
    ),
    "twice": _Kind(
        "Perhaps on the account twice",
        "Look at the account and, if it is there twice, take one down there yourself.",
        short="perhaps posted twice",
        in_status=False,
    ),
    "uncertain": _Kind(
        "May have gone out",
        "Look at the account, then say what you found:",
        commands=("sgcomms settle {} --posted URL", "sgcomms settle {} --not-posted"),
    ),
    "held": _Kind(
        "Held, not sent",
        "Let it go at a new time, or take it out:",
        commands=('sgcomms release {} --at "DAY TIME"', "sgcomms withdraw {}"),
    ),
    "overdue": _Kind(
        "Overdue, not sent yet",
        "What keeps each waiting is named, if anything is known. See:",
        commands=("sgcomms status",),
    ),
    "comments": _Kind(
        "New comments",
        "Somebody may need an answer, or help. Read them on the platform:",
        short="with new comments",
        in_status=False,
    ),
    "not collected": _Kind(
        "Figures not read",
        "Posts are not concerned. Mend what is named, then:",
        commands=("sgcomms collect",),
        in_status=False,
    ),
    "parked": _Kind(
        "Account parked: nothing goes out there",
        "Mend what is named, then:",
        time="resumes by itself",
        commands=("sgcomms accounts verify",),
    ),
    "failed": _Kind(
        "Refused by the platform, not sent",
        "Give the corrected post an id of its own, then:",
        commands=("sgcomms queue",),
    ),
    "handed": _Kind(
        "To post by hand",
        "When it is posted, say where:",
        commands=("sgcomms settle {} --posted URL",),
    ),
    "withdrawn": _Kind("Taken out, not sent", "Nothing to do, unless it was wanted."),
    "missed": _Kind(
        "Never queued, and its time is over",
        "Nothing was sent. If it is still wanted, give it a new time in its campaign file, then:",
        commands=("sgcomms queue",),
        in_status=False,
    ),
    "not queued": _Kind(
        "In the campaign files, not in the queue",
        "It will not go out unless it is queued:",
        commands=("sgcomms queue",),
        in_status=False,
    ),
    "gone": _Kind(
        "Sent, and no longer on the account",
        "Somebody may have deleted it there. Look at the account.",
        short="gone from the account",
        in_status=False,
    ),
    "takedown": _Kind(
        "Not taken down yet",
        "Look at the account: it may still be public. See:",
        commands=("sgcomms log {}",),
        short="to take down",
        in_status=False,
    ),
    "pause": _Kind("Still paused", "Nothing of it goes out. See:", commands=("sgcomms status",)),
    "token": _Kind(
        "Account that could not be checked",
        "What is named may keep its posts from going out. Mend it, then:",
        commands=("sgcomms accounts verify",),
        short="not checked",
    ),
    "files": _Kind(
        "Campaign files with mistakes",
        "Nothing new is queued until they are mended. See:",
        commands=("sgcomms check",),
        short="with mistakes",
    ),
    "not seen": _Kind(
        "Account that could not be looked at",
        "So nobody knows whether what was sent is still there. See:",
        commands=("sgcomms accounts verify",),
        short="not looked at",
    ),
    "report twice": _Kind(
        "Report that may have arrived twice",
        "Ask whoever it went to; nothing can be called back.",
        short="perhaps have a report twice",
        in_status=False,
    ),
    "report uncertain": _Kind(
        "Report that may have arrived",
        "Ask whoever it went to, then say what you heard:",
        commands=(
            "sgcomms report settle {} --received --by YOU",
            "sgcomms report settle {} --not-received --by YOU",
        ),
        short="may have a report",
    ),
    "report failed": _Kind(
        "Report that was refused, not sent",
        "Correct the address under `reports` in config/board.yaml, then send the report again.",
        short="refused a report",
        in_status=False,
    ),
    "report waits": _Kind(
        "Report that waits for your yes",
        "It is in the folder reports/. Nobody gets it before you have read it and said yes:",
        commands=("sgcomms report monthly --month {} --send",),
        short="report to say yes to",
        in_status=False,
    ),
    "mail": _Kind(
        "E-mails that did not arrive",
        "Mend what is named. What else waits is still listed by:",
        commands=("sgcomms status",),
        short="about e-mail",
    ),
}
_OTHER = _Kind("Also", "See:", commands=("sgcomms status",))


def urgent(board: Board, items: Sequence[Alarm | Standstill]) -> Letter:
    """Return the e-mail that goes out at once, for what has just happened."""
    alarms = [one for one in items if isinstance(one, Alarm)]
    stopped = [one for one in items if isinstance(one, Standstill)]
    named = [_named(kind, len(found)) for kind, found in _by_kind(alarms)]
    subject = ", ".join([*(["publishing stood still"] if stopped else []), *named])
    lines = [*_standstills(stopped, board), *_standing(alarms, board)]
    return _letter(f"{board.short}: {subject or 'nothing to tell'}", lines, board)


def monday(
    board: Board,
    coming: Sequence[Coming],
    unsigned: Sequence[Unsigned],
    tokens: Sequence[Ending],
    standing: Sequence[Alarm],
    *,
    now: datetime,
    owed: Sequence[str] = (),
) -> Letter:
    """Return the e-mail of a Monday: what stands, what to sign, which tokens end, what comes.

    Of `coming` the seven days from `now` are told, of `tokens` those that have ended or will within
    30 days; and the closed periods of the calendar that begin within 30 days, or have begun. `owed`
    are the figures that are to be fetched by hand, a line each.
    """
    week = sorted((one for one in coming if now <= one.at < now + WEEK), key=lambda one: one.at)
    ending = sorted((one for one in tokens if one.at < now + TOKEN_NOTICE), key=lambda one: one.at)
    parts = [_count(len(week), "post") if week else "no posts"]
    parts += [f"{len(unsigned)} to sign"] if unsigned else []
    parts += [f"{_count(len(ending), 'token')} to renew"] if ending else []
    parts += [f"{len(standing)} to settle"] if standing else []
    lines = [
        *_standing(standing, board),
        *_to_sign(unsigned, board),
        *_ending(ending, board, now),
        *_quiet(board, now),
        *_coming(week, {one.delivery for one in unsigned}, board),
        *_owed(owed),
    ]
    return _letter(f"{board.short} this week: {', '.join(parts)}", lines, board)


def by_hand(board: Board, one: Handover) -> Letter:
    """Return the e-mail with which an officer posts a delivery by hand.

    It may come twice, as after a power cut: it says what to do then.
    """
    do = "do NOT post yet" if one.warning else "post by hand"
    rule = "-" * 40
    lines = [
        *([f"DO NOT POST THIS YET: {one.warning}", ""] if one.warning else []),
        f"{'To be posted' if one.warning else 'Please post this now'} on {one.where}:",
        "",
        rule,
        one.text,
        rule,
        "",
        *([*one.files, ""] if one.files else []),
        f"Its time: {when(one.at, board)}.",
        *([f"Do not post it after {when(one.expires, board)}."] if one.expires else []),
        "If you have had this e-mail before, look at the account first: it is to be there once.",
        "",
        "When it is posted, say where:",
        f"  sgcomms settle {one.delivery} --posted URL",
        "If it will not be posted:",
        f"  sgcomms settle {one.delivery} --not-posted",
        "",
    ]
    return _letter(f"{board.short}: {do}: {one.delivery}", lines, board)


def weekly(words: str, now: datetime, board: Board) -> str:
    """Return the words for trouble that may last: the same all week, so that it is told weekly."""
    local = now.astimezone(board.zone)
    return f"{words} (week of {_day(local - timedelta(days=local.weekday()), board)})"


def when(moment: datetime, board: Board) -> str:
    """Return a time as the board's e-mails write it: by the board's clock."""
    return f"{_day(moment, board)} {moment.astimezone(board.zone):%H:%M %Z}"


def _letter(subject: str, lines: Iterable[str], board: Board) -> Letter:
    text = "\n".join([*lines, f"Times: {board.zone}."])
    return Letter(_line(subject), f"{text}\n")


def _standstills(stopped: Sequence[Standstill], board: Board) -> Iterator[str]:
    if not stopped:
        return
    yield from _heading("Publishing stood still", len(stopped))
    for one in stopped:
        yield f"from {when(one.first, board)}"
        yield f"to   {when(one.until, board)}"
    yield "Nothing went out in that time. What came due and is late now is held. See:"
    yield from ("  sgcomms status", "")


def _standing(alarms: Sequence[Alarm], board: Board) -> Iterator[str]:
    """Yield a block for each kind, the most pressing first."""
    for kind, found in _by_kind(alarms):
        how = _KINDS.get(kind, _OTHER)
        yield from _heading(how.title, len(found))
        yield how.advice
        yield from (f"  {line}" for line in how.commands if "{}" not in line)
        for one in found[:MAX_NAMED]:
            yield ""
            yield one.subject
            if one.place:
                yield _short(one.place)
            if one.at is not None:
                yield f"{how.time} {when(one.at, board)}"
            if one.reason:
                yield _short(one.reason)
            yield from (f"  {line.format(one.subject)}" for line in how.commands if "{}" in line)
        yield ""
        if how.in_status:
            yield from _more(len(found) - MAX_NAMED, "sgcomms status")
        elif found[MAX_NAMED:]:
            yield from ("and:", *(one.subject for one in found[MAX_NAMED:]), "")


def _to_sign(unsigned: Sequence[Unsigned], board: Board) -> Iterator[str]:
    """Yield a line for each campaign, and the command that shows it before it is signed."""
    if not unsigned:
        return
    yield from _heading("To sign off", len(unsigned))
    campaigns: dict[str, list[Unsigned]] = {}
    for one in sorted(unsigned, key=lambda one: one.at.timestamp() if one.at else 0.0):
        campaigns.setdefault(one.delivery.partition("/")[0], []).append(one)
    for name, found in list(campaigns.items())[:MAX_NAMED]:
        first = f"first {when(found[0].at, board)}" if found[0].at else "goes out once signed"
        yield f"{name}: {_count(len(found), 'post')}, {first}"
        twice = sum(one.missing > 1 for one in found)
        if twice:
            yield f"{twice} of them: two signatures"
        yield f"  sgcomms approve {name} --by YOU"
        yield ""
    yield from _more(len(campaigns) - MAX_NAMED, "sgcomms status")


def _ending(ending: Sequence[Ending], board: Board, now: datetime) -> Iterator[str]:
    if not ending:
        return
    yield from _heading("Tokens that end", len(ending))
    for one in ending:
        ends = "ended" if one.at <= now else "ends"
        yield f"{one.account}: {ends} {when(one.at, board)}"
    yield "Get a new one, put it into secrets.yaml, then:"
    yield from ("  sgcomms accounts verify", "")


def _quiet(board: Board, now: datetime) -> Iterator[str]:
    """Yield the closed periods that somebody who plans should know of."""
    near = [
        one for one in board.calendar.closures if one.first < now + TOKEN_NOTICE and one.until > now
    ]
    if not near:
        return
    yield from _heading("Quiet periods", len(near))
    yield "Only posts marked `election_safe` go out in:"
    yield from (_short(one.words) for one in near)
    yield ""


def _coming(week: Sequence[Coming], unsigned: set[str], board: Board) -> Iterator[str]:
    if not week:
        yield from ("Nothing is due in the next seven days.", "")
        return
    yield from _heading("The next seven days", len(week))
    for name, found in groupby(week[:MAX_COMING], lambda one: _day(one.at, board)):
        yield name
        for one in found:
            marks = [one.how, "not signed" if one.delivery in unsigned else ""]
            mark = f" ({', '.join(filter(None, marks))})" if any(marks) else ""
            yield f"{one.at.astimezone(board.zone):%H:%M %Z} {one.delivery}{mark}"
        yield ""
    yield from _more(len(week) - MAX_COMING, "sgcomms status")


def _owed(owed: Sequence[str]) -> Iterator[str]:
    """Yield what figures are to be fetched by hand; it hurries less than posts."""
    if not owed:
        return
    yield from _heading("Figures to fetch by hand", len(owed))
    yield "Export or read them off, then `sgcomms import` or `sgcomms record`."
    for one in owed[:MAX_NAMED]:
        yield from ("", one)
    yield ""
    yield from _more(len(owed) - MAX_NAMED, "sgcomms status --figures")


def _by_kind(alarms: Sequence[Alarm]) -> list[tuple[str, list[Alarm]]]:
    """Return the alarms of each kind, the most pressing kind first, by time within it."""
    kinds = [*_KINDS, *sorted({one.kind for one in alarms} - _KINDS.keys())]
    found = [(kind, [one for one in alarms if one.kind == kind]) for kind in kinds]
    return [(kind, alarms) for kind, alarms in found if alarms]


def _named(kind: str, number: int) -> str:
    """Return how many alarms of a kind there are, as a subject says it."""
    short = _KINDS.get(kind, _OTHER).short or kind
    return short if kind == "stopped" else f"{number} {short}"


def _heading(title: str, number: int) -> Iterator[str]:
    yield f"{title.upper()} ({number})"


def _more(number: int, command: str) -> Iterator[str]:
    if number > 0:
        yield from (f"and {number:,} more: {command}", "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _day(moment: datetime, board: Board) -> str:
    local = moment.astimezone(board.zone)
    return f"{local:%a} {local.day} {local:%b %Y}"


def _short(text: str) -> str:
    line = _line(text)
    return line if len(line) <= MAX_REASON else f"{line[:MAX_REASON]}…"


def _line(text: str) -> str:
    return " ".join(text.split())
