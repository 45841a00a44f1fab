"""Bring the dictionaries into the shape they are read in, which the first reading does otherwise."""

from russian import given, patronymics, places, surnames

for prepare in (given.known, patronymics.count, places.foreign_readings, surnames.count):
    prepare("иванов")
