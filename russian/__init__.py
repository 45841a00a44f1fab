"""The language, as data: names, diminutives, inflection, regions, months, ranks, phrases."""
