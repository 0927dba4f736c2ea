"""What an adapter must be, and what it gets.

An adapter is a folder `adapters/<name>/` whose `plugin.py` holds one object `PLUGIN` that satisfies
`Plugin`. `adapters.discover()` finds it; nothing else in the program names it. It translates in
(`inbound.py`), draws (`render.py`) and sends (`outbound.py`); it decides nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from bot.errors import IntervisionError
from bot.ui.inbound import ActionPressed, Actor, Event, FormTyped, Held, Outcome, Refused
from bot.ui.model import Card, Form
from bot.ui.sign_in import Leavers, OutsideSignatures, Passkeys, SignIn


@dataclass(frozen=True)
class Address:
    """Where a person is reached on a platform; `reference` is what the adapter gave with `Arrived`."""

    actor: Actor
    reference: Mapping[str, str]


async def _at_once() -> None:
    """Nobody counts this message."""


@dataclass(frozen=True)
class Message:
    """A card to deliver. `outbox_id` is opaque and unique to this intent; `replaces` is the delivered id to update."""

    outbox_id: str
    card: Card
    replaces: str = ""
    only_edit: bool = False
    """True where a message that cannot be edited is left alone: it says what is over, and is no news."""
    urgent: bool = False
    """What cannot wait and cannot be silenced."""
    follows: str = ""
    """The delivered id of the last message about the same matter, where messages cannot be edited: one thread."""
    retried: bool = False
    """True when an earlier attempt ended without an answer: where the platform can be asked, look before sending."""
    posting: Callable[[], Awaitable[None]] = _at_once
    """Awaited right before each request that makes a new message appear, after every wait and every preparation.

    What happens between this and the answer is what nobody knows after a crash, so nothing else belongs there. An
    adapter whose repeated send shows one message only (`outbox_id`) need not call it. It may raise `SendingStopped`.
    """


class SendingStopped(IntervisionError):
    """Raised by `Message.posting`: the message must not go out now. An adapter lets it pass."""


class DeliveryFailed(IntervisionError):
    """This attempt certainly delivered nothing. `retry_after` in seconds.

    `permanent`: the platform says of the *address* that it is shut (blocked, left, no longer installed). Only the
    answer to a new message can say so; that a message cannot be edited says nothing about its address.
    `blocked`: with `permanent`, that the person or an administrator keeps our messages out; else they left.
    `ours`: the platform does not take this message; no other try or address changes that, and the address is fine.
    `away`: no answer, or a gateway's: it concerns every message to this workspace, not this one.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        blocked: bool = False,
        retry_after: float | None = None,
        ours: bool = False,
        away: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.blocked = blocked
        self.retry_after = retry_after
        self.ours = ours
        self.away = away


@dataclass(frozen=True)
class Returned:
    """A message that was taken for delivery came back: it did not arrive at `address`; `reason` is in the log's words.

    `shut`: nothing will ever arrive there. What does not fit a message that went to that address changes nothing.
    """

    platform: str
    outbox_id: str
    address: str
    reason: str
    shut: bool = False


class DeliveryUnknown(IntervisionError):
    """The message was posted and no answer came: it may have arrived. Never for a preparation, a look or an update."""


@dataclass(frozen=True)
class Problem:
    """Something `intervision check` found: where, what, and the remedy; `fatal` makes the check fail."""

    where: str
    what: str
    remedy: str
    fatal: bool = True


