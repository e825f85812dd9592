"""Templates: every mistake is named by file and line, and every template comes to an end."""

from __future__ import annotations

import re

import pytest

from sgcomms.errors import UsageError
from sgcomms.reports.model import Report, Section
from sgcomms.reports.writing import Format, escaped_markdown, words_of, write
from sgcomms.workspace import Workspace
from tests.reports.conftest import YEAR, Annual, ChangeBoard, Record

REPORT = Report(
    title="T",
    board="B",
    period="2020-21",
    days="1 April 2020 to 31 March 2021",
    as_read="Figures as read up to 3 April 2021.",
    remarks=(),
    sections=(Section("a", "A", 2),),
    notes=(),
    missing=(),
    sources=(),
)


def refused(template: str) -> str:
    with pytest.raises(UsageError) as caught:
        write(REPORT, template, "annual.md", "md")
    return str(caught.value)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("a\n{{ 1/0 }}", "annual.md:2: ZeroDivisionError"),
        ("a\n\n{% include 'other' %}", "annual.md:3: "),
        ("{% extends 'other' %}", "annual.md:1: "),
        ("a\n{% for i in range(10**9) %}x{% endfor %}", "annual.md:2: "),
        ("{% macro f() %}\n{{ f() }}{% endmacro %}\n{{ f() }}", "annual.md:2: it calls itself"),
        ("\n\n{{ 'a' + 1 }}", "annual.md:3: TypeError"),
        ("a\n{{ report.titel }}", "annual.md:2: "),
        ("a\n{{ nothing }}", "annual.md:2: 'nothing' is undefined"),
        ("a\n{{ nothing|md }}", "annual.md:2: 'nothing' is undefined"),
        ("a\n{% for %}", "annual.md:2: "),
        ("a\n{{ 1|no_filter }}", "annual.md:2: "),
        ("a\n{{ report() }}", "annual.md:2: "),
        ("a\n{{ report.__class__.__mro__ }}", "annual.md:2: access to attribute '__class__'"),
        ("a\n{{ 'x' * 10**10 }}", "annual.md:2: "),
        ("a\n{{ 2 ** 10000000000 }}", "annual.md:2: "),
        ("a\n{{ '%10000000000d' % 1 }}", "annual.md:2: "),
        ("a\n{{ 'x'|center(10**10) }}", "annual.md:2: a template makes nothing of that size"),
        ("a\n{{ 'x'.ljust(10**10) }}", "annual.md:2: a template makes nothing of that size"),
        ("a\n{{ '%99999999999d'|format(1) }}", "annual.md:2: a template makes nothing"),
        ("a\n{{ '{:99999999999}'.format(1) }}", "annual.md:2: a template makes nothing"),
        ("a\n{{ [1]|slice(10**10)|list }}", "annual.md:2: a template makes nothing"),
        ("(" * 5000, None),
        ("{{ " + "(" * 5000 + " }}", "annual.md"),
        ("{% for a in 'b' %}" * 30 + "{% endfor %}" * 30, None),
    ],
)
def test_a_mistake_is_named_by_file_and_line(template: str, words: str | None) -> None:
    if words is None:
        try:
            write(REPORT, template, "annual.md", "md")
        except UsageError as error:
            assert str(error).startswith("templates/annual.md")  # noqa: PT017  either is right
    else:
        assert f"templates/{words}" in refused(template)


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}" + "x" * 1000 + "{% endfor %}",
        "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        "{% for a in [[[]]] recursive %}{{ loop(range(9999)) }}{% endfor %}",
    ],
)
def test_a_template_that_never_ends_is_stopped(template: str) -> None:
    assert refused(template).startswith("templates/annual.md:1: ")


def grown(step: str, start: str = "'xy'") -> str:
    return (
        f"{{% set ns = namespace(x={start}) %}}"
        f"{{% for i in range(40) %}}{{% set ns.x = {step} %}}{{% endfor %}}{{{{ ns.x }}}}"
    )


