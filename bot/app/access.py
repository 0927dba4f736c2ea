"""How a person must stand to what a command is about, for every command: the third column of the table of roles.

Roles are checked from `commands.py` before a handler runs; the relation is checked inside it by `relations.py`. This
table says which one, for the reference page, and a test walks commands × roles × relations against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bot.app.commands import Command
from bot.domain.person import Role


class Relation(StrEnum):
    """What must hold between the person and the thing a command names; nothing of another organisation ever does."""

    OWN = "nothing but the person's own"
    OWN_CASE = "a case they present"
    OWN_REVIEW = "a review assigned to them and not ended"
    OWN_TEXT = "their own draft, for 30 minutes"
    PART = "a case they present or review; for a supervisor any case"
    RAISED = "a risk concern they raised"
    CONCERN = "a standing risk concern, not about their own case while another supervisor can decide"
    READABLE = (
        "with a recorded reason: a case of a group they plan for or with a standing concern, that they neither present,"
        " review nor stepped out of"
    )
    LOOK = (
        "a case that waits for a second look, of a group they belong to (or of any, where nobody of that group can"
        " look and they belong to none), that they neither present nor stepped out of"
    )
    ROUND = (
        "a round of a group they plan for, or of a group without a supervisor; seen also while a concern stands in it"
    )
    SEAT = "a review in a round of a group they plan for, or of a group without a supervisor"
    ORGANISATION = "anything of their organisation"


_BY_KEY: Mapping[str, Relation] = {
    **dict.fromkeys(
        (
            "case.page",
            "case.change",
            "case.withdraw",
            "case.reviews",
            "takeaway.open",
            "takeaway.send",
            "question.open",
            "answer.send",
        ),
        Relation.OWN_CASE,
    ),
    **dict.fromkeys(
        (
            "review.open",
            "question.send",
            "review.send",
            "review.decline",
            "review.decline.send",
            "review.recognise",
            "why",
        ),
        Relation.OWN_REVIEW,
    ),
    **dict.fromkeys(("text.edit", "text.discard", "text.confirm"), Relation.OWN_TEXT),
    **dict.fromkeys(("risk.raise", "risk.raise.send"), Relation.PART),
    "risk.status": Relation.RAISED,
    **dict.fromkeys(
        ("risk.acknowledge", "risk.release", "risk.withdraw", "risk.unmask", "risk.unmask.send"), Relation.CONCERN
    ),
    **dict.fromkeys(("look.open", "look.pass", "look.return", "look.return.send", "look.recognise"), Relation.LOOK),
    **dict.fromkeys(
        (
            "round.preview",
            "round.what_if",
            "round.keep",
            "round.publish",
            "round.show",
            "round.close",
            "round.cancel",
        ),
        Relation.ROUND,
    ),
    **dict.fromkeys(("review.reassign", "review.reassign.send"), Relation.SEAT),
    **dict.fromkeys(("case.read", "case.read.send"), Relation.READABLE),
}


def relation(command: Command) -> Relation:
    """What the command may be about: named above, else a therapist's own things, else the organisation's."""
    if command.key in _BY_KEY:
        return _BY_KEY[command.key]
    return Relation.OWN if Role.THERAPIST in command.roles else Relation.ORGANISATION
