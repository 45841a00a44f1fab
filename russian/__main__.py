"""Dictionaries → the shape they are read in, kept; the first reading does it otherwise."""

from russian import given, patronymics, places, surnames

for prepare in (given.known, patronymics.count, places.foreign_readings, surnames.count):
    prepare("иванов")
