"""A member whom a supervisor names within typed words that cannot be read: who is meant is asked, with the names.

Nothing is done by a name alone: "leave Kim until Friday" may be Kim's leave, and there may be two of that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from bot.app.caseload.question_views import reading_action
from bot.app.caseload.typed_for import planned_members
from bot.app.context import Context
from bot.calendars.spoken import Ask, Reading, understand
from bot.domain.person import Person, Role
from bot.ui.model import Action, Buttons, Card, CardBlock, Text, line

MOST = 5
"""Members offered at once; in a larger group only those are whose name is like the typed one."""
SHORTEST = 3
"""Letters of a part of a name by which somebody is looked for."""
LIKE = 0.75
_AROUND = ".,;:!?()'\"@"


async def whose_card(ctx: Context, text: str) -> Card | None:
    """The members who may be meant, each with what the other words say; None where no member is named."""
    if not ctx.me.has(Role.SUPERVISOR):
        return None
    people = sorted(await planned_members(ctx), key=lambda person: person.name)
    words = text.split()
    for_somebody = bool(words) and words[0].casefold() in ctx.aliases("for") and ":" in text
    if for_somebody:
        name, _, said = text.partition(":")
        named = _named(people, name.split()[1:])
        found = [(person, said.split()) for person in named[:MOST] or _like(people, name.split()[1:])]
    else:
        named = _named(people, words)
        found = [(person, _without(ctx, person, words)) for person in named[:MOST]]
        if not named:
            return None
    buttons = [action for person, rest in found for action in _actions(ctx, person, " ".join(rest))]
    title = ctx.words("caseload.whose.which" if named else "caseload.whose.unknown")
    blocks: list[CardBlock] = [Buttons(tuple(buttons))] if buttons else []
    if not buttons:
        blocks = [Text(line(ctx.words("caseload.whose.write")))]
    return Card("caseload.ask", title, tuple(blocks), summary=title)


def _named(people: Sequence[Person], words: Sequence[str]) -> list[Person]:
    """Those of whose name most parts stand among the words, one of them of three letters at least."""
    typed = {_bare(word) for word in words}
    counted = {person.id: _parts(person) & typed for person in people}
    long = {id: parts for id, parts in counted.items() if any(len(part) >= SHORTEST for part in parts)}
    most = max(map(len, long.values()), default=0)
    return [person for person in people if len(long.get(person.id, ())) == most > 0]


def _like(people: Sequence[Person], name: Sequence[str]) -> list[Person]:
    """Members whose name is like a typed one; without any, all of a small group."""
    near = [
        person
        for person in people
        if any(get_close_matches(_bare(word), _parts(person), 1, LIKE) for word in name if len(word) >= SHORTEST)
    ]
    return near[:MOST] or (list(people) if len(people) <= MOST else [])


def _without(ctx: Context, person: Person, words: Sequence[str]) -> list[str]:
    """The words without the name, and without the "for" before it and the "is" behind it."""
    parts = _parts(person)
    rest: list[str] = []
    behind = False
    for word in words:
        if _bare(word) in parts:
            behind = True
            if rest and rest[-1].casefold() in ctx.aliases("for"):
                rest.pop()
        elif not (behind and word.casefold() in ctx.aliases("is")):
            rest.append(word)
            behind = False
    return rest


def _actions(ctx: Context, person: Person, text: str) -> list[Action]:
    """What the other words may say, for this member; the form for leave where that is not clear."""
    reading: Reading = understand(text, ctx.today(person.timezone), ctx.me.language)
    acts = reading.readings if isinstance(reading, Ask) else (reading,)
    said = [reading_action(ctx, act, person) for act in acts] or [
        Action("caseload.leave", ctx.words("leave.open"), person.id, opens=True)
    ]
    return [replace(action, label=f"{person.name}: {action.label}") for action in said]


def _parts(person: Person) -> set[str]:
    return {part for part in map(_bare, person.name.split()) if part}


def _bare(word: str) -> str:
    """A word as it is compared: without marks around it and without the "'s" of an owner."""
    return word.casefold().replace("’", "'").removesuffix("'s").strip(_AROUND)
