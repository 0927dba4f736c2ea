"""The learning library: propose an excerpt, agree, take a second look, read, take back."""

from __future__ import annotations

from collections.abc import Mapping

from bot.anonymise import AnonText, Examined, TagBook
from bot.app.blocks.exemplars import LENGTHS, REQUIRED, TEXT, exemplar_blocks, exemplar_form
from bot.app.blocks.reading import library_page
from bot.app.context import Context
from bot.app.facts.exemplars import asked_of, exemplar_of, kept_exemplar, may_propose
from bot.app.facts.permissions import NotFoundHere, my_assignment, my_case
from bot.app.gate.handlers import Typed, examine, finish_or_preview
from bot.app.steps.exemplar_end import take_back
from bot.app.steps.exemplars import ask_for_look, propose
from bot.app.steps.second_look import may_look
from bot.app.steps.shown_anew import changed
from bot.domain.case import Case
from bot.domain.exemplar import Exemplar, ExemplarOver, ExemplarThere, NotForLearning
from bot.ports.records import Audited, Draft
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text
from bot.ui.model import Action, Confirm, Form, Text, line
from bot.ui.prompts import prompt_keys

# ---- proposing -------------------------------------------------------------------------------


async def _must_be_proposed(ctx: Context, case: Case) -> None:
    if not await may_propose(ctx, case):
        raise NotForLearning
    if await exemplar_of(ctx, case):
        raise ExemplarThere


