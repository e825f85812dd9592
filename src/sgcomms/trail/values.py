"""Deliveries and rows of the trail as plain values, with times in the board's zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sgcomms import clock
from sgcomms.db.audit import Entry
from sgcomms.db.history import Record
from sgcomms.models import DraftMedia
from sgcomms.trail.people import People

Values = dict[str, Any]


def record_values(record: Record, zone: ZoneInfo, people: People) -> Values:
    """Return a delivery with all that is known of it, as JSON has it; times are of `zone`."""
    row, post = record.row, record.post
    waits = row.on_approval and row.due_at == row.expires_at

    def at(moment: datetime | None) -> str | None:
        return moment.astimezone(zone).isoformat() if moment else None

    return {
        "delivery": row.id,
        "campaign": row.campaign,
        "post": row.post,
        "account": row.account,
        "platform": row.platform,
        "mode": row.mode,
        "state": row.state,
        "why": people.reason(row.reason) if row.reason else None,
        "due_at": None if waits else at(row.due_at),
        "expires_at": at(row.expires_at),
        "queued_at": at(record.queued_at),
        "sent_at": at(row.published_at),
        "removed_at": at(post.removed_at) if post else None,
        "live": record.live,
        "platform_id": post.platform_id if post else None,
        "url": (post.url if post else None) or row.url,
        "text": people.public(row.draft.text),
        "link": row.draft.link,
        "images": [_image(item, people) for item in row.draft.media],
        "written_by": people.who(row.author),
        "approved_by": [people.who(who) for who in record.signers],
        "content_hash": row.content_hash,
        "decisions": [
            {
                "at": at(one.at),
                "decision": one.decision,
                "by": people.who(one.by),
                "reason": people.reason(one.reason) if one.reason else None,
                "hash": one.hash,
            }
            for one in record.decisions
        ],
        "removals": [
            {
                "asked_at": at(one.asked_at),
                "by": people.who(one.by),
                "reason": people.reason(one.reason),
                "state": one.state,
                "ended_at": at(one.ended_at),
                "url": one.url,
                "platform_id": one.platform_id,
                "detail": people.reason(one.detail) if one.detail else None,
            }
            for one in record.removals
        ],
    }


def _image(item: DraftMedia, people: People) -> Values:
    return {
        "sha256": item.sha256,
        "source_sha256": item.source or item.sha256,
        "kind": item.kind,
        "alt": people.public(item.alt),
    }


def entry_values(entry: Entry, zone: ZoneInfo, people: People) -> Values:
    """Return a row of the trail as JSON has it; `at` is the machine's own time, in `zone`."""

    def at(text: str | None) -> str | None:
        return clock.from_stored(text).astimezone(zone).isoformat() if text else None

    return {
        "number": entry.id,
        "at": at(entry.at),
        "rehearsed": at(entry.rehearsed),
        "who": people.who(entry.actor),
        "what": entry.action,
        "about": people.anything(entry.subject),
        "detail": people.anything(entry.detail),
    }
