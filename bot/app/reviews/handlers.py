"""The reviewer's side: open, ask, reflect and advise, decline, recognise the patient; the presenter's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.anonymise import AnonText, Examined, TagBook
from bot.app.blocks.cases import REVIEW_TEXTS, answers_form, presenter_page, review_form
from bot.app.blocks.message_reviews import (
    SENTENCE,
    SENTENCE_LENGTH,
    calibration_form,
    compared_blocks,
    marks_sent,
)
from bot.app.blocks.reading import named_place
from bot.app.context import Context
from bot.app.facts.deadlines import working_morning
from bot.app.facts.open_reviews import came_of, open_reviews
from bot.app.facts.permissions import cases_of_assignments, my_assignment, my_case
from bot.app.facts.round_messages import NO_ROOM_WORKING_DAYS, has_room
from bot.app.facts.second_sending import SEEN, answered_since, seen_answers
from bot.app.gate.handlers import Typed, draft_values, examine, finish_or_preview
from bot.app.options import listing_options
from bot.app.reviews.swap_handlers import page as swap_page
from bot.app.reviews.views import decline_form, queue_card
from bot.app.steps.assignments import done_with
from bot.app.steps.closing import release_if_ready
from bot.app.steps.question_news import tell_answers, tell_question
from bot.app.steps.reassignment import replace_assignment
from bot.app.steps.swap_end import begin, end_swaps_of
from bot.domain.assignment import Assignment, DeclineAlreadyUsed, EndReason, Question, may_ask
from bot.domain.case import Case
from bot.domain.message_review import BEHAVIOURS, CaseKind
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.ports.records import Draft
from bot.ui.inbound import (
    ActionPressed,
    CommandTyped,
    Done,
    FormSubmitted,
    Invalid,
    Outcome,
    Say,
    Show,
    chosen,
    typed_text,
)
from bot.ui.model import Card, Form, Notice, Tone, line
from bot.ui.prompts import prompt_keys

QUESTION_LENGTH = 1000
REVIEW_LENGTH = 3000


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """`/review`: my queue; with a case's code that review; `decline` or `swap`, with a code where there are several.

    After `swap` may stand the name of the colleague to ask.
    """
    words = event.text.reveal().casefold().split()
    if words and (place := await named_place(ctx, event)):
        return place
    owed = await open_reviews(ctx, ctx.me)
    cases = await cases_of_assignments(ctx, owed)
    named = [each for each in owed if cases[each.case].code.casefold() in words]
    first = {words[0], "-".join(words[:2])} if words else set()
    swaps, declines = (bool(first & ctx.aliases(word)) for word in ("swap", "decline"))
    said = 2 if swaps and words[0] not in ctx.aliases("swap") else int(swaps or declines)
    rest = [word for word in words[said:] if word not in {cases[each.case].code.casefold() for each in named}]
    meant = named or (owed if swaps or declines else [])
    if len(meant) == 1 and swaps:
        return Show(await swap_page(ctx, *await my_assignment(ctx, meant[0].id), rest))
    if len(meant) == 1 and not rest:
        assignment, case = await my_assignment(ctx, meant[0].id)
        ctx.tools.gate.warm()
        return Show(decline_form(ctx, assignment) if declines else await _page(ctx, assignment, case))
    card = await queue_card(ctx)
    if (swaps or declines) and not named and (swaps or not rest):
        return Say(_which(ctx, card, owed, cases, "swap" if swaps else "decline"))
    return Say(listing_options(ctx, card, "review", ("decline", "swap"), event) if words else card)


def _which(ctx: Context, card: Card, owed: Sequence[Assignment], cases: Mapping[str, Case], word: str) -> Card:
    """The list, with a line that says how one of several is named; without any it says so by itself."""
    if not owed:
        return card
    example = f"/review {ctx.words(f'typed.{word}').split()[0]} {cases[owed[0].case].code}"
    return replace(card, body=(Notice(Tone.INFO, line(ctx.words("review.which", example=example))), *card.body))


async def show_queue(ctx: Context, event: ActionPressed) -> Outcome:
    """The same by a button."""
    return Say(await queue_card(ctx))


async def open_review(ctx: Context, event: ActionPressed) -> Outcome:
    """Read the case; the form fits the phase."""
    assignment, case = ctx.subject(my_assignment)
    ctx.tools.gate.warm()
    return Show(await _page(ctx, assignment, case))


async def _page(ctx: Context, assignment: Assignment, case: Case) -> Form:
    """The page of a review; before the first message review the two invented messages."""
    if to_calibrate(ctx, assignment, case):
        return calibration_form(ctx, assignment, 1)
    return await review_form(ctx, assignment, case, {}, {})


def to_calibrate(ctx: Context, assignment: Assignment, case: Case) -> bool:
    """Whether the two invented messages come first: a message is to be reviewed, and the reader has marked none yet."""
    writes = case.open and not case.held_at and assignment.pending
    return case.kind == CaseKind.MESSAGE and ctx.me.calibrated_at is None and writes


async def send_calibration(ctx: Context, event: FormSubmitted) -> Outcome:
    """The reader marked an invented message: how its authors read it, then the second one, then the review itself.

    Nothing of the marks is kept, only that both messages were marked.
    """
    assignment, case = ctx.subject(my_assignment)
    step = 2 if event.state.get("step") == "2" else 1
    marks = marks_sent(event)
    errors = {name: ctx.words("field.choose") for name in BEHAVIOURS if name not in marks.behaviours}
    if errors:
        return Invalid(calibration_form(ctx, assignment, step, errors, event.values))
    compared = compared_blocks(ctx.words, step, marks)
    if step == 1:
        return Show(calibration_form(ctx, assignment, 2, before=compared))
    if ctx.me.calibrated_at is None:
        ctx.me = await ctx.uow.save(replace(ctx.me, calibrated_at=ctx.now))
    form = await review_form(ctx, assignment, case, {}, {})
    return Show(replace(form, body=(*compared, *form.body)))


async def open_case(ctx: Context, event: ActionPressed) -> Outcome:
    """The presenter's own page of a case."""
    return Show(await presenter_page(ctx, ctx.subject(my_case)))


