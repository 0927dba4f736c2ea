"""The models' files: loaded only as they were released, and asked for what they are worth."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.anonymise import models
from bot.anonymise.tagger import model
from bot.anonymise.tokens import Passage
from bot.errors import SetupError


def test_the_taggers_file_must_be_the_one_that_was_released(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="is missing: install the program again"):
        model.tagger(tmp_path / "model.crfsuite")
    changed = tmp_path / "changed.crfsuite"
    changed.write_bytes(model.FILE.read_bytes()[:-1] + b"x")
    with pytest.raises(SetupError, match="is not the one that was released"):
        model.tagger(changed)
    assert model.FILE.stat().st_size <= 4_000_000


def test_the_models_files_of_rampart_must_be_the_released_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "rampart"
    shutil.copytree(models.FOLDER, folder)
    monkeypatch.setattr(models, "FOLDER", folder)
    monkeypatch.setattr(models, "RAMPART", "rampart")
    models.rampart.cache_clear()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SetupError, match=r"config\.json is not the one that was released"):
        models.rampart("rampart")
    (folder / "config.json").unlink()
    with pytest.raises(SetupError, match=r"config\.json is missing"):
        models.rampart("rampart")
    models.rampart.cache_clear()


def test_the_tagger_says_how_likely_a_word_names_somebody() -> None:
    passage = Passage("Yesterday Xolani Mkhwanazi rang about the worksheet.", "en")
    found = {passage.words[at].text: label for at, label, _ in model.tagger().probable(passage, 0.3)}
    assert "Mkhwanazi" in found
    assert "worksheet" not in found


def test_the_tagger_is_asked_by_many_threads_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    passages = [Passage(f"Number {n}: Aino Virtanen lives in Turku.", "en") for n in range(24)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda passage: model.tagger().probable(passage, 0.3), passages))
    assert len({tuple(answer) for answer in answers[1:10]}) == 1


@pytest.mark.parametrize("signs", ["['" * 2_000, "(" * 4_000, "1-" * 2_000, "\u0301" * 4_000])
def test_signs_in_a_row_are_not_given_to_the_model(signs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = models.rampart(models.RAMPART)
    asked: list[object] = []
    monkeypatch.setattr(runner, "_session", type("Counted", (), {"run": lambda self, *given: asked.append(given)})())
    assert runner(signs) == []
    assert asked == []
