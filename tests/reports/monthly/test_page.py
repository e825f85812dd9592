"""The full month as it is read: on paper, in a browser, as a committee's page."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from sgcomms import clock
from sgcomms.campaigns import load
from sgcomms.models import Account, Website
from sgcomms.periods import month
from sgcomms.reports.monthly import Summary, gather, letter, page
from sgcomms.workspace import Workspace
from tests import tools
from tests.conftest import At
from tests.figures.conftest import Desk
from tests.reports.monthly import rich
from tests.reports.monthly.test_formats import ORDER


@pytest.fixture(scope="module")
def full(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The workspace of the full month, which nobody changes."""
    return rich.lay_out(fresh, tmp_path_factory.mktemp("full") / "board")


@pytest.fixture(autouse=True)
def _in_april(at: At) -> None:
    at(rich.NOW)


def gathered(space: Workspace) -> Summary:
    board = space.board()
    with clock.rehearse(datetime.fromisoformat(rich.NOW)), space.database() as db:
        return gather(db, board, month(rich.MONTH), load(space.root, board).campaigns)


@pytest.fixture(scope="module")
def summary(full: Workspace) -> Summary:
    """The summary of the full month."""
    return gathered(full)


def items(summary: Summary, name: str) -> list[str]:
    """Return the items of a part."""
    return [one.text for one in getattr(summary, name).items]


def test_one_side_of_paper_holds_everything_that_a_board_is_told(
    full: Workspace, summary: Summary, tmp_path: Path
) -> None:
    first, *rest = tools.sides(page(summary, full.template("monthly.html")), tmp_path)
    assert len(rest) == 1
    words = " ".join(first.split())
    shown = [*ORDER[:-1]]
    shown.insert(2, "Website")
    places = [words.index(head.removeprefix("Status")) for head in shown if head != "Status"]
    assert places == sorted(places)
    assert "Status on 5" in words
    assert words.endswith(f"What the Board is asked to do: {summary.decision}")
    assert words.startswith(f"{summary.title} ")
    assert summary.headline[0] in words
    assert rest[0].split()[:3] == ["Notes", "and", "definitions"]
    assert_readable(tmp_path / "page-printed.pdf")


SMALLEST = 25
"""Words are at least so high, at three dots a point: 8.5 points, in tables; running text has 9."""


def assert_readable(paper: Path) -> None:
    """Make sure that no words are smaller than `SMALLEST`; marks of notes are."""
    done = subprocess.run(
        [tools.program("pdftohtml"), "-xml", "-i", "-stdout", "-zoom", "3", str(paper)],
        capture_output=True,
        text=True,
        check=True,
    )
    sizes = dict(re.findall(r'<fontspec id="(\d+)" size="(\d+)"', done.stdout))
    lines = re.findall(r'<text [^>]*font="(\d+)">(.*?)</text>', done.stdout)
    assert len(lines) > 200
    words = {re.sub("<[^>]*>", "", text) for font, text in lines if int(sizes[font]) < SMALLEST}
    assert not [one for one in words if re.search(r"[A-Za-z]{3}", one)]


@pytest.mark.long
def test_a_board_with_twelve_accounts_has_one_side_too(full: Workspace, tmp_path: Path) -> None:
    space = Workspace(Path(shutil.copytree(full.root, tmp_path / "board")))
    board = space.board()
    more = {
        f"page-{number}": Account(f"page-{number}", "facebook", "live", f"page{number}")
        for number in range(9)
    }
    board = replace(
        board,
        accounts={**board.accounts, **more},
        websites={
            **board.websites,
            **{f"w{n}": Website(f"w{n}", "ga4", "https://e.org") for n in range(3)},
        },
    )
    with space.database() as db:
        desk = Desk(board, db)
        for place, name in enumerate(more):
            for back in ("2027-01", "2027-02", "2027-03"):
                at = f"{back}-10T09:00+00:00"
                desk.post(name, f"{name}{back}", at, "2027-04-04", views=900 + 50 * place)
        for name in ("w0", "w1", "w2"):
            for metric in ("page_views", "users_active", "sessions"):
                desk.read(name, metric, 700, "2027-03-01", "2027-03-31", "2027-04-04")
        found = gather(db, board, month(rich.MONTH), load(space.root, board).campaigns)
    first, *rest = tools.sides(page(found, full.template("monthly.html")), tmp_path)
    assert " ".join(first.split()).endswith(found.decision)
    notes = " ".join(" ".join(rest).split())
    assert "All months of each account" in notes
    assert "More trends" in notes
    assert found.channels.table is not None
    assert len(found.channels.table.rows) == 12
    assert "12 accounts" in found.headline[-1]


