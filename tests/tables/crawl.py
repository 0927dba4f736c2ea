"""Walks through the product by what it shows: every button pressed, every form sent as a hurried person would fill it.

A step starts from the state its predecessor left, so doors behind doors open too. What is not shown cannot be found so;
`test_every_view.py` also tries each command on each record.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import cast

from bot.anonymise import Sensitive
from bot.ui.inbound import (
    ActionPressed,
    Actor,
    CommandTyped,
    Done,
    Event,
    FormSubmitted,
    HomeOpened,
    Invalid,
    Outcome,
    Say,
    Show,
)
from bot.ui.model import Action, ChoiceField, DateField, Form, ManyField, NumberField
from tests.world import Kept, World

TYPED = "She writes every week, since 3 May 2026, and seems stuck halfway. How do I bring the practice back?"
"""With something for the gate, so that there is a preview."""


@dataclass(frozen=True)
class Step:
    """What one person does next, and the state in which they do it."""

    key: str
    event: Event
    kept: Kept


def actions(view: object) -> Iterator[Action]:
    """Every button anywhere in a card or form."""
    found: list[Action] = []
    _gather(view, found)
    yield from found


def _gather(view: object, found: list[Action]) -> None:
    if isinstance(view, Action):
        found.append(view)
    elif isinstance(view, tuple | list):
        for part in view:
            _gather(part, found)
    else:
        for name in _names(cast("Hashable", type(view))):
            _gather(getattr(view, name), found)


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    """The fields of a class of records; nothing for any other class."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def filled(form: Form, today: date) -> Mapping[str, Sensitive | tuple[str, ...]]:
    """Every field as it stands, else with the first thing that comes to mind."""
    values: dict[str, Sensitive | tuple[str, ...]] = {}
    for field in form.fields:
        match field:
            case ChoiceField():
                calm = next((o.value for o in field.options if o.value == "no"), None)
                first = field.options[0].value if field.options else ""
                chosen = calm or field.value or first
                values[field.name] = (chosen,) if chosen else ()
            case ManyField():
                values[field.name] = field.values or tuple(o.value for o in field.options[:1])
            case DateField():
                values[field.name] = Sensitive((field.value or today + timedelta(days=21)).isoformat())
            case NumberField():
                values[field.name] = Sensitive(str(field.value if field.value is not None else max(field.minimum, 1)))
            case _:
                values[field.name] = field.value or Sensitive(TYPED[: field.max_length])
    return values


def view_of(outcome: Outcome) -> object:
    """What an outcome shows."""
    match outcome:
        case Show(form) | Invalid(form):
            return form
        case Say(card):
            return card
        case Done():
            return outcome.card
    return None


@dataclass
class Crawl:
    """From everybody's start page and typed commands on, each door at most `most` times a person."""

    world: World
    people: str
    typed: tuple[str, ...] = ()
    most: int = 3
    number: int = 0

    async def steps(self) -> AsyncIterator[tuple[Step, Outcome]]:
        """Every step with its outcome, nearest first."""
        start, tried = self.world.kept(), Counter[tuple[str, str]]()
        waiting = deque(
            Step(key, event, start) for key in self.people for event in self._first(self.world.player(key).actor)
        )
        while waiting:
            step = waiting.popleft()
            door = (step.key, name_of(step.event))
            if tried[door] >= self.most:
                continue
            tried[door] += 1
            self.world.restore(step.kept)
            outcome = await self.world.entry.handle(step.event)
            await self.world.settle()
            yield step, outcome
            kept = self.world.kept()
            actor = self.world.player(step.key).actor
            waiting += [Step(step.key, event, kept) for event in self._next(outcome, actor)]
        self.world.restore(start)

    def _first(self, actor: Actor) -> Iterator[Event]:
        yield HomeOpened(event_id=self._id(), actor=actor)
        for typed in self.typed:
            name, _, rest = typed.partition(" ")
            yield CommandTyped(event_id=self._id(), actor=actor, name=name, text=Sensitive(rest))

    def _next(self, outcome: Outcome, actor: Actor) -> Iterator[Event]:
        view = view_of(outcome)
        for action in actions(view):
            yield ActionPressed(
                event_id=self._id(), actor=actor, key=action.key, subject=action.subject, args=action.args
            )
        if isinstance(view, Form) and view.submit and not isinstance(outcome, Invalid):
            yield FormSubmitted(
                event_id=self._id(),
                actor=actor,
                key=view.key,
                subject=view.subject,
                state=view.state,
                values=filled(view, self.world.clock.now().date()),
            )

    def _id(self) -> str:
        self.number += 1
        return f"crawl-{self.number}"


def name_of(event: Event) -> str:
    """The door an event goes through."""
    match event:
        case CommandTyped():
            return f"/{event.name} {event.text.reveal()}"
        case ActionPressed() | FormSubmitted():
            return f"{type(event).__name__} {event.key}"
    return type(event).__name__


def key_of(event: Event) -> str:
    """The command's key in the table."""
    match event:
        case CommandTyped():
            return event.name
        case ActionPressed() | FormSubmitted():
            return event.key
    return ""
