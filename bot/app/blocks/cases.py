"""What presenter and reviewers see of a case: pages to read, forms to write, with the actions legal now.

Anonymity: peers see the case code and letters within the case; no name, no exact time, no counter
that would tell who or when. Text appears in these forms only, read from the encrypted store each time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.anonymise import Sensitive
from bot.app.blocks.exchange import (
    asked_back_blocks,
    follow_up_blocks,
    goal_field,
    may_answer_back,
    may_ask_back,
    thanks_blocks,
    used_field,
)
from bot.app.blocks.exemplars import read_action
from bot.app.blocks.message_reviews import marks_blocks, review_fields
from bot.app.blocks.scores import score_blocks
from bot.app.blocks.tags import passage
from bot.app.context import Context
from bot.app.facts.anonymity import anonymity_budget, presenter_label, presenter_named, reviewer_label, reviewers_named
from bot.app.facts.deadlines import group_morning
from bot.app.facts.exemplars import exemplar_of, first_reads, may_propose
from bot.app.facts.second_looks import looks_of
from bot.app.facts.second_sending import SEEN, seen_answers
from bot.app.facts.takers import may_ask
from bot.app.facts.themes import theme_words
from bot.app.facts.urgency import comes_anyway, may_share, urgent_left
from bot.domain.assignment import Assignment, Question, sees_other_reviews
from bot.domain.case import Case, CaseStatus
from bot.domain.message_review import CaseKind
from bot.domain.organisation import Group
from bot.domain.second_look import LookEnd
from bot.ui.forms.case import TEXTS, reader_labels
from bot.ui.model import (
    Action,
    Buttons,
    Confirm,
    Facts,
    Field,
    Form,
    FormBlock,
    Heading,
    Items,
    ManyField,
    Notice,
    Option,
    Passage,
    Text,
    TextField,
    Tone,
    code,
    line,
    muted,
    strong,
)
from bot.ui.prompts import look_out_keys, prompt_keys

REVIEW_TEXTS = ("reflection", "suggestion")
Values = Mapping[str, Sensitive | tuple[str, ...]]


async def case_blocks(ctx: Context, case: Case) -> list[FormBlock]:
    """The case as its group reads it."""
    w = ctx.words
    texts = await ctx.uow.texts(case.id, "case")
    rows = [(w("case.code"), line(code(case.code))), (w("case.field.mode"), line(w(f"mode.{case.mode}")))]
    if case.week is not None:
        key = "case.week_of" if case.weeks else "case.week"
        rows.append((w("case.programme_week"), line(w(key, week=case.week, weeks=case.weeks or ""))))
    if case.themes:
        rows.append((w("log.themes"), line(w.listing(theme_words(w, case.themes)))))
    blocks: list[FormBlock] = [Facts(tuple(rows))]
    if case.purged_at or not texts:
        return [*blocks, Notice(Tone.INFO, line(w("case.text_gone")))]
    named = reader_labels(w)
    for name in TEXTS:
        if name == "scores" and name in texts:
            blocks += await score_blocks(ctx, named[name], texts[name])
        elif name in texts:
            blocks.append(passage(named[name], texts[name], language=case.language))
    return blocks


async def question_blocks(ctx: Context, case: Case, viewer: Assignment | None) -> list[FormBlock]:
    """Questions and answers in the order asked, by letter; one's own are marked."""
    w = ctx.words
    blocks: list[FormBlock] = []
    assignments = {a.id: a for a in await ctx.uow.find(Assignment, case=case.id)}
    for question in await ctx.uow.find(Question, case=case.id, order=("asked_at",)):
        texts = await ctx.uow.texts(case.id, f"question:{question.id}")
        assignment = assignments[question.assignment]
        by = w("you") if viewer and viewer.id == assignment.id else await reviewer_label(ctx, case, assignment)
        if "question" in texts:
            blocks.append(passage(w("question.label"), texts["question"], by, case.language))
        if "answer" in texts:
            blocks.append(
                passage(w("question.answer"), texts["answer"], await presenter_label(ctx, case), case.language)
            )
    return [Heading(w("question.heading")), *blocks] if blocks else []


