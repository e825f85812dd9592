"""Reports by GOV.UK Notify, through its own client, to a stand-in that checks what is signed."""

from __future__ import annotations

import base64
import re
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sgcomms.distributing.carrying import Parcel
from sgcomms.distributing.notify import Notify
from sgcomms.errors import AuthError
from sgcomms.http import may_have_token
from tests.distributing.conftest import CHAIR, DOCUMENT, EVERYBODY, HEAD, NHS, POLICE, Sender
from tests.distributing.notify_server import KEY, SECRET, SERVICE, Service, notify
from tests.distributing.test_faults import FIRE, agreed, bring_back, forked, send
from tests.distributing.test_sending import OCTOBER, work
from tests.fakes import in_processes, killer

TEMPLATE = "5d2c4b9e-0c2b-4a57-8b3c-4a8f1f5d1c11"


@pytest.fixture
def service() -> Iterator[Service]:
    with notify() as found:
        yield found


@pytest.fixture
def by_notify(sender: Sender, service: Service) -> Sender:
    """An office that sends by Notify, with its key in secrets.yaml."""
    put(sender, KEY)
    way = f"by: notify, template_id: {TEMPLATE}, api_base: {service.base}"
    sender.office.set("reports: {", f"reports: {{{way}, ")
    return sender


def put(sender: Sender, key: str) -> None:
    """Write the key into secrets.yaml."""
    file = sender.office.space.root / "secrets.yaml"
    file.write_text(f'notify: {{api_key: "{key}"}}\n', "utf-8")


def got(service: Service) -> Counter[str]:
    """Return how many e-mails Notify has taken for each person."""
    return Counter(one["email_address"] for one in service.taken)


class TestEverybody:
    def test_gets_it_once_by_the_boards_template(self, by_notify: Sender, service: Service) -> None:
        done = by_notify.send()
        assert (done.code, done.err) == (0, "")
        assert "by:      GOV.UK Notify" in done.out
        assert got(service) == Counter(EVERYBODY)
        one = service.taken[0]
        assert one["template_id"] == TEMPLATE
        assert one["personalisation"]["subject"] == "Reach in October 2026"
        assert one["personalisation"]["text"] == f"{by_notify.desk.words}\n"
        file = one["personalisation"]["link_to_file"]
        assert file["filename"] == "reach-2026-10.html"
        assert b"<h1>Reach</h1>" in base64.b64decode(file["file"])
        assert (file["confirm_email_before_download"], file["retention_period"]) == (
            True,
            "26 weeks",
        )
        assert by_notify.command().code == 0
        assert got(service) == Counter(EVERYBODY)

    def test_is_referred_to_without_being_named(self, by_notify: Sender, service: Service) -> None:
        by_notify.send()
        references = {one["reference"] for one in service.taken}
        assert len(references) == 3
        for one in references:
            assert re.fullmatch(f"sgcomms-{DOCUMENT}-1-[0-9a-f]{{32}}", one)

    def test_has_a_reference_of_exactly_these_words(self, by_notify: Sender) -> None:
        mail = by_notify.desk.make(OCTOBER)
        one = Parcel(1, CHAIR, mail)
        others = [
            Parcel(1, POLICE, mail),
            Parcel(2, CHAIR, mail),
            Parcel(1, CHAIR, replace(mail, text="other")),
        ]
        assert Parcel(1, CHAIR.upper(), replace(mail)).reference == one.reference
        for other in others:
            assert other.reference != one.reference
            assert other.name != one.name

    def test_gets_what_was_said_yes_to_by_that_template_alone(
        self, by_notify: Sender, service: Service
    ) -> None:
        seal = by_notify.seal()
        by_notify.office.set(TEMPLATE, TEMPLATE[::-1])
        done = by_notify.command("--yes-to", seal, "--by", HEAD)
        assert (done.code, got(service)) == (2, Counter())

    def test_is_looked_for_before_anything_is_sent(
        self, by_notify: Sender, service: Service
    ) -> None:
        by_notify.send()
        assert [line.split("?")[0] for line in service.heard] == [
            "GET /v2/notifications",
            "POST /v2/notifications/email",
        ] * 3