@pytest.mark.parametrize(
    "template",
    [
        grown("ns.x ~ ns.x"),
        grown("ns.x + ns.x"),
        grown("ns.x|replace('x', ns.x)"),
        grown("ns.x.replace('x', ns.x)"),
        grown("[ns.x, ns.x]|join"),
        grown("ns.x|join(ns.x)"),
        grown("ns.x.join(ns.x)"),
        grown("ns.x|map('upper')|join(ns.x)"),
        grown("'%s%s'|format(ns.x, ns.x)"),
        grown("'{0}{0}'.format(ns.x)"),
        grown("[ns.x, ns.x]"),
        grown("[ns.x, ns.x]|string"),
        grown("{'a': ns.x, 'b': ns.x}"),
        grown("ns.x + ns.x", "[1]"),
        grown("ns.x|forceescape", "'&' * 100000"),
        grown("ns.x|tojson|tojson", "'\"'"),
        "{% set l = [1] %}{% for i in range(40) %}{% set _ = l.extend(l) %}{% endfor %}",
        "{% set ns = namespace(x='x') %}{% for i in range(40) %}{% set y %}{{ ns.x }}{{ ns.x }}"
        "{% endset %}{% set ns.x = y %}{% endfor %}",
        "{% macro f(a) %}{{ a }}{{ a }}{% endmacro %}" + grown("f(ns.x)"),
        "{{ ('\t' * 4000000).expandtabs(90000) }}",
        "{{ ('\n' * 4000000)|indent('x' * 90000) }}",
        "{% set x = 'x' * 4000000 %}{% set y %}{% for i in range(9999) %}{{ x|upper }}"
        "{% endfor %}{% endset %}",
    ],
)
@pytest.mark.parametrize("form", ["md", "html"])
def test_what_grows_without_end_is_stopped(template: str, form: Format) -> None:
    with pytest.raises(UsageError, match=r"annual\.md:\d: (a template makes|stopped after|\* is)"):
        write(REPORT, template, "annual.md", form)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ 'a' ~ 1 ~ '<' }}", "a1&lt;"),
        ("{% set a = '<b>'|safe %}{{ a ~ '<' }}", "<b>&lt;"),
        ("{{ [1, 2]|join(', ') }}{{ 'abc'|replace('b', 'xx') }}", "1, 2axxc"),
    ],
)
def test_what_does_not_grow_is_as_ever(template: str, words: str) -> None:
    assert write(REPORT, template, "annual.html", "html") == words


def test_a_template_that_finds_no_memory_is_named() -> None:
    assert words_of(MemoryError()) == "it makes more than this machine has room for"


def test_a_report_of_ordinary_size_is_written() -> None:
    text = "{% for a in range(1000) %}{{ a }} {{ report.title|md }}\n{% endfor %}"
    assert write(REPORT, text, "annual.md", "md").count("T") == 1000


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% macro f(x) %}{{ x }}{% endmacro %}{{ f('40% of 275602') }}", "40% of 275602"),
        ("{{ '40% of 275602'|indent(2) }}", "40% of 275602"),
        ("{{ '%s users'|format(275602) }}", "275602 users"),
        ("{{ '{:,} users'.format(275602) }}", "275,602 users"),
        ("{% macro f(x) %}{{ x }}{% endmacro %}{{ f(275602) }}", "275602"),
        ("{{ 275602.4|round|int }}", "275602"),
        ("{{ 275602|round|int }}", "275602"),
        ("{{ 2 * 3 + 2 ** 2 }}", "10"),
        ("{{ 'ab' * 2 }}", "abab"),
    ],
)
def test_what_templates_do_day_by_day_is_let_be(template: str, text: str) -> None:
    assert write(REPORT, template, "annual.md", "md") == text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a\n# b", "a # b"),
        ("# b", r"\# b"),
        ("a\r\n\r\n| b\u2028c", r"a \| b c"),
        ("a\x00b\x1b[31m", r"ab\[31m"),
        ("1. a", r"1\. a"),
        ("2) a", r"2\) a"),
        ("---", r"\---"),
        ("=====", r"\====="),
        ("1,540 posts", "1,540 posts"),
    ],
)
def test_words_open_nothing_in_markdown(words: str, shown: str) -> None:
    assert escaped_markdown(words) == shown


def test_ids_of_a_page_are_each_there_once(
    annual: Annual, change_board: ChangeBoard, record: Record, space: Workspace
) -> None:
    (space.root / "config" / "feedback.yaml").write_text("", encoding="utf-8")
    change_board("  x: {", "  main: {")
    change_board("  facebook: {", "  notes: {")
    change_board("  instagram: {", "  sources: {")
    change_board("  website:\n", "  missing:\n")
    record(*((subject, "posts", 1, *YEAR) for subject in ("main", "notes", "sources")))
    page = annual("--format", "html")
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) > 6
    assert len(ids) == len(set(ids))


def test_two_accounts_of_a_platform_have_their_handles(
    annual: Annual, change_board: ChangeBoard, record: Record
) -> None:
    change_board(
        "  facebook: {",
        "  second: {platform: facebook, handle: training, page_id: '2', mode: outbox}\n"
        "  work: {platform: linkedin, handle: cplscb, mode: outbox}\n"
        "  films: {platform: youtube, handle: cplscb, mode: outbox}\n"
        "  facebook: {",
    )
    record(*((subject, "posts", 2, *YEAR) for subject in ("facebook", "second", "work", "films")))
    text = annual()
    for heading in ("Facebook @training", "Facebook @cplscb", "LinkedIn", "YouTube"):
        assert f"### {heading}\n" in text
