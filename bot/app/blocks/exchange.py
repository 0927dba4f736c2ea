"""The exchange after release as presenter and reviewers see it: what is asked back, thanks, and what became of a case.

Anonymity is that of the case: reviewers have their letters, the presenter is unnamed, and no moment is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.anonymise import Sensitive
from bot.app.blocks.tags import passage
from bot.app.context import Context
from bot.app.facts.anonymity import presenter_label, reviewer_label
from bot.app.steps.learning_goals import goal_of
from bot.domain.assignment import Assignment
from bot.domain.case import Case, CaseStatus
from bot.domain.follow_up import FollowUp
from bot.domain.organisation import Group
from bot.ui.model import Action, Form, FormBlock, Heading, ManyField, Notice, Option, Text, TextField, Tone, line

ASK_BACK, ANSWER_BACK, FOLLOW_UP = "ask_back", "answer_back", "follow_up"
"""The kinds of its texts, and the names of their fields."""
LONGEST = 2000
Values = Mapping[str, Sensitive | tuple[str, ...]]


async def in_reviews(ctx: Context, case: Case) -> list[Assignment]:
    """Those whose reviews the presenter reads, by letter."""
    found = await ctx.uow.find(Assignment, case=case.id, ended_at=None, submitted_at__not=None, order=("letter",))
    return [each for each in found if not each.parted_at]


async def may_ask_back(ctx: Context, case: Case) -> bool:
    """Whether the presenter may ask back now: released, not asked yet, and somebody there who reads it."""
    if case.status(ctx.now) is not CaseStatus.RELEASED or case.asked_back_at:
        return False
    group = await ctx.uow.get(Group, case.group)
    return (await ctx.policy(group)).ask_back and any(each.readable for each in await in_reviews(ctx, case))


def may_answer_back(assignment: Assignment, case: Case) -> bool:
    """Whether a reviewer may answer what was asked back."""
    asked = case.asked_back_at and not (case.held_at or case.withdrawn_at or case.purged_at)
    return bool(asked and assignment.readable and assignment.submitted_at and not assignment.answered_back_at)


async def asked_back_blocks(ctx: Context, case: Case, viewer: Assignment | None) -> list[FormBlock]:
    """What was asked back and the answers by letter; a reviewer reads the others' once their own is in."""
    w = ctx.words
    asked = (await ctx.uow.texts(case.id, ASK_BACK)).get(ASK_BACK)
    if asked is None:
        return []
    by = w("you") if viewer is None else await presenter_label(ctx, case)
    blocks: list[FormBlock] = [Heading(w("ask_back.heading")), passage(w("ask_back.asked"), asked, by, case.language)]
    for assignment in await in_reviews(ctx, case):
        own = viewer is not None and viewer.id == assignment.id
        if viewer is not None and not own and not viewer.answered_back_at:
            continue
        text = (await ctx.uow.texts(case.id, f"{ANSWER_BACK}:{assignment.id}")).get(ANSWER_BACK)
        if text:
            name = w("you") if own else await reviewer_label(ctx, case, assignment)
            blocks.append(passage(w("question.answer"), text, name, case.language))
    return blocks


async def used_field(ctx: Context, case: Case, values: Values) -> ManyField | None:
    """Which suggestions the presenter uses; nothing where the policy says so or no review has one."""
    policy = await ctx.policy(await ctx.uow.get(Group, case.group))
    reviews = await in_reviews(ctx, case)
    if not policy.thank_for_suggestions or not reviews:
        return None
    options = [Option(each.letter, await reviewer_label(ctx, case, each)) for each in reviews]
    ticked = values.get("used", ())
    chosen = ticked if isinstance(ticked, tuple) else ()
    return ManyField("used", ctx.words("used.field"), tuple(options), chosen, hint=ctx.words("used.hint"))


async def goal_field(ctx: Context, values: Values) -> ManyField | None:
    """Whether the takeaway is kept with the presenter's own learning goal, where there is one."""
    if await goal_of(ctx, ctx.me) is None:
        return None
    ticked = values.get("goal", ())
    chosen = ticked if isinstance(ticked, tuple) else ()
    option = Option("yes", ctx.words("goal.keep_takeaway"))
    return ManyField("goal", ctx.words("goal.title"), (option,), chosen, hint=ctx.words("goal.half.only_you"))


def thanks_blocks(ctx: Context, assignment: Assignment) -> list[FormBlock]:
    """To a reviewer whose suggestion is used."""
    return [Notice(Tone.OK, line(ctx.words("used.thanks")))] if assignment.used_at else []


