"""Questions are one message to their presenter until they are answered; answers come when they are needed."""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Work
from bot.app.facts.deadlines import writing_begins
from bot.app.facts.round_messages import has_room
from bot.domain.assignment import Assignment, Question
from bot.domain.case import Case
from bot.domain.person import Person


async def tell_question(work: Work, case: Case, question: Question) -> None:
    """The presenter is told of a question, unless the message about an earlier one still asks for answers.

    Its button leads to every open question; whatever the answers leave open rings anew then.
    """
    open_ = await work.uow.find(Question, case=case.id, answered_at=None)
    if all(each.id == question.id for each in open_):
        await _ask(work, case, question.id)


async def tell_answers(work: Work, case: Case, answers: str, answered: set[str]) -> None:
    """Whoever asked hears at once while they may ask again; the others when they write, and so does who has had much.

    `answers` names this sending of answers to the questions `answered`.
    """
    questions = await work.uow.find(Question, case=case.id)
    asked = {question.assignment for question in questions if question.id in answered}
    for assignment in await work.uow.find(Assignment, case=case.id, ended_at=None, submitted_at=None):
        begins = await writing_begins(work, case, assignment.reviewer)
        may_ask_again = assignment.id in asked and begins is not None and begins - work.now > timedelta(days=1)
        reviewer = await work.uow.get(Person, assignment.reviewer)
        at = None if may_ask_again and await has_room(work, reviewer, assignment.round) else begins
        slot = f"assignment:{assignment.id}"
        await work.tell(assignment.reviewer, "answers_in", assignment.id, key=answers, slot=slot, at=at)
    if any(each.answered_at is None for each in questions):  # left out on the page, or asked since it was opened
        await _ask(work, case, answers)


async def _ask(work: Work, case: Case, key: str) -> None:
    presenter = await work.uow.presenter(case.id)
    await work.tell(presenter, "question_asked", case.id, key=key, slot=f"questions:{case.id}")
