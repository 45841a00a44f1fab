"""All benchmarks that end within minutes, one after another: `make bench`."""

from __future__ import annotations

import subprocess
import sys

RUNS = (
    ["benchmarks.extraction"],
    ["benchmarks.linkage", "10000", "--splink"],
    ["benchmarks.coverage", "300"],
)

if __name__ == "__main__":
    for run in RUNS:
        print(f"== {run[0]}", flush=True)
        subprocess.run([sys.executable, "-m", *run], check=True)
