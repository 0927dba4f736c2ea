"""Builders of forms from words and plain data; which form and which buttons was decided by the use-case."""
