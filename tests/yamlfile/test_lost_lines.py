"""Words that would be lost on lines of their own, and versions that git could not join."""

from __future__ import annotations

import pytest

from sgcomms.yamlfile import read

PROSE = frozenset({"text", "text_for", "alt"})


def rules(text: str) -> list[tuple[int, str]]:
    _, problems = read("file.yaml", text.encode(), PROSE)
    return [(one.line, one.rule) for one in problems]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("text: Hello you {link}\n  #SaferSleepWeek\nb: 1\n", 2),
        ("text: Hello\n  and more\n  #SaferSleepWeek\n", 3),
        ('text: "Hello"\n  #SaferSleepWeek\n', 2),
        ("text:\n  #SaferSleepWeek starts today\n  and goes on\n", 2),
        ("text:\n  Hello\n  #SaferSleepWeek\n", 3),
        ("text_for:\n  x: Hello\n    #SaferSleepWeek\n", 3),
        ("- alt: A cot\n    #Cot\n", 2),
        ("text: |\n    Hello\n  #SaferSleepWeek\nb: 1\n", 3),
        ("text: Hello\n#SaferSleepWeek #Sleep\nb: 1\n", 2),
    ],
)
def test_a_hashtag_on_a_line_of_its_own_is_not_lost(text: str, line: int) -> None:
    assert (line, "hashtag-lost") in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "text: |\n  Hello\n  #SaferSleepWeek\nb: 1\n",
        "text: |\n  Hello\n  #SaferSleepWeek",
        "text: >-\n  Hello\n  #SaferSleepWeek\n\n",
        'text: "Hello\n  #SaferSleepWeek"\n',
        "# a note\ntext: Hello\n# another\nb: 1\n",
        "#accounts: [x]\ntext: Hello\n#  - id: old\n",
    ],
)
def test_words_that_stay_and_real_comments_are_left_alone(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n", 1),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n", 2),
    ],
)
def test_two_versions_that_git_could_not_join_are_one_clear_error(text: str, line: int) -> None:
    assert rules(text) == [(line, "yaml-syntax")]
