"""What an organisation sets: its own words and patterns, and the models it uses."""

from __future__ import annotations

from typing import Annotated

import regex
from pydantic import AfterValidator, Field

from bot.config import Section

LONGEST_PATTERN = 300


def _compiles(pattern: str) -> str:
    try:
        found = regex.compile(pattern)
    except regex.error as wrong:
        raise ValueError(f"is no regular expression: {wrong}") from None
    if found.search(""):
        raise ValueError("matches nothing at all, so it would mask between all letters")
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=LONGEST_PATTERN), AfterValidator(_compiles)]
Words = Annotated[str, Field(min_length=2, max_length=100)]


class GateSettings(Section):
    """The section `[anonymise]`.

    `deny` words and regular expressions in `patterns` are always masked, `allow` words never (but for valid ids,
    phones, e-mail addresses, links and full dates). An empty model name does without that model.
    """

    allow: tuple[Words, ...] = ()
    deny: tuple[Words, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    name_model: str = "rampart"
    """`rampart`, a folder that holds a model of the same make, or empty."""
    tagger: bool = True
    """The product's own tagger; without it fewer names and places are found."""
