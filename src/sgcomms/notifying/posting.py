"""Posting a letter: no secret leaves in it, whatever it quotes."""

from __future__ import annotations

from collections.abc import Sequence

from sgcomms.alerting import Letter
from sgcomms.config import Board
from sgcomms.http.redacting import Redactor
from sgcomms.mailing import Attachment, MailError
from sgcomms.mailing import send as send_mail
from sgcomms.workspace import Workspace


def post(
    space: Workspace,
    board: Board,
    to: Sequence[str],
    letter: Letter,
    attachments: Sequence[Attachment] = (),
) -> None:
    """Send an e-mail; no secret leaves in it, whatever it quotes. Raises SgcommsError."""
    if board.mail is None:
        raise MailError("alerts.to has addresses, but config/board.yaml has no `mail` server")
    secrets = space.secrets()
    own = secrets.of("mail")
    redacted = Redactor(secrets.values() - {own.get("username", "")})
    send_mail(
        board.mail,
        own,
        to,
        redacted(letter.subject),
        redacted(letter.text),
        attachments=attachments,
    )
