"""What stands in a form that is not sent yet is kept as the person's draft and stands in the form drawn again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.anonymise import Examined
from bot.app.admission import Admission, must_be_permitted
from bot.app.blocks.refused import refused
from bot.app.command_row import Command, Kind
from bot.app.commands import BY_KEY
from bot.app.context import Context
from bot.app.gate.live import look, replaced
from bot.app.steps import drafts
from bot.app.steps.draft_news import draft_is_over, watch_draft
from bot.domain.person import Contact
from bot.errors import Refusal
from bot.ports.unit_of_work import ChangedMeanwhile, NotFound, StoreUnavailable
from bot.ui.inbound import (
    ActionPressed,
    CommandTyped,
    Done,
    Event,
    FormSubmitted,
    FormTyped,
    Hand,
    Held,
    Invalid,
    Outcome,
    Refused,
    Say,
    Show,
)
from bot.ui.strings import words

TRIES = 4
"""How often an event runs again when somebody else changed the same record meanwhile."""


@dataclass(frozen=True)
class DraftKeeping:
    """Keeps the drafts of every form alike; one per process."""

    admission: Admission

    async def keep(self, event: FormTyped) -> Held | Refused:
        """Keep what stands in a form that is not sent yet, as the person's draft."""
        try:
            contact = await self.admission.contact(event.actor)
            command = BY_KEY.get((Kind.SENT, event.key))
            if contact is None or command is None:
                return refused("not_a_member" if contact is None else "unknown_action", words(event.language))
            for _ in range(TRIES):
                try:
                    return await self._keep(event, contact, command)
                except ChangedMeanwhile:
                    self.admission.log.info("entry.again", event=event.event_id)
            return refused("try_again", await self.admission.words_of(contact))
        except StoreUnavailable:
            self.admission.log.warning("store.unavailable", event=type(event).__name__)
            return refused("store_unavailable", words(event.language))

    async def _looked(self, event: FormTyped, contact: Contact, command: Command) -> Examined | None:
        """What the gate finds in the text so far; None where it is not asked, or closed: the draft is kept anyway."""
        async with self.admission.store.begin(contact.organisation, write=False) as uow:
            ctx = await self.admission.context(uow, contact, event)
            if ctx is None or not event.look or command.prepare is None:
                return None
            try:
                await must_be_permitted(command, event, ctx)
                return await look(ctx, event.values)
            except (Refusal, NotFound):
                return None

    async def _keep(self, event: FormTyped, contact: Contact, command: Command) -> Held | Refused:
        examined = await self._looked(event, contact, command)
        async with self.admission.store.begin(contact.organisation) as uow:
            ctx = await self.admission.context(uow, contact, event)
            if ctx is None:
                return refused("access_ended", await self.admission.words_of(contact))
            try:
                await must_be_permitted(command, event, ctx)
                name = event.state.get(drafts.NAME, "")
                kept = await drafts.keep(ctx, event.key, event.subject, name, event.values, examined)
            except (Refusal, NotFound) as refusal:
                return self.admission.refusal(refusal, ctx, event)
            await uow.commit()
            time = ctx.words.time(kept.saved.astimezone(ctx.zone).time())
            return Held(
                kept.name, ctx.words("draft.saved_at", time=time), kept.apart, replaced(examined) if examined else {}
            )

    async def not_sent(self, event: Event, contact: Contact, outcome: Outcome, prepared: object) -> Outcome:
        """What came with a form that was not taken is kept all the same, and the form drawn again knows its name."""
        if not isinstance(event, FormSubmitted) or not isinstance(outcome, Invalid | Refused):
            return outcome
        if drafts.NAME not in event.state:
            return outcome
        async with self.admission.store.begin(contact.organisation) as uow:
            ctx = await self.admission.context(uow, contact, event)
            if ctx is None:
                return outcome
            event = await keep_what_came(replace(ctx, prepared=prepared), event)
            await watch_draft(ctx, event.state[drafts.NAME], event.actor.platform)
            await uow.commit()
        if isinstance(outcome, Refused):
            return outcome
        return Invalid(drafts.named(outcome.form, event.state[drafts.NAME]))


async def keep_what_came(ctx: Context, event: FormSubmitted) -> FormSubmitted:
    """What came with a form is kept until it is really sent; the event with the name it is kept under."""
    examined = ctx.prepared if isinstance(ctx.prepared, Examined) else None
    try:
        kept = await drafts.keep(ctx, event.key, event.subject, event.state[drafts.NAME], event.values, examined)
    except Refusal:  # too much of it: what is wrong with the form says so
        return event
    return replace(event, state={**event.state, drafts.NAME: kept.name})


async def drafted(ctx: Context, event: CommandTyped | ActionPressed | FormSubmitted, outcome: Outcome) -> Outcome:
    """A form is drawn with what was typed into it before; what was sent leaves no draft."""
    if isinstance(outcome, Show) and isinstance(event, FormSubmitted) and drafts.NAME in event.state:
        await watch_draft(ctx, event.state[drafts.NAME], event.actor.platform)
    if isinstance(outcome, Show) and drafts.has_draft(outcome.form):
        if isinstance(event, FormSubmitted):
            return Show(drafts.named(outcome.form, drafts.first_name(event, outcome.form)))
        wanted = event.args.get(drafts.WANTED, "") if isinstance(event, ActionPressed) else ""
        return Show(await drafts.resumed(ctx, outcome.form, event, wanted))
    if isinstance(event, FormSubmitted) and isinstance(outcome, Done | Say | Hand) and drafts.NAME in event.state:
        await drafts.forget(ctx, event.state[drafts.NAME], event.key, event.subject)
        await draft_is_over(ctx, event.state[drafts.NAME])
    return outcome