def test_nobody_is_shut_out_and_the_markup_is_valid(
    full: Workspace, summary: Summary, tmp_path: Path
) -> None:
    """The attached page, the e-mail's own, and the evaluation of a campaign."""
    mail = letter(summary, full.template).html
    assert mail is not None
    paper = tmp_path / "paper.html"
    assert rich.command(full.root, "report", "campaign", "safer-sleeping", "-o", str(paper)) == 0
    pages = [page(summary, full.template("monthly.html")), mail, paper.read_text("utf-8")]
    files = [tmp_path / f"page{number}.html" for number in range(3)]
    for file, text in zip(files, pages, strict=True):
        file.write_text(text, "utf-8")
    assert tools.vnu(*files) == []
    for found in tools.axe_each(pages, tmp_path):
        assert found["violations"] == []
        assert found["passes"] > 20


def test_the_look_ahead_counts_what_will_go_out_and_names_what_needs_somebody(
    summary: Summary,
) -> None:
    assert items(summary, "ahead") == [
        "Campaign: Child safety at home (3 posts, 6 deliveries: 2 ready to go out; 2 waiting for "
        "approval (bath); 2 to be held, as the board keeps quiet then (stairs)).",
        "Awareness: World Health Day, 7 April 2027.",
        "Awareness: Stalking Awareness Week, 19 April 2027 to 23 April 2027 (date not confirmed).",
        "Keeping quiet: the pre-election period of Local elections (31 March 2027 to 6 May 2027).",
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("withdrawn", "3 posts, 5 deliveries: 2 ready to go out; 1 waiting for approval (bath);"),
        ("failed", "3 posts, 5 deliveries: 2 ready to go out; 1 waiting for approval (bath);"),
        ("held", "1 waiting for approval (bath); 2 to be held, as the board keeps quiet then"),
        ("held", "(stairs); 1 held for a person to decide (bath))."),
        ("published", "6 deliveries: 1 sent already; 2 ready to go out; 1 waiting for approval"),
        ("uncertain", "(stairs); 1 not known to be public or not (bath))."),
        ("handed", "1 with an officer, to be posted by hand (bath);"),
    ],
)
def test_the_look_ahead_follows_the_queue(
    full: Workspace, tmp_path: Path, state: str, words: str
) -> None:
    space = Workspace(Path(shutil.copytree(full.root, tmp_path / "board")))
    with space.database() as db:
        one = "child-safety-at-home/bath@x"
        sent = "2027-04-01T09:00:00Z" if state == "published" else None
        db.conn.execute(
            "UPDATE deliveries SET state = ?, published_at = ? WHERE id = ?", (state, sent, one)
        )
    assert words in items(gathered(space), "ahead")[0]


def test_a_campaign_whose_file_is_gone_is_there_all_the_same(
    full: Workspace, tmp_path: Path
) -> None:
    space = Workspace(Path(shutil.copytree(full.root, tmp_path / "board")))
    for name in ("safer-sleeping", "child-safety-at-home"):
        (space.root / "campaigns" / f"{name}.yaml").unlink()
    found = gathered(space)
    (gone,) = [one for one in found.evaluated if one.id == "campaign_safer-sleeping"]
    words = " ".join(one.text for one in gone.sentences)
    assert gone.title == "safer-sleeping"
    assert "Its file is gone or has mistakes, so its objective and what was learnt are not" in words
    assert "Output: 19 posts, 6,092 impressions and 9,024 views." in words
    assert "Outcome not measured: no objective is known." in words
    assert "No objective was set." not in words
    assert items(found, "ahead")[0].startswith("Campaign: child-safety-at-home (3 posts, 6 ")


def test_the_summary_and_the_evaluation_judge_an_objective_alike(
    full: Workspace, summary: Summary, tmp_path: Path
) -> None:
    paper = tmp_path / "paper.md"
    for one in summary.evaluated:
        name = one.id.removeprefix("campaign_")
        assert rich.command(full.root, "report", "campaign", name, "-o", str(paper)) == 0
        text = re.sub(r"\[\^\d+\]", "", paper.read_text("utf-8"))
        said = [sentence.text for sentence in one.sentences if "target of" in sentence.text]
        assert len(said) == 1
        assert said[0] in text
        assert next(s.text for s in one.sentences if s.text.startswith("Outcome not")) in text
