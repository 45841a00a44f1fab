"""natasha's vectors of words (Navec) → an .npz file: words, how often each was met, vectors.

Run by `.venv-peers` (`make install-peers`), which holds natasha and nothing of rollcall:
`.venv-peers/bin/python navec_peer.py FILE`. Navec (MIT): 250,000 forms of words met in Russian
news, 300 numbers each.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np


def main() -> None:
    import natasha  # noqa: PLC0415  of the peers' environment
    from navec import Navec  # noqa: PLC0415

    (stored,) = Path(natasha.__file__).parent.glob("data/emb/navec_*.tar")
    known = Navec.load(stored)
    np.savez(
        sys.argv[1],
        words=np.array(known.vocab.words),
        counts=np.array(known.vocab.counts, dtype=np.int64),
        vectors=known.pq.unpack().astype(np.float32),
    )


if __name__ == "__main__":
    main()