async def ask_back_form(ctx: Context, case: Case, values: Values, errors: Mapping[str, str]) -> Form:
    """One question to everybody who reviewed the case."""
    w = ctx.words
    field = TextField(ASK_BACK, w("ask_back.field"), w("ask_back.hint"), _text(values, ASK_BACK), True, True, LONGEST)
    intro = Text(line(w("ask_back.intro", code=case.code)))
    return Form(
        "ask_back.send",
        w("ask_back.title"),
        case.id,
        body=(intro,),
        fields=(field,),
        submit=w("ask_back.submit"),
        errors=errors,
    )


async def answer_back_form(
    ctx: Context, assignment: Assignment, case: Case, values: Values, errors: Mapping[str, str]
) -> Form:
    """What was asked back, the reviewer's own review, and one field for the one answer."""
    w = ctx.words
    own = await ctx.uow.texts(case.id, f"review:{assignment.id}")
    mine = [passage(w("review.field.suggestion"), own["suggestion"], w("you"), case.language)] if own else []
    field = TextField(
        ANSWER_BACK, w("answer_back.field"), w("answer_back.hint"), _text(values, ANSWER_BACK), True, True, LONGEST
    )
    return Form(
        "answer_back.send",
        w("answer_back.title"),
        assignment.id,
        body=(*mine, *await asked_back_blocks(ctx, case, assignment)),
        fields=(field,),
        submit=w("answer_back.submit"),
        errors=errors,
    )


async def follow_up_form(ctx: Context, case: Case, values: Values, errors: Mapping[str, str]) -> Form:
    """What became of it: the takeaway while it is kept, one field, and the way to say nothing."""
    w = ctx.words
    field = TextField(
        FOLLOW_UP, w("follow_up.field"), w("follow_up.hint"), _text(values, FOLLOW_UP), True, True, LONGEST
    )
    intro = Text(line(w("follow_up.intro", code=case.code)))
    return Form(
        "follow_up.send",
        w("follow_up.title"),
        case.id,
        body=(intro, *await _takeaway(ctx, case)),
        fields=(field,),
        submit=w("follow_up.submit"),
        actions=(Action("follow_up.skip", w("follow_up.skip"), case.id),),
        errors=errors,
    )


async def follow_up_page(ctx: Context, case: Case, follow_up: FollowUp) -> Form:
    """What became of it, for its presenter and its reviewers."""
    w = ctx.words
    text = (await ctx.uow.texts(follow_up.id, FOLLOW_UP)).get(FOLLOW_UP)
    by = await presenter_label(ctx, case)
    told = (
        passage(w("follow_up.told"), text, by, case.language) if text else Notice(Tone.INFO, line(w("case.text_gone")))
    )
    intro = Text(line(w("follow_up.of", code=case.code)))
    body = (intro, *await _takeaway(ctx, case), told)
    return Form("follow_up.read", w("follow_up.read.title"), case.id, body=body)


async def follow_up_blocks(ctx: Context, case: Case, *, own: bool) -> list[FormBlock]:
    """On the page of a case or a review: what became of it; for reviewers from the day after it was told on.

    Their message comes in the morning, and the page must not tell the minute in which the presenter wrote.
    """
    found = await follow_up_of(ctx, case)
    if found is None or not found.answered_at:
        return []
    if not own and found.answered_at.astimezone(ctx.zone).date() >= ctx.my_today:
        return []
    text = (await ctx.uow.texts(found.id, FOLLOW_UP)).get(FOLLOW_UP)
    if text is None:
        return []
    by = ctx.words("you") if own else await presenter_label(ctx, case)
    return [passage(ctx.words("follow_up.told"), text, by, case.language)]


async def follow_up_of(ctx: Context, case: Case) -> FollowUp | None:
    """The one question what became of a case, once it was asked."""
    return next(iter(await ctx.uow.find(FollowUp, case=case.id)), None)


async def _takeaway(ctx: Context, case: Case) -> list[FormBlock]:
    text = (await ctx.uow.texts(case.id, "takeaway")).get("takeaway")
    by = await presenter_label(ctx, case)
    return [passage(ctx.words("takeaway.field"), text, by, case.language)] if text else []


def _text(values: Values, name: str) -> Sensitive:
    value = values.get(name)
    return value if isinstance(value, Sensitive) else Sensitive()
