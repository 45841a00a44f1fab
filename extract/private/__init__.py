"""Contacts, and names of everyone but the sought men → what is taken out of the text."""
