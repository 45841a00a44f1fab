"""The practice world: invented posts and lists with the truth about them, served as real pages."""

from practice.server import TOKEN, serve
from practice.sources_of import sources
from practice.world import DATA, Clock, World, rounds

__all__ = ["DATA", "TOKEN", "Clock", "World", "rounds", "serve", "sources"]
