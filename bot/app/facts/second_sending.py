"""Whether what a form replaces was changed since the form was drawn: on another page, in another chat, by a preview.

A form that may replace a text says in its state which one it was drawn beside. Sent when another one is kept, it is
drawn again beside that one, and replaces it only when it is sent once more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from bot.anonymise import AnonText
from bot.app.context import Work
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


async def seen_answers(work: Work, case: str, questions: Sequence[Question]) -> str:
    """A mark of each answer that these questions have."""
    marks = {}
    for question in questions:
        texts = await work.uow.texts(case, f"question:{question.id}")
        if "answer" in texts:
            marks[question.id] = seen_text(question.assignment, {"answer": texts["answer"]})
    return json.dumps(marks, sort_keys=True)


def answered_since(seen: str, now: str) -> set[str]:
    """The questions that have another answer than the one that was seen; none of them where "" was noted."""
    before = json.loads(seen or "{}")
    return {id for id, mark in json.loads(now).items() if before.get(id) != mark}


def changed_since(event: FormSubmitted, now: str) -> bool:
    """Whether another text is kept than when the form was drawn; one of an earlier version says nothing of it."""
    return event.state.get(SEEN, now) != now
