"""The distance of two names is that of the library that is too heavy to be there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from extract.people.sameness import slips

NAMES = st.text("аАбвгё-", max_size=8)


@given(NAMES, NAMES)
def test_slips(one: str, two: str) -> None:
    assert slips(one, two) == OSA.distance(one, two)
