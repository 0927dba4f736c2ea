"""The person's drafts as they stand on Home: what is not sent, since when, and the way back to it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.app.blocks.exchange import may_answer_back
from bot.app.context import Context
from bot.app.facts.permissions import my_assignment, my_case
from bot.app.steps.drafts import WANTED, discard_action, is_of, live_drafts, saved_words
from bot.domain.case import Case, CaseStatus, NotYourCase, NotYourReview
from bot.domain.second_look import SecondLook
from bot.ports.records import Draft
from bot.ports.unit_of_work import NotFound
from bot.ui.model import Action, CardBlock, Heading, Row, line, muted, strong


@dataclass(frozen=True)
class Listed:
    """A form whose drafts stand on Home: the button that opens it, its sentence, when it can still be sent."""

    opens: str
    words: str
    about: str = ""
    """What its subject is: "case", "review" or "answer" (an assignment), "look" (a second look), or nothing."""
    while_: frozenset[CaseStatus] = frozenset()
    list_: str = ""
    """The list beside Home on which it stands: "cases" or "reviews"."""


_WRITING = frozenset({CaseStatus.REVIEWING, CaseStatus.RELEASED})
TAKEAWAY = frozenset({CaseStatus.RELEASED, CaseStatus.CLOSED})
"""One that was begun before the round was closed is not lost with it."""
LISTED = {
    "review.send": Listed("review.open", "draft.review", "review", _WRITING, "reviews"),
    "question.send": Listed("review.open", "draft.question", "review", frozenset({CaseStatus.CLARIFYING}), "reviews"),
    "answer.send": Listed("question.open", "draft.answer", "case", frozenset({CaseStatus.CLARIFYING}), "cases"),
    "takeaway.send": Listed("takeaway.open", "draft.takeaway", "case", TAKEAWAY, "cases"),
    "ask_back.send": Listed("ask_back.open", "draft.ask_back", "case", frozenset({CaseStatus.RELEASED}), "cases"),
    "answer_back.send": Listed("answer_back.open", "draft.answer_back", "answer", list_="reviews"),
    "follow_up.send": Listed("follow_up.open", "draft.follow_up", "case", frozenset({CaseStatus.CLOSED}), "cases"),
    "exemplar.send": Listed("exemplar.open", "draft.exemplar", "case", frozenset({CaseStatus.CLOSED}), "cases"),
    "goal.send": Listed("goal.open", "draft.goal"),
    "goal.half.send": Listed("goal.half", "draft.goal_half"),
    "log.add.send": Listed("log.add", "draft.log"),
    "log.correct.send": Listed("log.correct", "draft.log_correct"),
    "look.return.send": Listed("look.return", "draft.look", "look"),
    "caseload.plan.send": Listed("caseload.plan", "draft.caseload"),
    "caseload.mode.change.send": Listed("caseload.mode.change", "draft.caseload"),
}
NEW_MESSAGE = Listed("message.new", "draft.message", list_="cases")
NEW_CASE = Listed("case.new", "draft.case", list_="cases")
CHANGED_CASE = Listed("case.change", "draft.case_change", "case", frozenset({CaseStatus.SENT_BACK}), "cases")


async def draft_blocks(ctx: Context, about: str = "") -> list[CardBlock]:
    """One row a draft that can still be sent, newest first, nothing without any; `about` picks those of one list."""
    rows: list[CardBlock] = []
    for draft in await live_drafts(ctx):
        listed = _listed(draft)
        if listed and (not about or about == listed.list_) and (row := await _row(ctx, draft, listed)):
            rows.append(row)
    return [Heading(ctx.words("draft.heading")), *rows] if rows else []


async def takeaway_begun(ctx: Context, case: Case) -> bool:
    """Whether the case was closed over a takeaway that its presenter had begun and may still send."""
    if not case.closed_at or not case.released_at or case.withdrawn_at or case.purged_at or case.shared_at:
        return False
    if await ctx.uow.texts(case.id, "takeaway"):
        return False
    live = await live_drafts(ctx, case.id)
    return any(draft.kind == "takeaway" or draft.state.get("form") == "takeaway.send" for draft in live)


async def draft_row(ctx: Context, id: str) -> Row | None:
    """The row of one draft, None when it is gone or cannot be sent any more."""
    for draft in await live_drafts(ctx):
        if is_of(draft, id) and (listed := _listed(draft)):
            return await _row(ctx, draft, listed)
    return None


async def _row(ctx: Context, draft: Draft, listed: Listed) -> Row | None:
    """What is not sent, since when and until when it waits, and the way back to it."""
    case = await _case(ctx, draft, listed) if listed.about else None
    if listed.about and case is None:
        return None
    words = ctx.words(listed.words, code=case.code if case else "")
    go_on = Action(listed.opens, ctx.words("draft.go_on"), draft.subject, {WANTED: draft.id}, "primary", opens=True)
    return Row(line(strong(words)), line(muted(saved_words(ctx, draft))), (go_on, discard_action(ctx, draft)))


def _listed(draft: Draft) -> Listed | None:
    form = draft.state.get("form", "")
    if form == "message.submit":
        return CHANGED_CASE if draft.subject else NEW_MESSAGE
    if form == "case.submit":
        return CHANGED_CASE if draft.subject else NEW_CASE
    return LISTED.get(form)


async def _case(ctx: Context, draft: Draft, listed: Listed) -> Case | None:
    """The case the draft is about, while the draft can be sent; None otherwise."""
    try:
        match listed.about:
            case "review":
                assignment, case = await my_assignment(ctx, draft.subject)
                if assignment.submitted_at:
                    return None
            case "answer":
                assignment, case = await my_assignment(ctx, draft.subject)
                if not may_answer_back(assignment, case):
                    return None
            case "case":
                case = await my_case(ctx, draft.subject)
            case _:
                look = await ctx.uow.get(SecondLook, draft.subject)
                if look.end is not None:
                    return None
                case = await ctx.uow.get(Case, look.case)
    except (NotYourCase, NotYourReview, NotFound):
        return None
    return case if not listed.while_ or case.status(ctx.now) in listed.while_ else None
