"""Documents are read with their places; what is hostile or damaged gets one clear line."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from pathlib import Path
from textwrap import fill

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
    "locked.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "locked with a password"),
    "page.docx": (b"<html><p>328 tweets</p></html>", "it is no Word document"),
    "long.html": (b"<p>1,000 users</p>" * (50 << 20 >> 4), "longer than 10 megabytes"),
    "wide.html": (b"<p " + b"a=1 " * 200_000 + b">x</p>", "a tag of it is longer"),
    "bare.html": (b"<p " + b"a " * 400_000 + b">x</p>", "a tag of it is longer"),
    "empty.eml": (b"", "it is no e-mail"),
    "no.eml": (b"328 tweets", "it is no e-mail"),
    "sheet.xlsx": (b"PK", "ends in .docx, .html, .md, .txt or .eml"),
    "macros.docm": (b"PK", "save it as .docx"),
    "none": (b"328", "ends in .docx"),
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


@pytest.mark.parametrize("name", ["empty.md", "empty.html", "empty.txt", "spaces.md", "tags.html"])
def test_what_holds_no_words_has_no_passages(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text({"spaces.md": " \n\t\n", "tags.html": "<p></p><table></table>"}.get(name, ""))
    assert read(file) == []


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


MERGED = """
<w:tbl>
<w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>
<w:p><w:r><w:t>Measure</w:t></w:r></w:p></w:tc>
<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>Twitter</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>Facebook</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>
<w:tc><w:p><w:r><w:t>2019-20</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>2020-21</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>2020-21</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>Followers</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>999</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>1,007</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>458</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
"""


def test_merged_cells_of_a_word_table_keep_their_headings(tmp_path: Path) -> None:
    found = read(docx(tmp_path / "a.docx", document(MERGED)))
    assert [(one.text, one.about) for one in found][6:] == [
        ("Followers", ("Measure",)),
        ("999", ("Followers", "Twitter 2019-20")),
        ("1,007", ("Followers", "Twitter 2020-21")),
        ("458", ("Followers", "Facebook 2020-21")),
    ]


def test_merged_cells_of_a_page_keep_their_headings(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(
        "<table><caption>Our accounts</caption><tr><th rowspan=2>Measure<th colspan=2>Facebook and "
        "Instagram<th>Twitter<tr><th>Facebook<th>Instagram<th>Posts"
        "<tr><th>Reach<td colspan=2>80,112<td>328</table>",
        encoding="utf-8",
    )
    found = read(file)
    assert [(one.text, one.about, one.caption) for one in found if one.text[0].isdigit()] == [
        (
            "80,112",
            ("Reach", "Facebook and Instagram"),
            "Our accounts",
        ),
        ("328", ("Reach", "Twitter Posts"), "Our accounts"),
    ]


def test_of_tracked_changes_what_stands_is_read_and_no_comment(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>We had </w:t></w:r><w:ins><w:r><w:t>328</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>382</w:delText></w:r></w:del><w:r><w:t> tweets</w:t></w:r></w:p>"
        "<w:moveFrom><w:p><w:r><w:t>100 users</w:t></w:r></w:p></w:moveFrom>"
        "<w:p><w:moveFrom><w:r><w:t>200 users</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t>71,987 users</w:t></w:r></w:moveTo></w:p>"
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>300 users</w:t></w:r>"
        "<w:r><w:t>Page </w:t><w:instrText>PAGE 400</w:instrText></w:r></w:p>"
    )
    comments = document("<w:comment><w:p><w:r><w:t>Is it 500?</w:t></w:r></w:p></w:comment>")
    found = read(docx(tmp_path / "a.docx", document(body), comments=comments))
    assert [one.text for one in found] == ["We had 328 tweets", "71,987 users", "Page"]


def test_a_text_box_header_and_footer_are_read_once(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>1,007 followers</w:t></w:r></w:p></w:txbxContent>"
    body = (
        '<w:p><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility'
        f'/2006"><mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
        "</mc:AlternateContent><w:r><w:t>In 2020-21</w:t></w:r></w:p>"
    )
    head = document("<w:p><w:r><w:t>328 tweets</w:t></w:r></w:p>", "hdr")
    found = read(docx(tmp_path / "a.docx", document(body), header1=head, footer2=head))
    assert [(one.text, one.place) for one in found] == [
        ("1,007 followers", "paragraph 1"),
        ("In 2020-21", "paragraph 2"),
        ("328 tweets", "footer of the page, paragraph 1"),
        ("328 tweets", "header of the page, paragraph 1"),
    ]


def test_headings_have_their_levels_in_each_form(tmp_path: Path) -> None:
    style = '<w:p><w:pPr><w:pStyle w:val="{}"/>{}</w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    outline = '<w:outlineLvl w:val="1"/>'
    texts = {
        "a.md": "# Year\n\n## Part\n\n328\n\n## Other\n\n292\n",
        "a.html": "<h1>Year</h1><h2>Part</h2><p>328</p><h2>Other</h2><p>292</p>",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    body = (
        style.format("Title", "", "Year")
        + style.format("Heading2", "", "Part")
        + "<w:p><w:r><w:t>328</w:t></w:r></w:p>"
        + style.format("HouseStyle", outline, "Other")
        + "<w:p><w:r><w:t>292</w:t></w:r></w:p>"
    )
    docx(tmp_path / "a.docx", document(body))
    for name in (*texts, "a.docx"):
        found = {one.text: one.headings for one in read(tmp_path / name)}
        assert (found["328"], found["292"]) == (("Year", "Part"), ("Year", "Other")), name


def test_what_a_reader_of_a_page_does_not_see_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(
        '<p style="display:none">1 users</p><p style="color:red; visibility : hidden">2 users</p>'
        "<p>We had <del>3</del> <s>4</s> <ins>71,987</ins> users<sub>5</sub> &amp; 275&nbsp;602 "
        "page&#32;views<!-- 6 users -->.</p>",
        encoding="utf-8",
    )
    assert [one.text for one in read(file)] == ["We had 71,987 users & 275 602 page views."]


def test_rows_of_plain_text_are_tables_and_broken_lines_are_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    cells = "Posts: 26 [1, 2]; Likes: 88; What was not sent: 2 held; 1 late"
    blocks = (
        *("OUR YEAR 2019-20", "TWITTER", "Each account in the month that is called March 2021:"),
        f"* March on Twitter (now X) [3]: {cells}",
        *("We had 5 users. [4]", "That is all."),
    )
    broken = (fill(one, 40, subsequent_indent="  " if one[0] == "*" else "") for one in blocks)
    file.write_text("\n".join(broken), encoding="utf-8")
    headings = ("OUR YEAR 2019-20", "TWITTER")
    row = "March on Twitter (now X)"
    assert [(one.text, one.about, one.headings) for one in read(file)][2:] == [
        ("Each account in the month that is called March 2021:", (), headings),
        ("26", (row, "Posts"), headings),
        ("88", (row, "Likes"), headings),
        ("2 held; 1 late", (row, "What was not sent"), headings),
        ("We had 5 users.", (), headings),
        ("That is all.", (), headings),
    ]


def test_of_a_mail_its_page_or_its_words_are_read(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = "Reach 2020-21"
    mail.set_content("We had 328 tweets.")
    file = tmp_path / "a.eml"
    file.write_bytes(bytes(mail))
    assert [one.text for one in read(file)] == ["We had 328 tweets."]
    mail.add_alternative("<h1>Reach</h1><p>We had <b>292</b> retweets.</p>", subtype="html")
    mail.add_attachment(b"999 users", maintype="text", subtype="plain", filename="a.txt")
    file.write_bytes(bytes(mail))
    assert [one.text for one in read(file)] == ["Reach", "We had 292 retweets."]


@pytest.mark.parametrize("span", ["1000", "0", "-1", "x", "99999999999"])
def test_a_cell_that_claims_to_cover_more_than_any_is_bounded(tmp_path: Path, span: str) -> None:
    file = tmp_path / "a.html"
    row = f"<tr><td colspan={span} rowspan={span}>a<td>b</tr>"
    file.write_text(f"<table>{row * 40}</table>", encoding="utf-8")
    assert len(read(file)) == 80


def test_a_page_nested_without_end_is_read(tmp_path: Path) -> None:
    file = tmp_path / "deep.html"
    file.write_text("<div>" * 50_000 + "1,000 users", encoding="utf-8")
    assert [one.text for one in read(file)] == ["1,000 users"]


def test_a_folder_and_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    for name in ("folder.md", "gone.md"):
        with pytest.raises(UsageError, match=f"{name} cannot be read"):
            read(tmp_path / name)
