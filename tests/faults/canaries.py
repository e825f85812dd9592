"""The accounts that the fake platform knows, and their tokens.

A token is a word that stands nowhere else, so that a search for it finds every leak.
"""

from __future__ import annotations

from collections.abc import Mapping

X_USER = {"id": "1234567890123456789", "username": "cplscb", "name": "Safeguarding Board"}
PAGE = {"id": "1234567890", "name": "Safeguarding Board"}
INSTAGRAM = {"id": "17841400000000000", "username": "cpsafeguardingboard"}

SECRETS: Mapping[str, Mapping[str, str]] = {
    "x": {
        "api_key": "canary-x-api-key-7d1f",
        "api_secret": "canary-x-api-secret-9b3c",
        "access_token": "canary-x-access-token-2e5a",
        "access_token_secret": "canary-x-access-token-secret-c410",
    },
    "facebook": {"access_token": "canary-facebook-access-token-5f82"},
    "instagram": {"access_token": "canary-instagram-access-token-a67d"},
}
"""What `secrets.yaml` of a workspace under test holds, by account."""

CANARIES: tuple[str, ...] = tuple(value for names in SECRETS.values() for value in names.values())
"""Every secret: none of them may be seen anywhere but in a request to its own platform."""
