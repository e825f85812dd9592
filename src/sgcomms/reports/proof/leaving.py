"""What looks like a number and is no figure: dates, telephone numbers, laws, names. Pure.

Each rule has a name, so that a person can be told why a number was not judged. What no rule knows
is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_DASH = r"\s?(?:[-–—/]|to|and|until)\s?"
_COUNTS = (
    r"(?! (?:(?:page|new|unique|active|different|link|profile|online|more) )?(?:posts?|tweets?"
    r"|views?|users?|visit(?:or)?s?|sessions?|impressions?|reactions?"
    r"|likes?|comments?|shares?|retweets?|followers?|clicks?|webinars?|briefings?|people|times"
    r"|attend\w*)\b)"
)
"""What stands before these is a figure, whatever stands before it: "each day 120 users"."""

_PART = (
    r"sections?|ss?\.|regulations?|regs?\.|articles?|paragraphs?|paras?\.?|parts?|chapters?"
    r"|schedules?|clauses?|pages?|pp?\.|tables?|figures?|charts?|notes?|footnotes?|endnotes?"
    r"|appendix|appendices|annex(?:es)?|versions?|phases?|levels?|tiers?|stages?|steps?|items?"
    r"|no\.|nos\.|numbers?|grades?|bands?|version|volumes?|vol\.|issues?|questions?|priority"
    r"|priorities|recommendations?|standards?|objectives?|domains?|outcome|room|rule|windows|office|box"
    r"|flat|suite|floor|key stage"
)
_NUMBERED = r"(?:quarters?|weeks?|days?|years?|terms?|units?)"
_STREET = (
    r"(?-i:Street|Road|Lane|Avenue|Close|Drive|Way|Square|Court|Place|Hill|Row|Gardens|Crescent)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of what is no figure: its name as a person reads it, and how it is known."""

    name: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Left:
    """A stretch of text that is no figure, and the name of the rule that says so."""

    start: int
    end: int
    rule: str


def _rule(name: str, *patterns: str) -> Rule:
    return Rule(name, re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE))


