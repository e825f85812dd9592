"""What the design shows as a campaign and a board can be copied and used."""

from __future__ import annotations

import json

from PIL import Image

from sgcomms.config import load_board
from sgcomms.workspace import Workspace
from tests.conftest import Run

SAMPLE = """\
# campaigns/safer-sleeping.yaml
campaign: safer-sleeping
title: Safer sleeping for babies
author: comms.officer@board.example
planned_on: 2026-11-02                 # evidence for the pre-election rules
audience: Parents and carers of babies under one, and the professionals who visit them
objective: {measure: clicks_link, baseline: 120, target: 400, by: 2027-03-31}
link: https://www.safeguardingcambspeterborough.org.uk/safer-sleeping
accounts: [x, facebook, instagram]
posts:
  - id: clear-cot
    at: 2027-03-08 09:30               # the board's zone; quoted or not
    text: |
      Babies sleep safest on their back, in a clear, flat, firm space of their own. {link}
    text_for: {x: "Clear cot, on the back, every sleep. {link} #SaferSleepWeek"}     # keys are account ids
    media: [{file: media/clear-cot.jpg, alt: "A cot with a flat, firm mattress and nothing else in it."}]
    repeat: {every: week, times: 3}    # three in all
    expires: 2027-03-31                # end of that day; never sent after it
  - id: worried
    at: 2027-03-10 18:00
    accounts: [x, facebook]            # accounts and link may be set per post
    text: "Worried about a baby? {contact:nspcc} In an emergency call 999."
    election_safe: true
"""  # noqa: E501  word for word as in the design

BOARD = """\
# config/board.yaml
board:
  name: Cambridgeshire and Peterborough Safeguarding Children Partnership Board
  short: CPSPB
  timezone: Europe/London
  year_starts: 1 April
  url: https://www.safeguardingcambspeterborough.org.uk
people:
  comms.officer@board.example: {role: officer}
  head.of.service@board.example: {role: approver}
accounts:                               # ids are the board's own words; they appear in every figure
  x: {platform: x, handle: cplscb, mode: outbox}
  facebook: {platform: facebook, handle: cplscb, page_id: "1234567890", mode: outbox}
  instagram: {platform: instagram, handle: cpsafeguardingboard, ig_user_id: "17841400000000000", mode: outbox}
websites:
  website: {platform: ga4, property: properties/123456789, url: https://www.safeguardingcambspeterborough.org.uk, pages: {/: Home}}
metrics:                                # what only this board counts
  briefing_views: {label: Views of virtual briefings, unit: views, over_time: sum}
publishing: {approval: required, late_after: 2h, media_base_url: https://www.example.org/media/}
alerts: {to: [comms.officer@board.example]}
reports: {recipients: [board@board.example], send: after_ok}
mail: {host: smtp.example.org, port: 587, from: comms@board.example}
"""  # noqa: E501


def test_the_campaign_of_the_design_loads(run: Run, space: Workspace) -> None:
    campaigns = space.root / "campaigns"
    (campaigns / "safer-sleeping.yaml").write_text(SAMPLE, "utf-8")
    Image.new("RGB", (1080, 1080), (240, 235, 220)).save(campaigns / "media" / "clear-cot.jpg")
    result = run("check", str(campaigns / "safer-sleeping.yaml"))
    assert (result.code, result.out) == (0, "1 file: 0 errors, 0 warnings\n")
    plan = json.loads(run("plan", "--json").out)
    ours = {one["id"]: one for one in plan["add"] if one["id"].startswith("safer-sleeping/")}
    everywhere = ("facebook", "instagram", "x")
    assert sorted(ours) == [
        *(f"safer-sleeping/clear-cot.2@{account}" for account in everywhere),
        *(f"safer-sleeping/clear-cot.3@{account}" for account in everywhere),
        *(f"safer-sleeping/clear-cot@{account}" for account in everywhere),
        *(f"safer-sleeping/worried@{account}" for account in ("facebook", "x")),
    ]
    assert ours["safer-sleeping/worried@x"]["text"] == (
        "Worried about a baby? the NSPCC Helpline on 0808 800 5000 In an emergency call 999."
    )
    assert "#SaferSleepWeek" in ours["safer-sleeping/clear-cot@x"]["text"]


def test_the_board_of_the_design_loads(space: Workspace) -> None:
    (space.root / "config" / "board.yaml").write_text(BOARD, "utf-8")
    board, problems = load_board(space.root)
    assert problems == []
    assert board is not None
    assert list(board.accounts) == ["x", "facebook", "instagram"]
