"""Who sent an event, what it asks for, and whether they may: what has to be known before anything is done."""

from __future__ import annotations

from dataclasses import dataclass

from bot.app.access import NotAllowed, OnlyInPrivate, resolve
from bot.app.blocks.refused import refused
from bot.app.command_row import Command, Kind
from bot.app.commands import BY_KEY, FINISHERS
from bot.app.context import Context, Messages
from bot.app.dependencies import Tools
from bot.domain.person import Contact, Person
from bot.errors import Refusal
from bot.log import Log
from bot.ports.system import Clock
from bot.ports.unit_of_work import NotFound, Store, UnitOfWork
from bot.ui.inbound import ActionPressed, Actor, CommandTyped, Event, FormSubmitted, FormTyped, Refused
from bot.ui.strings import Words, words


@dataclass(frozen=True)
class Admission:
    """Finds the person behind an event; one per process."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    messages: Messages | None = None

    async def contact(self, actor: Actor) -> Contact | None:
        """The open address that somebody writes from; None for a stranger."""
        async with self.store.system(write=False) as system:
            found = await system.contact(actor.platform, actor.tenant, actor.user)
            return found if isinstance(found, Contact) and not found.ended_at else None

    async def words_of(self, contact: Contact) -> Words:
        """The sentences in the language of whoever writes from the address."""
        async with self.store.begin(contact.organisation, write=False) as uow:
            return words((await uow.get(Person, contact.person)).language)

    async def context(self, uow: UnitOfWork, contact: Contact, event: Event | FormTyped) -> Context | None:
        """What a handler works with; None for somebody whose access has ended."""
        person = await uow.get(Person, contact.person)
        if not person.active:
            return None
        return Context(
            uow=uow,
            now=self.clock.now(),
            tools=self.tools,
            me=person,
            private=event.private,
            finishers=FINISHERS,
            messages=self.messages,
        )

    def refusal(self, refusal: Refusal | NotFound, ctx: Context, event: Event | FormTyped) -> Refused:
        """A refusal that was raised, as the sentence that the person reads; logged with ids only."""
        if isinstance(refusal, NotFound):
            self.log.info("refused", refusal="not_found_here", person=ctx.me.id, event=event.event_id)
            return refused("not_found_here", ctx.words)
        self.log.info("refused", refusal=refusal.key, person=ctx.me.id, event=event.event_id)
        return refused(refusal.key, ctx.words, refusal.values)


def command_of(event: Event) -> Command | None:
    """The row of the command table that an event asks for; None where there is none."""
    match event:
        case CommandTyped():
            return BY_KEY.get((Kind.TYPED, event.name))
        case ActionPressed():
            return BY_KEY.get((Kind.PRESSED, event.key))
        case FormSubmitted():
            return BY_KEY.get((Kind.SENT, event.key))
        case _:
            return None


def must_be_allowed(command: Command, ctx: Context) -> None:
    """Refuse by name whoever lacks the role, and a form with text outside a private place."""
    if not ctx.me.has(*command.roles):
        raise NotAllowed
    if command.kind is Kind.SENT and not ctx.private:
        raise OnlyInPrivate


async def must_be_permitted(command: Command, event: Event | FormTyped, ctx: Context) -> None:
    """Refuse by name whoever has neither the role nor the relation to what the event names."""
    must_be_allowed(command, ctx)
    if isinstance(event, ActionPressed | FormSubmitted | FormTyped):
        await resolve(ctx, command.relation, event.subject)
