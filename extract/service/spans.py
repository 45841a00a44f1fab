"""What is read of a man's service: where it stands in the text, and what it says."""

from __future__ import annotations

from typing import NamedTuple


class ServiceSpan(NamedTuple):
    """One field of service as read. `field` is category, unit, rank or call_sign."""

    start: int
    end: int
    first: int  # first token
    last: int  # one past the last token
    field: str
    value: str
    sure: bool = True  # False: a bare number, a weak word
    denied: bool = False  # «не срочник», «не путать со срочником», papers against the family's word
    past: bool = False  # «после срочки», «отслужил срочную»
    plural: bool = False  # «все срочники»: holds for many or for none
    rule: str = ""