async def review_blocks(ctx: Context, case: Case, *, besides: str = "") -> list[FormBlock]:
    """The reviews that are in, by letter, each with its ticked prompts; late ones marked late, without a time."""
    w = ctx.words
    blocks: list[FormBlock] = []
    if case.purged_at and case.kind == CaseKind.MESSAGE:
        return [Notice(Tone.INFO, line(w("message.text_gone")))]
    for assignment in await ctx.uow.find(
        Assignment, case=case.id, ended_at=None, submitted_at__not=None, order=("letter",)
    ):
        if assignment.id == besides or assignment.parted_at:
            continue
        texts = await ctx.uow.texts(case.id, f"review:{assignment.id}")
        name = await reviewer_label(ctx, case, assignment)
        late = f" ({w('review.late')})" if assignment.late else ""
        blocks.append(Heading(name + late))
        said = case.language
        blocks += [passage(w(f"review.field.{p}"), texts[p], language=said) for p in REVIEW_TEXTS if p in texts]
        if case.kind == CaseKind.MESSAGE:
            blocks += marks_blocks(w, assignment.prompts)
        elif assignment.prompts:
            blocks.append(Text(line(strong(w("review.prompts")))))
            blocks.append(Items(tuple(line(w(f"prompt.{key}")) for key in assignment.prompts)))
    return blocks


async def review_form(
    ctx: Context, assignment: Assignment, case: Case, values: Values, errors: Mapping[str, str]
) -> Form:
    """The reviewer's page: read, ask in the clarifying days, reflect and advise after them."""
    w = ctx.words
    status = case.status(ctx.now)
    blocks = [*await case_blocks(ctx, case), *await question_blocks(ctx, case, assignment)]
    told = await _told_before_writing(ctx, case)
    if not assignment.submitted_at and (first := await first_reads(ctx, case)):
        reads = tuple(read_action(ctx, exemplar) for exemplar in first)
        told = (Notice(Tone.INFO, line(w("library.first"))), Buttons(reads), *told)
    actions = await _reviewer_actions(ctx, assignment, case)
    form = Form("review.send", w("review.title"), assignment.id, actions=actions, errors=errors)
    if status is CaseStatus.ON_HOLD:
        return replace(form, body=(Notice(Tone.WARN, line(w("case.on_hold"))),))
    if assignment.submitted_at:
        others = await review_blocks(ctx, case, besides=assignment.id) if sees_other_reviews(assignment) else []
        own = await ctx.uow.texts(case.id, f"review:{assignment.id}")
        mine: list[FormBlock] = [
            passage(w(f"review.field.{p}"), own[p], w("you"), case.language) for p in REVIEW_TEXTS if p in own
        ]
        takeaway = await ctx.uow.texts(case.id, "takeaway")
        by = await presenter_label(ctx, case)
        text = takeaway.get("takeaway")
        last = [passage(w("takeaway.field"), text, by, case.language)] if text else []
        asked = await asked_back_blocks(ctx, case, assignment)
        became = await follow_up_blocks(ctx, case, own=False)
        thanks = thanks_blocks(ctx, assignment)
        if case.kind == CaseKind.MESSAGE:
            gone = Notice(Tone.INFO, line(w("message.text_gone")))
            mine = [gone] if case.purged_at else [*mine, *marks_blocks(w, assignment.prompts)]
        return replace(
            form, body=(*thanks, *blocks, Heading(w("review.yours")), *mine, *others, *asked, *last, *became)
        )
    if not case.open:
        reviews = Action("review.list", w("home.reviews"), opens=True)
        over = Notice(Tone.INFO, line(w("review.not_written")))
        return replace(form, body=(over,), actions=(reviews, *actions))
    if status is CaseStatus.CLARIFYING:
        until = w.day(case.clarify_until.astimezone(ZoneInfo(ctx.me.timezone)).date()) if case.clarify_until else ""
        ask = TextField(
            "question", w("question.field"), w("question.hint"), _text(values, "question"), True, True, 1000
        )
        message = case.kind == CaseKind.MESSAGE
        follows = w("message.clarifying", day=until) if message else w("review.clarifying", day=until)
        note = Notice(Tone.INFO, line(follows))
        return replace(
            form, key="question.send", body=(note, *blocks, *told), fields=(ask,), submit=w("question.submit")
        )
    if case.kind == CaseKind.MESSAGE:
        return replace(form, body=(*blocks, *told), fields=review_fields(w, values), submit=w("review.submit"))
    fields: tuple[Field, ...] = (
        *(
            TextField(p, w(f"review.field.{p}"), w(f"review.hint.{p}"), _text(values, p), True, True, 3000)
            for p in REVIEW_TEXTS
        ),
        ManyField(
            "prompts",
            w("review.prompts"),
            tuple(Option(key, w(f"prompt.{key}")) for key in prompt_keys(case.mode)),
            _many(values, "prompts"),
            hint=w("review.prompts.hint"),
        ),
    )
    look_out = look_out_keys(case.mode)
    help_ = (Items(tuple(line(muted(w(f"lookout.{key}"))) for key in look_out)),) if look_out else ()
    heading = (Heading(w("review.lookout")),) if look_out else ()
    return replace(form, body=(*blocks, *heading, *help_, *told), fields=fields, submit=w("review.submit"))


