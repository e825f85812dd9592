"""March 2021 of the example year in every format: the same words and numbers in each."""

from __future__ import annotations

import email
import re
import shutil
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from sgcomms import clock
from sgcomms.campaigns import load
from sgcomms.periods import month
from sgcomms.reports.extras import ExtraMissingError
from sgcomms.reports.model import Chart
from sgcomms.reports.monthly import Summary, gather, letter, page
from sgcomms.workspace import Workspace
from tests.conftest import At, Run
from tests.golden import EXAMPLES, FORBIDDEN_SUM, READ_ON
from tests.reports.monthly.conftest import NOW
from tests.reports.monthly.rich import command
from tests.tools import overflowing

PNG = b"\x89PNG\r\n\x1a\n0"


@pytest.fixture(scope="module")
def filled(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the figures of 2020-21, which nobody changes."""
    folder = Path(shutil.copytree(fresh, tmp_path_factory.mktemp("golden") / "board"))
    files = sorted(str(one) for one in EXAMPLES.iterdir() if one.suffix in (".csv", ".yaml"))
    with clock.rehearse(datetime.fromisoformat(NOW)):
        assert command(folder, "import", *files, "--read-on", str(READ_ON)) == 0
    return folder


@pytest.fixture(scope="module")
def documents(filled: Path) -> dict[str, str]:
    """March 2021 in every format, each written once."""
    found = {}
    with clock.rehearse(datetime.fromisoformat(NOW)):
        for form in ("md", "html", "txt", "eml"):
            file = filled / f"march.{form}"
            assert command(filled, "report", "monthly", "--month", "2021-03", "-o", str(file)) == 0
            found[form] = file.read_bytes().decode()
    return found


@pytest.fixture
def space(filled: Path, tmp_path: Path, at: At) -> Workspace:
    """A copy of that workspace, in April 2021."""
    at(NOW)
    return Workspace(Path(shutil.copytree(filled, tmp_path / "board")))


@pytest.fixture(scope="module")
def summary(filled: Path) -> Summary:
    """The summary of March 2021."""
    found = Workspace(filled)
    board = found.board()
    with clock.rehearse(datetime.fromisoformat(NOW)), found.database() as db:
        return gather(db, board, month("2021-03"), load(found.root, board).campaigns)


def test_an_e_mail_knows_what_the_board_is_asked(summary: Summary, space: Workspace) -> None:
    asked = replace(summary, decision="For decision: leave X.")
    found = letter(asked, space.template)
    (file,) = found.attachments
    assert found.decision == "For decision: leave X."
    for part in (found.text, found.html or "", file.content.decode()):
        assert "For decision: leave X." in part


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


def test_every_format_prints_the_same_numbers(documents: dict[str, str], summary: Summary) -> None:
    draft = opened(documents["eml"])
    found = {
        "md": numbers_of(words_of("md", documents["md"])),
        "page": numbers_of(words_of("html", documents["html"])),
        "text": numbers_of(words_of("txt", documents["txt"])),
        "mail": numbers_of(words_of("html", body(draft, "html"))),
        "twin": numbers_of(words_of("txt", body(draft, "plain"))),
    }
    for form, numbers in found.items():
        assert numbers == found["md"], form
    printed = {number for text in summary.figures.values() for number in numbers_of(text)}
    assert printed <= found["md"]
    assert {"5,792", "6,802", "19,379", "1,007", "458", "124"} <= found["md"]
    assert f"{FORBIDDEN_SUM:,}" not in found["md"]


def test_every_format_has_every_sentence(documents: dict[str, str], summary: Summary) -> None:
    sections = [
        *(summary.status, summary.channels, summary.trend, summary.delivery, summary.posts),
        *(summary.campaigns, *summary.evaluated, summary.ahead, summary.caveats, *summary.annex),
    ]
    sentences = [one.text for found in sections for one in (*found.sentences, *found.items)]
    sentences += [found.title for found in sections]
    sentences += [*summary.headline, *summary.sources, summary.decision]
    sentences += [note.text for note in summary.notes]
    for form in ("md", "html", "txt"):
        shown = " ".join(words_of(form, documents[form]).split()).lower()
        for sentence in sentences:
            assert " ".join(sentence.split()).lower() in shown, (form, sentence)


ORDER = (
    *("Status", "Channels", "Trend over 13 months", "Delivery of campaigns"),
    *("Posts that stood out", "Campaigns live or just ended", "Looking ahead"),
    *("Caveats and definitions", "What the Board is asked to do", "Notes and definitions"),
)


def test_the_order_is_always_the_same(documents: dict[str, str]) -> None:
    heads = re.findall(r"^## (.*)$", documents["md"], re.MULTILINE)
    page = BeautifulSoup(documents["html"], "html.parser")
    in_html = [one.get_text() for one in page.find_all("h2")]
    for found in (heads, in_html):
        assert [re.sub(r"( on |:).*", "", head).strip() for head in found] == [*ORDER]


def test_plain_text_is_no_wider_than_a_mail_program_shows(documents: dict[str, str]) -> None:
    lines = documents["txt"].splitlines()
    assert max(map(len, lines)) <= 76
    place = next(n for n, line in enumerate(lines) if line.startswith("* Twitter (now X), March"))
    assert lines[place + 1].startswith("  ")


def test_no_word_says_people_of_what_is_not_people(summary: Summary) -> None:
    said = (
        " ".join(cell.text for row in summary.channels.table.rows for cell in row)
        if (summary.channels.table)
        else ""
    )
    said += " ".join((*summary.headline, *(one.text for one in summary.channels.items)))
    assert "people" not in said
    assert "reached" not in said


def test_the_page_can_be_read_by_everybody(documents: dict[str, str]) -> None:
    soup = BeautifulSoup(documents["html"], "html.parser")
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


@pytest.mark.long
def test_no_column_of_a_table_is_cut_off_on_a_narrow_screen(
    documents: dict[str, str], tmp_path: Path
) -> None:
    assert overflowing(documents["html"], tmp_path, width=620) == []
    assert overflowing(documents["html"], tmp_path, width=1100) == []


def test_the_mail_carries_its_style_at_each_element_and_fetches_nothing(
    documents: dict[str, str],
) -> None:
    soup = BeautifulSoup(body(opened(documents["eml"]), "html"), "html.parser")
    assert not soup.find_all(["style", "link", "img", "script"])
    assert all("border-collapse" in str(one.get("style")) for one in soup.find_all("table"))
    assert "http" not in re.sub(r"<[^>]*>", "", str(soup).replace("https://www.safeguard", ""))


def test_a_draft_opens_unsent_with_the_page_beside_it(run: Run, space: Workspace) -> None:
    board = space.root / "config" / "board.yaml"
    people = "reports: {recipients: [board@board.example, chair@board.example]}\n"
    board.write_text(board.read_text("utf-8") + people, "utf-8")
    file = space.root / "march.eml"
    assert run("report", "monthly", "--month", "2021-03", "-o", str(file)).code == 0
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


def test_hostile_words_stay_words(run: Run, space: Workspace) -> None:
    with space.database() as db:
        hostile = "<script>alert(1)</script> | *b* [l](x) \u202e\x1b[2J"
        db.conn.execute("UPDATE publications SET text = ?", (hostile,))
    html = written(run, "html")
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert r"\<script\>alert(1)\</script\> \| \*b\* \[l\](x)" in written(run, "md")
    for form in ("html", "md", "txt"):
        assert not {"\x1b", "\u202e"} & {*written(run, form)}


def test_a_template_is_the_boards_own_and_a_mistake_is_named(run: Run, space: Workspace) -> None:
    own = space.root / "templates" / "monthly.md"
    own.write_text("{{ summary.month }}: {{ summary.decision }}\n", "utf-8")
    assert written(run, "md").startswith("March 2021: For noting:")
    own.write_text("one\n{{ summary.mouth }}\n", "utf-8")
    result = run("report", "monthly", "--month", "2021-03")
    assert result.code == 2
    assert "templates/monthly.md:2:" in result.err
