"""A supervisor's second look: open the text, let it pass, send it back with a note, step out; the author's changes.

Everything a supervisor may do is checked again at each step, because who presents may change (cover during leave).
"""

from __future__ import annotations

from bot.anonymise import Examined
from bot.app.context import Context
from bot.app.facts.permissions import my_case
from bot.app.facts.second_looks import end_look
from bot.app.gate.case_form import changed_form
from bot.app.gate.handlers import Typed, examine, keep_tags
from bot.app.second_look.views import NOTE_LENGTH, look_page, return_form
from bot.app.steps import second_look
from bot.domain.case import Case
from bot.domain.second_look import LookEnd, NotToLookAt, SecondLook, Telling
from bot.ports.records import Audited
from bot.ports.unit_of_work import NotFound
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text


async def open_look(ctx: Context, event: ActionPressed) -> Outcome:
    """The text as reviewers would read it; from now on this supervisor never reviews the case."""
    return await _opened(ctx, *ctx.subject(look_to_take))


async def open_again(ctx: Context, event: ActionPressed) -> Outcome:
    """The same press once more, whose answer was lost."""
    return await _opened(ctx, *await look_to_take(ctx, event.subject))


async def _opened(ctx: Context, look: SecondLook, case: Case) -> Outcome:
    await ctx.uow.save(look.read_by(ctx.me.id))
    await ctx.uow.audit(Audited.LOOK_OPENED, ctx.me.id, case.id, ctx.now)
    return Show(await look_page(ctx, look, case))


async def let_pass(ctx: Context, event: ActionPressed) -> Outcome:
    """Nothing in it tells too much: the case waits for reviewers."""
    look, case = ctx.subject(look_to_take)
    _read(ctx, look)
    await end_look(ctx, look.decide(ctx.me.id, LookEnd.PASSED, ctx.now))
    await ctx.uow.save(case.look_over())
    await ctx.uow.audit(Audited.LOOK_PASSED, ctx.me.id, case.id, ctx.now)
    await ctx.tell(await ctx.uow.presenter(case.id), "look_passed", case.id, key=look.id, slot=f"case:{case.id}")
    return Done(ctx.words("look.passed", code=case.code))


async def open_return(ctx: Context, event: ActionPressed) -> Outcome:
    """What still tells too much, and a note to the author."""
    look, case = ctx.subject(look_to_take)
    _read(ctx, look)
    return Show(return_form(ctx, look, case, {}, {}))


async def prepare_return(ctx: Context, event: FormSubmitted) -> Examined | None:
    """The note passes the gate with the case's own tags: what it finds is masked, certain or doubtful.

    Its language is detected: a supervisor may write in their own or in the case's.
    """
    look, case = ctx.subject(look_to_take)
    note = typed_text(event, "note")
    if not note or len(note) > NOTE_LENGTH:
        return None
    return await examine(ctx, Typed("look", look.id, {"note": note}, "", {}, owner=case.id))


async def send_return(ctx: Context, event: FormSubmitted) -> Outcome:
    """The author is to change the text; until then it goes to nobody."""
    look, case = ctx.subject(look_to_take)
    _read(ctx, look)
    telling = tuple(key for key in chosen(event, "telling") if key in set(Telling))
    errors = {}
    if not telling:
        errors["telling"] = ctx.words("field.choose")
    if len(typed_text(event, "note")) > NOTE_LENGTH:
        length = len(typed_text(event, "note"))
        errors["note"] = ctx.words("field.too_long", length=length, limit=NOTE_LENGTH)
    if errors:
        return Invalid(return_form(ctx, look, case, event.values, errors))
    look = await end_look(ctx, look.decide(ctx.me.id, LookEnd.RETURNED, ctx.now, telling))
    case = await ctx.uow.save(case.send_back(ctx.now))
    if isinstance(ctx.prepared, Examined):
        await ctx.uow.put_text(case.id, f"look:{look.id}", ctx.prepared.redact())
        await keep_tags(ctx, case.id, ctx.prepared.tags)
    await ctx.uow.audit(Audited.LOOK_RETURNED, ctx.me.id, case.id, ctx.now, telling=" ".join(telling))
    await second_look.give_back(ctx, case, look)
    return Done(ctx.words("look.returned", code=case.code))


async def recognise(ctx: Context, event: ActionPressed) -> Outcome:
    """The supervisor recognises the patient: somebody else looks, nobody is told why."""
    look, case = ctx.subject(look_to_take)
    await ctx.uow.save(look.read_by(ctx.me.id).step_out(ctx.me.id))
    await ctx.uow.audit(Audited.LOOK_LEFT, ctx.me.id, case.id, ctx.now)
    await second_look.ask_others(ctx, case)
    return Done(ctx.words("look.left"))


async def open_changes(ctx: Context, event: ActionPressed) -> Outcome:
    """The case form with the redacted text of a case that was sent back to its author."""
    return Show(await changed_form(ctx, ctx.subject(my_case)))


def _read(ctx: Context, look: SecondLook) -> None:
    """Nobody decides about a text they have not opened."""
    if ctx.me.id not in look.readers:
        raise NotToLookAt


async def look_to_take(ctx: Context, id: str) -> tuple[SecondLook, Case]:
    """An open look that this supervisor may take; refused alike otherwise, whether it exists or not."""
    try:
        look = await ctx.uow.get(SecondLook, id)
    except NotFound:
        raise NotToLookAt from None
    case = await ctx.uow.get(Case, look.case)
    if not look.open or case.held_at or not await second_look.may_look(ctx, case, ctx.me):
        raise NotToLookAt
    return look, case
