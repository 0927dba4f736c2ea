"""Typed text on its way through the gate: draft → preview → confirm, the same for cases, questions and reviews.

A draft's raw values live encrypted under a key of their own for as long as the policy says; what a command
does with the confirmed text is its finisher (`commands.FINISHERS`). The confirmation is
recorded in the audit trail as counts, never as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.anonymise import Examined, Known, Sensitive, TagBook
from bot.app.context import Context
from bot.app.facts.permissions import members, my_groups, person_policy
from bot.app.gate.case_form import filled_form, is_guessable
from bot.app.gate.preview import asks_again, preview
from bot.app.gate.stop import stop_page
from bot.app.gate.text_language import in_language, other_language
from bot.app.gate.treatment_start import START, draft_start
from bot.app.steps import drafts
from bot.app.steps.draft_news import draft_is_over
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person
from bot.ports.records import Audited, Draft
from bot.ports.unit_of_work import NotFound
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text
from bot.ui.model import (
    Form,
)

TAGS = "gate-tags"
LEFT = "left"
"""In the state of a confirmed draft: how many doubtful or telling words its author kept."""


@dataclass(frozen=True)
class Typed:
    """What a form brought for the gate: `kind` and `subject` say what becomes of it, `owner` whose tags it shares."""

    kind: str
    subject: str
    fields: Mapping[str, Sensitive]
    language: str
    state: Mapping[str, str]
    owner: str = ""
    mask: tuple[str, ...] = ()
    start: date | None = None
    """The day treatment began: dates become weeks from it. It is kept sealed only and never shown to peers."""


async def examine(ctx: Context, typed: Typed) -> Examined:
    """Run the gate with everything known of the group; called in a preparation, outside any writing unit of work."""
    tags = await _tags(ctx, typed.owner) if typed.owner else None
    if typed.start is not None:
        tags = tags or TagBook()
        tags.start = typed.start
    known = await known_words(ctx)
    return await ctx.tools.gate.examine(
        typed.fields, lang=typed.language or None, known=known, tags=tags, mask=list(typed.mask)
    )


async def known_words(ctx: Context) -> Known:
    """Names and clinics of everybody in the person's groups: always masked, they would point at colleagues."""
    people: dict[str, Person] = {ctx.me.id: ctx.me}
    for group in await my_groups(ctx):
        people.update({p.id: p for p in await members(ctx, group)})
    clinics = await ctx.uow.find(Clinic, id__in=sorted({p.clinic for p in people.values()}))
    groups = await ctx.uow.find(Group)
    names = tuple(p.name for p in people.values())
    return Known(names=names, clinics=tuple(c.name for c in clinics) + tuple(g.name for g in groups))


async def keep_draft(ctx: Context, typed: Typed, event: FormSubmitted) -> Draft:
    """Keep the raw values, encrypted, until confirmed, discarded or expired; `event` is what brought them."""
    draft = Draft(
        id=ctx.tools.ids.new("draft"),
        organisation=ctx.uow.organisation,
        person=ctx.me.id,
        kind=typed.kind,
        subject=typed.subject,
        created_at=ctx.now,
        expires_at=ctx.now + timedelta(hours=(await person_policy(ctx, ctx.me)).draft_hours),
        state={
            **typed.state,
            "language": typed.language,
            "owner": typed.owner,
            "event": event.event_id,
            "form": event.key,
            drafts.NAME: event.state.get(drafts.NAME, ""),
        },
    )
    await ctx.uow.add(draft)
    raw = json.dumps({name: text.reveal() for name, text in typed.fields.items()}).encode()
    await ctx.uow.put_sealed(draft.id, "values", raw)
    if typed.start is not None:
        await ctx.uow.put_sealed(draft.id, START, typed.start.isoformat().encode())
    return draft


async def my_draft(ctx: Context, id: str) -> Draft:
    """The person's own live draft; refuses an expired, foreign or finished one alike."""
    try:
        draft = await ctx.uow.get(Draft, id)
    except NotFound:
        raise drafts.DraftExpired from None
    if draft.person != ctx.me.id or draft.expires_at <= ctx.now:
        raise drafts.DraftExpired
    return draft


