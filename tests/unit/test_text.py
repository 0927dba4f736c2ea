"""Raw text never shows itself, and only the gate makes text that peers may read."""

import pickle

import pytest

from bot.anonymise.text import AnonText, Sensitive


@pytest.mark.parametrize("shown", [repr, str, "{}".format, "%s".__mod__])
def test_sensitive_text_is_masked_wherever_python_prints_it(shown: object) -> None:
    assert "Lund" not in shown(Sensitive("born in Lund"))  # type: ignore[operator]  # any of four callables


def test_sensitive_text_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Sensitive("born in Lund"))


def test_anonymised_text_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError):
        AnonText()


def test_anonymised_text_is_masked_in_its_repr() -> None:
    assert "stuck" not in repr(AnonText.from_store("stuck at week 4"))
