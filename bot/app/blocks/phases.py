"""The days of a round's phases as fields of a form, and what was typed in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.app.context import Context
from bot.domain.series import PhaseDays
from bot.ui.model import (
    Field,
    NumberField,
)


def phase_fields(ctx: Context, names: Iterable[str], values: Mapping[str, str], days: PhaseDays) -> list[Field]:
    """A number of working days for each phase, as typed or as the policy has it."""
    fields: list[Field] = []
    for name in names:
        given = values.get(name, "")
        value = int(given) if given.isdecimal() else getattr(days, name)
        fields.append(NumberField(name, ctx.words(f"series.days.{name}"), value, *LIMITS[name]))
    return fields


def typed_phases(ctx: Context, values: Mapping[str, str], days: PhaseDays, errors: dict[str, str]) -> PhaseDays:
    """The phases as typed; what was left empty stays as it is."""
    for name, (low, high) in LIMITS.items():
        given = values.get(name, "")
        if not given:
            continue
        if not given.isdecimal() or not low <= int(given) <= high:
            errors[name] = ctx.words("field.whole_number", low=ctx.words.number(low), high=ctx.words.number(high))
        else:
            days = replace(days, **{name: int(given)})
    if days.clarify >= days.review and "clarify" not in errors:
        errors["clarify"] = ctx.words("series.clarify_too_long")
    return days


LIMITS = {"collect": (1, 30), "clarify": (0, 29), "review": (1, 30), "takeaway": (1, 30)}