async def _told_before_writing(ctx: Context, case: Case) -> tuple[FormBlock, ...]:
    """To whom the writer is named, whose case it is where that is open, and whether peers may guess all the same."""
    w = ctx.words
    told: list[FormBlock] = [Notice(Tone.INFO, line(w("urgent.told")))] if case.urgent_at else []
    told.append(Text(line(muted(w("review.named" if reviewers_named(case) else "review.hidden")))))
    if presenter_named(case):
        told.append(Text(line(await presenter_label(ctx, case))))
    if not reviewers_named(case):
        group = await ctx.uow.get(Group, case.group)
        budget = await anonymity_budget(ctx, group, ctx.me, case.language)
        tone = Tone.WARN if budget.by_presenters < (await ctx.policy(group)).small_group else Tone.INFO
        told.append(Notice(tone, line(w("review.budget", n=budget.by_presenters))))
    return tuple(told)


async def answer_blocks(ctx: Context, case: Case, *, earlier: bool = False) -> list[FormBlock]:
    """What the last look that sent the case back said: to its author, and (`earlier`) to whoever looks again."""
    w = ctx.words
    back = [look for look in await looks_of(ctx, case) if look.end == LookEnd.RETURNED]
    if not back or not (earlier or case.sent_back_at):
        return []
    told = back[-1]
    texts = await ctx.uow.texts(case.id, f"look:{told.id}")
    head = Heading(w("look.earlier")) if earlier else Notice(Tone.WARN, line(w("look.sent_back")))
    note = [Passage(w("look.note.from"), texts["note"])] if "note" in texts else []
    return [head, Items(tuple(line(w(f"look.telling.{key}")) for key in told.telling)), *note]


async def presenter_page(ctx: Context, case: Case) -> Form:
    """The presenter's own case: what it says now and what can be done with it."""
    w = ctx.words
    blocks = [*await case_blocks(ctx, case), *await question_blocks(ctx, case, None)]
    blocks += await follow_up_blocks(ctx, case, own=True)
    if case.held_at:
        blocks.insert(0, Notice(Tone.WARN, line(w("case.on_hold"))))
    elif case.look_since:
        blocks.insert(0, Notice(Tone.INFO, line(w("look.waiting"))))
    blocks[:0] = await answer_blocks(ctx, case)
    if case.shared_at:
        blocks.insert(
            0, Notice(Tone.INFO, line(w("shared.own", day=w.day(case.shared_at.astimezone(ctx.zone).date()))))
        )
    elif case.urgent_at and case.status(ctx.now) is CaseStatus.WAITING:
        day = w.day(case.urgent_at.astimezone(ctx.zone).date())
        blocks.insert(0, Notice(Tone.INFO, line(w("urgent.own", day=day))))
    actions = (*await _waiting_actions(ctx, case), *await presenter_actions(ctx, case))
    return Form("case.page", w("case.page.title"), case.id, body=tuple(blocks), actions=actions)