class TestSilence:
    @pytest.mark.parametrize("fault", ["lost", "500", "502", "garbage", "no id"])
    def test_is_uncertain(self, by_notify: Sender, service: Service, fault: str) -> None:
        service.faults = ["", fault]
        done = by_notify.send()
        assert done.code == 3
        assert by_notify.states() == ["sent", "uncertain", "sent"]

    @pytest.mark.parametrize("fault", ["lost", "garbage", "no id"])
    def test_is_settled_by_looking(self, by_notify: Sender, service: Service, fault: str) -> None:
        service.faults = [fault]
        by_notify.send()
        again = by_notify.command()
        assert again.code == 0
        assert got(service) == Counter(EVERYBODY)
        assert by_notify.states() == ["sent"] * 3

    def test_is_settled_by_the_service_too(self, by_notify: Sender, service: Service) -> None:
        service.faults = ["lost"]
        by_notify.send()
        assert work(by_notify) == [f"sent {DOCUMENT} to {CHAIR}"]
        assert by_notify.states() == ["sent"] * 3

    @pytest.mark.parametrize("fault", ["unsent"])
    def test_is_not_settled_where_nothing_is_found(
        self, by_notify: Sender, service: Service, fault: str
    ) -> None:
        service.faults = [fault]
        by_notify.send()
        assert by_notify.command().code == 3
        assert by_notify.states() == ["uncertain", "sent", "sent"]
        assert got(service) == Counter([POLICE, NHS])

    def test_of_a_look_sends_nothing(self, by_notify: Sender, service: Service) -> None:
        seal = by_notify.seal()
        service.looks = 503
        assert by_notify.command("--yes-to", seal, "--by", HEAD).code == 1
        assert got(service) == Counter()
        assert by_notify.states() == ["queued"] * 3
        assert [by_notify.rows()[one].sends for one in EVERYBODY] == [0, 0, 0]

    def test_that_hid_a_failure_is_told_as_one(self, by_notify: Sender, service: Service) -> None:
        service.faults, service.status = ["lost"], "permanent-failure"
        by_notify.send()
        by_notify.command()
        assert by_notify.states() == ["failed", "sent", "sent"]

    def test_of_what_another_copy_sent_is_found(self, by_notify: Sender, service: Service) -> None:
        """A database that was restored knows nothing of it: the look does."""
        reference = Parcel(1, CHAIR, by_notify.desk.make(OCTOBER)).reference
        service.taken.append({"id": "1", "reference": reference, "email_address": CHAIR})
        by_notify.send()
        assert got(service) == Counter(EVERYBODY)

    def test_about_somebody_else_is_not_taken_for_theirs(
        self, by_notify: Sender, service: Service
    ) -> None:
        reference = Parcel(1, CHAIR, by_notify.desk.make(OCTOBER)).reference
        service.taken.append({"id": "1", "reference": reference, "email_address": "x@y.example"})
        by_notify.send()
        assert got(service) == Counter([*EVERYBODY, "x@y.example"])

    @forked
    @pytest.mark.parametrize("step", ["armed", "carried"])
    def test_of_a_process_that_died(self, by_notify: Sender, service: Service, step: str) -> None:
        space, board = by_notify.office.space, by_notify.office.board
        with space.database() as db:
            issue = agreed(by_notify, db)
        assert in_processes(lambda: send(space, board, issue, killer(step)))[0].killed
        by_notify.office.machine.later(minutes=3)
        rows = send(space, board, issue)
        first = "uncertain" if step == "armed" else "sent"
        assert [row.state for row in rows] == [first, "sent", "sent"]
        assert set(got(service).values()) == {1}


class TestADatabaseThatWasBroughtBack:
    def test_is_told_by_notify_who_has_it(self, by_notify: Sender, service: Service) -> None:
        """Another copy sent it to two of them; one it could not reach."""
        by_notify.seal()
        bring_back(by_notify)
        put_there(by_notify, service, CHAIR, "delivered")
        put_there(by_notify, service, POLICE, "permanent-failure")
        done = by_notify.send()
        assert (done.code, len(service.taken)) == (3, 2)
        assert f"Ask {NHS}; if" in done.err
        assert by_notify.send("--not-sent-before").code == 0
        assert got(service) == Counter([*EVERYBODY, POLICE])
        assert by_notify.states() == ["sent"] * 3

    def test_is_told_of_those_who_were_added_meanwhile(
        self, by_notify: Sender, service: Service
    ) -> None:
        by_notify.send()
        bring_back(by_notify)
        put_there(by_notify, service, FIRE, "delivered")
        by_notify.office.set(NHS, f"{NHS}, ambulance@board.example, {FIRE}")
        done = by_notify.command()
        assert "Ask ambulance@board.example; if" in done.err
        assert by_notify.rows()[FIRE].state == "sent"

    def test_takes_a_delivery_before_a_failure(self, by_notify: Sender, service: Service) -> None:
        by_notify.seal()
        bring_back(by_notify)
        put_there(by_notify, service, CHAIR, "permanent-failure")
        put_there(by_notify, service, CHAIR, "delivered")
        by_notify.command()
        row = by_notify.rows()[CHAIR]
        assert (row.state, row.reason) == ("sent", "GOV.UK Notify has it: delivered")

    def test_is_told_nothing_while_nobody_can_look(
        self, by_notify: Sender, service: Service
    ) -> None:
        by_notify.seal()
        bring_back(by_notify)
        put_there(by_notify, service, CHAIR, "delivered")
        service.looks = 503
        done = by_notify.command()
        assert done.code == 3
        assert f"Ask {', '.join(EVERYBODY)}; if" in done.err


def put_there(sender: Sender, service: Service, who: str, status: str) -> None:
    """Let another copy have sent the first issue to somebody."""
    reference = Parcel(1, who, sender.desk.make(OCTOBER)).reference
    service.taken.append(
        {"id": "1", "reference": reference, "email_address": who, "status": status}
    )


