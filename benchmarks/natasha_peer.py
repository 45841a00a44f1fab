"""A world's posts.jsonl → natasha's seconds for each pass over it, one a line of standard input.

Run by `.venv-peers` (`make install-peers`), which holds natasha and nothing of rollcall: for each
line it reads it tags names in every post and writes the seconds that took, of the clock and of
the processor. As natasha's README does it: sentences and tokens, morphology, named entities, spans
in the nominative, the parts of persons' names; no syntax, which names do not need.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def reader() -> Callable[[str], object]:
    """natasha's tagger and name extractor over one text."""
    import natasha  # noqa: PLC0415  of the peers' environment

    embedding = natasha.NewsEmbedding()
    segmenter, vocabulary = natasha.Segmenter(), natasha.MorphVocab()
    morphology, tagger = natasha.NewsMorphTagger(embedding), natasha.NewsNERTagger(embedding)
    names = natasha.NamesExtractor(vocabulary)

    def read(text: str) -> object:
        doc = natasha.Doc(text)
        doc.segment(segmenter)
        doc.tag_morph(morphology)
        doc.tag_ner(tagger)
        for span in doc.spans:
            span.normalize(vocabulary)
            if span.type == natasha.PER:
                span.extract_fact(names)
        return doc

    return read


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines if line.strip()]
    read = reader()
    for text in texts:  # caches are filled, as ours are
        read(text)
    print("ready", flush=True)
    for _ in sys.stdin:
        started, used = time.perf_counter(), time.process_time()
        for text in texts:
            read(text)
        print(time.perf_counter() - started, time.process_time() - used, flush=True)


if __name__ == "__main__":
    main()
