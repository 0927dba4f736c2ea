"""Presenting a case: the form, its way through the gate, submission, withdrawal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.anonymise import AnonText, Examined, Sensitive, TagBook
from bot.app.blocks.scores import scores_problem, weeks_said
from bot.app.cases.views import cases_card
from bot.app.cases.worksheet_views import worksheet_form
from bot.app.context import Context
from bot.app.facts.caseload import caseload_of, current_mode
from bot.app.facts.languages import text_language
from bot.app.facts.permissions import NotInAGroup, my_case, my_groups
from bot.app.facts.themes import themes_of
from bot.app.gate.case_form import Values, case_form_for, case_to_change, chosen_themes, is_guessable
from bot.app.gate.handlers import (
    LEFT,
    Typed,
    draft_of,
    examine,
    keep_draft,
    keep_tags,
    preview_again,
)
from bot.app.gate.preview import preview
from bot.app.gate.stop import stop_page
from bot.app.options import listing_options, option
from bot.app.steps import second_look
from bot.app.steps.shown_anew import changed
from bot.app.steps.withdrawal import withdraw
from bot.app.steps.worksheet import must_be_on
from bot.domain.case import Case, PatientObjects
from bot.domain.message_review import CaseKind
from bot.domain.organisation import Group
from bot.domain.policy import SecondLookRule
from bot.domain.round import Round, RoundStatus
from bot.errors import Refusal
from bot.ports.records import Audited, Draft
from bot.ui.forms.case import LENGTHS, MESSAGE_LENGTHS, MESSAGE_REQUIRED, MESSAGE_TEXTS, MODES, REQUIRED, TEXTS
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
from bot.ui.strings import LANGUAGES, words


class MessageReviewsOff(Refusal):
    """The group's policy has no message reviews."""


MESSAGE_FORM = "message.submit"
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_DIGITS = "23456789"


OPTIONS = ("new", "mine", "withdraw", "pick", "message")
"""What may follow `/case`."""


async def open_form(ctx: Context, event: ActionPressed) -> Outcome:
    """An empty form with the person's own mode and language chosen."""
    return await _start(ctx, Sensitive(""))


async def show_mine(ctx: Context, event: ActionPressed) -> Outcome:
    """The cases I presented, newest first."""
    return Say(await cases_card(ctx))


async def prepare_typed(ctx: Context, event: CommandTyped) -> Examined | None:
    """Words after `/case new`, such as a message presented as a case, pass the gate before they stand in the form."""
    text = _after_new(event)
    if not text or option(ctx, event, OPTIONS) != "new":
        return None
    return await examine(ctx, Typed("case", "", {"background": Sensitive(text)}, "", {}))


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """`/case new` opens the form, its background the words after it; `/case mine`, `/case withdraw` list mine.

    `/case pick` opens the private worksheet, `/case message` the form for a message that is retold.
    """
    chosen_option = option(ctx, event, OPTIONS)
    if chosen_option is None:
        return Say(listing_options(ctx, await cases_card(ctx), "case", OPTIONS, event))
    if chosen_option == "pick":
        await must_be_on(ctx, ctx.me)
        return Show(await worksheet_form(ctx))
    if chosen_option == "message":
        return await open_message(ctx, event)
    if chosen_option != "new":
        return Say(await cases_card(ctx, only_open=chosen_option == "withdraw"))
    background = ctx.prepared.redact()["background"].text if isinstance(ctx.prepared, Examined) else ""
    return await _start(ctx, Sensitive(background))


async def open_message(ctx: Context, event: ActionPressed | CommandTyped) -> Outcome:
    """The form to retell a message of one's own, which one by lot."""
    policies = [await ctx.policy(group) for group in await my_groups(ctx)]
    if not any(policy.message_reviews for policy in policies):
        raise MessageReviewsOff
    return await _start(ctx, Sensitive(""), CaseKind.MESSAGE)


def _after_new(event: CommandTyped) -> str:
    return event.text.reveal().strip().partition(" ")[2].strip()


