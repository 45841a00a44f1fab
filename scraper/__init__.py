"""The web → posts and list rows: a polite client, one module per kind of source."""

import sys

# httpx brings in its command line, with rich and pygments where those are: 5 MB. This tells it no.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # what import takes for a no

from scraper.collecting import backfill, collect  # noqa: E402

__all__ = ["backfill", "collect"]
