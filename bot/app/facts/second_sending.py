"""Whether what a form replaces was changed since the form was drawn: on another page, in another chat, by a preview.

A form that may replace a text says in its state which one it was drawn beside. Sent when another one is kept, it is
drawn again beside that one, and replaces it only when it is sent once more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from bot.anonymise import AnonText
from bot.domain.assignment import Question
from bot.ui.inbound import FormSubmitted

SINCE = "since"
"""Among a form's errors: that another text is kept since; the form shows it, and the sentence stands at its field."""
SEEN = "seen"
"""The entry of a form's state, and of a draft's, that names what was kept when it was drawn."""


def seen_text(of: str, texts: Mapping[str, AnonText]) -> str:
    """A mark of the texts kept in the record `of`, "" without any; its id, which no form shows, makes it no clue."""
    if not texts:
        return ""
    kept = json.dumps({name: text.text for name, text in texts.items()}, sort_keys=True)
    return hashlib.sha256(f"{of}:{kept}".encode()).hexdigest()[:16]


def seen_answers(questions: list[Question]) -> str:
    """A mark of which questions are answered, and when."""
    return json.dumps({q.id: q.answered_at.isoformat() for q in questions if q.answered_at}, sort_keys=True)


def changed_since(event: FormSubmitted, now: str) -> bool:
    """Whether another text is kept than when the form was drawn; one of an earlier version says nothing of it."""
    return event.state.get(SEEN, now) != now
