"""A mail (.eml) -> the passages of its words. What is attached is not read.

The form is that of RFC 5322 and 2045 (https://www.rfc-editor.org/rfc/rfc5322).
"""

from __future__ import annotations

from email import message_from_bytes
from email.errors import MessageError
from email.policy import default

from sgcomms.reports.proof.reading import page, plain
from sgcomms.reports.proof.reading.passages import MOST_CHARACTERS, Passage, UnreadableError

_NO_MAIL = "it is no e-mail: save it again from the mail program, or proof the document itself"


def passages(content: bytes) -> list[Passage]:
    """Return the passages of a mail's page, or of its plain text where it has no page.

    Raises UnreadableError for what is no mail.
    """
    try:
        message = message_from_bytes(content, policy=default)
        body = message.get_body(("html", "plain")) if message.keys() else None
        if body is None:
            raise UnreadableError(_NO_MAIL)
        text = body.get_content()
        kind = body.get_content_type()
    except (MessageError, LookupError, ValueError, AttributeError, RecursionError):
        raise UnreadableError(_NO_MAIL) from None
    if not isinstance(text, str):
        raise UnreadableError(_NO_MAIL)
    if len(text) > MOST_CHARACTERS:
        raise UnreadableError("it holds more text than a thousand pages: no report does")
    return page.passages(text) if kind == "text/html" else plain.text_lines(text)
