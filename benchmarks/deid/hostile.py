"""Texts made to be slow: the forms of identifiers repeated, without end or almost complete."""

from __future__ import annotations

HOSTILE = (
    "a" * 20_000,
    "A. " * 6_600,
    "a@" * 10_000,
    "a.b." * 5_000,
    "1 " * 10_000,
    "1-" * 10_000,
    "(" * 20_000,
    "www." * 5_000,
    "+44 " * 5_000,
    "Van der " * 2_500,
    "1.1.1.1." * 2_500,
    "AB12-" * 4_000,
    "x_" * 10_000,
    "Ærø straße 1, " * 1_400,
    "at at at " * 2_200,
    "['" * 10_000,
    "\u0301" * 20_000,
    "GB82 WEST " * 2_000,
)
