"""What is kept of a view comes back as it was; a view with what a person wrote is not kept."""

from __future__ import annotations

import json

import pytest

from bot.anonymise.text import AnonText, Sensitive
from bot.ui.model import Form, Mark, Passage, Preview, TextField
from bot.ui.view_bytes import HoldsText, packed, unpacked
from tests import gallery

VIEWS = {**gallery.cards(), **gallery.forms()}
TEXTS = {
    "a passage": Form("f", "F", body=(Passage("Case", AnonText.from_store("Stuck")),)),
    "a preview": Form("f", "F", body=(Preview("Case", (Mark("Stuck"),)),)),
    "a field": Form("f", "F", fields=(TextField("t", "T", value=Sensitive("Stuck")),), submit="Send"),
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_without_a_text_comes_back_as_it_was(name: str) -> None:
    try:
        kept = json.dumps(packed(VIEWS[name]))
    except HoldsText:
        assert "sensitive" in repr(VIEWS[name]) or "Passage" in repr(VIEWS[name]) or "Preview" in repr(VIEWS[name])
        return
    assert unpacked(json.loads(kept)) == VIEWS[name]


@pytest.mark.parametrize("name", TEXTS)
def test_a_view_with_a_text_is_not_kept(name: str) -> None:
    with pytest.raises(HoldsText):
        packed(TEXTS[name])


def test_an_empty_field_is_kept() -> None:
    form = Form("f", "F", fields=(TextField("t", "T"),), submit="Send")
    assert unpacked(json.loads(json.dumps(packed(form)))) == form
