"""The web → posts and list rows: a polite client, one module per kind of source."""

from scraper.collecting import backfill, collect

__all__ = ["backfill", "collect"]
