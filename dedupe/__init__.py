"""Records → persons and their status: blocking, comparison, decisions, clusters. Pure."""
