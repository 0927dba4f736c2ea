"""The Rampart model, read once a process at its first use. Nothing here is imported before.

A small multilingual tagger (ONNX, four bits a weight, CC BY 4.0) whose files stand in `rampart/`; they are checked
against their hashes and loaded as data. It reads windows of 480 characters, in which it finds most.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bot.errors import SetupError

Found = tuple[int, int, str, float]
"""Start, end, the model's own label, how sure it is (0 to 1)."""
Model = Callable[..., list[Found]]
"""Takes a text, perhaps the places in it that matter (a window without one is passed over) and what was read before."""

RAMPART = "rampart"
FOLDER = Path(__file__).parent / RAMPART
FILES = {
    "config.json": "4f580895a8d5b40c0c61fef61bbbfe129a6d755e5212991b429e5fd141284edd",
    "tokenizer.json": "ec87d41d85cbf02128ec0e5f577b805a326b06bb2947ef2752e67a98a42819f9",
    "model_q4.onnx": "9f27d24949b0581701071ea5ef522d77ccd3f50c525cc91eac4d265b0fc2afe5",
}
"""The files of the release and their SHA-256."""
_THRESHOLD = 0.4
_WINDOW, _OVERLAP = 480, 64
_MOST_TOKENS = 250
"""More tokens than any prose has in a window: signs in a row, which say nothing to the model but cost much time."""
_LEAST_LETTERS = 0.25


@cache
def rampart(name: str) -> Model:
    """The tagger: the one that is shipped, or one of the same make in a folder. Raises SetupError without it."""
    folder = FOLDER if name == RAMPART else Path(name)
    try:
        if folder == FOLDER:
            _verify(folder)
        runner = _Runner(folder)
        runner("a")
    except SetupError:
        raise
    except Exception as wrong:
        raise SetupError(f"anonymise.name_model: {name} does not load ({type(wrong).__name__})") from None
    return runner


def _verify(folder: Path) -> None:
    for file, known in FILES.items():
        if not (folder / file).is_file():
            raise SetupError(f"The gate's model file {file} is missing: install the program again")
        if hashlib.sha256((folder / file).read_bytes()).hexdigest() != known:
            raise SetupError(
                f"The gate's model file {file} is not the one that was released: install the program again"
            )


class _Runner:
    """Cuts a text into windows, asks the model about each and joins what windows found together."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        labels = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
        self._labels = {int(number): label for number, label in labels.items()}
        self._tokens: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokens.no_truncation()
        self._tokens.no_padding()
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1  # helpers wait busily for each other: twice the processor time
        file = next(path for path in (folder / "model_q4.onnx", folder / "onnx" / "model_q4.onnx") if path.is_file())
        self._session: Any = onnxruntime.InferenceSession(file, settings, providers=["CPUExecutionProvider"])
        self._inputs = {given.name for given in self._session.get_inputs()}

    def __call__(self, text: str, matter: Sequence[int] | None = None, seen: set[int] | None = None) -> list[Found]:
        found: dict[str, list[list[int]]] = {}
        seen = set() if seen is None else seen
        for start in _window_starts(len(text)):
            if matter is not None and not any(start <= place < start + _WINDOW for place in matter):
                continue
            for first, last, label in self._window(text[start : start + _WINDOW], seen):
                known = found.setdefault(label, [])
                if known and start + first < known[-1][1]:
                    known[-1][1] = max(known[-1][1], start + last)
                else:
                    known.append([start + first, start + last])
        return sorted((first, last, label, _THRESHOLD) for label, spans in found.items() for first, last in spans)

    def _window(self, text: str, seen: set[int]) -> Iterator[tuple[int, int, str]]:
        """Runs of tokens of one label, with only blanks between them.

        A window all of whose tokens stood in earlier ones is passed over: what they name is found wherever it stands.
        """
        import numpy as np

        if sum(c.isalpha() for c in text) < _LEAST_LETTERS * len(text):
            return
        encoded = self._tokens.encode(text)
        if len(encoded.ids) > _MOST_TOKENS or seen.issuperset(encoded.ids):
            return
        seen.update(encoded.ids)
        ids = np.array([encoded.ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (logits,) = self._session.run(None, {name: value for name, value in feed.items() if name in self._inputs})[:1]
        chances = np.exp(logits[0] - logits[0].max(axis=-1, keepdims=True))
        chances /= chances.sum(axis=-1, keepdims=True)
        run: tuple[int, int, str] | None = None
        for (start, end), best, chance in zip(
            encoded.offsets, chances.argmax(axis=-1), chances.max(axis=-1), strict=True
        ):
            if end <= start:
                continue
            prefix, _, label = self._labels[int(best)].partition("-")
            if not label or chance < _THRESHOLD:
                if run:
                    yield run
                run = None
            elif run and run[2] == label and prefix != "B" and not text[run[1] : start].strip():
                run = (run[0], end, label)
            else:
                if run:
                    yield run
                run = (start, end, label)
        if run:
            yield run


def _window_starts(length: int) -> Iterator[int]:
    start = 0
    yield start
    while start + _WINDOW < length:
        start += _WINDOW - _OVERLAP
        yield start
