"""March 2021 of the example year in every format: the same words and numbers in each."""

from __future__ import annotations

import email
import io
import os
import re
import shutil
import subprocess
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from sgcomms.campaigns import load
from sgcomms.periods import month
from sgcomms.reports.extras import ExtraMissingError
from sgcomms.reports.model import Chart
from sgcomms.reports.monthly import Summary, gather, letter, page
from sgcomms.workspace import Workspace
from tests.conftest import After, At, Run
from tests.figures.conftest import Desk
from tests.golden import FORBIDDEN_SUM, TAKE_IN
from tests.reports.monthly.conftest import Fill, Sum

PNG = b"\x89PNG\r\n\x1a\n0"


@pytest.fixture
def golden(after: After, at: At) -> Run:
    """A workspace with the figures of 2020-21, in April 2021."""
    at("2021-04-05T09:00+00:00")
    return after(TAKE_IN)


@pytest.fixture
def summary(golden: Run, space: Workspace) -> Summary:
    """The summary of March 2021."""
    board = space.board()
    return gather(space.database(), board, month("2021-03"), load(space.root, board).campaigns)


def written(run: Run, form: str, *more: str) -> str:
    result = run("report", "monthly", "--month", "2021-03", "--format", form, *more)
    assert (result.code, result.err) == (0, "")
    return result.out


