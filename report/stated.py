"""An estimate or a refusal → JSON values."""

from __future__ import annotations

from typing import Any

from estimate import Estimate, Refusal

Json = dict[str, Any]


def stated(result: Estimate | Refusal) -> Json:
    """An estimate or a refusal as JSON values, persons rounded to whole men."""
    if isinstance(result, Refusal):
        return {"method": result.method, "refused": result.reason, "values": dict(result.values)}
    return {
        "method": result.method, "persons": round(result.value), "low": round(result.low),
        "high": None if result.high is None else round(result.high),
        "basis": dict(result.basis), "cautions": list(result.cautions),
    }  # fmt: skip
