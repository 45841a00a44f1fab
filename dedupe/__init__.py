"""Records → persons and their status: blocking, comparison, decisions, clusters. Pure."""

from .resolving import Resolution, resolve
from .weights import Weights, load

__all__ = ["Resolution", "Weights", "load", "resolve"]
