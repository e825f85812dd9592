"""By hand, all the way: from campaign file to letter, to the officer's answer, to the figures."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sgcomms.db import audit, parks, queue
from sgcomms.errors import NotReadyError
from sgcomms.models import Account, Draft, DraftMedia
from sgcomms.notifying import handing
from sgcomms.platforms.by_hand import ByHand
from sgcomms.platforms.x.timeline import FIRST_MILLISECOND
from tests.conftest import Run
from tests.letters import HEAD, OFFICER, Office, office, words
from tests.videos import video

__all__ = ["office"]

CAMPAIGN = """\
campaign: bath-time
title: Bath time
author: comms.officer@board.example
planned_on: 2026-11-02
audience: Parents
link: https://www.safeguardingcambspeterborough.org.uk/bath-time
accounts: [x, facebook, instagram]
posts:
  - id: within-reach
    at: 2026-11-23 09:30
    text: "Stay within reach of your baby. {link}"
    media: [{file: media/bath.jpg, alt: "A baby in a bath, a hand at its back."}]
    expires: 2026-11-30
"""
TIME = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
X, FACEBOOK, INSTAGRAM = (
    f"bath-time/within-reach@{name}" for name in ("x", "facebook", "instagram")
)
POSTED_AT = TIME + timedelta(minutes=11)
STATUS = str((int(POSTED_AT.timestamp() * 1000) - FIRST_MILLISECOND) << 22)
"""An id as X gives them: it holds the moment at which the post was made."""

POSTED = {
    X: f"https://x.com/cplscb/status/{STATUS}",
    FACEBOOK: "https://www.facebook.com/cplscb/posts/122301112223334445",
    INSTAGRAM: "https://www.instagram.com/p/DRabcdefghi/",
}


EXPORTS = {
    "x": (
        "x-by-tweet-2021",
        {
            "Tweet id": STATUS,
            "Tweet permalink": POSTED[X].replace("x.com", "twitter.com"),
            "Tweet text": "Stay within reach of your baby. https://t.co/abc",
            "time": "2026-11-23 09:41 +0000",
        },
    ),
    "facebook": (
        "facebook-2026",
        {
            "Post ID": POSTED[FACEBOOK].rpartition("/")[2],
            "Publish time": "11/23/2026 01:41",
            "Permalink": POSTED[FACEBOOK],
        },
    ),
    "instagram": (
        "instagram-2026",
        {
            "Publish time": "11/23/2026 01:41",
            "Permalink": POSTED[INSTAGRAM],
            "Post type": "IG image",
        },
    ),
}
"""What the platform's export says of the post, by account: a file of the importers, and changes."""

READ_ON = ("--read-on", "2026-12-02")


def export(folder: Path, account: str) -> Path:
    """Write an export file that holds the post of `account` alone."""
    name, changes = EXPORTS[account]
    sample = Path(__file__).parent / "importers" / "data" / f"{name}.csv"
    header, row, *_ = csv.reader(sample.read_text("utf-8-sig").splitlines())
    values = {**dict(zip(header, row, strict=True)), **changes}
    path = folder / f"{account}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, list(values.values())])
    return path


def write(office: Office, old: str = "", new: str = "") -> None:
    """Write the campaign, with one change."""
    assert old in CAMPAIGN
    path = office.space.root / "campaigns" / "bath-time.yaml"
    path.write_text(CAMPAIGN.replace(old, new) if old else CAMPAIGN, "utf-8")


@pytest.fixture
def hands(office: Office) -> Office:
    """A board whose officer posts everything herself, with one campaign and nothing queued."""
    for path in (office.space.root / "campaigns").glob("*.yaml"):
        path.unlink()
    office.set("mode: outbox", "mode: by_hand")
    office.mail(OFFICER)
    image = Image.new("RGB", (320, 320), "teal")
    exif = Image.Exif()
    exif[0x010F] = "A camera that says whose it is"
    image.save(office.space.root / "campaigns" / "media" / "bath.jpg", exif=exif)
    write(office)
    return office


@pytest.fixture
def signed(hands: Office, run: Run) -> Office:
    """The same board; the campaign is queued and approved."""
    assert run("queue").code == 0
    assert run("approve", "bath-time", "--by", HEAD).code == 0
    return hands


@pytest.fixture
def handed(signed: Office) -> Office:
    """The same board at the time of its post."""
    signed.at(TIME)
    return signed