async def _waiting_actions(ctx: Context, case: Case) -> tuple[Action, ...]:
    """What a case that nobody reviews yet may become instead: urgent, or there for information only."""
    w = ctx.words
    if case.status(ctx.now) is not CaseStatus.WAITING:
        return ()
    actions = []
    at = await group_morning(ctx, await ctx.uow.get(Group, case.group))
    asks = not case.urgent_at and not await comes_anyway(ctx, case, at)
    if asks and await urgent_left(ctx, ctx.me.id, case):
        ask = Confirm(w("urgent.confirm.title"), w("urgent.confirm.text"), w("urgent.confirm"), w("keep"))
        actions.append(Action("case.urgent", w("urgent.open"), case.id, confirm=ask))
    if case.urgent_at:
        actions.append(Action("case.urgent.back", w("urgent.back"), case.id))
    if await may_share(ctx, case):
        ask = Confirm(w("shared.confirm.title"), w("shared.confirm.text"), w("shared.confirm"), w("keep"))
        actions.append(Action("case.share", w("shared.open"), case.id, confirm=ask))
    return tuple(actions)


async def presenter_actions(ctx: Context, case: Case) -> tuple[Action, ...]:
    """What the presenter may do with a case now."""
    w, status = ctx.words, case.status(ctx.now)
    actions = []
    if status is CaseStatus.SENT_BACK:
        actions.append(Action("case.change", w("case.change"), case.id, look="primary", opens=True))
    if case.under_review(ctx.now) and await ctx.uow.count(Question, case=case.id, answered_at=None):
        actions.append(Action("question.open", w("question.open_answers"), case.id, opens=True))
    if status is CaseStatus.RELEASED:
        actions.append(Action("case.reviews", w("case.reviews"), case.id, look="primary", opens=True))
        actions.append(Action("takeaway.open", w("takeaway.open"), case.id, opens=True))
    if await may_propose(ctx, case):
        there = await exemplar_of(ctx, case)
        actions.append(Action("exemplar.open", w("library.own" if there else "library.propose"), case.id, opens=True))
    if await may_ask_back(ctx, case):
        actions.append(Action("ask_back.open", w("ask_back.open"), case.id, opens=True))
    if status is CaseStatus.CLOSED and case.released_at and not case.purged_at:
        actions.append(Action("case.reviews", w("case.reviews"), case.id, opens=True))
    if not case.withdrawn_at:
        actions.append(Action("risk.raise", w("risk.raise"), case.id, opens=True))
    if (case.open or (case.shared_at and not case.purged_at)) and not (case.held_at or case.withdrawn_at):
        ask = Confirm(w("case.withdraw.title"), w("case.withdraw.text"), w("case.withdraw"), w("keep"))
        actions.append(Action("case.withdraw", w("case.withdraw"), case.id, look="danger", confirm=ask))
    return tuple(actions)


async def answers_form(
    ctx: Context, case: Case, values: Values, errors: Mapping[str, str], answered: Collection[str] = ()
) -> Form:
    """Unanswered questions, one field each, as long as reviewers ask or write.

    Those of `answered` come with the answer that was sent: whoever sends the form then means to replace it.
    """
    w = ctx.words
    if not case.under_review(ctx.now):
        said = Notice(Tone.INFO, line(w("case.on_hold" if case.held_at else "question.over")))
        return Form("answer.send", w("question.title"), case.id, body=(said,))
    asked = await ctx.uow.find(Question, case=case.id, order=("asked_at",))
    open_ones = [question for question in asked if question.answered_at is None or question.id in answered]
    blocks: list[FormBlock] = []
    fields = []
    for number, question in enumerate(open_ones, 1):
        texts = await ctx.uow.texts(case.id, f"question:{question.id}")
        if "question" in texts:
            blocks.append(passage(w("question.numbered", n=number), texts["question"], language=case.language))
            if "answer" in texts:
                answer = w("question.answer_to", n=number)
                blocks.append(passage(answer, texts["answer"], w("you"), case.language))
            fields.append(
                TextField(
                    question.id, w("question.answer_to", n=number), "", _text(values, question.id), False, True, 2000
                )
            )
    if not fields:
        blocks.append(Text(line(w("question.none"))))
    submit = w("question.answer_submit") if fields else ""
    return Form(
        "answer.send",
        w("question.title"),
        case.id,
        body=tuple(blocks),
        fields=tuple(fields),
        submit=submit,
        errors=errors,
        state={SEEN: await seen_answers(ctx, case.id, open_ones)} if answered else {},
    )


