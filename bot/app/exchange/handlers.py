"""After the release: the presenter asks back once, reviewers answer once; later one question, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.anonymise import AnonText, Examined, TagBook
from bot.app.blocks.exchange import (
    ANSWER_BACK,
    ASK_BACK,
    FOLLOW_UP,
    LONGEST,
    answer_back_form,
    ask_back_form,
    follow_up_form,
    follow_up_of,
    follow_up_page,
    in_reviews,
)
from bot.app.context import Context
from bot.app.facts.permissions import my_assignment, my_case
from bot.app.gate.handlers import Typed, examine, finish_or_preview
from bot.app.steps.exchange_news import tell_answer_back, tell_asked_back, tell_follow_up
from bot.domain.case import Case
from bot.domain.follow_up import FollowUp, NoFollowUp
from bot.domain.organisation import Group
from bot.errors import Refusal
from bot.ports.records import Draft
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, typed_text

# ---- asking back -----------------------------------------------------------------------------


class NotAskedBackHere(Refusal):
    """The group's policy leaves asking back out, or nobody who reviewed the case reads it any more."""


async def _must_be_offered(ctx: Context, case: Case) -> None:
    """Refuse by name what the policy leaves out, and a question that nobody would read."""
    policy = await ctx.policy(await ctx.uow.get(Group, case.group))
    if not policy.ask_back or not any(each.readable for each in await in_reviews(ctx, case)):
        raise NotAskedBackHere


async def open_ask_back(ctx: Context, event: ActionPressed) -> Outcome:
    """The form to ask the reviewers back."""
    case = ctx.subject(my_case)
    case.ask_back(ctx.now)
    await _must_be_offered(ctx, case)
    return Show(await ask_back_form(ctx, case, {}, {}))


