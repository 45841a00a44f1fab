"""Records → persons and their status: blocking, comparison, decisions, clusters. Pure."""

from .engine import engine
from .increment import advance
from .memory import Memory, Step, Touched
from .resolving import Before, Resolution, rebuild, resolve
from .statistics import GROWTH
from .weights import Weights, load

__all__ = [
    "GROWTH",
    "Before",
    "Memory",
    "Resolution",
    "Step",
    "Touched",
    "Weights",
    "advance",
    "engine",
    "load",
    "rebuild",
    "resolve",
]
