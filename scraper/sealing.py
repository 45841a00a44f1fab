"""Raw bytes and an age public key → a Capture: hashed, and sealed before anything is written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime

import pyrage

from model import Capture, UnusableInput
from scraper.addresses import canonical
from scraper.large import Content, digest

VARIABLE = "ROLLCALL_VAULT_KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Makes captures; with a key their bytes are sealed, without one only hashed."""

    client: str  # name and version, as each capture states it
    key: str | None = None  # an age public key (age1…)

    def capture(self, source: str, url: str, content: Content, at: datetime) -> Capture:
        """The capture of one answer's bytes; `url` may still bear tokens."""
        sealed = None if self.key is None else pyrage.encrypt(content[:], [recipient(self.key)])
        return Capture(
            source=source,
            url=canonical(url),
            captured_at=at,
            client=self.client,
            sha256=digest(content),
            size=len(content),
            recipient=self.key,
            sealed=sealed,
        )


def key_of_environment() -> str | None:
    """The public key of ROLLCALL_VAULT_KEY, if any. Raises UnusableInput unless it is one."""
    key = os.environ.get(VARIABLE, "").strip() or None
    if key is not None:
        recipient(key)
    return key


def recipient(key: str) -> pyrage.x25519.Recipient:
    """The key of an age public key's text. Raises UnusableInput, without the text."""
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        secret = " (this is a secret key: keep it offline)" if "SECRET" in key.upper() else ""
        raise UnusableInput(f"{VARIABLE} is no age public key (age1…){secret}") from None
