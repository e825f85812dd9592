"""The summary as an e-mail: HTML, the same in plain text, and the page as an attachment.

The e-mail itself holds tables and no pictures, which many mail programs keep back until somebody
asks for them; the attached page has both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Any

from sgcomms.errors import UsageError
from sgcomms.models import Attachment, Mail
from sgcomms.reports.extras import extra
from sgcomms.reports.monthly import small
from sgcomms.reports.monthly.headline import nothing_known
from sgcomms.reports.monthly.model import Summary
from sgcomms.reports.monthly.writing import Draw, page, write
from sgcomms.signs import plain

_SEVEN_BIT = SMTP.clone(cte_type="7bit")


def letter(summary: Summary, template: Callable[[str], str], draw: Draw = small.png) -> Mail:
    """Return `summary` as an e-mail, nothing of it sent.

    `template` gives the text of "monthly.html" and "monthly.txt". Raises UsageError for a mistake
    in them, and where what keeps an e-mail's style is not installed.
    """
    source = template("monthly.html")
    whole = page(summary, source, draw)
    return Mail(
        key=summary.key,
        subject=f"{summary.title}: {summary.board}",
        text=write(summary, template("monthly.txt"), "txt"),
        html=_inlined(write(summary, source, "html")),
        attachments=(
            Attachment(f"reach-summary-{summary.key[-7:]}.html", whole.encode(), "text/html"),
        ),
        figures=summary.figures,
        bare=nothing_known(summary.month) in summary.headline,
        decision=summary.decision,
    )


def draft_mail(found: Mail, to: Sequence[str]) -> bytes:
    """Return a file that mail programs open as a draft of their own, not yet sent, to `to`.

    It names no sender: the program puts in whoever opens it. X-Unsent is how Outlook and its kin
    know a draft.
    """
    message = EmailMessage(policy=_SEVEN_BIT)
    message["X-Unsent"] = "1"
    if to:
        message["To"] = ", ".join(to)
    message["Subject"] = plain(" ".join(found.subject.split()))
    message.set_content(found.text, charset="utf-8")
    if found.html is not None:
        message.add_alternative(found.html, subtype="html", charset="utf-8")
    for one in found.attachments:
        main, _, sub = one.kind.partition("/")
        message.add_attachment(
            one.content,
            maintype=main,
            subtype=sub,
            filename=one.name,
            params={"charset": "utf-8"} if main == "text" else {},
        )
    _set_boundaries(message)
    return message.as_bytes()


def _set_boundaries(message: EmailMessage) -> None:
    """Part the message by lines that follow from what is in it: else they are drawn by lot."""
    seal = sha256()
    for part in message.walk():
        if not part.is_multipart():
            seal.update(part.get_payload(decode=True))  # type: ignore[arg-type]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"sgcomms-{seal.hexdigest()[:40]}-{number}")


def _inlined(html: str) -> str:
    """Return HTML whose style stands at each element, as mail programs need it."""
    css: Any = extra("css_inline", "report", "an e-mail that keeps its style")
    inliner = css.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
    try:
        return str(inliner.inline(html))
    except css.InlineError as error:
        raise UsageError(f"templates/monthly.html: its style cannot be read: {error}") from None