async def draft_values(ctx: Context, draft: Draft) -> dict[str, Sensitive]:
    """The raw values of a draft, by field."""
    sealed = await ctx.uow.sealed(draft.id, "values")
    if sealed is None:
        raise drafts.DraftExpired
    return {name: Sensitive(text) for name, text in json.loads(sealed).items()}


async def drop_draft(ctx: Context, draft: Draft) -> None:
    """Forget the draft and its raw values."""
    await ctx.uow.shred(draft.id)
    await ctx.uow.remove(Draft, draft.id)


async def draft_of(ctx: Context, event: FormSubmitted) -> Draft | None:
    """The live draft that an earlier delivery of this very form made."""
    live = await ctx.uow.find(Draft, person=ctx.me.id, expires_at__gt=ctx.now)
    return next((d for d in live if d.state.get("event") == event.event_id), None)


async def preview_again(ctx: Context, event: FormSubmitted) -> Outcome | None:
    """A form that arrives twice, its first answer lost on the way: the same preview once more."""
    draft = await draft_of(ctx, event)
    return Show(await preview(ctx, draft, ctx.prepared)) if draft and isinstance(ctx.prepared, Examined) else None


async def finish_or_preview(ctx: Context, typed: Typed, event: FormSubmitted) -> Outcome:
    """Text in which the gate found nothing goes on at once; anything found is shown to its author first."""
    examined = ctx.prepared
    assert isinstance(examined, Examined)
    draft = await keep_draft(ctx, typed, event)
    if any(r.findings for r in examined.fields.values()) or examined.flags or await asks_again(draft, examined):
        return Show(await preview(ctx, draft, examined))
    return await finish(ctx, draft, examined, frozenset())


async def finish(
    ctx: Context,
    draft: Draft,
    examined: Examined,
    kept: frozenset[str],
    broadened: frozenset[str] = frozenset(),
) -> Outcome:
    """Redact, hand the text to what the draft was for, forget the draft."""
    texts = examined.redact(kept, broadened)
    await record_confirmation(ctx, draft, examined, kept)
    if draft.state.get("owner"):
        await keep_tags(ctx, draft.state["owner"], examined.tags)
    left = len(kept) + sum(flag.key not in broadened for flag in examined.flags)
    told = replace(draft, state={**draft.state, LEFT: str(left)})
    outcome = await ctx.finishers[draft.kind](ctx, told, texts, examined.tags)
    await drop_draft(ctx, draft)
    await drafts.forget(ctx, draft.state.get(drafts.NAME, ""), draft.state.get("form", ""), draft.subject)
    await draft_is_over(ctx, draft.state.get(drafts.NAME, ""))
    return outcome


async def prepare_preview(ctx: Context, event: ActionPressed) -> Examined:
    """Run the gate again over the draft, as its author left it."""
    draft = ctx.subject(my_draft)
    typed = typed_from(draft, await draft_values(ctx, draft), await _mask(ctx, draft))
    return await examine(ctx, replace(typed, start=await draft_start(ctx, draft)))


async def show_preview(ctx: Context, event: ActionPressed) -> Outcome:
    """The preview of a text that is not sent yet."""
    assert isinstance(ctx.prepared, Examined)
    return Show(await preview(ctx, ctx.subject(my_draft), ctx.prepared))


async def prepare_confirmation(ctx: Context, event: FormSubmitted) -> Examined:
    """Run the gate again over the draft, with every word the author wants masked as well."""
    draft = in_language(ctx.subject(my_draft), event)
    mask = (*await _mask(ctx, draft), *_words_to_mask(event))
    typed = typed_from(draft, await draft_values(ctx, draft), mask)
    return await examine(ctx, replace(typed, start=await draft_start(ctx, draft)))


