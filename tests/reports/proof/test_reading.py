"""Documents are read with their places; what is hostile or damaged gets one clear line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sgcomms.errors import UsageError
from sgcomms.reports.proof.reading import read

_SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_BODY = """
<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Our website</w:t></w:r></w:p>
<w:p><w:r><w:t>It had 275,</w:t></w:r><w:r><w:t>602 page views</w:t></w:r>
<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>3</w:t></w:r>
<w:del><w:r><w:delText>999</w:delText></w:r></w:del></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Account</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>Posts</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>Twitter</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>328</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
"""


def docx(path: Path, body: str, **parts: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", body)
        for name, text in parts.items():
            file.writestr(f"word/{name}.xml", text)
    return path


def document(body: str, tag: str = "document") -> str:
    return f"<w:{tag} {_SPACE}>{body}</w:{tag}>"


def test_a_word_document_with_its_headings_tables_and_notes(tmp_path: Path) -> None:
    note = document("<w:footnote><w:p><w:r><w:t>Of 71,987 users.</w:t></w:r></w:p></w:footnote>")
    found = read(docx(tmp_path / "a.docx", document(_BODY), footnotes=note))
    assert [(one.text, one.place) for one in found] == [
        ("Our website", "the heading “Our website”"),
        ("It had 275,602 page views", "Our website, paragraph 1"),
        ("Account", "Our website, table 1, row 1, column 1"),
        ("Posts", "Our website, table 1, row 1, column 2"),
        ("Twitter", "Our website, table 1, row 2, column “Account”"),
        ("328", "Our website, table 1, row 2, column “Posts”"),
        ("Of 71,987 users.", "footnotes, paragraph 1"),
    ]
    assert found[5].about == ("Twitter", "Posts")


def test_a_page_without_what_is_not_seen(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(
        "<head><style>p{width:99px}</style></head><h2>Use</h2><p>We had <b>328</b> "
        "posts<sup>7</sup>.</p><script>var a = 12345</script><p hidden>98765</p>"
        "<table><tr><th>Account<th>Posts"
        "<tr><th>Twitter<td>328</table>",
        encoding="utf-8",
    )
    found = read(file)
    assert [one.text for one in found] == [
        "Use", "We had 328 posts.", "Account", "Posts", "Twitter", "328",
    ]  # fmt: skip
    assert found[1].place == "Use, paragraph 1"
    assert found[-1].about == ("Twitter", "Posts")


def test_markdown_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(
        "# Use\n\nWe had **328** [posts](https://a.example)[^1]\nin the year.\n\n"
        "[^1]: Of 365 days.\n",
        encoding="utf-8",
    )
    assert [(one.text, one.place) for one in read(file)][1:] == [
        ("We had 328 posts in the year.", "Use, line 3"),
        ("Of 365 days.", "Use, line 6"),
    ]


HOSTILE = {
    "no-zip.docx": (b"hello", "it is no Word document"),
    "empty.docx": (b"", "it is no Word document"),
    "cut.docx": (b"PK\x03\x04" + b"x" * 100, "damaged or was cut off"),
    "long.txt": (b"a " * (26 << 20), "longer than 10 megabytes"),
    "long.md": (b"1,234 views " * 10_000, "a paragraph of it has more than"),
    "binary.txt": (b"\0\1\2" * 99, "it is no text"),
    "a.pdf": (b"%PDF", "proof the Word file that the PDF was made from"),
    "old.doc": (b"x", "save it as .docx"),
    "open.html": (b"<!--" * 300_000, "its tags have no end"),
    "tags.html": (b"<a " * 300_000, "its tags have no end"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_gets_one_line(tmp_path: Path, name: str) -> None:
    content, words = HOSTILE[name]
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        read(file)
    assert words in str(raised.value)
    assert str(raised.value).startswith(name)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (document("a" * (20 << 20)), "unpacks to more than 250 times its size"),
        (
            f'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>{document("&b;")}',
            "declares a document type",
        ),
        (document("<w:p>" * 9999 + "</w:p>" * 9999), "nested more deeply"),
        ("hello", "damaged or was cut off"),
    ],
    ids=["bomb", "entities", "deep", "no XML"],
)
def test_a_word_document_made_to_harm_is_refused(tmp_path: Path, body: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read(docx(tmp_path / "a.docx", body))


def test_a_page_nested_without_end_is_read(tmp_path: Path) -> None:
    file = tmp_path / "deep.html"
    file.write_text("<div>" * 50_000 + "1,000 users", encoding="utf-8")
    assert [one.text for one in read(file)] == ["1,000 users"]


def test_a_folder_and_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    for name in ("folder.md", "gone.md"):
        with pytest.raises(UsageError, match=f"{name} cannot be read"):
            read(tmp_path / name)
