"""Secrets taken out of texts. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 4
"""Shorter values are no secrets, and hiding them would make nonsense of every other word."""

HIDDEN = "[secret]"


class Redactor:
    """Takes secrets out of texts: as they are, percent-encoded, and inside of base64."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for value in secrets for form in _forms(value)}
        self._forms = sorted(forms, key=len, reverse=True)

    def __repr__(self) -> str:
        return "Redactor()"

    def __call__(self, text: str) -> str:
        """Return `text` without the secrets."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def data(self, value: Any) -> Any:
        """Return what came out of JSON, without the secrets."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, list):
            return [self.data(item) for item in value]
        if isinstance(value, dict):
            return {self(name): self.data(item) for name, item in value.items()}
        return value


def _forms(secret: str) -> set[str]:
    if len(secret) < SHORTEST_SECRET:
        return set()
    found = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret)}
    found.add(json.dumps(secret)[1:-1])
    for before in range(3):  # base64 of a longer text holds a secret in one of three ways
        encoded = base64.b64encode(b"\0" * before + secret.encode()).decode()
        end = -4 if encoded.endswith("=") else None
        inner = encoded[(0, 4, 4)[before] : end]
        if len(inner) >= 2 * SHORTEST_SECRET:
            found |= {inner, inner.replace("+", "-").replace("/", "_")}
    whole = base64.b64encode(secret.encode()).decode()
    return {*found, whole, whole.rstrip("=")}