async def confirm(ctx: Context, event: FormSubmitted) -> Outcome:
    """The author agrees; new words to mask, or another language, lead to a new preview first."""
    named = ctx.subject(my_draft)
    draft = in_language(named, event)
    assert isinstance(ctx.prepared, Examined)
    if draft != named:
        if again := await _guessable_now(ctx, named, draft):
            return Invalid(again)
        await ctx.uow.save(draft)
    elif other_language(draft, ctx.prepared) and not chosen(event, "language"):
        return Invalid(await preview(ctx, draft, ctx.prepared, {"language": ctx.words("field.choose")}))
    more = _words_to_mask(event)
    if more:
        mask = [*await _mask(ctx, draft), *more]
        await ctx.uow.put_sealed(draft.id, "mask", json.dumps(mask).encode())
        return Show(await preview(ctx, draft, ctx.prepared))
    if draft != named:
        return Show(await preview(ctx, draft, ctx.prepared))
    if draft.kind == "case" and await asks_again(draft, ctx.prepared):
        answer = chosen(event, "risk")
        if answer == ("yes",):
            return Show(await stop_page(ctx, draft))
        if answer != ("no",):
            return Invalid(await preview(ctx, draft, ctx.prepared, {"risk": ctx.words("field.choose")}))
    kept, broadened = frozenset(chosen(event, "keep")), frozenset(chosen(event, "broaden"))
    return await finish(ctx, draft, ctx.prepared, kept, broadened)


async def _guessable_now(ctx: Context, before: Draft, after: Draft) -> Form | None:
    """Back to the form where colleagues could guess who presents in the language that was chosen only now."""
    group = await ctx.uow.get(Group, after.state["group"])
    if not await is_guessable(ctx, group, after.state["language"]):
        return None
    if await is_guessable(ctx, group, before.state["language"]):  # asked and answered already
        return None
    missing = {"guessable": ctx.words("case.guessable.missing")}
    form = await filled_form(ctx, after, {**await draft_values(ctx, after)}, missing)
    return drafts.named(form, after.state.get(drafts.NAME, ""))


async def confirm_again(ctx: Context, event: FormSubmitted) -> Outcome:
    """A confirmation that asked for more masks and whose answer was lost: the preview with them."""
    assert isinstance(ctx.prepared, Examined)
    return Show(await preview(ctx, await my_draft(ctx, event.subject), ctx.prepared))


async def _mask(ctx: Context, draft: Draft) -> tuple[str, ...]:
    sealed = await ctx.uow.sealed(draft.id, "mask")
    return tuple(json.loads(sealed)) if sealed else ()


def _words_to_mask(event: FormSubmitted) -> tuple[str, ...]:
    parts = typed_text(event, "mask").reveal().split(",")
    return tuple(part.strip() for part in parts if part.strip())


async def discard(ctx: Context, event: ActionPressed) -> Outcome:
    """Forget a draft before it was ever shared."""
    draft = ctx.subject(my_draft)
    await drop_draft(ctx, draft)
    await drafts.forget(ctx, draft.state.get(drafts.NAME, ""), draft.state.get("form", ""), "")
    await draft_is_over(ctx, draft.state.get(drafts.NAME, ""))
    return Done(ctx.words("gate.discarded"))


async def record_confirmation(ctx: Context, draft: Draft, examined: Examined, kept: frozenset[str]) -> None:
    """The author looked and agreed: how much was masked and kept, without a word of it."""
    masked = sum(len(result.findings) for result in examined.fields.values())
    await ctx.uow.audit(
        Audited.GATE_CONFIRMED,
        ctx.me.id,
        draft.subject or draft.id,
        ctx.now,
        kind=draft.kind,
        found=str(masked),
        kept=str(len(kept)),
        flags=str(len(examined.flags)),
    )


def typed_from(draft: Draft, values: Mapping[str, Sensitive], mask: tuple[str, ...] = ()) -> Typed:
    """A kept draft as input of the gate again."""
    state = {k: v for k, v in draft.state.items() if k not in {"language", "owner", "event", "form", drafts.NAME}}
    return Typed(
        kind=draft.kind,
        subject=draft.subject,
        fields=values,
        language=draft.state.get("language", ""),
        state=state,
        owner=draft.state.get("owner", ""),
        mask=mask,
    )


async def keep_tags(ctx: Context, owner: str, tags: TagBook) -> None:
    """Keep the case's tags beside its text, so that later texts of the same case use the same ones."""
    await ctx.uow.put_sealed(owner, TAGS, json.dumps(tags.to_json()).encode())


async def _tags(ctx: Context, owner: str) -> TagBook | None:
    sealed = await ctx.uow.sealed(owner, TAGS)
    return TagBook.from_json(json.loads(sealed)) if sealed else None
