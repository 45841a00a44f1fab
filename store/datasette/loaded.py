"""Our plugins → the only ones Datasette has loaded, beside its own."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from datasette.plugins import pm

KEPT = ("block_robots",)  # of those installed; each other one adds pages and requests of its own


def only(ours: Sequence[ModuleType]) -> None:
    """Unload what is merely installed (a map plugin fetches tiles elsewhere); load ours."""
    for name, plugin in pm.list_name_plugin():
        theirs = name.startswith("datasette.") or name in KEPT
        if plugin is not None and plugin not in ours and not theirs:
            pm.unregister(plugin)
    for plugin in ours:
        if not pm.is_registered(plugin):
            pm.register(plugin, plugin.__name__)