async def reviews_form(ctx: Context, case: Case) -> Form:
    """The released reviews for the presenter: as long as the case is open, with the box for the takeaway below them."""
    w = ctx.words
    if case.status(ctx.now) is CaseStatus.RELEASED:
        return replace(await takeaway_form(ctx, case, {}, {}), title=w("review.released.title"))
    blocks = [*await review_blocks(ctx, case), *await asked_back_blocks(ctx, case, None)]
    takeaway = await ctx.uow.texts(case.id, "takeaway")
    if "takeaway" in takeaway:
        blocks += [
            Heading(w("takeaway.heading")),
            passage(w("takeaway.field"), takeaway["takeaway"], w("you"), case.language),
        ]
    if not blocks:
        blocks = [Notice(Tone.INFO, line(w("case.text_gone" if case.purged_at else "review.none")))]
    return Form("case.reviews", w("review.released.title"), case.id, body=tuple(blocks))


async def takeaway_form(ctx: Context, case: Case, values: Values, errors: Mapping[str, str]) -> Form:
    """What was asked, what the reviewers said, and one field: what I will try."""
    w = ctx.words
    texts = await ctx.uow.texts(case.id, "case")
    asked = [passage(w("case.field.key_question"), texts["key_question"], "", case.language)] if texts else []
    field = TextField("takeaway", w("takeaway.field"), w("takeaway.hint"), _text(values, "takeaway"), True, True, 2000)
    intro = Text(line(w("takeaway.intro", code=case.code)))
    more = [each for each in (await used_field(ctx, case, values), await goal_field(ctx, values)) if each]
    read = (*await review_blocks(ctx, case), *await asked_back_blocks(ctx, case, None))
    back = await may_ask_back(ctx, case)
    return Form(
        "takeaway.send",
        w("takeaway.title"),
        case.id,
        body=(*asked, *read, Heading(w("takeaway.heading")), intro),
        fields=(field, *more),
        submit=w("takeaway.submit"),
        actions=(Action("ask_back.open", w("ask_back.open"), case.id, opens=True),) if back else (),
        errors=errors,
    )


async def _reviewer_actions(ctx: Context, assignment: Assignment, case: Case) -> tuple[Action, ...]:
    """Stepping out and raising a concern are always possible, one tap each; giving it up while the case moves."""
    w = ctx.words
    actions = []
    if assignment.pending and case.open and not case.held_at:
        if not assignment.started_at and await may_ask(ctx, case):
            actions.append(Action("review.swap", w("review.swap"), assignment.id, opens=True))
        actions.append(Action("review.decline", w("review.decline"), assignment.id, opens=True))
    if assignment.submitted_at and await exemplar_of(ctx, case):
        actions.append(Action("exemplar.consent", w("library.own"), assignment.id, opens=True))
    if may_answer_back(assignment, case):
        actions.append(Action("answer_back.open", w("answer_back.open"), assignment.id, look="primary", opens=True))
    if assignment.readable and not case.purged_at:
        actions.append(Action("review.recognise", w("review.recognise"), assignment.id))
    actions.append(Action("risk.raise", w("risk.raise"), case.id, look="danger", opens=True))
    return tuple(actions)


def _text(values: Values, name: str) -> Sensitive:
    value = values.get(name)
    return value if isinstance(value, Sensitive) else Sensitive()


def _many(values: Values, name: str) -> tuple[str, ...]:
    value = values.get(name, ())
    return value if isinstance(value, tuple) else ()
