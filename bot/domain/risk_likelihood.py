"""How likely a sentence names danger with something concrete, beside the rules of `risk_signs.py` and `risk_acts.py`.

Rules find what somebody thought of; of sentences by people who knew neither rules nor tests they found six in ten. The
second reader is a logistic regression over letter groups and word pairs, one for each language, trained by
`benchmarks/risk_weights.py` on the sentences of the tests, ordinary notes among them. It is small on purpose: 64 KB of
weights a language, read as data, the same on every machine.
"""

from __future__ import annotations

import lzma
import re
import struct
import zlib
from array import array
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

BUCKETS = 1 << 16
"""Letter groups and words share so many weights by their CRC-32; a power of two."""
SIZES = (2, 3, 4, 5)
"""Letters in a group, the spaces around its word counted."""
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_HEAD = struct.Struct("<ff")


class Weights(NamedTuple):
    """What a language was trained to: a weight a bucket in steps of `step`, and where nothing speaks, `bias`."""

    step: float
    bias: float
    buckets: array[int]


def likelihood(sentence: str, language: str) -> float:
    """The logarithm of the odds that a sentence is one whose author should be asked; above 0 more likely than not."""
    weights = _weights(language)
    found = features(sentence)
    if not found:
        return weights.bias
    return weights.step * sum(weights.buckets[at] for at in found) / sqrt(len(found)) + weights.bias


def features(sentence: str) -> set[int]:
    """The buckets of a sentence: its letter groups, its words, its pairs of words. Figures count as 0."""
    return {zlib.crc32(each.encode()) % BUCKETS for each in _parts(sentence)}


def _parts(sentence: str) -> Iterator[str]:
    tokens = _WORD.findall(re.sub(r"\d", "0", sentence.casefold()))
    for token in tokens:
        spaced = f" {token} "
        for size in SIZES:
            yield from (spaced[at : at + size] for at in range(len(spaced) - size + 1))
    words = [token for token in tokens if token[0].isalnum()]
    yield from (f"1{word}" for word in words)
    yield from (f"2{one} {other}" for one, other in pairwise(words))


def packed(weights: Weights) -> bytes:
    """The file of a language."""
    return lzma.compress(_HEAD.pack(weights.step, weights.bias) + weights.buckets.tobytes(), preset=9)


def unpacked(file: bytes) -> Weights:
    """What `packed` wrote."""
    data = lzma.decompress(file)
    step, bias = _HEAD.unpack_from(data)
    return Weights(step, bias, array("b", data[_HEAD.size :]))


@cache
def _weights(language: str) -> Weights:
    return unpacked(files(__package__).joinpath("risk_weights", f"{language}.xz").read_bytes())
