"""Every card and dialog is valid, small enough, accessible, and shows typed text letter by letter."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams import messages_and_dialogs, splitting
from adapters.teams.adaptive_cards import Dialog
from adapters.teams.payload_ids import Pressed
from adapters.teams.spans import escaped, literal, markdown
from bot.anonymise.text import AnonText, Sensitive
from bot.ui.model import (
    Card,
    ChoiceField,
    Form,
    ManyField,
    Option,
    Passage,
    Preview,
    Table,
    Text,
    TextField,
    line,
    strong,
)
from bot.ui.strings import words
from tests import gallery
from tests.standins.teams.cards import OUR_LIMIT, buttons, elements, faults, texts, utf16

EN = words("en")
AT = Dialog("form_1", "1700")


def drawn_forms(form: Form) -> list[dict[str, object]]:
    """Every part of a form that can be drawn again."""
    parts, page = [], 1
    while True:
        value = messages_and_dialogs.dialog(form, EN, AT, Pressed("case.open", "cas_1", page=page))
        parts.append(value["card"]["content"])
        if not any(b["title"] == EN("teams.next") for b in buttons(parts[-1])):
            return parts
        page += 1


@pytest.mark.parametrize("name", gallery.cards())
def test_cards_are_valid_and_small(name: str) -> None:
    for card in messages_and_dialogs.messages(gallery.cards()[name], EN):
        assert faults(card) == []
        assert utf16(card) <= OUR_LIMIT


@pytest.mark.parametrize("name", gallery.forms())
def test_dialogs_are_valid_and_small(name: str) -> None:
    for card in drawn_forms(gallery.forms()[name]):
        assert faults(card) == []
        assert utf16(card) <= OUR_LIMIT


def test_a_long_dialog_loses_no_word_and_keeps_its_fields_on_the_last_part() -> None:
    text = " ".join(f"word{i}" for i in range(6000))
    form = Form(
        "review.add", "Review", body=(Passage("Case", AnonText.from_store(text)),), fields=(_field(),), submit="Send"
    )
    parts = drawn_forms(form)
    assert len(parts) > 1
    assert "".join(texts(p) for p in parts).replace("\n", " ").count("word") == 6000
    assert [any(e["type"] == "Input.Text" for e in elements(p)) for p in parts] == [False] * (len(parts) - 1) + [True]
    assert [any(b["title"] == "Send" for b in buttons(p)) for p in parts] == [False] * (len(parts) - 1) + [True]


def test_what_somebody_typed_is_never_cut_when_a_form_comes_back_with_errors() -> None:
    typed = "x" * 14_000
    form = Form(
        "case.submit", "Case", fields=(TextField("t", "T", value=Sensitive(typed), max_length=20_000),), submit="Send"
    )
    card = messages_and_dialogs.dialog(form, EN, AT)["card"]["content"]
    assert next(e["value"] for e in elements(card) if e["type"] == "Input.Text") == typed


def test_a_long_list_becomes_several_cards_with_every_row_once() -> None:
    drawn = messages_and_dialogs.messages(gallery.cards()["many_rows"], EN)
    shown = "\n".join(texts(card) for card in drawn).split("\n")
    assert len(drawn) > 1
    assert [shown.count(f"Therapist {i}") for i in range(60)] == [1] * 60


def test_a_heading_stays_with_what_it_announces() -> None:
    from bot.ui.model import Heading

    body = tuple(b for i in range(40) for b in (Heading(f"H{i}"), Text(line("w " * 200))))
    for card in messages_and_dialogs.messages(Card("k", "T", body), EN):
        assert card["body"][-1].get("style") != "heading"


def test_a_long_table_keeps_its_header_on_every_part() -> None:
    rows = tuple((line(f"Therapist {i} " + "x" * 60), line("due")) for i in range(120))
    drawn = messages_and_dialogs.messages(Card("k", "T", (Table(("Person", "State"), rows),)), EN)
    tables = [e for card in drawn for e in elements(card) if e["type"] == "Table"]
    assert len(tables) > 1
    assert all("Person" in json.dumps(t["rows"][0]) for t in tables)
    assert sum(len(t["rows"]) - 1 for t in tables) == 120


def test_the_summary_is_what_a_screen_reader_says_first() -> None:
    card = gallery.cards()["everything"]
    assert messages_and_dialogs.messages(card, EN)[0]["speak"] == card.summary


def test_a_dangerous_button_asks_first_and_carries_nothing_until_then() -> None:
    card = messages_and_dialogs.messages(Card("k", "T", actions=gallery.actions(1)), EN)[0]
    outer = next(e for e in elements(card) if e["type"] == "Action.ShowCard")
    assert "data" not in outer
    assert "erased" in texts(outer["card"])


def test_a_preview_explains_its_brackets_in_words() -> None:
    form = gallery.forms()["everything"]
    preview = next(b for b in form.body if isinstance(b, Preview))
    shown = texts(messages_and_dialogs.dialog(Form("k", "T", body=(preview,)), EN, AT)["card"]["content"])
    assert "Met [PERSON 1] in ‹Lund?›" in shown
    assert "please check" in shown


def test_typed_text_stands_letter_by_letter_even_where_clients_expand_functions() -> None:
    block = literal("see {{DATE(2017-02-14T06:08:39Z,SHORT)}} *x*")
    assert "".join(block["inlines"]) == "see {{DATE(2017-02-14T06:08:39Z,SHORT)}} *x*"
    assert not any("{{DATE(" in piece for piece in block["inlines"])


@settings(deadline=None)
@given(st.text())
def test_escaping_leaves_no_markdown_open(text: str) -> None:
    inner = escaped(text)
    unescaped = inner.replace("\\\\", "")
    for sign in "*_[]`<>~":
        assert unescaped.count(sign) == unescaped.count("\\" + sign)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.booleans()), max_size=6))
def test_bold_pairs_are_always_balanced(spans: list[tuple[str, bool]]) -> None:
    shown = markdown(line(*(strong(t) if bold else t for t, bold in spans)))
    assert shown.replace("\\\\", "").replace("\\*", "").count("**") % 2 == 0


@settings(deadline=None)
@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=75),
        min_size=1,
        max_size=5,
        unique=True,
    )
)
def test_chosen_options_survive_the_wire(values: list[str]) -> None:
    from adapters.teams import payload_ids as wire

    chosen = ManyField("m", "M", tuple(Option(v, "A") for v in values), tuple(values))
    data = {**wire.action_data(gallery.actions(2)[0]), wire.input_id(chosen): wire.packed(values)}
    read = wire.read(data)
    assert read is not None
    assert read.values == {"m": tuple(values)}


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda c: st.lists(c) | st.dictionaries(st.sampled_from(["iv", "k", "s", "a", "n", "p"]), c),
        max_leaves=12,
    )
)
def test_no_client_data_breaks_the_reader(data: object) -> None:
    from adapters.teams import payload_ids as wire

    read = wire.read(data)
    assert read is None or isinstance(read.key, str)


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(0, 400))
def test_every_part_fits(rows: int, width: int) -> None:
    card = Card("k", "T", tuple(Text(line("wide 🙂 " * width + str(i))) for i in range(rows)))
    for drawn in messages_and_dialogs.messages(card, EN):
        assert splitting.size(drawn) <= splitting.LIMIT


def test_choices_up_to_five_are_spread_out() -> None:
    few, many = (ChoiceField("c", "C", tuple(Option(str(i), str(i)) for i in range(n))) for n in (5, 6))
    card = messages_and_dialogs.dialog(Form("k", "T", fields=(few,), submit="S"), EN, AT)["card"]["content"]
    assert next(e for e in elements(card) if e["type"] == "Input.ChoiceSet")["style"] == "expanded"
    card = messages_and_dialogs.dialog(Form("k", "T", fields=(many,), submit="S"), EN, AT)["card"]["content"]
    assert next(e for e in elements(card) if e["type"] == "Input.ChoiceSet")["style"] == "compact"


def _field() -> TextField:
    return TextField("advice", "Advice", multiline=True, required=True)


def test_buttons_of_one_bar_are_read_whole_on_a_phone() -> None:
    card = messages_and_dialogs.messages(Card("k", "T", actions=gallery.actions(9)), EN)[0]
    bars = [e for e in elements(card) if e["type"] == "ActionSet"]
    assert sum(len(bar["actions"]) for bar in bars) == 9
    assert all(sum(len(b["title"]) for b in bar["actions"]) <= 30 for bar in bars)