def rows(run: Run) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in json.loads(run("status", "--all", "--json").out)}


def states(run: Run) -> dict[str, str]:
    return {name: row["state"] for name, row in rows(run).items()}


def figures(run: Run, *more: str) -> dict[tuple[str, str], Any]:
    """Return the figures of the month, by subject and metric."""
    found = json.loads(run("stats", "--month", "2026-11", "--json", *more).out)["figures"]
    return {(one["subject"], one["metric"]): one["value"] for one in found}


def letters(office: Office) -> dict[str, EmailMessage]:
    """Return the letters about what is to be posted, by delivery."""
    start = "CPSPB: post by hand: "
    found = {str(one["Subject"]).removeprefix(start): one for one in office.letters()}
    return {name: one for name, one in found.items() if "@" in name}


def attached(letter: EmailMessage) -> list[MIMEPart]:
    return list(letter.iter_attachments())


def content(part: MIMEPart) -> bytes:
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found


def picture(office: Office, account: str) -> Path:
    """Return the picture that is laid for an account, in the format that suits it there."""
    (found,) = (one for one in folder(office, account).iterdir() if one.suffix in (".jpg", ".png"))
    return found


def folder(office: Office, account: str) -> Path:
    return office.space.by_hand / account / "bath-time.within-reach"


class TestAtItsTime:
    def test_nothing_is_handed_before(self, signed: Office) -> None:
        signed.at(TIME - timedelta(minutes=1))
        assert letters(signed) == {}
        assert not signed.space.by_hand.exists()

    def test_the_officer_is_sent_words_alt_text_and_picture(self, handed: Office, run: Run) -> None:
        found = letters(handed)
        assert set(found) == {X, FACEBOOK, INSTAGRAM}
        assert set(states(run).values()) == {"handed"}
        letter = found[FACEBOOK]
        assert letter["To"] == OFFICER
        text = words(letter)
        assert text.startswith("Please post this now on Facebook, @cplscb:\n")
        link = "utm_content=bath-time.within-reach.facebook"
        assert "\nStay within reach of your baby. https://www.safeguarding" in text
        assert link in text
        laid = picture(handed, "facebook")
        assert f"\n{laid.name}: attached\nalt text: A baby in a bath, a hand at" in text
        assert "Its time: Mon 23 Nov 2026 09:30 GMT.\n" in text
        assert "Do not post it after Tue 1 Dec 2026 00:00 GMT.\n" in text
        assert f"  sgcomms settle {FACEBOOK} --posted URL\n" in text
        (part,) = attached(letter)
        assert (part.get_filename(), part.get_content_maintype()) == (laid.name, "image")
        assert content(part) == laid.read_bytes()

    def test_the_picture_tells_nothing_that_it_does_not_show(self, handed: Office) -> None:
        for letter in letters(handed).values():
            (part,) = attached(letter)
            with Image.open(io.BytesIO(content(part))) as opened:
                assert dict(opened.getexif()) == {}

    def test_the_same_lies_in_a_folder(self, handed: Office) -> None:
        place = folder(handed, "instagram")
        assert {path.name for path in place.iterdir()} == {"text.txt", "1.jpg", "1.alt.txt"}
        assert (place / "text.txt").read_text("utf-8").startswith("Stay within reach")
        alt = (place / "1.alt.txt").read_text("utf-8")
        assert alt == "A baby in a bath, a hand at its back.\n"

    def test_it_is_handed_once(self, handed: Office) -> None:
        letters(handed)
        handed.ticks(20)
        assert letters(handed) == {}

    def test_no_token_is_needed(self, handed: Office) -> None:
        with handed.space.database() as db:
            assert parks.parked(db, TIME) == []


