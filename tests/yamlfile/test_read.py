"""YAML as it is read here: plain data, its places, and every slip named."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sgcomms.rules import RULES
from sgcomms.yamlfile import Document, Spot, read, reader
from sgcomms.yamlfile.source import MAX_BYTES

PROSE = frozenset({"text"})


def document(text: str) -> Document:
    found, problems = read("f.yaml", text.encode(), PROSE)
    assert problems == []
    assert found is not None
    return found


def problems(text: str) -> list[str]:
    return [str(one).removeprefix("f.yaml:") for one in read("f.yaml", text.encode(), PROSE)[1]]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("09:30", "09:30"),
        ("12:30:45", "12:30:45"),
        ("on", "on"),
        ("Off", "Off"),
        ("yes", "yes"),
        ("no", "no"),
        ("NO", "NO"),
        ("y", "y"),
        ("0123", "0123"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".5", ".5"),
        ("5.", "5."),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2027-03-08", "2027-03-08"),
        ("2027-03-08 09:30", "2027-03-08 09:30"),
        ("2027-03-08T09:30:00Z", "2027-03-08T09:30:00Z"),
        ("=", "="),
        ("<<", "<<"),
        ("999999999999999999", 999999999999999999),
        ("9999999999999999999", "9999999999999999999"),
        ("9" * 5000, "9" * 5000),
        ("12", 12),
        ("-12", -12),
        ("+12", 12),
        ("0", 0),
        ("1.50", 1.5),
        ("true", True),
        ("False", False),
        ("TRUE", "TRUE"),
        ("null", None),
        ("~", None),
        ("", None),
        ('"12"', "12"),
        ("'true'", "true"),
        ('""', ""),
        ("|\n  a\n  b", "a\nb"),
        (">-\n  a\n  b", "a b"),
        ("C# and F#", "C# and F#"),
        ("https://a.uk/#top", "https://a.uk/#top"),
    ],
)
def test_a_value_is_what_an_officer_means(written: str, value: object) -> None:
    assert document(f"key: {written}").data == {"key": value}


@pytest.mark.parametrize(
    "key", ["on", "no", "1", "09:30", "null", "~", "true", "2027-03-08", "0123"]
)
def test_a_key_is_always_text(key: str) -> None:
    assert document(f"{key}: a").data == {key: "a"}
    assert document(f"{{{key}: a}}").data == {key: "a"}


def test_lists_and_mappings_of_both_styles() -> None:
    text = "a: [1, {b: 2}]\nc:\n- d\n- e: f\n  g: [h]\ni: {}\nj: []\n"
    assert document(text).data == {
        "a": [1, {"b": 2}],
        "c": ["d", {"e": "f", "g": ["h"]}],
        "i": {},
        "j": [],
    }


def test_a_document_may_begin_and_end_with_marks() -> None:
    assert document("%YAML 1.1\n---\na: 1\n...\n").data == {"a": 1}


def test_every_part_knows_its_place() -> None:
    found = document('a: [1, {b: 2}]\nc:\n  - d\n  - "é👶": f\n')
    assert found.values[()] == Spot(1, 1)
    assert found.values["a", 1, "b"] == Spot(1, 12)
    assert found.keys["a", 1, "b"] == Spot(1, 9)
    assert found.values["c", 1, "é👶"] == Spot(4, 11)
    assert found.spot(("c", 7, "x")) == Spot(3, 3)
    assert found.spot(("nothing",)) == Spot(1, 1)
    assert str(found.problem(("c", 0), "wrong-value", "no")) == "f.yaml:3:5: error wrong-value no"


def test_a_line_feed_in_a_message_does_not_break_its_line() -> None:
    found = document("a: 1")
    assert found.problem((), "wrong-value", "a\nb\u2028c\u202ed\ud800").message == (
        "a\\nb\\u2028c\\u202ed\\ud800"
    )


def test_comments_are_taken_where_no_words_are_lost() -> None:
    text = "# top\na: 2026-11-02   # a day\nb: [x, y] # both\nc: {d: e} # keys\n# end\nf: 1 # one\n"
    assert document(text).data == {"a": "2026-11-02", "b": ["x", "y"], "c": {"d": "e"}, "f": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "text: a # b",
            "1:9: error hashtag-lost '# b' is read as a comment and would be lost; "
            'write text: "a # b"',
        ),
        (
            "a: b #c",
            "1:6: error hashtag-lost '#c' is read as a comment and would be lost; put it "
            "into the text, or take it out",
        ),
        ("text: {x: a} #c\nb: 1", None),
        (
            "text:\n  x: a #c",
            "2:8: error hashtag-lost '#c' is read as a comment and would be lost; "
            'write x: "a #c"',
        ),
        (
            "text: 'it''s' #c",
            "1:15: error hashtag-lost '#c' is read as a comment and would be lost; "
            'write text: "it\'s #c"',
        ),
        (
            'text: "a \\"b\\"" #c',
            "1:17: error hashtag-lost '#c' is read as a comment and would be "
            'lost; write text: "a \\"b\\" #c"',
        ),
        (
            "text: [a, b #c\n  ]",
            "1:13: error hashtag-lost '#c' is read as a comment and would be "
            "lost; put the whole value in double quotes",
        ),
    ],
)
def test_words_that_a_comment_would_swallow(text: str, said: str | None) -> None:
    assert problems(text) == ([said] if said else [])


def test_a_hashtag_that_is_mended_is_in_the_data() -> None:
    found, _ = read("f.yaml", b"text: a #b\nc: d\n", PROSE)
    assert found is not None
    assert found.data == {"text": "a #b", "c": "d"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "2:1: error duplicate-key 'a' stands here twice; keep one of the two"),
        ("1: a\n'1': b", "2:1: error duplicate-key '1' stands here twice; keep one of the two"),
        ("{a: 1, a: 2}", "1:8: error duplicate-key 'a' stands here twice; keep one of the two"),
        (
            "? [a]\n: b",
            "1:3: error yaml-syntax a key must be a word; put the value in quotes if it is text",
        ),
        (
            "a: 1\n---\nb: 2",
            "2:1: error yaml-syntax a second document begins here; one file holds one",
        ),
        (
            "a: &b c",
            "1:4: error anchor &b is an anchor, which this program does not take; if it is "
            'text, write a: "&b c"',
        ),
        (
            "a: !!int 3",
            "1:4: error anchor !!int is a tag, which this program does not take; if it "
            'is text, write a: "!!int 3"',
        ),
        (
            "a: !x%0Ay 3",
            "1:4: error anchor !x\\ny is a tag, which this program does not take; if it "
            'is text, write a: "!x%0Ay 3"',
        ),
        (
            "- *a",
            "1:3: error anchor *a is an alias, which this program does not take; if it is "
            'text, write - "*a"',
        ),
        ("a: @b", '1:4: error needs-quotes put the value in quotes: a: "@b"'),
        ("- - a: b: c", '1:9: error needs-quotes put the value in quotes: - - a: "b: c"'),
        ("a:b\nc: d", "1:3: error yaml-syntax a space is missing after the colon; write a: b"),
        ("\ta: b", "1:1: error tab a tab indents this line; use spaces"),
        ('a: "b', '1:4: error needs-quotes the quote is never closed; write a: "b"'),
        ("a: ]", "1:4: error yaml-syntax a value is missing, or a bracket is never closed"),
        ("a: 'b\nc: d", '1:4: error needs-quotes the quote is never closed; write a: "b"'),
    ],
)
def test_a_slip_is_named(text: str, said: str) -> None:
    assert problems(text) == [said]


def test_every_slip_is_named_at_once_and_reading_goes_on() -> None:
    text = (
        "title: A: b\nb: @c\nd: 'Don't'\ne:f\ng: {h: i, j, k: l}\ntext: m #n\no: \"p\n"
        "q: “r”\ns: *t\nu: |v\nw: x\nw: y\n"
    )
    found, wrong = read("f.yaml", text.encode(), PROSE)
    assert [(one.line, one.rule) for one in wrong] == [
        (1, "needs-quotes"),
        (2, "needs-quotes"),
        (3, "needs-quotes"),
        (4, "yaml-syntax"),
        (5, "needs-quotes"),
        (6, "hashtag-lost"),
        (7, "needs-quotes"),
        (8, "needs-quotes"),
        (9, "anchor"),
        (10, "yaml-syntax"),
        (12, "duplicate-key"),
    ]
    assert found is not None
    assert isinstance(found.data, dict)
    assert found.data["w"] == "x"


def test_what_cannot_be_mended_is_left_out_and_the_rest_read() -> None:
    text = "a: 1\nposts:\n  - b: [1\n  - c: d\n   e: f\n  - g: h\n    g: i\nj: }\nk: @l\n"
    _, wrong = read("f.yaml", text.encode(), PROSE)
    assert [(one.line, one.rule) for one in wrong] == [
        (3, "yaml-syntax"),
        (5, "yaml-syntax"),
        (7, "duplicate-key"),
        (8, "yaml-syntax"),
        (9, "needs-quotes"),
    ]


HOSTILE = {
    "brackets": b"a: " + b"[" * 500_000,
    "braces": b"{a: " * 200_000,
    "dashes": b"- " * 400_000,
    "questions": b"? " * 400_000,
    "aliases": b"a: &a [x]\n" + b"".join(b"%d: &b [*a, *a]\n" % n for n in range(2000)),
    "laughs": b"a: &a [lol]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n",
    "quotes": b'"' * 900_000,
    "colons": b": " * 400_000,
    "hashes": b"# " * 400_000,
    "commas": b"[" + b"," * 100_000,
    "long line": b"a: " + b"b" * 900_000,
    "long key": b"a" * 900_000 + b": b",
    "lines": b"\n" * 900_000,
    "slips": b"a: b: c\n" * 100_000,
    "unclosed": b"a: 'b\n" * 100_000,
    "tabs": b"\ta: b\n" * 30_000,
    "documents": b"---\n" * 100_000,
    "no end": b"? ",
    "key without end": b"? a",
    "numbers as keys": b"{1, 2}",
    "a list as the last key": b"{a: b, c, [d]}",
    "a mapping as the last key": b"{a: b, c, {d: e}}",
    "an alias as the last key": b"{a: b, c, *d}",
    "escape": b'"\\UFFFFFFFF"',
    "surrogate": b'"\\ud800"',
    "too large": b"a" * (MAX_BYTES + 1),
    "merge": b"<<: {a: b}\n<<: *c\n",
    "python": b"!!python/object/apply:os.system [ls]\n",
    "binary": b"!!binary aGk=\n",
    "set": b"!!set {a, b}\n",
    "directive": b"%TAG ! tag:x,2000:\n---\na: 1\n",
    "bad directive": b"%YAML 9.9\n---\na: 1\n",
    "only a directive": b"%YAML 1.1\n",
    "block": b"|",
    "folded": b">9\n",
    "percent": b"%",
    "end": b"...",
    "bom": b"\xef\xbb\xbf",
    "two boms": b"\xef\xbb\xbf\xef\xbb\xbfa: 1",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("loader", ["libyaml", "plain Python"])
def test_nothing_is_raised_whatever_the_file(
    name: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = HOSTILE[name]
    if loader == "plain Python":
        monkeypatch.setattr(reader, "_Loader", yaml.SafeLoader)
        raw = raw[:20_000]
    check(raw)


def check(raw: bytes) -> None:
    """Read `raw` and look at the form of what comes back."""
    found, wrong = read("f.yaml", raw, PROSE)
    assert found is not None or wrong
    for one in wrong:
        assert one.rule in RULES
        assert one.line >= 1
        assert one.column >= 1
        assert "\n" not in str(one)
        assert one.message.strip() == one.message != ""


ALPHABET = st.sampled_from(
    [
        *"ab: -#'\"[]{},&*!|>%@`?\\\n\t01~<\x00\x85é👶\u2028\ufeff",
        *("\n  ", "\n- ", ": ", " #"),
    ]
)


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_document_or_problems(raw: bytes) -> None:
    check(raw)


@given(st.lists(ALPHABET, max_size=40).map("".join))
@settings(max_examples=600, deadline=None)
def test_anything_like_yaml_gives_a_document_or_problems(text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@pytest.mark.long
@given(st.lists(ALPHABET, max_size=120).map("".join))
@settings(max_examples=30_000, deadline=None)
def test_anything_like_yaml_at_length(text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@given(st.lists(ALPHABET, max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_without_libyaml_it_is_the_same(text: str) -> None:
    loader = reader._Loader
    try:
        reader._Loader = yaml.SafeLoader
        check(text.encode("utf-8", "surrogatepass"))
    finally:
        reader._Loader = loader


DATA = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**17), 10**17),
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12),
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc-_", min_size=1), inner)
    ),
    max_leaves=12,
)


@given(DATA.filter(lambda data: data is not None))
@settings(max_examples=200, deadline=None)
def test_quoted_data_comes_back_as_it_was(data: object) -> None:
    """Written in YAML with every text in quotes, nothing is changed by reading it."""
    text = yaml.safe_dump(data, default_style=None, allow_unicode=True, width=10**6)
    quoted = yaml.dump(data, Dumper=_Quoting, allow_unicode=True, width=10**6)
    assert isinstance(text, str)
    found, wrong = read("f.yaml", quoted.encode())
    assert [one for one in wrong if one.severity == "error"] == []
    assert found is not None
    assert found.data == data


class _Quoting(yaml.SafeDumper):
    """Writes every text in double quotes, and nothing by an alias."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


_Quoting.add_representer(str, _quoted)
