"""Trains the second reader of the risk prompt: `python -m benchmarks.risk_weights [LANGUAGE ...]`.

It writes `bot/domain/risk_weights`, from the sentences of the tests and of `tests/unit/domain/risk/taught`, by whether
they must prompt, and from ordinary notes and sentences of the program, which must not. All were written for this
project. Danish, Norwegian and Swedish learn from each other at half the weight. Logistic regression with a square
penalty, by Adam; no chance is in it, so the same sentences give the same weights.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from babel.messages.pofile import read_po

from bot.domain.risk_likelihood import BUCKETS, Weights, features, packed
from bot.domain.risk_words import LANGUAGES

ROOT = Path(__file__).parents[1]
SENTENCES = ROOT / "tests" / "unit" / "domain" / "risk"
NOTES = ROOT / "benchmarks" / "data" / "notes_dev.jsonl"
RELATED = ({"da", "nb", "sv"},)
ROUNDS, PACE, PENALTY = 500, 0.1, 2e-6
SAID_BY_THE_PROGRAM = 0.3
"""What a sentence of the catalogues counts: nothing clinical, but what ordinary words look like."""
SHORTEST = 3
"""Words of an ordinary sentence that is learned from."""
ALONE = 3.0
"""What a danger without anything concrete counts, which its joined sentences speak against."""
TAUGHT = 1.2
"""What a sentence written to be learned from counts; those of the tests are asserted one by one."""
JOINED = 0.3
"""What a sentence counts that was put together from parts: there are four hundred of them a language."""


class Example(NamedTuple):
    """A sentence, whether it must prompt, and how much it counts."""

    text: str
    asks: bool
    counts: float = 1.0


def main() -> None:
    """Train the languages that are named, or every one, and write their files."""
    every = {language: list(examples(language)) for language in LANGUAGES}
    for language in sys.argv[1:] or LANGUAGES:
        near = next((group for group in RELATED if language in group), {language})
        lent = [e._replace(counts=e.counts / 2) for other in near - {language} for e in every[other]]
        weights = trained([*every[language], *lent])
        path = ROOT / "bot" / "domain" / "risk_weights" / f"{language}.xz"
        path.write_bytes(packed(weights))
        print(language, len(every[language]), path.stat().st_size)


def examples(language: str) -> Iterator[Example]:
    """The sentences of the tests and of ordinary notes in a language, each once."""
    found: dict[str, Example] = {}
    for each in (*_of_tests(language), *_joined(language), *_taught(language), *_ordinary(language)):
        found.setdefault(each.text, each)
    yield from found.values()


def _of_tests(language: str) -> Iterator[Example]:
    whole = (SENTENCES / f"{language}.txt").read_text("utf-8").splitlines()
    for path in sorted((SENTENCES / "batches").glob("*.txt")):
        whole += path.read_text("utf-8").split(f"\n[{language}]\n", 1)[1].split("\n[", 1)[0].splitlines()
    for line in whole:
        if line[:2] in {"+ ", "~ "}:
            yield Example(line[2:], True)
        if line[:2] == "- ":
            yield from (Example(each, False) for each in {line[2:], *_sentences(line[2:])})


def _joined(language: str) -> Iterator[Example]:
    tables = tomllib.loads((SENTENCES / "joined.toml").read_text("utf-8"))[language]
    for danger in tables["dangers"]:
        yield from (Example(f"{danger} {concrete}.", True, JOINED) for concrete in tables["concrete"])
        yield Example(f"{danger.rstrip(',')}.", danger in tables["intended"], ALONE)
    yield from (Example(each, True) for each in tables["acts"])
    yield from (Example(each, False) for each in tables["denied"])


def _taught(language: str) -> Iterator[Example]:
    for line in (SENTENCES / "taught" / f"{language}.txt").read_text("utf-8").splitlines():
        if line[:2] in {"+ ", "- "}:
            yield Example(line[2:], line[0] == "+", TAUGHT)


def _ordinary(language: str) -> Iterator[Example]:
    notes = [note for note in map(json.loads, NOTES.read_text("utf-8").splitlines()) if note["lang"] == language]
    yield from (Example(each, False) for note in notes for each in _sentences(note["text"]))
    if language == "en":
        yield from (Example(each, False) for told in _demo() for each in _sentences(told))
    for path in sorted((ROOT / "bot" / "ui" / "strings" / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                said = _sentences(message.string) if isinstance(message.string, str) else []
                yield from (Example(each, False, SAID_BY_THE_PROGRAM) for each in said)


def _demo() -> list[str]:
    """The texts of the demo clinic."""
    tree = ast.walk(ast.parse((ROOT / "bot" / "demo" / "texts.py").read_text("utf-8")))
    return [each.value for each in tree if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _sentences(text: str) -> list[str]:
    return [each for each in re.split(r"(?<=[.!?])\s+|\n+", text) if len(each.split()) >= SHORTEST]


def trained(examples: list[Example]) -> Weights:
    """The weights of one language in steps of a 127th of the largest."""
    found = [sorted(features(each.text)) for each in examples]
    y = np.array([1.0 if each.asks else -1.0 for each in examples])
    counts = np.array([each.counts for each in examples])
    counts /= counts.sum()
    rows = np.repeat(np.arange(len(found)), [len(each) for each in found])
    columns = np.concatenate([np.array(each) for each in found])
    values = (1 / np.sqrt([len(each) for each in found]))[rows] * (np.bincount(columns, minlength=BUCKETS)[columns] > 1)
    weights, bias = Adam(BUCKETS), Adam(1)
    for _ in range(ROUNDS):
        odds = np.bincount(rows, weights.at[columns] * values, minlength=len(found)) + bias.at[0]
        slope = -y * counts / (1 + np.exp(y * odds))
        down = np.bincount(columns, slope[rows] * values, minlength=BUCKETS) + PENALTY * weights.at
        weights.step(down)
        bias.step(np.array([slope.sum()]))
    step = float(np.abs(weights.at).max()) / 127
    return Weights(step, float(bias.at[0]), array("b", np.rint(weights.at / step).astype(int).tolist()))


class Adam:
    """Steps down a slope with a memory of it (Kingma and Ba 2015), from nought."""

    def __init__(self, size: int) -> None:
        self.at: Any = np.zeros(size)
        self._mean: Any = np.zeros(size)
        self._square: Any = np.zeros(size)
        self._steps = 0

    def step(self, slope: Any) -> None:
        """One step against `slope`."""
        self._steps += 1
        self._mean = 0.9 * self._mean + 0.1 * slope
        self._square = 0.999 * self._square + 0.001 * slope**2
        mean, square = self._mean / (1 - 0.9**self._steps), self._square / (1 - 0.999**self._steps)
        self.at -= PACE * mean / (np.sqrt(square) + 1e-8)


if __name__ == "__main__":
    main()