class TestTheSameRules:
    def test_what_is_not_signed_is_held(self, hands: Office, run: Run) -> None:
        run("queue")
        hands.at(TIME)
        assert set(states(run).values()) == {"held"}
        assert hands.subjects() == ["CPSPB: 3 held"]
        assert not hands.space.by_hand.exists()

    def test_what_comes_due_in_a_pause_is_held(self, signed: Office, run: Run) -> None:
        assert run("pause", "--reason", "A baby has died", "--by", HEAD).code == 0
        signed.at(TIME)
        assert set(states(run).values()) == {"held"}
        assert letters(signed) == {}

    def test_what_comes_late_is_held(self, signed: Office, run: Run) -> None:
        signed.at(TIME + timedelta(days=2))
        assert set(states(run).values()) == {"held"}
        assert letters(signed) == {}

    def test_a_copy_hands_nothing_over(self, signed: Office, run: Run) -> None:
        with signed.space.database() as db:
            db.conn.execute("UPDATE home SET path = '/elsewhere'")
        signed.machine.time = TIME
        assert run("publish").code == 3
        assert letters(signed) == {}

    def test_the_trail_keeps_what_was_done(self, handed: Office, run: Run) -> None:
        run("settle", FACEBOOK, "--posted", POSTED[FACEBOOK], "--by", OFFICER)
        with handed.space.database() as db:
            trail = [(one.action, one.actor) for one in audit.entries(db, FACEBOOK)]
        actions = [action for action, _ in trail]
        assert actions == ["queued", "approved", "claimed", "handed", "published"]
        assert trail[-1] == ("published", OFFICER)


class TestTheAnswer:
    @pytest.mark.parametrize("name", [X, FACEBOOK, INSTAGRAM])
    def test_makes_it_published(self, name: str, handed: Office, run: Run) -> None:
        handed.machine.later(minutes=20)
        done = run("settle", name, "--posted", POSTED[name])
        assert (done.code, done.out) == (0, f"published  {name}: {POSTED[name]}\n")
        row = rows(run)[name]
        assert (row["state"], row["url"]) == ("published", POSTED[name])
        assert row["published_at"] == "2026-11-23T09:50:00Z"

    def test_may_say_when(self, handed: Office, run: Run) -> None:
        handed.machine.later(hours=3)
        run("settle", X, "--posted", POSTED[X], "--at", "2026-11-23 09:41")
        assert rows(run)[X]["published_at"] == "2026-11-23T09:41:00Z"

    def test_that_it_was_not_posted_takes_it_out_for_good(self, handed: Office, run: Run) -> None:
        assert run("settle", X, "--not-posted").code == 0
        assert states(run)[X] == "withdrawn"
        run("queue")
        handed.ticks(5)
        assert states(run)[X] == "withdrawn"

    def test_with_an_address_of_another_place_is_refused(self, handed: Office, run: Run) -> None:
        done = run("settle", X, "--posted", POSTED[FACEBOOK])
        assert (done.code, "is not the address of a post on X" in done.err) == (2, True)
        assert states(run)[X] == "handed"

    def test_is_asked_for_until_it_comes(self, handed: Office, run: Run) -> None:
        handed.at(TIME + timedelta(hours=5))
        assert run("status", "--check").code == 3
        handed.letters()
        handed.at(datetime(2026, 11, 30, 8, 0, tzinfo=UTC))
        letter = next(one for one in handed.letters() if "this week" in one["Subject"])
        assert "TO POST BY HAND (3)" in words(letter)
        for name, url in POSTED.items():
            run("settle", name, "--posted", url)
        handed.beat()
        assert run("status", "--check").code == 0


class TestTheFigures:
    @pytest.fixture
    def answered(self, handed: Office, run: Run) -> Office:
        """The same board; everything was posted a little later."""
        handed.machine.later(minutes=11)
        for name, url in POSTED.items():
            assert run("settle", name, "--posted", url).code == 0
        return handed

    def test_count_what_was_posted_by_hand(self, answered: Office, run: Run) -> None:
        found = figures(run)
        assert {name: found[name, "posts"] for name in ("x", "facebook", "instagram")} == {
            "x": 1,
            "facebook": 1,
            "instagram": 1,
        }

    def test_count_nothing_before_it_was_posted(self, handed: Office, run: Run) -> None:
        found = figures(run)
        assert not any(found.get((name, "posts")) for name in ("x", "facebook", "instagram"))

    @pytest.mark.parametrize("account", EXPORTS)
    @pytest.mark.parametrize("first", ["settled", "imported"])
    def test_of_an_export_belong_to_the_same_post(
        self, handed: Office, run: Run, tmp_path: Path, account: str, first: str
    ) -> None:
        name = f"bath-time/within-reach@{account}"
        handed.machine.later(minutes=11)
        if first == "settled":
            run("settle", name, "--posted", POSTED[name])
        handed.machine.time = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
        done = run("import", str(export(tmp_path, account)), "--account", account, *READ_ON)
        assert done.code == 0, done.err
        if first == "imported":
            at = ("--at", "2026-11-23 09:41")
            assert run("settle", name, "--posted", POSTED[name], *at).code == 0
        found = figures(run)
        assert found[account, "posts"] == 1
        assert found["bath-time", "posts"] == 1
        assert found[account, "impressions" if account == "x" else "comments"] > 0