class TestAProcessThatSleeps:
    def test_between_arming_and_sending_does_not_send(
        self, by_notify: Sender, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The machine sleeps while it looks up the name of Notify's host, to send to it."""
        space, board = by_notify.office.space, by_notify.office.board
        look_up, armed = socket.getaddrinfo, list[str]()

        def slow(*given: Any, **more: Any) -> Any:
            if armed:
                by_notify.office.machine.later(seconds=6)
                armed.clear()
            return look_up(*given, **more)

        monkeypatch.setattr(socket, "getaddrinfo", slow)
        with space.database() as db:
            issue = agreed(by_notify, db)
        rows = send(
            space, board, issue, lambda name: armed.append(name) if name == "armed" else None
        )
        assert [row.state for row in rows] == ["queued"] * 3
        assert [row.sends for row in rows] == [1, 0, 0]
        assert not [line for line in service.heard if line.startswith("POST")]
        by_notify.office.machine.later(minutes=15)
        rows = send(space, board, issue)
        assert got(service) == Counter(EVERYBODY)

    def test_for_less_sends(
        self, by_notify: Sender, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        space, board = by_notify.office.space, by_notify.office.board

        def step(name: str) -> None:
            if name == "armed":
                by_notify.office.machine.later(seconds=4)

        with space.database() as db:
            issue = agreed(by_notify, db)
        send(space, board, issue, step)
        assert got(service) == Counter(EVERYBODY)


class TestARefusal:
    def test_of_one_is_definite(self, by_notify: Sender, service: Service) -> None:
        service.faults = ["", "400"]
        done = by_notify.send()
        assert done.code == 1
        assert "(400 a fault called 400)" in done.out
        assert by_notify.states() == ["sent", "failed", "sent"]

    @pytest.mark.parametrize("fault", ["401", "403", "429"])
    def test_of_all_leaves_them_waiting(
        self, by_notify: Sender, service: Service, fault: str
    ) -> None:
        service.faults = [fault]
        assert by_notify.send().code == 1
        assert by_notify.states() == ["queued"] * 3
        assert len([line for line in service.heard if line.startswith("POST")]) == 1

    def test_of_a_page_that_is_too_long_is_told_at_once(
        self, by_notify: Sender, service: Service
    ) -> None:
        by_notify.desk.day = "x" * (2 * 1024 * 1024)
        seal = by_notify.seal()
        done = by_notify.command("--yes-to", seal, "--by", HEAD)
        assert (done.code, got(service)) == (1, Counter())
        assert by_notify.states() == ["failed"] * 3
        assert "GOV.UK Notify takes 2,097,152" in " ".join(done.out.split())
        assert service.heard == []


class TestTheKey:
    def test_of_another_service_is_refused(self, by_notify: Sender, service: Service) -> None:
        put(by_notify, f"board-{SERVICE}-{'0' * 8}-0000-0000-0000-{'0' * 12}")
        done = by_notify.send()
        assert (done.code, got(service)) == (1, Counter())
        assert "refused the key (403" in done.out

    def test_that_is_missing_is_asked_for(self, by_notify: Sender) -> None:
        (by_notify.office.space.root / "secrets.yaml").unlink()
        done = by_notify.command()
        assert done.code == 1
        assert "notify has no api_key" in done.err

    @pytest.mark.parametrize("key", ["short", f"{KEY}x", SECRET])
    def test_that_is_none_is_told(self, by_notify: Sender, key: str) -> None:
        put(by_notify, key)
        done = by_notify.command()
        assert done.code == 1
        assert "is none of GOV.UK Notify's" in done.err
        assert key not in done.err + done.out

    @pytest.mark.parametrize(
        "base", ["https://notify.example", "http://api.notifications.service.gov.uk", "ftp://x"]
    )
    def test_goes_nowhere_else(self, base: str) -> None:
        with pytest.raises(AuthError, match="may not go to `api_base`"):
            Notify(TEMPLATE, {"api_key": KEY}, base=base)

    def test_goes_to_its_own_host_and_where_secrets_allow(self) -> None:
        Notify(TEMPLATE, {"api_key": KEY})
        Notify(
            TEMPLATE, {"api_key": KEY}, base="https://n.example", allowed=frozenset({"n.example"})
        )
        assert may_have_token(Notify.base, Notify.hosts, ())

    def test_is_in_no_output_and_not_in_the_database(
        self, by_notify: Sender, service: Service
    ) -> None:
        service.faults = ["400", "lost", "500"]
        done = by_notify.send()
        with by_notify.office.space.database() as db:
            rows = "".join(db.conn.iterdump())
        for words in (done.out, done.err, rows):
            assert SECRET not in words

    def test_needs_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "notifications_python_client", None)
        with pytest.raises(Exception, match=r"pip install 'sgcomms\[notify\]'"):
            Notify(TEMPLATE, {"api_key": KEY})


def test_the_template_for_notify_is_in_the_documents() -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "send-reports.md"
    text = page.read_text("utf-8")
    assert all(f"(({name}))" in text for name in ("subject", "text", "link_to_file"))