class Drawer(Protocol):
    """An adapter's own encrypted key-value drawer (installations, tokens, states); shared by all replicas."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""

    async def put(self, key: str, value: bytes, *, expires: datetime | None = None) -> None:
        """Store or replace; `expires` is aware UTC."""

    async def delete(self, key: str) -> None:
        """Forget; a missing key is no error."""

    async def keys(self, prefix: str = "") -> Sequence[str]:
        """Keys in the drawer that begin with `prefix`, sorted."""

    async def take(self, key: str) -> bytes | None:
        """Read and delete in one step: of several callers exactly one gets the value (single-use states)."""


@dataclass(frozen=True)
class Persona:
    """Someone the demo bar can become; `label` is a role, not a person's name; `roles` are the program's words.

    `timezone` is where they are: the hours of their mails are theirs.
    """

    actor: Actor
    label: str
    roles: tuple[str, ...]
    language: str
    timezone: str = "UTC"


@dataclass(frozen=True)
class DemoMail:
    """A mail that a demo person would have got; `silences`: it can be turned off with one press."""

    id: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str
    silences: bool


class Demo(Protocol):
    """The demo bar's levers; absent outside `intervision demo`."""

    async def mailed(self, to: Address, message: Message) -> None:
        """A message goes to a demo person's notices: keep it as the mail that it would be elsewhere."""

    async def mails_of(self, actor: Actor) -> Sequence[DemoMail]:
        """The mails a demo person would have got, newest first."""

    async def personas(self) -> Sequence[Persona]:
        """Everyone in the demo clinic, in a fixed order."""

    async def session_as(self, actor: Actor) -> str:
        """A signed-in session of that persona."""

    async def advance(self, days: int) -> None:
        """Move the virtual clock and do everything that became due, message by message."""

    async def to_next_event(self) -> None:
        """Move the virtual clock to the next thing that becomes due and do it."""

    async def restart(self) -> None:
        """Begin anew, as on the first day, once what is being answered is answered."""


@dataclass(frozen=True)
class Place:
    """What an address shows: the button that opens it, by key and subject; `up` is where one comes back to from it."""

    key: str
    subject: str = ""
    up: str = "/"


@dataclass(frozen=True)
class MenuEntry:
    """A place of the navigation; `waiting` is how much there is to do for this person."""

    name: str
    path: str
    label: str
    waiting: int = 0


@dataclass(frozen=True)
class Around:
    """What surrounds a page: who the person is, where they can go, and the addresses of the page's buttons.

    `paths` are by key and subject; a button without one is pressed, not followed.
    """

    name: str
    menu: Sequence[MenuEntry] = ()
    paths: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """Something that can be gone to by its name."""

    path: str
    label: str


class Addresses(Protocol):
    """Addresses of what can be looked at; for platforms that have pages."""

    @property
    def roots(self) -> frozenset[str]:
        """The first words of all addresses."""

    def shown(self, view: Card | Form) -> str:
        """Where a view can be read again; empty for what has no address of its own."""

    async def place(self, actor: Actor, path: str) -> Place | None:
        """What an address shows to this person; None when it is none of theirs."""

    async def find(self, actor: Actor, text: str) -> Sequence[Found]:
        """What somebody names: a case by its code, people, rounds, pages; as far as it is theirs."""

    async def around(self, actor: Actor, buttons: Sequence[tuple[str, str]]) -> Around:
        """The surroundings of a page with these buttons (key and subject)."""


@dataclass(frozen=True)
class Services:
    """What the core hands to an adapter."""

    handle: Callable[[Event], Awaitable[Outcome]]
    """The one way in: verified event → outcome. Raises nothing but programming errors."""
    drawer: Drawer
    now: Callable[[], datetime]
    """Aware UTC."""
    new_id: Callable[[str], str]
    """A fresh opaque id of a kind: `new_id("event")`."""
    public_url: str
    """Where people reach the web pages, without trailing slash."""
    language_of: Callable[[Actor], Awaitable[str]]
    """The language of whoever this is; empty when nobody is known there."""
    would_refuse: Callable[[ActionPressed], Awaitable[bool]] | None = None
    """Whether a press would be refused today: then nobody is asked whether they are sure. None: it is not looked at."""
    keep: Callable[[FormTyped], Awaitable[Held | Refused]] | None = None
    """Keep what stands in a form as the person's draft; None where drafts are kept by what is sent alone."""
    returned: Callable[[Returned], Awaitable[None]] | None = None
    """Where an adapter says that a message came back; None where nobody listens."""
    sign_in: SignIn | None = None
    passkeys: Passkeys | None = None
    outside: OutsideSignatures | None = None
    """Signatures of people without an account; None where nobody can give one."""
    leavers: Leavers | None = None
    """Files of people who have left; None where none are handed out."""
    addresses: Addresses | None = None
    carriers: tuple[str, ...] = ()
    """The platforms by which a sign-in link reaches somebody who is not signed in; empty where there are only pages."""
    demo: Demo | None = None
    calendar: Callable[[str], Awaitable[bytes | None]] | None = None
    """A person's calendar by its secret, as `text/calendar`; None for an unknown one. `/calendar/<secret>.ics`."""
    phone_of: Callable[[Actor], str] | None = None
    """The number to call for somebody when there is a risk, known without the database; empty where there is none."""
    ready: Callable[[], Awaitable[bool]] | None = None
    """Whether the store answers; for the readiness page."""


