"""A row of the command table, and the ways to write one: typed, a button that shows or does something, a form.

Roles and relation have no default: whoever adds a command decides who may use it. Next: `commands.py`, the table.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.app.access import Relation
from bot.app.context import Context
from bot.app.gate import handlers as texts
from bot.domain.person import Role
from bot.ui.inbound import Outcome

Handler = Callable[[Context, Any], Awaitable[Outcome]]
Preparation = Callable[[Context, Any], Awaitable[Any]]
Repetition = Callable[[Context, Any], Awaitable[Outcome | None]]

THERAPIST = frozenset({Role.THERAPIST})
ANYONE = frozenset(Role)
SUPERVISOR = frozenset({Role.SUPERVISOR})
DPO = frozenset({Role.DPO})
SECOND = DPO | frozenset({Role.ADMIN})
CLINICIAN = THERAPIST | SUPERVISOR
PLANNER = SUPERVISOR | frozenset({Role.ADMIN})
MANAGER = frozenset({Role.MANAGER})


class Kind(Enum):
    """How a command arrives."""

    TYPED = "typed"
    PRESSED = "pressed"
    SENT = "sent"


@dataclass(frozen=True)
class Command:
    """One thing a person can do."""

    key: str
    kind: Kind
    roles: frozenset[Role]
    relation: Relation
    handler: Handler
    about: str
    changes: bool = False
    prepare: Preparation | None = None
    again: Repetition | None = None
    """What answers a second delivery of the same event, where no answer is kept and it is still permitted."""


def typed(
    key: str,
    roles: frozenset[Role],
    relation: Relation,
    handler: Handler,
    about: str,
    *,
    changes: bool = False,
    prepare: Preparation | None = None,
) -> Command:
    """A slash command."""
    return Command(key, Kind.TYPED, roles, relation, handler, about, changes, prepare)


def opens(key: str, roles: frozenset[Role], relation: Relation, handler: Handler, about: str) -> Command:
    """A button that shows something."""
    return Command(key, Kind.PRESSED, roles, relation, handler, about)


def does(key: str, roles: frozenset[Role], relation: Relation, handler: Handler, about: str) -> Command:
    """A button with an effect."""
    return Command(key, Kind.PRESSED, roles, relation, handler, about, changes=True)


def sends(
    key: str,
    roles: frozenset[Role],
    relation: Relation,
    handler: Handler,
    about: str,
    prepare: Preparation | None = None,
    again: Repetition | None = None,
) -> Command:
    """A form."""
    return Command(key, Kind.SENT, roles, relation, handler, about, changes=True, prepare=prepare, again=again)


def hands(key: str, kind: Kind, roles: frozenset[Role], relation: Relation, handler: Handler, about: str) -> Command:
    """A file; a second delivery hands it out again, and each is audited."""
    return Command(key, kind, roles, relation, handler, about, changes=True, again=handler)


def writes(
    key: str,
    relation: Relation,
    handler: Handler,
    about: str,
    prepare: Preparation,
    again: Repetition = texts.preview_again,
) -> Command:
    """A therapist's form with text for the gate; a second delivery shows the preview again."""
    return Command(key, Kind.SENT, THERAPIST, relation, handler, about, changes=True, prepare=prepare, again=again)


def makes(key: str, kind: Kind, roles: frozenset[Role], relation: Relation, module: Any, about: str) -> Command:
    """Something computed before it is kept and shown; a second delivery shows the same again."""
    return Command(key, kind, roles, relation, module.answer, about, True, module.prepare, module.answer)
