"""Everything that can be shown is drawn within Slack's limits, whole, and without a ping or a format in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import payload_ids as wire
from adapters.slack import render
from adapters.slack.fields import read_values
from adapters.slack.pictures import digest
from adapters.slack.spans import split
from bot.anonymise.text import AnonText, Sensitive
from bot.ui.model import Action, Card, ChoiceField, Form, Option, Passage, Row, TextField, line
from bot.ui.strings import words
from tests import gallery
from tests.standins.slack.limits import message_faults, view_faults

EN = words("en")
PICTURES = {digest(gallery.PIXEL): "F0PICTURE"}


def modal(form: Form) -> dict[str, Any]:
    return render.modal(form, PICTURES, EN, "n1", wire.Origin())


def seen(node: object) -> str:
    """Every text a reader sees, in order."""
    if isinstance(node, dict):
        own = node["text"] if isinstance(node.get("text"), str) else ""
        return own + "".join(seen(v) for k, v in node.items() if k != "value" and not isinstance(v, str))
    return "".join(map(seen, node)) if isinstance(node, list) else ""


@pytest.mark.parametrize("pictures", [{}, PICTURES], ids=["no pictures", "pictures"])
@pytest.mark.parametrize("name", gallery.cards())
def test_a_card_fits_messages_and_the_home_tab(name: str, pictures: dict[str, str]) -> None:
    card = gallery.cards()[name]
    assert [fault for body in render.messages(card, pictures) for fault in message_faults(body)] == []
    assert view_faults(render.home(card, pictures, EN)) == []


@pytest.mark.parametrize("name", gallery.forms())
def test_a_form_fits_a_modal(name: str) -> None:
    assert view_faults(modal(gallery.forms()[name])) == []


def test_no_row_of_a_long_list_is_left_out() -> None:
    card = gallery.cards()["many_rows"]
    drawn = seen([body["blocks"] for body in render.messages(card, {})])
    assert all(f"Therapist {i}due" in drawn.replace("\n", "") for i in range(60))


def test_a_long_home_tab_has_pages_that_together_show_everything() -> None:
    card = gallery.cards()["many_rows"]
    pages = [render.home(card, {}, EN, page) for page in range(3)]
    drawn = seen([page["blocks"] for page in pages]).replace("\n", "")
    assert all(f"Therapist {i}due" in drawn for i in range(60))
    assert "Next page" in drawn
    assert "Previous page" in drawn


def test_a_forms_errors_stand_above_their_fields() -> None:
    drawn = seen(modal(gallery.forms()["errors"])["blocks"])
    assert "Check it." in drawn
    assert drawn.index("A title is needed.") < drawn.index("Title")


def test_metadata_carries_ids_only() -> None:
    form = gallery.forms()["everything"]
    about = wire.read_metadata(modal(form)["private_metadata"])
    assert (about.key, about.subject, dict(about.state)) == (form.key, "cas_0001", {"draft": "drf_0001"})


def test_a_form_too_large_for_slack_says_so() -> None:
    passages = tuple(Passage("Review", AnonText.from_store("word " * 600)) for _ in range(120))
    with pytest.raises(render.DoesNotFit):
        modal(Form("long", "Reviews", body=passages))


def test_the_fallback_text_cannot_ping() -> None:
    body = render.messages(Card("k", "t", summary="<!channel> & <@U1>"), {})[0]
    assert body["text"] == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_a_redrawn_field_does_not_keep_what_was_typed_before() -> None:
    form = gallery.forms()["everything"]
    ids = [
        {b["block_id"] for b in render.modal(form, {}, EN, nonce, wire.Origin())["blocks"] if b["type"] == "input"}
        for nonce in ("n1", "n2")
    ]
    assert not ids[0] & ids[1]


def test_a_choice_longer_than_slacks_list_is_grouped() -> None:
    options = tuple(Option(f"v{i}", f"Option {i}") for i in range(230))
    assert (
        view_faults(modal(Form("f", "F", fields=(ChoiceField("c", "C", options, value="v200"),), submit="Send"))) == []
    )


def test_only_forms_with_text_are_confidential() -> None:
    assert render.confidential(gallery.forms()["reading"])
    assert not render.confidential(Form("f", "F", fields=(ChoiceField("c", "C", (Option("a", "A"),)),), submit="S"))


@given(st.text(max_size=9000), st.integers(min_value=10, max_value=3000))
def test_splitting_never_cuts(text: str, most: int) -> None:
    pieces = split(text, most)
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= most for piece in pieces)


@given(
    st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=50), max_size=300)
)
def test_a_long_text_comes_back_as_it_was_written(lines: list[str]) -> None:
    text = "\n".join(part.strip() or "x" for part in lines)
    form = Form(
        "f", "F", fields=(TextField("t", "T", value=Sensitive(text), multiline=True, max_length=9000),), submit="S"
    )
    state = {
        b["block_id"]: {"v": {"type": "plain_text_input", "value": b["element"].get("initial_value")}}
        for b in modal(form)["blocks"]
    }
    back = read_values(state).get("t", Sensitive())
    assert isinstance(back, Sensitive)
    assert back.reveal().split() == text.split()


@given(st.text(min_size=1), st.text(), st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=3))
def test_an_action_comes_back_as_it_was_drawn(key: str, subject: str, args: dict[str, str]) -> None:
    assert wire.read_action(wire.action_value(Action(key, "x", subject, args))) == (key, subject, args)


@pytest.mark.parametrize("value", ["", "1", "{}", '["a"]', '["a","b",3]', "x"])
def test_a_value_that_is_not_ours_is_refused(value: str) -> None:
    with pytest.raises(ValueError):
        wire.read_action(value)


@given(st.text(max_size=5000))
def test_whatever_the_words_a_card_is_one_slack_takes(text: str) -> None:
    card = Card("k", text[:200], (Row(line(text), line(text[:100])),), (Action("a", text[:90] or "x"),), summary="s")
    assert [f for body in render.messages(card, {}) for f in message_faults(body)] == []
    json.dumps(render.home(card, {}, EN))


@pytest.mark.parametrize("language", ["en", "da", "de", "nb", "nl", "sv"])
def test_our_own_words_fit_in_every_language(language: str) -> None:
    fixed = words(language)
    views = [render.loading(fixed, "x"), render.link(fixed, "https://clinic.example"), render.note("n", fixed)]
    assert [fault for view in views for fault in view_faults(view)] == []
    assert all(len(fixed(f"slack.{name}")) <= 24 for name in ("cancel", "close"))
    assert language == "en" or fixed("slack.loading") != EN("slack.loading")
