"""What a client library takes for its session: its requests go out as every other does."""

from __future__ import annotations

import io
from typing import Any

import requests

from sgcomms.http import MOST_BYTES
from sgcomms.http.deadlines import Deadline
from sgcomms.http.redacting import Redactor
from sgcomms.http.wire import Raw, exchange


class Once:
    """Carries out one request of a client library: nothing followed, nothing sent twice.

    `got` is the answer, or why there is none; `asked` tells whether the library made a request of
    it, `sent` whether anything may have left.
    """

    def __init__(self, deadline: Deadline, redact: Redactor) -> None:
        self.got: Raw | str = "it was not asked"
        self.asked = False
        self.sent = False
        self._deadline = deadline
        self._redact = redact

    def request(self, method: str, url: str, **parts: Any) -> requests.Response:
        """Carry out a request. Raises ConnectionError where there is no answer."""
        self.asked = True
        parts.pop("timeout", None)  # the deadline holds for the whole of it
        request = requests.Request(method, url, **parts)
        self.got, self.sent = exchange(request, self._deadline, MOST_BYTES, self._redact)
        if isinstance(self.got, str):
            raise requests.ConnectionError(self.got)
        response = requests.Response()
        response.status_code = self.got.status
        response.headers.update(self.got.headers)
        response.raw = io.BytesIO(self.got.content)
        return response