async def _start(ctx: Context, background: Sensitive, kind: CaseKind = CaseKind.CASE) -> Outcome:
    ctx.tools.gate.warm()
    mode = await current_mode(ctx, ctx.me)
    start: Values = {
        "kind": (kind.value,),
        "mode": (mode if mode in MODES else "icbt",),
        "language": (await text_language(ctx, ctx.me),),
        "background": background,
    }
    return Show(await case_form_for(ctx, start, {}))


async def prepare_submission(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over a complete form; incomplete ones are answered without it."""
    event = _with_kind(_with_weeks(ctx, event))
    if event.subject:
        await case_to_change(ctx, event.subject)
    if _at_risk(event) or _errors(ctx, event):
        return None
    return await examine(ctx, _typed(ctx, event))


async def submit(ctx: Context, event: FormSubmitted) -> Outcome:
    """A risk stops here, whatever else the form lacks; everything complete goes on to the preview."""
    event = _with_kind(_with_weeks(ctx, event))
    if _at_risk(event):
        return Show(await stop_page(ctx, await keep_draft(ctx, await _in_my_group(ctx, _typed(ctx, event)), event)))
    errors = _errors(ctx, event)
    if errors:
        return Invalid(await case_form_for(ctx, event.values, errors, event.state.get("draft", ""), event.subject))
    if chosen(event, "objection") == ("yes",):
        raise PatientObjects
    typed_case = await _in_my_group(ctx, _typed(ctx, event))
    if errors := await _guessable(ctx, event, typed_case):
        return Invalid(await case_form_for(ctx, event.values, errors, event.state.get("draft", ""), event.subject))
    draft = await keep_draft(ctx, typed_case, event)
    assert isinstance(ctx.prepared, Examined)
    return Show(await preview(ctx, draft, ctx.prepared))


async def _guessable(ctx: Context, event: FormSubmitted, typed_case: Typed) -> dict[str, str]:
    """Where colleagues could guess who presents, the author says that they share it all the same."""
    if chosen(event, "guessable") == ("yes",):
        return {}
    group = await ctx.uow.get(Group, typed_case.state["group"])
    return (
        {"guessable": ctx.words("case.guessable.missing")}
        if await is_guessable(ctx, group, typed_case.language)
        else {}
    )


async def submit_again(ctx: Context, event: FormSubmitted) -> Outcome | None:
    """The answer to the first delivery of this form was lost: the same stop or preview once more."""
    draft = await draft_of(ctx, event)
    if draft and draft.state["risk"] == "yes":
        return Show(await stop_page(ctx, draft))
    return await preview_again(ctx, event)


async def finish(ctx: Context, draft: Draft, texts: Mapping[str, AnonText], tags: TagBook) -> Outcome:
    """The author confirmed: the case exists, its text is encrypted, it joins the collecting round or waits.

    Where the group's policy says so, a supervisor reads it before anybody reviews it.
    """
    if draft.subject:
        case = await _changed(ctx, draft)
    else:
        case = await _new(ctx, draft)
        await ctx.uow.add(case)
        await ctx.uow.set_presenter(case.id, ctx.me.id)
        await keep_tags(ctx, case.id, tags)
        await ctx.uow.audit(Audited.CASE_SUBMITTED, ctx.me.id, case.id, ctx.now)
        if case.round:
            await ctx.tell(ctx.me.id, "case_in", case.id, slot=f"round:{case.round}")
    await ctx.uow.put_text(case.id, "case", {name: text for name, text in texts.items() if text})
    policy = await ctx.policy(await ctx.uow.get(Group, case.group))
    # What was sent back once is looked at again, however little its author kept this time.
    again = case.sent_back_at is not None and policy.second_look is not SecondLookRule.OFF
    if again or second_look.wanted(policy, int(draft.state[LEFT])):
        look = await second_look.ask(ctx, case)
        day = ctx.words.day(look.until.astimezone(ctx.zone).date())
        return Done(ctx.words("case.submitted_look", code=case.code, day=day))
    if case.sent_back_at:
        await ctx.uow.save(replace(case, sent_back_at=None))
        await changed(ctx, case.id, "look_returned", "look_returned_missed", "look_author_reminder", person=ctx.me.id)
    round_ = await ctx.uow.get(Round, case.round) if case.round else None
    when = ctx.words.day(ctx_day(ctx, round_)) if round_ else ""
    key = "case.submitted" if round_ else "case.submitted_waiting"
    return Done(ctx.words(key, code=case.code, day=when))


async def _new(ctx: Context, draft: Draft) -> Case:
    group = await ctx.uow.get(Group, draft.state["group"])
    policy = await ctx.policy(group)
    offered = await themes_of(ctx)
    round_ = await round_to_join(ctx, group)
    return Case(
        id=ctx.tools.ids.new("case"),
        organisation=ctx.uow.organisation,
        group=group.id,
        code=await _fresh_code(ctx),
        mode=draft.state["mode"],
        language=draft.state["language"],
        reviewers=policy.reviewers_per_case,
        submitted_at=ctx.now,
        novice=(await caseload_of(ctx, ctx.me)).is_novice(ctx.my_today, policy),
        week=_whole(draft.state.get("week", "")),
        weeks=_whole(draft.state.get("weeks", "")),
        anonymity=policy.anonymity.value,
        themes=tuple(theme for theme in chosen_themes(draft.state) if theme in offered),
        round=round_.id if round_ else None,
        kind=draft.state.get("kind", CaseKind.CASE.value),
    )


async def _changed(ctx: Context, draft: Draft) -> Case:
    """A case that was sent back, with what its author says of it now; its code and group stay."""
    case = await case_to_change(ctx, draft.subject)
    offered = (*await themes_of(ctx), *case.themes)
    round_ = await round_to_join(ctx, await ctx.uow.get(Group, case.group))
    return await ctx.uow.save(
        replace(
            case,
            mode=draft.state["mode"],
            language=draft.state["language"],
            week=_whole(draft.state.get("week", "")),
            weeks=_whole(draft.state.get("weeks", "")),
            themes=tuple(theme for theme in chosen_themes(draft.state) if theme in offered),
            round=case.round or (round_.id if round_ else None),
        )
    )


async def ask_withdraw(ctx: Context, event: ActionPressed) -> Outcome:
    """Take a case back: its text is erased at once, reviewers are told without a reason."""
    case = ctx.subject(my_case)
    await withdraw(ctx, case, ctx.me.id)
    return Done(ctx.words("case.withdrawn", code=case.code))


async def round_to_join(ctx: Context, group: Group) -> Round | None:
    """The group's round that a case sent now is in: one that collects, or one whose plan waits to be published.

    A round is planned anew at the moment it is published, so a case that came after its plan is in it too.
    """
    rounds = await ctx.uow.find(
        Round, group=group.id, published_at=None, closed_at=None, cancelled_at=None, order=("opened_at",)
    )
    begun = [r for r in rounds if r.opened_at <= ctx.now]
    return next((r for r in begun if r.status is RoundStatus.COLLECTING), next(iter(begun), None))


def ctx_day(ctx: Context, round_: Round | None) -> date:
    """The day the round's plan is published, where the person is."""
    moment = round_.publish_at if round_ else ctx.now
    return replace(ctx, now=moment).my_today


def _with_weeks(ctx: Context, event: FormSubmitted) -> FormSubmitted:
    """Scores with dates, or without weeks, get their weeks before anything is read or kept: the preview shows them."""
    scores = weeks_said(ctx.words, typed_text(event, "scores"), LENGTHS["scores"])
    return replace(event, values={**event.values, "scores": scores}) if scores else event


def _with_kind(event: FormSubmitted) -> FormSubmitted:
    """What is presented follows from the form; the form shown again is of the same kind."""
    kind = CaseKind.MESSAGE if event.key == MESSAGE_FORM else CaseKind.CASE
    return replace(event, values={**event.values, "kind": (kind.value,)})


def _is_message(event: FormSubmitted) -> bool:
    return chosen(event, "kind") == (CaseKind.MESSAGE.value,)


def _at_risk(event: FormSubmitted) -> bool:
    return chosen(event, "risk") == ("yes",)


def _errors(ctx: Context, event: FormSubmitted) -> dict[str, str]:
    """Everything wrong with the form at once, by field."""
    w = ctx.words
    errors = {}
    message = _is_message(event)
    texts, required = (MESSAGE_TEXTS, MESSAGE_REQUIRED) if message else (TEXTS, REQUIRED)
    lengths = MESSAGE_LENGTHS if message else LENGTHS
    for name in texts:
        text = typed_text(event, name)
        if name in required and not text:
            errors[name] = w(f"case.missing.{name}")
        elif len(text) > lengths[name]:
            errors[name] = w("field.too_long", length=len(text), limit=lengths[name])
    scores = typed_text(event, "scores")
    if scores and "scores" not in errors and (problem := scores_problem(w, scores)):
        errors["scores"] = problem
    for name in ("mode", "language", "objection", "risk"):
        if not chosen(event, name):
            errors[name] = w("field.choose")
    for name in ("week", "weeks"):
        digits = typed_text(event, name).reveal()
        if digits and (not digits.isdecimal() or len(digits) > 9 or int(digits) > 200):
            errors[name] = w("field.whole_number", low=0, high=200)
    start = ctx.typed_day(typed_text(event, "start"), "start", errors, past=True)
    if start is not None and start > ctx.my_today:
        errors["start"] = w("case.start.future")
    return errors


def _typed(ctx: Context, event: FormSubmitted) -> Typed:
    state = {
        name: chosen(event, name)[0]
        for name in ("mode", "language", "group", "objection", "risk", "kind")
        if chosen(event, name)
    }
    state |= {name: typed_text(event, name).reveal() for name in ("week", "weeks")}
    state["themes"] = "\n".join(chosen(event, "themes"))
    language = state.get("language", "")
    asked = MESSAGE_TEXTS if _is_message(event) else TEXTS
    fields = {name: typed_text(event, name) for name in asked if typed_text(event, name)}
    if _is_message(event):  # the same title and question for every message, in the language of its text
        said = words(language) if language in LANGUAGES else ctx.words
        fields |= {"title": Sensitive(said("message.title")), "key_question": Sensitive(said("message.question"))}
    start = ctx.typed_day(typed_text(event, "start"), "start", {}, past=True)
    return Typed("case", event.subject, fields, language, state, owner=event.subject, start=start)


async def _in_my_group(ctx: Context, typed: Typed) -> Typed:
    """With one group only, the form did not ask for it; another's group is no choice."""
    if typed.subject:  # a case that is changed stays where it is
        return replace(typed, state={**typed.state, "group": (await my_case(ctx, typed.subject)).group})
    ids = [g.id for g in await my_groups(ctx)]
    chosen_group = typed.state.get("group") or (ids[0] if ids else "")
    if chosen_group not in ids:
        raise NotInAGroup
    if typed.state.get("kind") == CaseKind.MESSAGE:
        policy = await ctx.policy(await ctx.uow.get(Group, chosen_group))
        if not policy.message_reviews:
            raise MessageReviewsOff
    return replace(typed, state={**typed.state, "group": chosen_group})


async def _fresh_code(ctx: Context) -> str:
    """A random code like "KQ-47" that no other case of the organisation has: linked to nothing."""
    while True:
        letters = "".join(ctx.tools.rng.choice(CODE_LETTERS) for _ in range(2))
        digits = "".join(ctx.tools.rng.choice(CODE_DIGITS) for _ in range(3))
        code = f"{letters}-{digits}"
        if not await ctx.uow.count(Case, code=code):
            return code


def _whole(digits: str) -> int | None:
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None
