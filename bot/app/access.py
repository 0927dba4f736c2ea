"""Permission: the roles and the relation to the named thing that a command's row in `commands.py` asks for.

Both are required fields of the row and are looked at here, before the handler runs. What it must not know: what a
command does. Next: `facts/permissions.py`, the look-ups that load a record or refuse by name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum

from bot.app.context import Context
from bot.app.facts.exemplars import kept_exemplar
from bot.app.facts.permissions import (
    leave_of_supervised,
    limit_of_supervised,
    may_supervise,
    my_assignment,
    my_case,
    my_hold,
    my_matter,
    my_step,
    planned_assignment,
    planned_round,
    self_or_supervised,
    share_of_supervised,
    shared_case,
    shown_round,
    supervised,
    switch_of_supervised,
    takes_part,
)
from bot.app.gate.handlers import my_draft
from bot.app.library.handlers import exemplar_to_look
from bot.app.reviews.swap_handlers import offered_swap
from bot.app.risk.handlers import concern_to_decide, concern_to_end, held_case
from bot.app.second_look.handlers import look_to_take
from bot.app.series.handlers import planned_series
from bot.app.steps.worksheet import my_row
from bot.app.supervision.log_handlers import my_entry
from bot.app.supervision.signing_handlers import asked_to_sign
from bot.errors import Refusal


class NotAMember(Refusal):
    """The platform identity belongs to nobody in an organisation here."""


class AccessEnded(Refusal):
    """A removed person has no access, on any platform."""


class NotAllowed(Refusal):
    """The person's roles do not include this command."""


class OnlyInPrivate(Refusal):
    """Confidential work happens where only the person reads along."""


class UnknownAction(Refusal):
    """A button or form of an older version, or a forged one."""


class Relation(StrEnum):
    """What must hold between the person and the thing a command names; nothing of another organisation ever does."""

    OWN = "nothing but the person's own"
    OWN_CASE = "a case they present"
    OWN_REVIEW = "a review assigned to them and not ended"
    INFORMED = "a case shared for information in a group of theirs"
    KEPT = "an excerpt that a group of theirs keeps to learn from"
    EXCERPT = "an excerpt that waits for a second look, of a case they may look at"
    OFFERED = "a review that a colleague asks them to take over"
    MATTER = "what a message of theirs is about, as far as it is theirs today; else nothing"
    OWN_ROW = "a row of their own worksheet, where the policy has worksheets"
    OWN_TEXT = "their own draft, for as long as the policy keeps it"
    OWN_ENTRY = "an entry of their own log"
    ASKED = "entries of a colleague who asked them to sign"
    SELF_OR_MEMBER = "their own; for a supervisor also a member of a group they plan for"
    LEAVE = "a leave of their own; for a supervisor also of a member of a group they plan for"
    SWITCH = "a recorded switch of their own; for a supervisor also of a member of a group they plan for"
    SHARE = "a recorded share of full time, of their own; for a supervisor also of a member of a group they plan for"
    LIMIT = "a recorded limit on reviews, of their own; for a supervisor also of a member of a group they plan for"
    OWN_STEP = "what they did themselves in the last ten minutes"
    MEMBER = "a member of a group they plan for"
    PART = "a case they present or review; for a supervisor any case"
    RAISED = "a risk concern they raised"
    CONCERN = "a standing risk concern, not about their own case while another supervisor can decide"
    CONCERN_TO_END = "as above, and raised by somebody else while another supervisor can decide"
    HELD_CASE = "a case on hold that they take no part in while another supervisor can decide"
    READABLE = (
        "with a recorded reason: a case of a group they plan for or with a standing concern, that they neither present,"
        " review nor stepped out of"
    )
    LOOK = (
        "a case that waits for a second look, of a group they belong to (or of any, where nobody of that group can"
        " look and they belong to none), that they neither present nor stepped out of"
    )
    ROUND = "a round of a group they plan for, or of a group without a supervisor"
    SHOWN_ROUND = "as above, and a round in which a concern stands"
    ASSIGNMENT = "a review in a round of a group they plan for, or of a group without a supervisor"
    SERIES = "a series of a group they plan for"
    GROUP = "a group they plan for, or any where they belong to none"
    ORGANISATION = "anything of their organisation"


Resolver = Callable[[Context, str], Awaitable[object]]
"""Loads what a command names by id, or raises the refusal that says why the person has no business with it."""

RESOLVERS: Mapping[Relation, Resolver] = {
    Relation.OWN_CASE: my_case,
    Relation.OWN_REVIEW: my_assignment,
    Relation.INFORMED: shared_case,
    Relation.KEPT: kept_exemplar,
    Relation.EXCERPT: exemplar_to_look,
    Relation.OFFERED: offered_swap,
    Relation.MATTER: my_matter,
    Relation.OWN_TEXT: my_draft,
    Relation.OWN_ROW: my_row,
    Relation.OWN_ENTRY: my_entry,
    Relation.ASKED: asked_to_sign,
    Relation.SELF_OR_MEMBER: self_or_supervised,
    Relation.LEAVE: leave_of_supervised,
    Relation.SWITCH: switch_of_supervised,
    Relation.SHARE: share_of_supervised,
    Relation.LIMIT: limit_of_supervised,
    Relation.OWN_STEP: my_step,
    Relation.MEMBER: supervised,
    Relation.PART: takes_part,
    Relation.RAISED: my_hold,
    Relation.CONCERN: concern_to_decide,
    Relation.CONCERN_TO_END: concern_to_end,
    Relation.HELD_CASE: held_case,
    Relation.READABLE: may_supervise,
    Relation.LOOK: look_to_take,
    Relation.ROUND: planned_round,
    Relation.SHOWN_ROUND: shown_round,
    Relation.ASSIGNMENT: planned_assignment,
    Relation.SERIES: planned_series,
}
"""`OWN`, `GROUP` and `ORGANISATION` name nothing by the subject of the event: there is nothing to resolve."""


async def resolve(ctx: Context, relation: Relation, subject: str) -> None:
    """Hand what has this id to the handler (`ctx.subject`), or refuse by name who does not stand so to it."""
    if relation in RESOLVERS:
        resolver = RESOLVERS[relation]
        ctx.resolved = (resolver, await resolver(ctx, subject))
