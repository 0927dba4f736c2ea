"""Runs the recognisers over one passage, a long text in stretches; whatever breaks one closes the gate.

A recogniser is a function from a passage to spans. Of one kind the longest stand in for those inside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.anonymise.finding import GateClosed, Span
from bot.anonymise.tokens import Passage
from bot.log import place_of

Recogniser = Callable[[Passage], Iterable[Span]]


def find(passage: Passage, recognisers: Mapping[str, Recogniser]) -> Iterator[Span]:
    """What all recognisers find in the passage. Raises GateClosed with the name of the one that failed."""
    for stretch, offset in passage.stretches():
        for name, recognise in recognisers.items():
            spans = _spans_or_place(recognise, stretch)
            if isinstance(spans, str):
                raise GateClosed(recogniser=name, place=spans)
            yield from (span.moved(offset) for span in spans if span.start < span.end)


def _spans_or_place(recognise: Recogniser, passage: Passage) -> list[Span] | str:
    """What was found, or where it failed: the error may quote the text, so it must not be chained (`__context__`)."""
    try:
        return list(recognise(passage))
    except Exception as error:  # whatever broke it
        return place_of(error)