async def prepare_ask_back(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over what is asked back."""
    case = ctx.subject(my_case)
    return await examine(ctx, _typed(event, ASK_BACK, case)) if _complete(event, ASK_BACK) else None


async def send_ask_back(ctx: Context, event: FormSubmitted) -> Outcome:
    """What the released reviews leave open, asked once."""
    case = ctx.subject(my_case)
    case.ask_back(ctx.now)
    await _must_be_offered(ctx, case)
    if ctx.prepared is None:
        return Invalid(await ask_back_form(ctx, case, event.values, _errors(ctx, event, ASK_BACK)))
    return await finish_or_preview(ctx, _typed(event, ASK_BACK, case), event)


async def finish_ask_back(ctx: Context, draft: Draft, texts: Mapping[str, AnonText], tags: TagBook) -> Outcome:
    """It is asked; every reviewer whose review is in hears of it once."""
    case = await my_case(ctx, draft.subject)
    case = await ctx.uow.save(case.ask_back(ctx.now))
    await ctx.uow.put_text(case.id, ASK_BACK, texts)
    await tell_asked_back(ctx, case)
    return Done(ctx.words("ask_back.done"))


async def open_answer_back(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for the one answer."""
    assignment, case = ctx.subject(my_assignment)
    assignment.answer_back(ctx.now, case)
    return Show(await answer_back_form(ctx, assignment, case, {}, {}))


async def prepare_answer_back(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over the answer."""
    _, case = ctx.subject(my_assignment)
    return await examine(ctx, _typed(event, ANSWER_BACK, case)) if _complete(event, ANSWER_BACK) else None


async def send_answer_back(ctx: Context, event: FormSubmitted) -> Outcome:
    """The reviewer's one answer."""
    assignment, case = ctx.subject(my_assignment)
    assignment.answer_back(ctx.now, case)
    if ctx.prepared is None:
        errors = _errors(ctx, event, ANSWER_BACK)
        return Invalid(await answer_back_form(ctx, assignment, case, event.values, errors))
    return await finish_or_preview(ctx, _typed(event, ANSWER_BACK, case), event)


async def finish_answer_back(ctx: Context, draft: Draft, texts: Mapping[str, AnonText], tags: TagBook) -> Outcome:
    """The answer is there for the presenter, and for reviewers who have answered."""
    assignment, case = await my_assignment(ctx, draft.subject)
    assignment = await ctx.uow.save(assignment.answer_back(ctx.now, case))
    await ctx.uow.put_text(case.id, f"{ANSWER_BACK}:{assignment.id}", texts)
    await tell_answer_back(ctx, case, assignment)
    return Done(ctx.words("answer_back.done"))


# ---- what became of it -----------------------------------------------------------------------


async def open_follow_up(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for what became of the case; once told, what was told."""
    case = ctx.subject(my_case)
    found = await follow_up_of(ctx, case)
    if found and found.answered_at:
        return Show(await follow_up_page(ctx, case, found))
    await _waiting(ctx, case)
    return Show(await follow_up_form(ctx, case, {}, {}))


async def prepare_follow_up(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over what became of it."""
    case = ctx.subject(my_case)
    return await examine(ctx, _typed(event, FOLLOW_UP, case)) if _complete(event, FOLLOW_UP) else None


async def send_follow_up(ctx: Context, event: FormSubmitted) -> Outcome:
    """What became of it, told once."""
    case = ctx.subject(my_case)
    await _waiting(ctx, case)
    if ctx.prepared is None:
        return Invalid(await follow_up_form(ctx, case, event.values, _errors(ctx, event, FOLLOW_UP)))
    return await finish_or_preview(ctx, _typed(event, FOLLOW_UP, case), event)


async def finish_follow_up(ctx: Context, draft: Draft, texts: Mapping[str, AnonText], tags: TagBook) -> Outcome:
    """It is told; the reviewers read it."""
    case = await my_case(ctx, draft.subject)
    follow_up = await _waiting(ctx, case)
    await ctx.uow.put_text(follow_up.id, FOLLOW_UP, texts)
    await ctx.uow.save(replace(follow_up, answered_at=ctx.now))
    await tell_follow_up(ctx, case)
    return Done(ctx.words("follow_up.done"))


async def skip_follow_up(ctx: Context, event: ActionPressed) -> Outcome:
    """Nothing is told and nobody is asked again."""
    case = ctx.subject(my_case)
    follow_up = await _waiting(ctx, case)
    await ctx.uow.save(replace(follow_up, skipped_at=ctx.now))
    await ctx.tell(ctx.me.id, "follow_up_skipped", case.id, slot=f"follow_up:{case.id}")
    return Done(ctx.words("follow_up.skipped"))


async def read_follow_up(ctx: Context, event: ActionPressed) -> Outcome:
    """A reviewer reads what became of a case they reviewed."""
    _, case = ctx.subject(my_assignment)
    found = await follow_up_of(ctx, case)
    if found is None or not found.answered_at:
        raise NoFollowUp
    return Show(await follow_up_page(ctx, case, found))


async def _waiting(ctx: Context, case: Case) -> FollowUp:
    """The question that waits for its answer; refuses by name."""
    found = await follow_up_of(ctx, case)
    if found is None or not found.waits:
        raise NoFollowUp
    return found


def _complete(event: FormSubmitted, name: str) -> bool:
    return 0 < len(typed_text(event, name).reveal().strip()) <= LONGEST


def _errors(ctx: Context, event: FormSubmitted, name: str) -> dict[str, str]:
    length = len(typed_text(event, name))
    if length > LONGEST:
        return {name: ctx.words("field.too_long", length=length, limit=LONGEST)}
    return {name: ctx.words("exchange.missing")}


def _typed(event: FormSubmitted, kind: str, case: Case) -> Typed:
    fields = {kind: typed_text(event, kind)}
    owner = "" if kind == FOLLOW_UP else case.id  # told when the case's text, and its tags with it, may be gone
    return Typed(kind, event.subject, fields, case.language, {}, owner=owner)
