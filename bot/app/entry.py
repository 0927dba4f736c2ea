"""The one way in: event → who → may they → unit of work → outcome.

Raises nothing a person could cause: refusals become `Refused` with a sentence, a record changed by
somebody else meanwhile makes the event run again, an unavailable store says so. Logs carry ids only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.anonymise import GateClosed, Sensitive
from bot.app.access import UnknownAction
from bot.app.admission import Admission, command_of, must_be_allowed, must_be_permitted
from bot.app.blocks.old_buttons import in_its_message, shown_before
from bot.app.blocks.refused import refused
from bot.app.blocks.way_on import with_way_on
from bot.app.command_row import Command
from bot.app.commands import TYPED
from bot.app.context import Context, Messages, Work
from bot.app.dependencies import Tools
from bot.app.draft_keeping import TRIES, DraftKeeping, drafted, keep_what_came
from bot.app.facts.emergency_numbers import EmergencyNumbers
from bot.app.help import handlers as help_
from bot.app.overview.home_handlers import show_home
from bot.app.people.settings_handlers import connecting_code
from bot.app.steps import drafts
from bot.app.steps.account_linking import connect_by_code
from bot.app.steps.answers import ANSWERS, FOR, RETRY, Answers
from bot.app.steps.identities import arrived, gone
from bot.app.steps.reachability import seen
from bot.app.steps.strangers import stranger
from bot.app.steps.what_changed import Noting
from bot.app.typed_words import meant
from bot.domain.person import Contact
from bot.errors import Refusal
from bot.log import Log
from bot.ports.system import Clock
from bot.ports.unit_of_work import ChangedMeanwhile, NotFound, Store, StoreUnavailable, UnitOfWork
from bot.ui.inbound import (
    ActionPressed,
    Actor,
    Arrived,
    CommandTyped,
    Done,
    Event,
    FormSubmitted,
    FormTyped,
    Gone,
    Held,
    HomeOpened,
    Invalid,
    Outcome,
    Refused,
    Show,
)
from bot.ui.strings import words

LONGEST_COMMAND = 500
"""Characters behind the name of a typed command."""
SEEN_FOR = timedelta(hours=1)


@dataclass
class Entry:
    """Handles events; one per process, shared by all platforms."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    numbers: EmergencyNumbers = field(default_factory=EmergencyNumbers)
    messages: Messages | None = None

    def __post_init__(self) -> None:
        self.answers = Answers(self.store.drawer(ANSWERS))

    @property
    def admission(self) -> Admission:
        """With the tools of this moment, which a trial may exchange."""
        return Admission(self.store, self.clock, self.tools, self.log, self.messages)

    @property
    def drafts(self) -> DraftKeeping:
        """What keeps a half-written form."""
        return DraftKeeping(self.admission)

    async def handle(self, event: Event) -> Outcome:
        """Answer one verified event; no refusal of the risk path comes without a telephone number."""
        event = self._read(event)
        await self.numbers.refresh_if_due(self.store, self.clock.now())
        outcome = await self._answer(event)
        if isinstance(outcome, Refused) and _about_risk(event) and (known := self.numbers.of(event.actor)):
            w = words(known.language)
            unheard = outcome.key in {"store_unavailable", "try_again"}
            said = w("risk.not_alerted") if unheard else outcome.text
            return replace(outcome, text=f"{said} {w('risk.call_now', phone=known.phone)}")
        return outcome

    def _read(self, event: Event) -> Event:
        """A typed command under its key, whatever words it was typed in."""
        if not isinstance(event, CommandTyped):
            return event
        found = meant(event.name, event.text.reveal(), self.clock.now().date(), TYPED)
        return replace(event, name=found.key, text=Sensitive(found.text)) if found else event

    async def _answer(self, event: Event) -> Outcome:
        try:
            if isinstance(event, Arrived):
                return await arrived(self.store, self.clock.now(), self.tools, event)
            if isinstance(event, Gone):
                return await gone(self.store, self.clock.now(), self.tools, event)
            return await self._handle(event)
        except StoreUnavailable:
            self.log.warning("store.unavailable", event=type(event).__name__)
            return refused("store_unavailable", words(event.language))

    async def _handle(self, event: CommandTyped | ActionPressed | FormSubmitted | HomeOpened) -> Outcome:
        contact = await self.admission.contact(event.actor)
        if contact is None:
            return await self._stranger(event)
        await self._seen(contact)
        if isinstance(event, CommandTyped) and (long := _too_long(event)):
            w = await self.admission.words_of(contact)
            return Refused("too_long", w("field.too_long", length=long, limit=LONGEST_COMMAND))
        for _ in range(TRIES):
            try:
                outcome, prepared = await self._once(event, contact)
                return await self.drafts.not_sent(event, contact, outcome, prepared)
            except ChangedMeanwhile:
                self.log.info("entry.again", event=event.event_id)
        return refused("try_again", await self.admission.words_of(contact))

    async def _once(
        self, event: CommandTyped | ActionPressed | FormSubmitted | HomeOpened, contact: Contact
    ) -> tuple[Outcome, object]:
        """The answer, and what was prepared for it."""
        command = command_of(event)
        prepared = None
        if command and command.prepare:
            async with self.store.begin(contact.organisation, write=False) as uow:
                outcome, prepared = await self._prepare(command, event, uow, contact)
            if outcome is not None:
                return await self._already(command, event, contact) or outcome, None
        write = command is not None and command.changes
        async with self.store.begin(contact.organisation, write=write) as uow:
            noting = Noting(uow, getattr(event, "subject", ""))
            ctx = await self.admission.context(noting.unit, contact, event)
            if ctx is None:
                return refused("access_ended", await self.admission.words_of(contact)), None
            ctx = replace(ctx, prepared=prepared)
            try:
                shown = await shown_before(ctx, event)
                repeated = await self._repeated(command, event, ctx) if command and command.changes else None
                outcome = repeated or ctx.as_filled_in(await self._run(command, event, ctx))
                outcome = await in_its_message(ctx, event, shown, outcome)
            except (Refusal, NotFound) as refusal:
                return await with_way_on(ctx, event, self.admission.refusal(refusal, ctx, event)), prepared
            if isinstance(outcome, Refused):  # one that was decided reads like one that was raised
                outcome = await with_way_on(ctx, event, outcome)
            kept = not isinstance(outcome, Invalid | Refused) and not (isinstance(outcome, Show) and outcome.dry)
            left: dict[str, str] = {}
            if write and (kept or getattr(outcome, "audited", False)):
                left = await noting.left() if repeated is None else left
                await uow.commit()
            else:
                ctx.afterwards.clear()
        for step in ctx.afterwards:
            await step(self.store)
        if write and repeated is None and not (isinstance(outcome, Show) and command and command.again):
            await self.answers.keep(contact.person, _delivery(event), outcome, self.clock.now(), event, left)
        return outcome, prepared

    async def keep(self, event: FormTyped) -> Held | Refused:
        """Keep what stands in a form that is not sent yet, as the person's draft."""
        return await self.drafts.keep(event)

    async def would_refuse(self, event: ActionPressed) -> bool:
        """Whether a press would be refused today; nothing is kept of the look."""
        contact, command = await self.admission.contact(event.actor), command_of(event)
        if contact is None or command is None or command.prepare:
            return False
        try:
            async with self.store.begin(contact.organisation, write=command.changes) as uow:
                ctx = await self.admission.context(uow, contact, event)
                return ctx is None or isinstance(await self._run(command, event, ctx), Refused)
        except (Refusal, NotFound):
            return True
        except (ChangedMeanwhile, StoreUnavailable):
            return False

    @asynccontextmanager
    async def reading(self, actor: Actor) -> AsyncIterator[Context | None]:
        """A context that only looks, for what surrounds a page; None for whoever has no access."""
        contact = await self.admission.contact(actor)
        if contact is None:
            yield None
            return
        async with self.store.begin(contact.organisation, write=False) as uow:
            yield await self.admission.context(uow, contact, HomeOpened(event_id="", actor=actor))

    async def _already(self, command: Command, event: Event, contact: Contact) -> Outcome | None:
        """A second delivery may find its preparation impossible just because the first one succeeded."""
        async with self.store.begin(contact.organisation) as uow:
            ctx = await self.admission.context(uow, contact, event)
            if ctx and command.changes and await uow.seen(_delivery(event), ctx.now, _within(event)):
                kept = await self.answers.kept(contact.person, _delivery(event))
                if kept is None or await kept.holds(event, uow):
                    return (kept and kept.outcome) or Done(ctx.words("done.already"))
            return None

    async def _prepare(
        self, command: Command, event: Event, uow: UnitOfWork, contact: Contact
    ) -> tuple[Outcome | None, object]:
        """Run the gate and the like before the writing unit of work; a refusal ends here."""
        assert command.prepare is not None
        ctx = await self.admission.context(uow, contact, event)
        if ctx is None:
            return refused("access_ended", await self.admission.words_of(contact)), None
        try:
            await must_be_permitted(command, event, ctx)
            return None, await command.prepare(ctx, event)
        except GateClosed as refusal:
            why = {name: refusal.values.get(name, "") for name in ("reason", "place")}
            self.log.warning("gate.closed", event=event.event_id, what=refusal.values.get("recogniser", ""), **why)
            return self.admission.refusal(refusal, ctx, event), None
        except (Refusal, NotFound) as refusal:
            return self.admission.refusal(refusal, ctx, event), None

    async def _repeated(self, command: Command, event: Event, ctx: Context) -> Outcome | None:
        """The answer to an event that was dealt with before, None for a new one or one on what was changed since."""
        must_be_allowed(command, ctx)
        if not await ctx.uow.seen(_delivery(event), ctx.now, _within(event)):
            return None
        kept = await self.answers.kept(ctx.me.id, _delivery(event))
        if kept and not await kept.holds(event, ctx.uow):
            return None
        return (kept and kept.outcome) or await self._made_again(command, event, ctx) or Done(ctx.words("done.already"))

    @staticmethod
    async def _made_again(command: Command, event: Event, ctx: Context) -> Outcome | None:
        """What is not kept, made anew; None for whom what was done has taken the permission away."""
        if command.again is None:
            return None
        try:
            await must_be_permitted(command, event, ctx)
            return await command.again(ctx, event)
        except (Refusal, NotFound):
            return None

    async def _run(
        self, command: Command | None, event: CommandTyped | ActionPressed | FormSubmitted | HomeOpened, ctx: Context
    ) -> Outcome:
        if isinstance(event, HomeOpened):
            return await show_home(ctx, event)
        if isinstance(event, CommandTyped) and (met := await help_.story(ctx, event, known=command is not None)):
            return met
        if command is None and isinstance(event, CommandTyped):
            return await help_.unknown(ctx, event, TYPED)
        if command is None:
            raise UnknownAction
        await must_be_permitted(command, event, ctx)
        if isinstance(event, FormSubmitted) and drafts.NAME in event.state:
            event = await keep_what_came(ctx, event)
        return await drafted(ctx, event, await command.handler(ctx, event))

    async def _seen(self, contact: Contact) -> None:
        """Where somebody acted last is where they are told, and no address is shut that somebody writes from.

        Written once an hour, not at every step.
        """
        now = self.clock.now()
        if contact.seen_at and now - contact.seen_at < SEEN_FOR and not contact.failed_at:
            return
        async with self.store.begin(contact.organisation) as uow:
            try:
                await seen(Work(uow, now, self.tools), await uow.get(Contact, contact.id))
                await uow.commit()
            except (NotFound, ChangedMeanwhile):
                return

    async def _stranger(self, event: Event) -> Outcome:
        """Somebody unknown here may be known elsewhere: the code of another account connects this one."""
        if isinstance(event, CommandTyped) and event.name == "settings":
            code = connecting_code(event.text.reveal())
            if code:
                return await connect_by_code(self.store, self.clock.now(), self.tools, event.actor, code)
        return await stranger(self.store, self.tools, event.actor, event.language)


def _too_long(event: CommandTyped) -> int:
    """The characters of a command that is too long, else 0: some words are read in every way they could be meant.

    A case may begin with a whole message, and nobody is turned away who writes about a risk.
    """
    length = len(event.text.reveal())
    return length if length > LONGEST_COMMAND and event.name not in ("case", "risk") else 0


def _about_risk(event: Event) -> bool:
    if isinstance(event, CommandTyped):
        return event.name == "risk"
    return isinstance(event, ActionPressed | FormSubmitted) and event.key.startswith("risk.")


def _within(event: Event) -> timedelta | None:
    """How long a repeated event is taken for the same one; a typed one has a new id whenever it is typed."""
    if isinstance(event, CommandTyped):
        return None
    return FOR if isinstance(event, FormSubmitted) else RETRY


def _delivery(event: Event) -> str:
    return f"{event.actor.platform}:{event.event_id}"
