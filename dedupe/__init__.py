"""Records → persons and their status: blocking, comparison, decisions, clusters. Pure."""

from .engine import engine
from .increment import look
from .memory import Memory, Step, Touched, Weighed
from .resolving import Before, Candidates, Resolution, rebuild, resolve
from .statistics import GROWTH
from .weights import OWN, Weights, in_force, load, read

__all__ = [
    "GROWTH",
    "OWN",
    "Before",
    "Candidates",
    "Memory",
    "Resolution",
    "Step",
    "Touched",
    "Weighed",
    "Weights",
    "engine",
    "in_force",
    "load",
    "look",
    "read",
    "rebuild",
    "resolve",
]