async def open_proposal(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for an excerpt of one's own case; what is proposed or kept already is shown with its way back."""
    case = ctx.subject(my_case)
    if found := await exemplar_of(ctx, case):
        return Show(await _own_page(ctx, case.id, found, "exemplar.withdraw"))
    await _must_be_proposed(ctx, case)
    return Show(await exemplar_form(ctx, case, {}, {}))


async def prepare_proposal(ctx: Context, event: FormSubmitted) -> Examined | None:
    """Run the gate over a complete excerpt."""
    case = ctx.subject(my_case)
    return None if _errors(ctx, event) else await examine(ctx, _typed(event, case))


async def send_proposal(ctx: Context, event: FormSubmitted) -> Outcome:
    """The excerpt, through the gate like every text."""
    case = ctx.subject(my_case)
    await _must_be_proposed(ctx, case)
    if errors := _errors(ctx, event):
        return Invalid(await exemplar_form(ctx, case, event.values, errors))
    return await finish_or_preview(ctx, _typed(event, case), event)


async def finish_proposal(ctx: Context, draft: Draft, texts: Mapping[str, AnonText], tags: TagBook) -> Outcome:
    """It is proposed: everybody concerned is asked, nobody reads it yet."""
    case = await my_case(ctx, draft.subject)
    await _must_be_proposed(ctx, case)
    ticked = draft.state.get("behaviours", "").split(",")
    exemplar = Exemplar(
        id=ctx.tools.ids.new("exemplar"),
        organisation=ctx.uow.organisation,
        group=case.group,
        case=case.id,
        mode=case.mode,
        language=case.language,
        proposed_at=ctx.now,
        themes=case.themes,
        behaviours=tuple(key for key in prompt_keys(case.mode) if key in ticked),
    )
    await ctx.uow.put_text(exemplar.id, TEXT, texts)
    await propose(ctx, exemplar)
    return Done(ctx.words("library.proposed"))


# ---- consent, and taking back ----------------------------------------------------------------


async def open_consent(ctx: Context, event: ActionPressed) -> Outcome:
    """A reviewer reads what would be kept, agrees or takes it back."""
    assignment, case = ctx.subject(my_assignment)
    exemplar = await _standing(ctx, case)
    page = await _own_page(ctx, assignment.id, exemplar, "exemplar.decline")
    if assignment.id in exemplar.agreed:
        return Show(page)
    agree = Action("exemplar.agree", ctx.words("library.agree"), assignment.id, look="primary")
    actions = (agree, *page.actions)
    return Show(Form(page.key, page.title, page.subject, body=page.body, actions=actions))


async def press_agree(ctx: Context, event: ActionPressed) -> Outcome:
    """The reviewer agrees; with the last consent a supervisor is asked to look."""
    assignment, case = ctx.subject(my_assignment)
    exemplar = await _standing(ctx, case)
    if assignment.id not in {each.id for each in await asked_of(ctx, case.id)}:
        raise ExemplarOver
    exemplar = await ctx.uow.save(exemplar.agree(assignment.id))
    await changed(ctx, assignment.id, "exemplar_asked")
    await ask_for_look(ctx, exemplar)
    return Done(ctx.words("library.agreed"))


async def press_decline(ctx: Context, event: ActionPressed) -> Outcome:
    """A reviewer takes it back, before or after it was kept."""
    _, case = ctx.subject(my_assignment)
    await take_back(ctx, [await _standing(ctx, case)])
    return Done(ctx.words("library.taken_back"))


async def press_withdraw(ctx: Context, event: ActionPressed) -> Outcome:
    """The presenter takes it back."""
    await take_back(ctx, [await _standing(ctx, ctx.subject(my_case))])
    return Done(ctx.words("library.taken_back"))


async def _standing(ctx: Context, case: Case) -> Exemplar:
    found = await exemplar_of(ctx, case)
    if found is None:
        raise ExemplarOver
    return found


async def _own_page(ctx: Context, subject: str, exemplar: Exemplar, withdraw: str) -> Form:
    """What is proposed or kept, where it stands, and the way to take it back."""
    w = ctx.words
    state = w("library.state.kept") if exemplar.kept else w("library.state.asked")
    ask = Confirm(w("library.withdraw"), w("library.withdraw.ask"), w("library.withdraw"), w("keep"))
    back = Action(withdraw, w("library.withdraw"), subject, look="danger", confirm=ask)
    body = (Text(line(state)), *await exemplar_blocks(ctx, exemplar))
    return Form("library.own", w("library.title"), subject, body=body, actions=(back,))


# ---- the second look -------------------------------------------------------------------------


async def exemplar_to_look(ctx: Context, id: str) -> Exemplar:
    """One to which everybody agreed, of a case that this supervisor may look at; refused alike otherwise."""
    for exemplar in await ctx.uow.find(Exemplar, id=id, withdrawn_at=None, looked_at=None):
        case = await ctx.uow.get(Case, exemplar.case)
        asked = [each.id for each in await asked_of(ctx, exemplar.case)]
        if not exemplar.missing(asked) and await may_look(ctx, case, ctx.me):
            return exemplar
    raise NotFoundHere


async def open_look(ctx: Context, event: ActionPressed) -> Outcome:
    """A supervisor reads it before the group does; a line of the trail says so, and its presenter reads that line."""
    return await _look(ctx, ctx.subject(exemplar_to_look))


async def open_look_again(ctx: Context, event: ActionPressed) -> Outcome:
    """The same press once more, whose answer was lost."""
    return await _look(ctx, await exemplar_to_look(ctx, event.subject))


async def _look(ctx: Context, exemplar: Exemplar) -> Outcome:
    await ctx.uow.audit(Audited.EXCERPT_OPENED, ctx.me.id, exemplar.id, ctx.now)
    w = ctx.words
    actions = (
        Action("exemplar.pass", w("library.pass"), exemplar.id, look="primary"),
        Action("exemplar.return", w("library.return"), exemplar.id, look="danger"),
    )
    body = (Text(line(w("library.look.intro"))), *await exemplar_blocks(ctx, exemplar))
    return Show(Form("exemplar.look", w("library.look.title"), exemplar.id, body=body, actions=actions))


async def let_pass(ctx: Context, event: ActionPressed) -> Outcome:
    """The group reads it from now on; its presenter hears of it."""
    exemplar = await ctx.uow.save(ctx.subject(exemplar_to_look).keep(ctx.now))
    await changed(ctx, exemplar.id, "exemplar_look")
    presenter = await ctx.uow.presenter(exemplar.case)
    await ctx.tell(presenter, "exemplar_kept", exemplar.case, key=exemplar.id, slot=f"exemplar:{exemplar.case}")
    return Done(ctx.words("library.passed"))


async def send_back(ctx: Context, event: ActionPressed) -> Outcome:
    """It tells too much: the text goes, and another excerpt may be proposed while the case's text is kept."""
    await take_back(ctx, [ctx.subject(exemplar_to_look)])
    return Done(ctx.words("library.returned"))


# ---- reading ---------------------------------------------------------------------------------


async def open_library(ctx: Context, event: ActionPressed) -> Outcome:
    """Everything my groups keep."""
    return Show(await library_page(ctx))


async def find(ctx: Context, event: FormSubmitted) -> Outcome:
    """Those with a theme, a behaviour and words of a programme's name."""
    theme, behaviour = ((chosen(event, name) or ("",))[0] for name in ("theme", "behaviour"))
    return Show(await library_page(ctx, theme, behaviour, typed_text(event, "programme").reveal().strip()))


async def read(ctx: Context, event: ActionPressed) -> Outcome:
    """One excerpt."""
    exemplar = ctx.subject(kept_exemplar)
    more = Action("library.open", ctx.words("library.open"), opens=True)
    step = Action("library.recognise", ctx.words("review.recognise"), exemplar.id)
    own = exemplar.case in await ctx.uow.cases_of(ctx.me.id)
    body = tuple(await exemplar_blocks(ctx, exemplar))
    actions = (more,) if own else (more, step)
    return Show(Form("library.read", ctx.words("library.example"), exemplar.id, body=body, actions=actions))


async def recognise(ctx: Context, event: ActionPressed) -> Outcome:
    """ "I recognise this patient": the reader is out at once, and nobody is told."""
    await ctx.uow.save(ctx.subject(kept_exemplar).step_out(ctx.me.id))
    return Done(ctx.words("library.recognised"))


def _errors(ctx: Context, event: FormSubmitted) -> dict[str, str]:
    w = ctx.words
    errors = {}
    for name, most in LENGTHS.items():
        text = typed_text(event, name)
        if name in REQUIRED and not text.reveal().strip():
            errors[name] = w("library.missing")
        elif len(text) > most:
            errors[name] = w("field.too_long", length=len(text), limit=most)
    return errors


def _typed(event: FormSubmitted, case: Case) -> Typed:
    fields = {name: typed_text(event, name) for name in LENGTHS if typed_text(event, name)}
    return Typed(TEXT, event.subject, fields, case.language, {"behaviours": ",".join(chosen(event, "behaviours"))})