# ---- questions and answers -------------------------------------------------------------------


async def prepare_question(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over a question."""
    _, case = ctx.subject(my_assignment)
    return await examine(ctx, _question(event, case.language, case.id)) if typed_text(event, "question") else None


async def send_question(ctx: Context, event: FormSubmitted) -> Outcome:
    """A question in the clarifying days."""
    assignment, case = ctx.subject(my_assignment)
    may_ask(case, assignment, ctx.now)
    if ctx.prepared is None or len(typed_text(event, "question")) > QUESTION_LENGTH:
        key = "question.missing" if ctx.prepared is None else "question.too_long"
        wrong = ctx.words(key, n=ctx.words.number(QUESTION_LENGTH))
        return Invalid(await review_form(ctx, assignment, case, event.values, {"question": wrong}))
    typed = _question(event, case.language, case.id)
    return await finish_or_preview(ctx, typed, event)


async def finish_question(ctx: Context, draft: Draft, texts: Mapping[str, AnonText], tags: TagBook) -> Outcome:
    """The question is asked; the presenter is told that there is one."""
    assignment, case = await my_assignment(ctx, draft.subject)
    may_ask(case, assignment, ctx.now)
    question = Question(ctx.tools.ids.new("question"), ctx.uow.organisation, case.id, assignment.id, ctx.now)
    await ctx.uow.add(question)
    await ctx.uow.put_text(case.id, f"question:{question.id}", texts)
    await begin(ctx, assignment)
    await tell_question(ctx, case, question)
    return Done(ctx.words("question.sent"))


async def open_answers(ctx: Context, event: ActionPressed) -> Outcome:
    """Questions waiting for the presenter's answers."""
    return Show(await answers_form(ctx, ctx.subject(my_case), {}, {}))


async def prepare_answers(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over every answer given."""
    case = ctx.subject(my_case)
    typed = _answers(event, case.language)
    return await examine(ctx, typed) if typed.fields else None


async def send_answers(ctx: Context, event: FormSubmitted) -> Outcome:
    """Answers to some or all questions."""
    case = ctx.subject(my_case)
    if ctx.prepared is None:
        return Invalid(await answers_form(ctx, case, event.values, {"": ctx.words("question.answer_missing")}))
    typed = _answers(event, case.language)
    asked = await ctx.uow.find(Question, case=case.id, id__in=sorted(typed.fields))
    seen = event.state.get(SEEN, "")
    sent = answered_since(seen, await seen_answers(ctx, case.id, asked))
    if sent:
        errors = {id: ctx.words("question.answered_since") for id in sent}
        return Invalid(await answers_form(ctx, case, event.values, errors, sent))
    return await finish_or_preview(ctx, replace(typed, state={**typed.state, SEEN: seen}), event)


async def finish_answers(ctx: Context, draft: Draft, texts: Mapping[str, AnonText], tags: TagBook) -> Outcome:
    """The answers are there for every reviewer of the case."""
    case = await my_case(ctx, draft.subject)
    asked = await ctx.uow.find(Question, case=case.id, id__in=sorted(texts))
    sent = answered_since(draft.state.get(SEEN, ""), await seen_answers(ctx, case.id, asked))
    if sent:  # another preview of this answer was sent meanwhile
        errors = {id: ctx.words("question.answered_since") for id in sent}
        return Invalid(await answers_form(ctx, case, await draft_values(ctx, draft), errors, sent))
    for question in asked:
        part = f"question:{question.id}"
        kept = await ctx.uow.texts(case.id, part)
        await ctx.uow.put_text(case.id, part, {**kept, "answer": texts[question.id]})
        await ctx.uow.save(question.answer(ctx.now, case))
    await tell_answers(ctx, case, draft.id, set(texts))
    await ctx.tell(ctx.me.id, "questions_answered", case.id, key=draft.id, slot=f"questions:{case.id}")
    return Done(ctx.words("question.answered"))


# ---- the review ------------------------------------------------------------------------------


async def prepare_review(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over a complete review."""
    _, case = ctx.subject(my_assignment)
    if _review_errors(ctx, event, case):
        return None
    return await examine(ctx, _review(event, case))


async def send_review(ctx: Context, event: FormSubmitted) -> Outcome:
    """At least one reflection and one suggestion."""
    assignment, case = ctx.subject(my_assignment)
    assignment.submit(ctx.now, case)
    if to_calibrate(ctx, assignment, case):
        return Show(calibration_form(ctx, assignment, 1))
    errors = _review_errors(ctx, event, case)
    if errors:
        return Invalid(await review_form(ctx, assignment, case, event.values, errors))
    await begin(ctx, assignment)
    return await finish_or_preview(ctx, _review(event, case), event)


async def finish_review(ctx: Context, draft: Draft, texts: Mapping[str, AnonText], tags: TagBook) -> Outcome:
    """The review is in; it is released with the others, or at once when it came late."""
    assignment, case = await my_assignment(ctx, draft.subject)
    prompts = [p for p in draft.state.get("prompts", "").split(",") if p]
    assignment = await ctx.uow.save(assignment.submit(ctx.now, case, prompts))
    await end_swaps_of(ctx, assignment)
    await ctx.uow.put_text(case.id, f"review:{assignment.id}", texts)
    await done_with(ctx, assignment, "review_in")
    if case.released_at:
        presenter = await ctx.uow.get(Person, await ctx.uow.presenter(case.id))
        at = (
            None
            if await has_room(ctx, presenter, assignment.round)
            else await working_morning(ctx, presenter, NO_ROOM_WORKING_DAYS)
        )
        await ctx.tell(presenter.id, "late_review", case.id, key=assignment.id, slot=f"case:{case.id}", at=at)
        return Done(await _released_words(ctx, assignment, case))
    case = await release_if_ready(ctx, case)
    return Done(await _released_words(ctx, assignment, case) if case.released_at else ctx.words("review.sent"))


async def _released_words(ctx: Context, assignment: Assignment, case: Case) -> str:
    """That the review is with the presenter, whether it was late, and whether another may still come, not how many."""
    w = ctx.words
    _, _, missing = await came_of(ctx, case)
    if not missing:
        return w("review.sent_late" if assignment.late else "review.sent_last")
    return f"{w('review.sent_late' if assignment.late else 'review.sent_early')} {w('review.more_may_come')}"


# ---- leaving an assignment -------------------------------------------------------------------


async def open_decline(ctx: Context, event: ActionPressed) -> Outcome:
    """Decline once a round without a reason, or name a conflict, which is always free."""
    assignment, case = ctx.subject(my_assignment)
    case.must_be_open()
    return Show(decline_form(ctx, assignment))


async def send_decline(ctx: Context, event: FormSubmitted) -> Outcome:
    """The assignment is free; the next best person takes it, the ex-reviewer hears no more of it."""
    assignment, case = ctx.subject(my_assignment)
    case.must_be_open()
    reason = EndReason.CONFLICT if chosen(event, "reason") == ("conflict",) else EndReason.DECLINED
    if reason is EndReason.DECLINED:
        group = await ctx.uow.get(Group, case.group)
        allowed = (await ctx.policy(group)).declines_per_round
        used = await ctx.uow.count(Assignment, round=assignment.round, reviewer=ctx.me.id, end_reason=reason.value)
        if used >= allowed:
            raise DeclineAlreadyUsed
    await replace_assignment(ctx, assignment, case, reason)
    return Done(ctx.words("decline.done"))


async def recognise(ctx: Context, event: ActionPressed) -> Outcome:
    """ "I recognise this patient": access ends at once, a replacement is found, peers see no reason.

    A review that is in stays as it was sent: it was written before, its text passed the gate, and its vanishing would
    tell the presenter that somebody knows the patient.
    """
    assignment, case = ctx.subject(my_assignment)
    if assignment.submitted_at:
        await ctx.uow.save(assignment.recuse(ctx.now))
        return Done(ctx.words("review.recognised_after"))
    await replace_assignment(ctx, assignment, case, EndReason.RECOGNISED)
    return Done(ctx.words("review.recognised" if case.open else "review.recognised_over"))


def _review_errors(ctx: Context, event: FormSubmitted, case: Case) -> dict[str, str]:
    errors: dict[str, str] = {}
    if case.kind == CaseKind.MESSAGE:
        marks, sentence = marks_sent(event), typed_text(event, SENTENCE)
        errors |= {name: ctx.words("field.choose") for name in BEHAVIOURS if name not in marks.behaviours}
        if not sentence:
            errors[SENTENCE] = ctx.words("message.sentence.missing")
        elif len(sentence) > SENTENCE_LENGTH:
            errors[SENTENCE] = ctx.words("field.too_long", length=len(sentence), limit=SENTENCE_LENGTH)
        return errors
    for part in REVIEW_TEXTS:
        text = typed_text(event, part)
        if not text:
            errors[part] = ctx.words(f"review.missing.{part}")
        elif len(text) > REVIEW_LENGTH:
            errors[part] = ctx.words("field.too_long", length=len(text), limit=REVIEW_LENGTH)
    return errors


def _question(event: FormSubmitted, language: str, owner: str) -> Typed:
    return Typed("question", event.subject, {"question": typed_text(event, "question")}, language, {}, owner=owner)


def _answers(event: FormSubmitted, language: str) -> Typed:
    fields = {name: typed_text(event, name) for name in event.values if typed_text(event, name)}
    return Typed("answer", event.subject, fields, language, {}, owner=event.subject)


def _review(event: FormSubmitted, case: Case) -> Typed:
    if case.kind == CaseKind.MESSAGE:
        fields, ticked = {SENTENCE: typed_text(event, SENTENCE)}, marks_sent(event).written()
    else:
        fields = {part: typed_text(event, part) for part in REVIEW_TEXTS}
        ticked = tuple(key for key in chosen(event, "prompts") if key in prompt_keys(case.mode))
    return Typed("review", event.subject, fields, case.language, {"prompts": ",".join(ticked)}, owner=case.id)
