"""The language, as data: names, diminutives, inflection, regions, months, ranks, phrases."""

import os

import compiled

# polars' allocator keeps what reading the tables of names took, some 70 MB, for a process's life
# unless told before it is loaded.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:200,muzzy_decay_ms:0")

compiled.use()
