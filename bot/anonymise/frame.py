"""Presidio as the frame: its analyzer runs the recognisers over one passage.

A recogniser of ours is a function from a passage to spans; here it becomes a Presidio recogniser. The passage plays
the part of Presidio's linguistic artifacts. Presidio compares every finding with every other, so a long text is read
in stretches; that keeps the cost linear.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from presidio_analyzer import (
    AnalysisExplanation,
    AnalyzerEngine,
    EntityRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.anonymise.finding import CLASSES, GateClosed, Span
from bot.anonymise.passage import Passage
from bot.anonymise.recognisers import WHY

_ALL = "mul"
"""Presidio binds a recogniser to one language; ours read the language from the passage."""

logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)

Recogniser = Callable[[Passage], Iterable[Span]]


class PassageArtifacts(NlpArtifacts):
    """Carries the passage to the recognisers."""

    def __init__(self, passage: Passage) -> None:
        super().__init__([], Doc(Vocab()), [], [], None, passage.lang)
        self.passage = passage


class PassageEngine(NlpEngine):
    """Stands where a spaCy pipeline would: our own cutting into words needs no model."""

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """Always."""
        return True

    def process_text(self, text: str, language: str) -> PassageArtifacts:
        """A passage of a text nobody has cut yet."""
        return PassageArtifacts(Passage(text, language))

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **_: Any
    ) -> Iterator[tuple[str, PassageArtifacts]]:
        """One after the other."""
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        """Presidio's context words are not used; the recognisers look around themselves."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """See `is_stopword`."""
        return False

    def get_supported_entities(self) -> list[str]:
        """None by itself."""
        return []

    def get_supported_languages(self) -> list[str]:
        """All of ours as one."""
        return [_ALL]


class _Framed(EntityRecognizer):
    """One recogniser of ours as Presidio's."""

    name: str

    def __init__(self, name: str, recognise: Recogniser) -> None:
        self._recognise = recognise
        super().__init__(supported_entities=list(CLASSES), name=name, supported_language=_ALL)

    def load(self) -> None:
        """Models load at their first use."""

    def analyze(self, text: str, entities: Sequence[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """The spans of the passage; whatever goes wrong closes the gate and leaves no word of the text behind."""
        assert isinstance(nlp_artifacts, PassageArtifacts)
        spans = _spans_or_none(self._recognise, nlp_artifacts.passage)
        if spans is None:
            raise GateClosed(recogniser=self.name)
        return [self._result(span) for span in spans if span.start < span.end]

    def _result(self, span: Span) -> RecognizerResult:
        return RecognizerResult(
            span.cls,
            span.start,
            span.end,
            span.score,
            AnalysisExplanation(span.recogniser, span.score, textual_explanation=WHY.get(span.recogniser, "")),
            {"span": span, RecognizerResult.RECOGNIZER_NAME_KEY: self.name},
        )


def _spans_or_none(recognise: Recogniser, passage: Passage) -> list[Span] | None:
    """None when the recogniser failed: its error may quote the text, so it must not even be the context of ours."""
    try:
        return list(recognise(passage))
    except Exception:  # whatever broke it
        return None


class _NoContextWords(ContextAwareEnhancer):
    """Scores stay as the recognisers gave them: they have looked around already."""

    def __init__(self) -> None:
        super().__init__(0, 0, 0, 0)

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: Sequence[EntityRecognizer],
        context: Sequence[str] | None = None,
    ) -> list[RecognizerResult]:
        """The same results."""
        return raw_results


class Frame:
    """The analyzer over a fixed set of recognisers."""

    def __init__(self, recognisers: Mapping[str, Recogniser]) -> None:
        registry = RecognizerRegistry(
            recognizers=[_Framed(name, recognise) for name, recognise in recognisers.items()],
            supported_languages=[_ALL],
        )
        self._engine = AnalyzerEngine(
            registry=registry,
            nlp_engine=PassageEngine(),
            supported_languages=[_ALL],
            context_aware_enhancer=_NoContextWords(),
        )

    def find(self, passage: Passage, more: Mapping[str, Recogniser]) -> Iterator[Span]:
        """What all recognisers, and `more` for this text only, find in the passage. Raises GateClosed."""
        extra: list[EntityRecognizer] = [_Framed(name, recognise) for name, recognise in more.items()]
        for stretch, offset in passage.stretches():
            results = self._engine.analyze(
                stretch.text, _ALL, ad_hoc_recognizers=extra, nlp_artifacts=PassageArtifacts(stretch)
            )
            for result in results:
                yield result.recognition_metadata["span"].moved(offset)