class TestFiles:
    @pytest.fixture
    def place(self, hands: Office) -> ByHand:
        """Where one account's posts are laid."""
        account = Account("facebook", "facebook", "by_hand", "cplscb")
        return ByHand(account, hands.space.by_hand, hands.space.store)

    def item(self, hands: Office, data: bytes, kind: str, alt: str) -> DraftMedia:
        sha256 = hashlib.sha256(data).hexdigest()
        hands.space.store.put(data, sha256, kind)
        return DraftMedia(sha256, kind, alt)

    def test_of_an_older_draft_are_taken_away(self, hands: Office, place: ByHand) -> None:
        """What was laid, and changed before it could be handed over, must not be posted."""
        first = self.item(hands, b"first", "PNG", "The first.")
        second = self.item(hands, b"second", "JPEG", "The second.")
        third = self.item(hands, video(), "MP4", "")
        before = Draft("facebook", "facebook", "Before", None, (first, second))
        place.hand(before, key=FACEBOOK)
        laid = place.place(FACEBOOK)
        assert {one.name for one in laid.iterdir()} == {
            *("text.txt", "1.png", "1.alt.txt"),
            *("2.jpg", "2.alt.txt"),
        }
        (laid / "my notes.txt").write_text("Ask Jo for a better one.", "utf-8")
        after = Draft("facebook", "facebook", "After", None, (third,))
        for _ in range(2):
            place.hand(after, key=FACEBOOK)
            assert {one.name for one in laid.iterdir()} == {"text.txt", "1.mp4", "my notes.txt"}
        assert (laid / "text.txt").read_text("utf-8") == "After\n"
        assert (laid / "1.mp4").read_bytes() == video()

    def test_that_are_missing_keep_it_from_being_handed(self, signed: Office, run: Run) -> None:
        for path in signed.space.store.folder.rglob("*.*"):
            path.unlink()
        signed.at(TIME)
        assert set(states(run).values()) == {"queued"}
        signed.ticks(16)
        (letter,) = signed.letters()
        assert letter["Subject"] == "CPSPB: 3 overdue"
        assert "is missing or damaged: `sgcomms queue` copies it again" in words(letter)

    def test_where_the_folder_cannot_be_written_are_told(
        self, hands: Office, place: ByHand
    ) -> None:
        hands.space.by_hand.write_text("in the way", "utf-8")
        draft = Draft("facebook", "facebook", "Words", None, ())
        with pytest.raises(NotReadyError, match=r"by_hand/ could not be written: "):
            place.hand(draft, key=FACEBOOK)

    def test_too_large_for_a_letter_stay_in_their_folder(
        self, signed: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(handing, "MAX_ATTACHED", 100)
        signed.at(TIME)
        letter = letters(signed)[FACEBOOK]
        assert attached(letter) == []
        assert (
            f"by_hand/facebook/bath-time.within-reach/{picture(signed, 'facebook').name}: too "
            "large to attach, so look there for it\n"
        ) in words(letter)

    def test_that_vanished_before_the_letter_left_are_told(self, signed: Office) -> None:
        signed.box.answers = {"MAIL": "451 later"}
        signed.at(TIME)
        picture(signed, "facebook").unlink()
        signed.box.answers = {}
        signed.ticks(5)
        letter = letters(signed)[FACEBOOK]
        assert attached(letter) == []
        assert ": cannot be read, so it is not attached\n" in words(letter)


def test_a_video_goes_out_by_hand(hands: Office, run: Run) -> None:
    (hands.space.root / "campaigns" / "media" / "bath.mp4").write_bytes(video())
    write(hands, "bath.jpg", "bath.mp4")
    assert run("queue").code == 0
    run("approve", "bath-time", "--by", HEAD)
    hands.at(TIME)
    (part,) = attached(letters(hands)[FACEBOOK])
    assert (part.get_filename(), part.get_content_type()) == ("1.mp4", "video/mp4")
    assert content(part) == video()
    with hands.space.database() as db:
        assert {row.state for row in queue.rows(db)} == {"handed"}