RULES: Sequence[Rule] = (
    _rule(
        "address",
        r"\bhttps?://\S+",
        r"\bwww\.\S+",
        r"\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,200}",
        r"(?<!\w)[@#][A-Za-z]\w*",
        r"\b[\w-]{1,100}\.(?:csv|docx?|xlsx?|pdf|html?|ya?ml|json|zip|txt|md|jpe?g|png|tsv)\b",
        r"(?<![\w)])/[\w%.-]{0,100}[a-z][\w%./-]{0,500}",
    ),
    _rule(
        "year",
        rf"\b{_YEAR}\s?[-–/]\s?(?:\d\d(?:\d\d)?)\b(?![-/.]?\d)",
        rf"\b{_YEAR} (?:to|and) {_YEAR}\b(?!,\d)",
    ),
    _rule(
        "date",
        rf"\b{_DAY}(?:{_DASH}{_DAY})? (?:of )?{_MONTH}\b\.?(?:,? {_YEAR}\b)?",
        rf"\b{_MONTH} {_DAY}(?:{_DASH}{_DAY})?,? {_YEAR}\b",
        rf"\b{_MONTH}\.?,? {_YEAR}\b",
        rf"\b{_MONTH} (?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)\b",
        r"\b\d{4}-\d\d-\d\d(?:T[\d:.+Z]*)?\b",
        r"\b\d{4}-(?:0[1-9]|1[0-2])\b(?!-?\d)",
        rf"^{_MONTH}[-\s]?['’‘-]?\d\d$",
        r"\b(?:on|at|by|from|to|until) [0-3]?\d/[01]?\d\b(?![/.,]?\d)",
        r"\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d\d)\b(?![/.,]?\d)",
    ),
    _rule(
        "time",
        r"\b(?:[01]?\d|2[0-4])[:.][0-5]\d(?::[0-5]\d)?\s?(?:am|pm|a\.m\.|p\.m\.|hrs|GMT|BST|UTC)\b",
        r"\b(?:[01]?\d|2[0-3]):[0-5]\d\b(?!:?\d)",
        r"\b(?:1[0-2]|[1-9])(?:[:.]\d\d)?(?:\s?[-–]\s?(?:1[0-2]|[1-9]))?\s?(?:am|pm|a\.m\.|p\.m\.)",
        r"\b24\s?/\s?7\b",
        r"\bat (?:[01]?\d|2[0-3])\.[0-5]\d\b(?![\d%]| ?(?:per cent|million|thousand))",
    ),
    _rule(
        "telephone number",
        r"(?<![\d,.])\+44[\s\d()-]{9,16}\d",
        r"(?<![\d,.])\(?0[1-9]\d{1,4}\)?[\s-]?\d{3,4}[\s-]?\d{3,4}\b",
        r"(?<![\d,.])0[38]\d{1,3}\s\d{3,4}(?:\s\d{2,4})?\b",
        r"\b(?:call|dial|dialling|ring|phone|text|NHS|police(?: on)?|emergency(?: call)?|on) "
        r"(?:999|111|101|112)\b(?![,.]?\d| (?:posts?|views?|users?))",
        r"\b(?:text|SMS)(?: \w{2,12})?(?: to)? \d{5,6}\b(?![,.]?\d)",
        r"\b(?:999|111|101) (?:if|in an emergency|or (?:999|111|101))\b",
        r"\bor (?:999|111|101)\b(?![,.]?\d| \w)",
    ),
    _rule(
        "reference",
        r"\b(?:ref(?:erence)?|case (?:ref(?:erence)?|number|no\.?)|SCR|SAR|CSPR|DHR|UPN)s?"
        r"(?: no\.?| number)?:? ?(?:[A-Z]{1,5}[/-]?)?\d{1,10}(?:[/-]\w{1,10}){1,4}\b",
        r"\b(?:our |your )?ref(?:erence)?(?: no\.?| number)?:? ?[A-Z]{0,4}[/-]?\d[\w/-]{0,20}\b",
        r"\b(?:case|reference|UPN|NHS|URN|log|incident) (?:number|no\.?):? \d[\d -]{2,15}\d\b",
        r"\b[A-Z]{2,6}[/-](?:19|20)\d\d[/-]\d{1,4}\b",
    ),
    _rule(
        "part of a law or document",
        r"\bpage \d{1,4} of \d{1,4}\b",
        rf"\b(?:{_PART}) \(?\d{{1,4}}(?:\.\d{{1,2}}){{0,5}}[a-z]?\)?(?:(?:, ?|{_DASH}| & )"
        rf"\d{{1,3}}[a-z]?){{0,20}}(?:\(\w{{1,4}}\)){{0,4}}(?!\w|[,.]?\d|%| ?per ?cent){_COUNTS}",
        rf"(?<!each )(?<!every )(?<!per )(?<!\ba )\b{_NUMBERED} \d{{1,2}}(?:{_DASH}\d{{1,2}})?"
        r"(?=[:,;.)\]]|$| of\b| and\b| to\b| pupils?\b| students?\b| class| group)(?![,.]\d)",
        r"\bISBN[:\s]{0,2}\d[\d -]{8,16}\d\b",
        r"\bSI (?:19|20)\d\d/\d{1,4}\b",
        r"\b(?:ISO|BS|EN|IEC|WCAG|RFC|GDPR|PDF/\w+)[ -]?\d[\d.:-]{0,12}(?<![.:-])",
        rf"\bAct {_YEAR}\b",
        r"^\s*\d{1,2}(?:\.\d{1,2}){1,3}\.?(?=\s+(?-i:[A-Z]))",
        r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){2,20}(?![\d.])",
    ),
    _rule(
        "address",
        rf"\b\d{{1,4}}[a-z]? (?-i:[A-Z]\w{{1,20}} ){{1,3}}{_STREET}\b",
    ),
    _rule(
        "name",
        r"\bcovid[\s-]?19\b",
        r"\b[A-Za-z][A-Za-z&]{0,100}\d[\w-]{0,100}\b(?<![A-Za-z]-\d)",
        r"\b(?-i:[A-Z][A-Z&]{1,20})-\d[\w-]{0,100}\b(?![,.]\d)",
        r"\b[A-Za-z]{1,30}-\d{1,2}\b(?![\d,.%-]\d?)",
        r"\b(?-i:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})\b",
        r"(?<![\w,.])\d{1,4}(?!st\b|nd\b|rd\b|th\b|k\b|m\b|bn\b|s\b|x\b)[a-z]{1,3}\b",
        r"\b\w{1,100} (?:2\.0|3\.0)\b",
    ),
    _rule("ordinal", r"\b\d{1,3}(?:,\d{3}){0,4}(?:st|nd|rd|th)\b"),
    _rule(
        "age",
        r"\b(?:under|over)[- ]\d{1,2}s\b",
        r"\b(?:aged?|ages)(?: of| between| under| over| from)? "
        rf"\d{{1,3}}(?:{_DASH}\d{{1,3}})?\+?(?!\d|,\d|%)",
        rf"\b\d{{1,3}}(?:{_DASH}\d{{1,3}})?[- ](?:year|month|week|day)s?[- ]olds?\b",
        rf"\b\d{{1,3}}(?:{_DASH}\d{{1,3}})? (?:years|months|weeks) (?:old|of age)\b",
        r"\b\d0s\b",
        r"\b(?:boys?|girls?|child(?:ren)?|m[ae]n|wom[ae]n|teenagers?|sons?|daughters?|pupils?) of"
        r" \d{1,2}\b(?![,.]\d|%)",
        r"\bage (?:groups?|ranges?|bands?|brackets?)(?: of)? \d{1,3}\s?[-–]\s?\d{1,3}\b",
        r"\b\d{1,2}\s?[-–]\s?\d{1,2}(?:s\b|(?= (?:services?|year|population|practitioners?|teams?"
        r"|health|provision|olds?)\b))",
    ),
    _rule(
        "rating",
        rf"\b\d(?:\.\d)?(?:{_DASH}\d(?:\.\d)?)?[- ]stars?\b",
        r"\b\d out of (?:5|10) stars\b",
    ),
    _rule(
        "length of something",
        rf"\b\d{{1,3}}(?:(?:{_DASH}|\s?or\s?|, )\d{{1,3}}){{0,6}}[- ](?:minute|hour|day|week|month"
        r"|year|second|page|slide|mile|metre|point)(?= [a-z])(?! (?:and a |views?))",
        r"\b(?:within|after|for|in|every|last|past|next|first|at least|up to|lasting) (?:the )?"
        r"(?:(?:first|last|past|next) )?\d{1,3} "
        r"(?:hours?|days?|weeks?|months?|years?)\b",
        r"\b(?:36[56]|\d) days (?:a|per|every) (?:year|week)\b",
    ),
    _rule("amount of money", r"[£$€]\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:million|thousand|bn|[mk])\b)?"),
    _rule(
        "mark of a note", r"[⁰¹²³⁴-⁹]+", r"(?<=[\w).%])\[\d{1,3}\]", r"(?<=[.,;:!?”\"])\(\d{1,2}\)"
    ),
    _rule("number in a list", r"^\s*\(?\d{1,3}[.)](?=\s)", r"^\s*\(\d{1,3}\)(?=\s)"),
    _rule("long identifier", r"(?<![\d,.])\d{10,}(?![\d,.]\d)"),
)
"""In their order: what an earlier rule has taken, a later one does not see."""