def opened(raw: str | bytes) -> EmailMessage:
    data = raw.encode() if isinstance(raw, str) else raw
    found = email.message_from_bytes(data, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def body(found: EmailMessage, kind: str) -> str:
    part = found.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def words_of(form: str, text: str) -> str:
    """Return the words that a reader of the format sees, without marks and numbers of notes."""
    if form == "html":
        soup = BeautifulSoup(text, "html.parser")
        for gone in [*soup.find_all(["style", "sup"])]:
            gone.decompose()
        return soup.get_text(" ")
    if form == "md":
        return re.sub(r"\[\^\d+\]:?", " ", text).replace("\\", "")
    return re.sub(r"^\d+\. | \[\d+(, \d+)*\]", " ", text, flags=re.MULTILINE)


def numbers_of(text: str) -> set[str]:
    return set(re.findall(r"\d[\d,.]*\d|\d", text))


def test_every_format_prints_the_same_numbers(golden: Run, summary: Summary) -> None:
    draft = opened(written(golden, "eml"))
    found = {
        "md": numbers_of(words_of("md", written(golden, "md"))),
        "page": numbers_of(words_of("html", written(golden, "html"))),
        "text": numbers_of(words_of("txt", written(golden, "txt"))),
        "mail": numbers_of(words_of("html", body(draft, "html"))),
        "twin": numbers_of(words_of("txt", body(draft, "plain"))),
    }
    for form, numbers in found.items():
        assert numbers == found["md"], form
    printed = {number for text in summary.figures.values() for number in numbers_of(text)}
    assert printed <= found["md"]
    assert {"5,792", "6,802", "19,379", "1,007", "458", "124"} <= found["md"]
    assert f"{FORBIDDEN_SUM:,}" not in found["md"]


def test_every_format_has_every_sentence(golden: Run, summary: Summary) -> None:
    sections = [
        *(summary.status, summary.channels, summary.trend, summary.delivery),
        *(summary.posts, summary.campaigns, summary.ahead),
    ]
    sentences = [one.text for found in sections for one in (*found.sentences, *found.items)]
    sentences += [*summary.headline, *summary.missing, *summary.shorthand, summary.decision]
    sentences += [note.text for note in summary.notes]
    for form in ("md", "html", "txt"):
        shown = " ".join(words_of(form, written(golden, form)).split())
        for sentence in sentences:
            assert " ".join(sentence.split()) in shown, (form, sentence)


def test_the_order_is_always_the_same(golden: Run) -> None:
    heads = re.findall(r"^## (.*)$", written(golden, "md"), re.MULTILINE)
    assert [re.sub(r"(on|:) .*", "", head).strip() for head in heads] == [
        *("Status", "Channels", "Trend over 13 months", "Delivery of campaigns"),
        *("Posts that stood out", "Campaigns live or just ended", "Looking ahead"),
        *("The months behind the trend", "Caveats and definitions"),
        "What the Board is asked to do",
    ]


def test_no_word_says_people_of_what_is_not_people(golden: Run, summary: Summary) -> None:
    said = (
        " ".join(cell.text for row in summary.channels.table.rows for cell in row)
        if (summary.channels.table)
        else ""
    )
    said += " ".join((*summary.headline, *(one.text for one in summary.channels.items)))
    assert "people" not in said
    assert "reached" not in said


def test_the_page_can_be_read_by_everybody(golden: Run) -> None:
    soup = BeautifulSoup(written(golden, "html"), "html.parser")
    assert soup.html is not None
    assert soup.html["lang"] == "en-GB"
    assert len(soup.find_all("h1")) == 1
    assert not soup.find_all(["script", "link"])
    for table in soup.find_all("table"):
        assert table.caption is not None
        assert all(head.get("scope") in ("col", "row") for head in table.find_all("th"))
        assert all(row.th is not None for row in table.find_all("tr"))
    known = {str(one["id"]) for one in soup.find_all(id=True)}
    assert len(known) == len(soup.find_all(id=True))
    assert {str(one["href"])[1:] for one in soup.select("sup a")} <= known


def test_the_mail_carries_its_style_at_each_element_and_fetches_nothing(golden: Run) -> None:
    soup = BeautifulSoup(body(opened(written(golden, "eml")), "html"), "html.parser")
    assert not soup.find_all(["style", "link", "img", "script"])
    assert all("border-collapse" in str(one.get("style")) for one in soup.find_all("table"))
    assert "http" not in re.sub(r"<[^>]*>", "", str(soup).replace("https://www.safeguard", ""))


def test_a_draft_opens_unsent_with_the_page_beside_it(golden: Run, space: Workspace) -> None:
    board = space.root / "config" / "board.yaml"
    people = "reports: {recipients: [board@board.example, chair@board.example]}\n"
    board.write_text(board.read_text("utf-8") + people, "utf-8")
    file = space.root / "march.eml"
    assert golden("report", "monthly", "--month", "2021-03", "-o", str(file)).code == 0
    found = opened(file.read_bytes())
    assert (found["X-Unsent"], found["From"]) == ("1", None)
    assert found["To"] == "board@board.example, chair@board.example"
    assert found["Subject"].startswith("Reach summary, March 2021: Cambridgeshire")
    (attached,) = found.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == (
        *("reach-summary-2021-03.html", "text/html"),
    )
    assert 'lang="en-GB"' in attached.get_content()


def test_charts_are_drawn_in_the_page_and_not_in_the_mail(
    summary: Summary, space: Workspace
) -> None:
    drawn: list[Chart] = []

    def draw(chart: Chart) -> bytes:
        drawn.append(chart)
        return PNG

    found = letter(summary, space.template, draw)
    (attached,) = found.attachments
    soup = BeautifulSoup(attached.content, "html.parser")
    assert [one["alt"] for one in soup.find_all("img")] == [one.alt for one in drawn]
    assert all(str(one["src"]).startswith("data:image/png;base64,iVBOR") for one in soup("img"))
    assert len(drawn) == len(summary.trend.charts) == 3
    assert found.html is not None
    assert "<img" not in found.html
    assert found.key == "monthly-2021-03"
    assert found.figures["Impressions on Twitter (now X), March 2021"] == "5,792"


def test_a_page_that_nothing_can_draw_for_has_its_table(space: Workspace, summary: Summary) -> None:
    def none(_: Chart) -> bytes:
        raise ExtraMissingError("nothing draws here")

    template = space.template("monthly.html")
    soup = BeautifulSoup(page(summary, template, none), "html.parser")
    assert soup.find("img") is None
    assert len(soup.find_all("table")) == len(
        BeautifulSoup(page(summary, template), "html.parser").find_all("table")
    )


def test_hostile_words_stay_words(golden: Run, space: Workspace) -> None:
    with space.database() as db:
        hostile = "<script>alert(1)</script> | *b* [l](x) \u202e\x1b[2J"
        db.conn.execute("UPDATE publications SET text = ?", (hostile,))
    html = written(golden, "html")
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert r"\<script\>alert(1)\</script\> \| \*b\* \[l\](x)" in written(golden, "md")
    for form in ("html", "md", "txt"):
        assert not {"\x1b", "\u202e"} & {*written(golden, form)}


def test_a_template_is_the_boards_own_and_a_mistake_is_named(golden: Run, space: Workspace) -> None:
    own = space.root / "templates" / "monthly.md"
    own.write_text("{{ summary.month }}: {{ summary.decision }}\n", "utf-8")
    assert written(golden, "md").startswith("March 2021: For noting:")
    own.write_text("one\n{{ summary.mouth }}\n", "utf-8")
    result = golden("report", "monthly", "--month", "2021-03")
    assert result.code == 2
    assert "templates/monthly.md:2:" in result.err


# what the page looks like


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        assert "CI" not in os.environ, f"{name} is not installed"
        pytest.skip(f"{name} is not installed: `make ci-tools` does it")
    return found


def sides(html: str, folder: Path) -> int:
    """Return how many sides of A4 a page takes when it is printed."""
    file, paper = folder / "march.html", folder / "march.pdf"
    file.write_text(html, "utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    options += [f"--user-data-dir={folder / 'browser'}", f"--print-to-pdf={paper}"]
    subprocess.run(
        [tool("chromium"), *options, file.as_uri()], check=True, capture_output=True, timeout=120
    )
    said = subprocess.run([tool("pdfinfo"), paper], check=True, capture_output=True, text=True)
    pages = re.search(r"^Pages: +([0-9]+)$", said.stdout, re.MULTILINE)
    assert pages is not None
    assert "(A4)" in said.stdout
    return int(pages[1])


def test_it_is_printed_on_one_sheet(golden: Run, tmp_path: Path) -> None:
    """Two sides of A4: the definitions belong to the figures, and nothing is too small to read."""
    assert sides(written(golden, "html"), tmp_path) <= 2


def test_a_full_month_with_its_charts_is_one_sheet_too(
    desk: Desk, fill: Fill, sum_up: Sum, space: Workspace, tmp_path: Path
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (1120, 400), "white").save(picture, "PNG")
    for account, metric in (("x", "impressions"), ("facebook", "views"), ("instagram", "views")):
        fill([*[1000.0, 1200.0] * 6, 9000], "2027-03", account, metric)
        for month_, last in (("2027-02", 28), ("2027-03", 31), ("2026-03", 31)):
            end = f"{month_}-{last}"
            desk.read(account, "followers", 900, end, end, "2027-04-04")
            desk.read(account, "reach", 2000, f"{month_}-01", end, "2027-04-04")
            desk.read("website", "page_views", 20000, f"{month_}-01", end, "2027-04-04")
            desk.read("website", "users_active", 5000, f"{month_}-01", end, "2027-04-04")
    found = sum_up("2027-03", "2027-04-05T09:00+00:00")
    assert len(found.trend.charts) == 4
    html = page(found, space.template("monthly.html"), lambda chart: picture.getvalue())
    assert sides(html, tmp_path) <= 2