class Platform(Protocol):
    """A running adapter."""

    @property
    def name(self) -> str:
        """The folder's name: "slack", "teams", "web"."""

    @property
    def can_be_asked(self) -> bool:
        """Whether it can be found out later if a message arrived; then a repeated one is looked for first."""

    async def start(self) -> None:
        """Connect; called once after the web server's routes are mounted."""

    async def stop(self) -> None:
        """Stop taking new work, finish what is under way, disconnect."""

    async def send(self, to: Address, message: Message) -> str:
        """Deliver or update one card; the platform's id of the delivered message.

        Raises DeliveryFailed (certainly not delivered) or DeliveryUnknown (may be).
        """

    async def probe(self, tenant: str) -> None:
        """One harmless call on the way messages take, to see whether this workspace answers again.

        A refusal is an answer. Raises DeliveryFailed when there is none.
        """

    async def check(self) -> Sequence[Problem]:
        """What is wrong with the connection right now (tokens, scopes, addresses); empty when all is well."""

    def mount(self, web: Any) -> None:
        """Add this platform's routes to the aiohttp application (`aiohttp.web.Application`)."""


class Introduction(Enum):
    """What a directory answers when it is asked for an e-mail address."""

    FOUND = "found"
    """Somebody, who was announced to the core (`Arrived`)."""
    UNKNOWN = "unknown"
    """Nobody who may use the program there."""
    SILENT = "silent"
    """Nothing: it is to be asked again."""


@runtime_checkable
class Directory(Protocol):
    """What a platform can do besides whose directory finds people by their e-mail address."""

    async def introduce(self, email: str) -> Introduction:
        """Look a person up, open their personal chat and announce them (`Arrived`, `met`). Sends them nothing.

        It keeps the platform's pace and raises nothing.
        """


@runtime_checkable
class Testable(Protocol):
    """What a platform can do besides by which an administrator tries whether a message arrives."""

    async def send_test(self, address: str) -> None:
        """Send a message without any content of the service. Raises DeliveryFailed, DeliveryUnknown."""


@dataclass(frozen=True)
class Capabilities:
    """What the core must know of a platform, so that it never asks for one by name."""

    interrupts: bool
    """Whether a message here is noticed by somebody who is not looking: a chat or a mail is, an inbox on a page not."""
    own_pages: bool = False
    """Whether it shows our own pages, where nobody else keeps a copy: files with texts are handed out there only."""
    edits: bool = True
    """Whether a message can be changed once it is sent; a mail cannot, so news of its matter follow it."""
    by_address: bool = False
    """Whether a person's e-mail address is all it takes to write to them: nobody has to arrive first. Their contacts'
    `reference` holds it as "address"; the card is kept on our pages as well, where its buttons are."""


class Plugin(Protocol):
    """One per adapter: `adapters/<name>/plugin.py: PLUGIN`, or an entry point of the group `intervision.platforms`."""

    name: str
    capabilities: Capabilities
    settings: type[Any]
    """A frozen pydantic model of this adapter's section `[adapters.<name>]`, unknown keys forbidden."""

    def create(self, settings: Any, services: Services) -> Platform:
        """Build the platform; no network traffic yet."""
