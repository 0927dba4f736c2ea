"""A form's fields as Adaptive Card inputs, each with its label, hint, error and own client-side check."""

from __future__ import annotations

from typing import assert_never

from adapters.teams import payload_ids as wire
from adapters.teams.spans import Json, words_block
from bot.ui.model import ChoiceField, DateField, Field, ManyField, NumberField, Option, TextField
from bot.ui.strings import Words


def inputs(field: Field, error: str, words: Words) -> list[Json]:
    """The input, then its hint and what the server found wrong with it."""
    required = {"isRequired": True, "errorMessage": words("teams.field.required")} if field.required else {}
    drawn = {"id": wire.input_id(field), "label": field.label, **required, **_kind(field, words)}
    hint = [words_block(field.hint, isSubtle=True, size="Small", spacing="Small")] if field.hint else []
    wrong = [words_block(f"⚠ {error}", color="Attention", weight="Bolder", spacing="Small")] if error else []
    return [drawn, *hint, *wrong]


def _kind(field: Field, words: Words) -> Json:
    match field:
        case TextField():
            value = {"value": field.value.reveal()} if field.value else {}
            return {"type": "Input.Text", "isMultiline": field.multiline, "maxLength": field.max_length, **value}
        case ChoiceField():
            style = "expanded" if field.spread else "compact"
            value = {"value": wire.packed_choice(field.value)} if field.value is not None else {}
            return {
                "type": "Input.ChoiceSet",
                "style": style,
                "wrap": True,
                "choices": _choices(field.options),
                **value,
            }
        case ManyField():
            value = {"value": wire.packed(field.values)} if field.values else {}
            kind = {"type": "Input.ChoiceSet", "style": "expanded", "isMultiSelect": True, "wrap": True}
            return {**kind, "choices": _choices(field.options), **value}
        case DateField():
            return {"type": "Input.Date", **({"value": field.value.isoformat()} if field.value else {})}
        case NumberField():
            number: Json = {} if field.value is None else {"value": field.value}
            bounds = words("teams.field.number", low=words.number(field.minimum), high=words.number(field.maximum))
            return {
                "type": "Input.Number",
                "min": field.minimum,
                "max": field.maximum,
                "errorMessage": bounds,
                **number,
            }
        case _:
            assert_never(field)


def _choices(options: tuple[Option, ...]) -> list[Json]:
    return [{"title": _title(option), "value": wire.packed_choice(option.value)} for option in options]


def _title(option: Option) -> str:
    return f"{option.label} – {option.hint}" if option.hint else option.label
