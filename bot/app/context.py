"""What a handler works with: one unit of work, one moment, one person (none for timers)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

from bot.anonymise import AnonText, Sensitive, TagBook
from bot.app.dependencies import Tools
from bot.calendars.spoken import Why, understand_day, understand_duration
from bot.domain.calendar import zone_of
from bot.domain.organisation import Clinic, Group, Organisation
from bot.domain.person import Contact, Person
from bot.domain.policy import Policy, resolve
from bot.ports.records import Draft, OutboxEntry
from bot.ports.unit_of_work import Store, UnitOfWork
from bot.ui.inbound import ActionPressed, FormSubmitted, Invalid, Outcome
from bot.ui.model import Card, ChoiceField, DateField, Field, Option, TextField
from bot.ui.strings import LANGUAGES, Words, words
from bot.ui.typed import as_typed

T = TypeVar("T")
OWN = "own"
"""Marks in its args a notice of what its reader did themselves: their messages show it, and nothing rings."""
NO_NEWS_TO_WHO_DID = frozenset(
    {
        *("case_closed", "case_gone", "case_held", "review_moved", "risk_acknowledged", "hold_released"),
        *("hold_withdrawn", "round_moved", "round_off", "series_changed", "leave_undone", "cover_over"),
        *("member_left", "person_left", "occurrence_left_out", "due_moved", "risk_closed", "risk_taken"),
    }
)
"""Notices that say nothing but what was done: whoever did it read so in the answer."""
SOMETHING_ELSE = "?"
"""The choice of a doubtful field that brings the field back, to be filled in anew."""
LONGEST_DAY = 200
"""Characters of a typed day that stay in its field."""


@dataclass
class Work:
    """A unit of work at one moment, with the few look-ups every handler needs."""

    uow: UnitOfWork
    now: datetime
    tools: Tools
    by_date: bool = field(default=False, kw_only=True)
    """Whether a stored date asks for it, not a person who waits for what comes of it."""

    async def organisation(self) -> Organisation:
        """The organisation of this unit of work."""
        return await self.uow.get(Organisation, self.uow.organisation)

    async def policy(self, group: Group | None = None, clinic: Clinic | None = None) -> Policy:
        """The numbers that hold here: defaults, organisation, clinic, group."""
        organisation = await self.organisation()
        return resolve(organisation.policy, clinic.policy if clinic else None, group.policy if group else None)

    async def tell(
        self,
        person: str,
        card: str,
        subject: str,
        *,
        key: str = "",
        slot: str = "",
        urgent: bool = False,
        at: datetime | None = None,
        contact: str = "",
        **args: str,
    ) -> None:
        """Post the intent to show `card` about `subject` to a person, once per `key` (default: card and subject).

        It goes where the person is reached best, or to the one `contact` named.
        """
        await self.uow.post(
            OutboxEntry(
                id=self.tools.ids.new("outbox"),
                organisation=self.uow.organisation,
                dedupe=f"{card}:{subject}:{person}:{key}",
                person=person,
                card=card,
                subject=subject,
                created_at=self.now,
                due_at=at or self.now + (self.tools.gather if self.by_date and not urgent else timedelta()),
                wanted_at=at or self.now,
                args=args,
                slot=slot and f"{slot}:{person}",
                urgent=urgent,
                contact=contact,
            )
        )

    async def tell_everywhere(
        self, person: str, card: str, subject: str, *, key: str = "", slot: str = "", **args: str
    ) -> int:
        """What cannot wait: at once, at any hour, on every running channel of the person; how many that is."""
        found = await self.uow.find(Contact, person=person, failed_at=None)
        contacts = [contact for contact in found if self.tools.runs(contact.platform)]
        for contact in contacts:
            each = f"{key}:{contact.id}"
            await self.tell(
                person, card, subject, key=each, slot=slot, urgent=True, at=None, contact=contact.id, **args
            )
        return len(contacts)

    def today(self, zone: str) -> date:
        """The calendar day in a zone. Raises `UnknownZone`."""
        return self.now.astimezone(zone_of(zone)).date()


Finisher = Callable[["Context", Draft, Mapping[str, AnonText], TagBook], Awaitable[Outcome]]
"""What becomes of a confirmed text: `(context, draft, redacted texts by field, tags) -> outcome`."""


@dataclass(frozen=True)
class ShownNow:
    """What a delivered message shows as of now, and whether it carries several notices."""

    card: Card
    several: bool = False


class Messages(Protocol):
    """What people's messages show now (`bot.delivery.shown_now`)."""

    async def of(self, ctx: Context, event: ActionPressed | FormSubmitted) -> ShownNow | None:
        """The message that an event came from; None for what is no message of ours to this person."""
        ...

    async def newest(self, ctx: Context, matter: str) -> Card | None:
        """The newest message to this person about a matter that still says something."""
        ...


