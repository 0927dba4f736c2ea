"""Which of a supervisor's groups: nothing to ask for one, a choice among some, the name of one among very many."""

from __future__ import annotations

from collections.abc import Sequence

from bot.anonymise import Sensitive
from bot.app.context import Context
from bot.app.facts.permissions import MOST_GROUPS
from bot.domain.organisation import Group
from bot.ui.model import CardBlock, ChoiceField, Option, Text, TextField, line

NAME_LENGTH = 200


def group_fields(
    ctx: Context, groups: Sequence[Group], given: str = "", *, alone: bool = False
) -> tuple[ChoiceField | TextField, ...]:
    """The field `group`; `given` is an id or what was typed. `planned_group` reads it.

    With `alone` one group is a choice, too: it is the only one left of several.
    """
    label = ctx.words("round.group")
    if len(groups) <= (0 if alone else 1):
        return ()
    if len(groups) < MOST_GROUPS:
        return (ChoiceField("group", label, tuple(Option(g.id, g.name) for g in groups), given or None),)
    hint = ctx.words("group.by_name")
    return (TextField("group", label, hint, Sensitive(given), required=True, max_length=NAME_LENGTH),)


def group_error(ctx: Context, given: str) -> str:
    """Why no group was found."""
    return ctx.words("group.unknown") if given else ctx.words("field.choose")


def first_only(ctx: Context, shown: int) -> list[CardBlock]:
    """A line under a list that may go on."""
    return [Text(line(ctx.words("group.first", count=MOST_GROUPS)))] if shown >= MOST_GROUPS else []