_HAS_DIGIT = re.compile(r"[\d⁰¹²³⁴-⁹]")
_ALONE = re.compile(rf"(?<![\d,.£$€-]){_YEAR}(?![\d%]|,\d|\.\d| ?per ?cent)", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s+(?:\w+\s+)?(?:page views?|views?|users?|visitors?|visits?|sessions?|posts?|tweets?"
    r"|impressions?|reactions?|likes?|comments?|shares?|retweets?|followers?|clicks?|times|people)"
    r"\b",
    re.IGNORECASE,
)
_IN_TIME = re.compile(
    r"\b(?:in|during|since|until|till|by|from|to|of|year|spring|summer|autumn|winter|early|late"
    r"|mid|and|throughout|before|after)[\s-]+(?:the year )?$",
    re.IGNORECASE,
)


def left_out(text: str, *, alone: bool = False) -> list[Left]:
    """Return what in `text` is no figure, by its place; no two of them overlap.

    `alone` is true for the cell of a table: a year by itself is told by its column, not here.
    """
    taken: list[Left] = []
    rest = text
    for rule in RULES:
        taken += [
            Left(found.start(), found.end(), rule.name)
            for found in rule.pattern.finditer(rest)
            if _HAS_DIGIT.search(found[0]) and _is_whole(rest, found.start(), found.end())
        ]
        rest = _blanked(rest, taken)
    if not alone:
        taken += _years(rest)
    return sorted(taken, key=lambda one: one.start)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch begins and ends where a number does, not in the middle of 275,602."""
    begins = not (text[start].isdigit() and re.search(r"\d[,.]?$", text[max(0, start - 2) : start]))
    return begins and not (text[end - 1].isdigit() and re.match(r",?\d", text[end : end + 2]))


def _years(text: str) -> Iterator[Left]:
    """Yield years that stand alone: four digits without a comma, unless they count something."""
    for found in _ALONE.finditer(text):
        timed = _IN_TIME.search(text[max(0, found.start() - 24) : found.start()])
        if timed or not _COUNTED.match(text, found.end()):
            yield Left(found.start(), found.end(), "year")


def _blanked(text: str, taken: Sequence[Left]) -> str:
    """Return `text` with what is taken as signs that no rule knows, at the same places."""
    signs = list(text)
    for one in taken:
        signs[one.start : one.end] = "\x00" * (one.end - one.start)
    return "".join(signs)


def blanked(text: str, taken: Sequence[Left]) -> str:
    """Return `text` with what is no figure as signs that no number can be read from."""
    return _blanked(text, taken)