@dataclass
class Context(Work):
    """A person's event under way. `prepared` is what the command's preparation made before the unit of work began.

    `resolved` is what the event names, with the resolver of the command's relation that found it (`access.resolve`).
    """

    me: Person
    private: bool = True
    prepared: Any = None
    finishers: Mapping[str, Finisher] = field(default_factory=dict)
    messages: Messages | None = None
    resolved: tuple[object, object] | None = field(default=None, init=False)
    afterwards: list[Callable[[Store], Awaitable[None]]] = field(default_factory=list, init=False)
    """What is done with the store once everything else is committed."""
    doubts: dict[str, tuple[Option, ...]] = field(default_factory=dict, init=False)
    """By field what was typed there may mean; empty for a field that is to be filled in anew."""
    days: dict[str, date | Sensitive] = field(default_factory=dict, init=False)
    """By field the day that was typed there, or the words that are none."""

    async def tell(
        self,
        person: str,
        card: str,
        subject: str,
        *,
        key: str = "",
        slot: str = "",
        urgent: bool = False,
        at: datetime | None = None,
        contact: str = "",
        **args: str,
    ) -> None:
        """As `Work.tell`; what this person did themselves is no news to them and only changes their messages."""
        if person == self.me.id and card in NO_NEWS_TO_WHO_DID:
            args[OWN] = "1"
        await super().tell(person, card, subject, key=key, slot=slot, urgent=urgent, at=at, contact=contact, **args)

    def subject(self, by: Callable[[Context, str], Awaitable[T]]) -> T:
        """What the event names, as it was found and judged by the relation that the command's row asks for.

        A handler that relies on another relation than its row's is a mistake, and fails.
        """
        assert self.resolved is not None and self.resolved[0] is by, f"the command's row does not ask for {by}"
        return cast("T", self.resolved[1])

    @cached_property
    def words(self) -> Words:
        """The sentences in this person's language."""
        return words(self.me.language)

    @property
    def zone(self) -> ZoneInfo:
        """The person's own time zone."""
        return ZoneInfo(self.me.timezone)

    @property
    def my_today(self) -> date:
        """The calendar day where this person is."""
        return self.today(self.me.timezone)

    def aliases(self, word: str) -> frozenset[str]:
        """What may be typed for a word of a command, in any of the languages: colleagues share examples."""
        known = (words(language)(f"typed.{word}") for language in LANGUAGES)
        return frozenset(alias for of in known for alias in of.casefold().split()) | {word}

    def typed_day(self, text: Sensitive, name: str, errors: dict[str, str], *, past: bool = False) -> date | None:
        """The day typed into a field, None when empty; what is no one day is put into `errors` under the field's name.

        `past` reads a day without its year as the last such day. Doubtful words are answered with what they may mean.
        """
        if not text:
            return None
        w = self.words
        if text.reveal() == SOMETHING_ELSE:
            self.doubt(name, w("field.date"), (), errors)
            return None
        found = understand_day(text.reveal(), self.my_today, self.me.language, past=past)
        if isinstance(found, date):
            self.days[name] = found
            return found
        days = tuple(Option(f"{r.first}", w.day(r.first, year=True)) for r in found.readings)
        if days:
            self.doubt(name, w("field.date.meant", days=w.either([day.label for day in days])), days, errors)
        else:
            unread = "field.date.none" if found.why is Why.NO_SUCH_DAY else "field.date.unread"
            errors[name] = w(unread, typed=as_typed(text.reveal()))
            self.days[name] = Sensitive(text.reveal()[:LONGEST_DAY])
        return None

    def typed_minutes(
        self, text: Sensitive, name: str, low: int, high: int, errors: dict[str, str], *, per: int = 1
    ) -> int | None:
        """The length typed into a field, in minutes, or in units of `per` minutes, of which a bare number counts.

        What is none, or not from `low` to `high`, is put into `errors`; what may be two is asked.
        """
        w, typed = self.words, text.reveal()
        if typed == SOMETHING_ELSE:
            self.doubt(name, w("field.minutes"), (), errors)
            return None
        bare = typed.isascii() and typed.isdecimal() and len(typed) < 6
        read = (int(typed) * per,) if bare else understand_duration(typed, self.me.language)
        whole = [minutes // per for minutes in read if minutes % per == 0]
        found = [n for n in whole if low <= n <= high]
        if len(found) == 1:
            return found[0]
        if found:
            options = tuple(Option(f"{n * per} min", w.count("log.row_minutes", n * per)) for n in found)
            self.doubt(
                name, w("field.minutes.meant", lengths=w.either([each.label for each in options])), options, errors
            )
        elif whole:
            errors[name] = w("field.whole_number", low=w.number(low), high=w.number(high))
        else:
            errors[name] = w("field.minutes.unread", typed=as_typed(typed)) if typed else w("field.needed")
        return None

    def doubt(self, name: str, question: str, readings: tuple[Option, ...], errors: dict[str, str]) -> None:
        """Ask what was typed into a field: its readings become choices there; without any it is filled in anew."""
        errors[name] = question
        self.doubts[name] = readings

    def as_filled_in(self, outcome: Outcome) -> Outcome:
        """The form that goes back as it was filled in: each day that was read, the words of one that was not, and each
        doubtful field as a choice among what it may mean.
        """
        if not isinstance(outcome, Invalid) or not (self.doubts or self.days):
            return outcome
        form = outcome.form
        fields = tuple(self._filled_in(each, form.errors.get(each.name, "")) for each in form.fields)
        errors = {name: said for name, said in form.errors.items() if name not in self.doubts}
        return Invalid(replace(form, fields=fields, errors=errors))

    def _filled_in(self, asked: Field, error: str) -> Field:
        readings, typed = self.doubts.get(asked.name), self.days.get(asked.name)
        if readings:
            other = Option(SOMETHING_ELSE, self.words("field.meant.other"))
            return ChoiceField(asked.name, asked.label, (*readings, other), hint=error)
        if isinstance(asked, DateField) and isinstance(typed, date):
            return replace(asked, value=typed)
        if isinstance(asked, DateField) and isinstance(typed, Sensitive):
            return TextField(asked.name, asked.label, asked.hint, typed, asked.required, max_length=LONGEST_DAY)
        return asked
