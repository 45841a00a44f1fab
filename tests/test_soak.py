"""The five-minute forms of the soak: `python -m benchmarks.soak --short` and `--burst`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.soak import BURST, COMMIT, DRIFT, SHORT, soak, table
from scraper.kinds import telegram
from scraper.preview import Page, read_page


@pytest.mark.slow
@pytest.mark.parametrize("schedule", [SHORT, BURST])
def test_a_thousand_channels_for_five_minutes(schedule: str) -> None:
    figures = soak(1000, 300.0, schedule)
    told = table(figures)
    assert not figures.errors, told
    assert figures.wrong == 0, told
    assert figures.p99() < COMMIT, told
    assert figures.drift() < DRIFT, told


@pytest.mark.slow
def test_the_ledger_tells_a_post_that_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug planted in the collector: what stands at the top of a page is not read."""

    def without_the_oldest(*given: object) -> Page:
        page = read_page(*given)  # type: ignore[arg-type]
        return replace(page, messages=page.messages[1:])

    monkeypatch.setattr(telegram, "read_page", without_the_oldest)
    assert soak(5, 10.0, "0.2:60", lead=20.0).wrong > 0
