"""Trains the gate's tagger on openly licensed corpora and the project's notes; minutes on one processor.

    python -m benchmarks.deid.train_tagger FOLDER [--without-notes] [--out FILE]

FOLDER holds the corpora in their own forms, packed with xz (the data sheet beside the model names them):
Universal NER (`da_ddt_*`, `sv_tal_*`, `en_ewt_dev`), the Swedish NER corpus (`sv_klintan_train`), Europeana newspapers
(`nl_enp`, `de_enp_*`), German legal entities (`de_ler_dev`). Of our notes the sealed third is left out. Copies in
capitals and in small letters stand beside the originals, names become initials in some.
"""

from __future__ import annotations

import argparse
import hashlib
import lzma
import random
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.deid.apart import apart_notes
from benchmarks.deid.fresh import fresh_notes
from benchmarks.deid.notes import Gold, Note, by_hand, development, sealed, without_offsets_moved
from bot.anonymise.normalise import clean
from bot.anonymise.tagger.features import features
from bot.anonymise.tagger.model import FILE, LABELS, OUTSIDE
from bot.anonymise.tokens import Passage

SEED = 7
CORPORA = {
    # file: (language, column of the word, column of the label, the most words taken of it)
    "da_ddt_train.iob2.xz": ("da", 1, 2, 90_000),
    "da_ddt_dev.iob2.xz": ("da", 1, 2, 12_000),
    "sv_tal_train.iob2.xz": ("sv", 1, 2, 40_000),
    "sv_klintan_train.txt.xz": ("sv", 0, 1, 120_000),
    "en_ewt_dev.iob2.xz": ("en", 1, 2, 30_000),
    "nl_enp.bio.xz": ("nl", 0, 1, 60_000),
    "de_enp_lft.bio.xz": ("de", 0, 1, 30_000),
    "de_enp_sbb.bio.xz": ("de", 0, 1, 25_000),
    "de_ler_dev.conll.xz": ("de", 0, 1, 40_000),
}
CLASSES = {
    "PER": "NAME", "AN": "NAME", "RR": "NAME", "LOC": "PLACE", "ST": "PLACE", "STR": "ADDRESS", "ORG": "ORG",
    "UN": "ORG", "INN": "ORG", "GRT": "ORG",
}  # fmt: skip
OURS = {"NAME": "NAME", "PLACE": "PLACE", "ORG": "ORG", "ADDRESS": "ADDRESS", "DATE": "DATE", "ID": "ID"}
_NO_BLANK_BEFORE, _NO_BLANK_AFTER = frozenset(",.;:!?)]%»”"), frozenset("([«„")
_CHUNK = 120
PARAMETERS = {"c1": 0.4, "c2": 0.02, "max_iterations": 90, "feature.minfreq": 4, "feature.possible_transitions": True}


def main() -> None:
    """Reads, describes, trains, writes the file and prints its hash."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--without-notes", action="store_true")
    asked.add_argument("--out", type=Path, default=FILE)
    options = asked.parse_args()
    import pycrfsuite

    rng = random.Random(SEED)
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(PARAMETERS)
    begin, words = time.process_time(), 0
    for note in _with_copies(_notes(options.folder, notes=not options.without_notes), rng):
        passage = Passage(clean(note.text).text, note.lang)
        labels = _labels(note, passage)
        trainer.append(features(passage), labels)
        words += len(labels)
    sys.stderr.write(f"{words} words described in {time.process_time() - begin:.0f} s\n")
    begin = time.process_time()
    trainer.train(str(options.out))
    data = options.out.read_bytes()
    sys.stderr.write(f"trained in {time.process_time() - begin:.0f} s, {len(data) / 1e6:.1f} MB\n")
    print(hashlib.sha256(data).hexdigest())


def _notes(folder: Path, *, notes: bool) -> Iterator[Note]:
    for name, (lang, word, label, most) in CORPORA.items():
        yield from _corpus(folder / name, lang, word, label, most)
    if notes:
        ours = [note for note in [*development(), *by_hand()] if not sealed(note.id)]
        for _ in range(3):
            yield from ours
        yield from fresh_notes(501, 72)
        yield from apart_notes(502, 72)


def _corpus(file: Path, lang: str, word: int, label: int, most: int) -> Iterator[Note]:
    """Pieces of a corpus as notes: tokens joined as they are written, entities of several tokens as one."""
    tokens: list[tuple[str, str]] = []
    taken = 0
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            columns = line.split()
            if not columns or line.startswith("# "):
                if len(tokens) >= _CHUNK:
                    yield _joined(f"{file.stem}-{taken}", lang, tokens)
                    taken, tokens = taken + len(tokens), []
                continue
            if len(columns) > max(word, label):
                tokens.append((columns[word], columns[label]))
            if len(tokens) >= 3 * _CHUNK:
                yield _joined(f"{file.stem}-{taken}", lang, tokens)
                taken, tokens = taken + len(tokens), []
            if taken >= most:
                return


def _joined(name: str, lang: str, tokens: Iterable[tuple[str, str]]) -> Note:
    text, gold, before = "", list[Gold](), OUTSIDE
    for token, label in tokens:
        cls = CLASSES.get(label.rpartition("-")[2])
        if text and token[0] not in _NO_BLANK_BEFORE and text[-1] not in _NO_BLANK_AFTER:
            text += " "
        if cls:
            start = len(text)
            if gold and cls == before and not label.startswith("B-"):
                start = gold.pop().start
            gold.append(Gold(start, len(text) + len(token), cls, soft=False))
        before = cls or OUTSIDE
        text += token
    return Note(name, lang, text, tuple(gold))


def _with_copies(notes: Iterable[Note], rng: random.Random) -> Iterator[Note]:
    """Each note; every fourth again in small letters, every eighth in capitals, every sixth with initials for names."""
    for note in notes:
        yield note
        dice = rng.random()
        if dice < 0.25:
            yield without_offsets_moved("lower", note)
        elif dice < 0.38:
            yield without_offsets_moved("upper", note)
        elif dice < 0.55:
            yield with_initials(note, rng)


def with_initials(note: Note, rng: random.Random) -> Note:
    """Some given names before a surname shortened to "A." or "A"."""
    text, gold, at = "", list[Gold](), 0
    for span in sorted(note.gold, key=lambda g: g.start):
        if span.start < at:
            continue
        text += note.text[at : span.start]
        said = note.text[span.start : span.end]
        if span.cls == "NAME" and rng.random() < 0.6:
            said = re.sub(r"^([^\W\d_])[^\W\d_]+ (?=[^\W\d_])", rng.choice((r"\1. ", r"\1 ", r"\1.")), said)
        gold.append(Gold(len(text), len(text) + len(said), span.cls, span.soft))
        text, at = text + said, span.end
    return Note(note.id, note.lang, text + note.text[at:], tuple(gold))


def _labels(note: Note, passage: Passage) -> list[str]:
    labels = [OUTSIDE] * len(passage.words)
    for span in note.gold:
        cls = OURS.get(span.cls) if span.cls in LABELS and not span.soft else None
        for word in passage.between(span.start, span.end) if cls else ():
            labels[word.index] = str(cls)
    return labels


if __name__ == "__main__":
    main()
