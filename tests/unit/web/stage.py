"""The other side of the web adapter for its tests: a drawer, sign-in, a demo and a scripted core.

The scripted core answers with the gallery: typing "card everything" or "form errors" shows that one.
Everything that came in is kept in `events`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from adapters.host import Host
from adapters.web.plugin import PLUGIN, WebPlatform, WebSettings
from bot.reports.log import SignedEntryChanged
from bot.ui.inbound import (
    ActionPressed,
    Actor,
    CommandTyped,
    Done,
    Event,
    FormSubmitted,
    Hand,
    HomeOpened,
    Invalid,
    Outcome,
    Refused,
    Say,
    Show,
)
from bot.ui.model import Action, Card, Document, Form, Row, code, line
from bot.ui.platform import Address, Around, DemoMail, Found, MenuEntry, Message, Persona, Place, Services
from bot.ui.sign_in import (
    AnotherAccount,
    CodeWrong,
    HeldPasskey,
    LeaverAsked,
    LinkFor,
    NewPasskey,
    OutsideAsked,
    SeveralPeople,
    SignedIn,
    Vouched,
)
from tests import gallery

KIEL = Actor("web", "org_1", "per_1")
ULM = Actor("web", "org_1", "per_2")
LINK = "a-link-that-works-once"


class MemoryDrawer:
    """A drawer in memory that forgets what expired, as the stored one does."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.held: dict[str, tuple[bytes, datetime | None]] = {}

    async def get(self, key: str) -> bytes | None:
        value, expires = self.held.get(key, (None, None))
        return None if expires and expires <= self._now() else value

    async def put(self, key: str, value: bytes, *, expires: datetime | None = None) -> None:
        self.held[key] = (value, expires)

    async def delete(self, key: str) -> None:
        self.held.pop(key, None)

    async def keys(self, prefix: str = "") -> Sequence[str]:
        return sorted([k for k in self.held if k.startswith(prefix) and await self.get(k) is not None])

    async def take(self, key: str) -> bytes | None:
        value = await self.get(key)
        await self.delete(key)
        return value


@dataclass
class ScriptedSignatures:
    """One link for two entries."""

    waiting: dict[str, str] = field(default_factory=lambda: {"log_1": "11 Jan 2027 · group", "log_2": "12 Jan 2027"})
    signed: dict[str, str] = field(default_factory=dict)

    async def asked(self, token: str, language: str) -> OutsideAsked | None:
        if token != LINK:
            return None
        return OutsideAsked("Anna <b>Berg</b>", tuple(self.waiting.items()), tuple(self.signed.values()))

    async def sign(self, token: str, entries: Sequence[str], name: str, qualification: str) -> int:
        for id in entries:
            self.signed[id] = f"{self.waiting.pop(id)} · {name}, {qualification}"
        return len(entries)

    async def take_back(self, token: str) -> int:
        gone = len(self.signed)
        self.waiting |= dict.fromkeys(self.signed, "again")
        self.signed.clear()
        return gone


class ScriptedLeavers:
    """One link to an archive, until it is ended."""

    def __init__(self) -> None:
        self.live, self.altered = True, False

    async def asked(self, token: str) -> LeaverAsked | None:
        sets = (("plain", "All minutes"), ("babcp", "BABCP"))
        return LeaverAsked("Anna <b>Berg</b>", "7 Mar 2027", sets) if self.live and token == LINK else None

    async def file(self, token: str, rules: str) -> Document | None:
        if self.altered:
            raise SignedEntryChanged(entry="log_1")
        return Document(f"log-{rules}.zip", "application/zip", b"PK") if await self.asked(token) else None

    async def end(self, token: str) -> None:
        self.live = False


@dataclass
class ScriptedSignIn:
    """One link that works once; sessions in a dict."""

    language: Callable[[], str]
    sessions: dict[str, Actor] = field(default_factory=dict)
    links: dict[str, Actor] = field(default_factory=lambda: {LINK: KIEL})
    asked: list[str] = field(default_factory=list)
    remember: int = 0
    remembered: set[str] = field(default_factory=set)

    needs_code: bool = False

    def code_of(self, browser: str) -> str:
        return "012345"

    async def redeem(self, token: str, browser: str = "", code: str = "", *, remember: bool = False) -> str | None:
        if self.needs_code and code != "012345":
            raise CodeWrong
        actor = self.links.pop(token, None)
        return self.let_in(actor, remember=remember) if actor else None

    async def genuine(self, secret: str) -> bool:
        return secret in self.links or secret in self.sessions

    async def named(self, token: str, browser: str = "") -> LinkFor | None:
        return LinkFor("Therapist A (Kiel)", self.remember, self.needs_code) if token in self.links else None

    async def remembered_days(self) -> int:
        return self.remember

    async def holder(self, session: str) -> SignedIn | None:
        actor = self.sessions.get(session)
        left = self.remember * 86_400 if session in self.remembered else None
        return SignedIn(actor, self.language(), left) if actor else None

    async def end(self, session: str) -> None:
        self.sessions.pop(session, None)

    async def request(self, email: str, browser: str = "") -> None:
        self.asked.append(email)

    async def vouched(self, account: Vouched, organisation: str, *, remember: bool = False) -> str | None:
        if account.email.startswith("twice@"):
            raise SeveralPeople
        if account.subject == "another":
            raise AnotherAccount
        known = account.subject == "bound" or account.email == f"a@clinic.example{organisation}"
        return self.let_in(KIEL, remember=remember) if known else None

    async def link_for(self, actor: Actor) -> str:
        raise NotImplementedError

    def let_in(self, actor: Actor, *, remember: bool = False) -> str:
        """A session of this person, as cookies carry it."""
        session = f"session-{len(self.sessions)}"
        if remember and self.remember:
            self.remembered.add(session)
        self.sessions[session] = actor
        return session


@dataclass
class ScriptedPasskeys:
    """Passkeys in a list, of whoever keeps them."""

    sign_in: ScriptedSignIn
    now: Callable[[], datetime]
    held: list[tuple[Actor, HeldPasskey]] = field(default_factory=list)

    async def of(self, actor: Actor) -> Sequence[HeldPasskey]:
        return [each for owner, each in self.held if owner == actor]

    async def keep(self, actor: Actor, made: NewPasskey) -> bool:
        key = HeldPasskey(made.credential, made.credential, made.public_key, made.counter, made.name, self.now(), None)
        self.held.append((actor, key))
        return True

    async def rename(self, actor: Actor, id: str, name: str) -> None:
        self.held = [(o, replace(k, name=name) if (o, k.id) == (actor, id) else k) for o, k in self.held]

    async def remove(self, actor: Actor, id: str) -> None:
        self.held = [(o, k) for o, k in self.held if (o, k.id) != (actor, id)]

    async def find(self, credential: str) -> HeldPasskey | None:
        return next((key for _, key in self.held if key.credential == credential), None)

    async def enter(self, credential: str, counter: int, asked_at: datetime, *, remember: bool = False) -> str | None:
        for at, (owner, key) in enumerate(self.held):
            if key.credential == credential and not (key.used_at and asked_at <= key.used_at):
                self.held[at] = owner, replace(key, counter=counter, used_at=self.now())
                return self.sign_in.let_in(owner, remember=remember)
        return None


class ScriptedAddresses:
    """Home and one address; everything else of the gallery is opened by sealed links."""

    roots = frozenset({"cases"})

    def shown(self, view: Card | Form) -> str:
        return "/cases" if view.key == "case.mine" else ""

    async def place(self, actor: Actor, path: str) -> Place | None:
        return Place("case.page", path.removeprefix("/cases/"), "/cases") if path.startswith("/cases/") else None

    async def find(self, actor: Actor, text: str) -> Sequence[Found]:
        several = [Found("/people/per_a", "Therapist A <Kiel>"), Found("/people/per_b", "Therapist B")]
        return [Found(f"/cases/{text}", text)] if text == "K7-QF" else several if text == "therapist" else []

    async def around(self, actor: Actor, buttons: Sequence[tuple[str, str]]) -> Around:
        menu = (MenuEntry("home", "/", "Home"), MenuEntry("cases", "/cases", "Cases", 2))
        return Around("Therapist A (Kiel)", menu, {b: f"/cases/{b[1]}" for b in buttons if b[0] == "case.page"})


@dataclass
class ScriptedDemo:
    """Two personas and a clock."""

    stage: Stage
    mails: list[tuple[Actor, str]] = field(default_factory=list)
    anew: int = 0

    async def personas(self) -> Sequence[Persona]:
        return (
            Persona(KIEL, "Therapist A (Kiel)", ("therapist",), "de"),
            Persona(ULM, "Supervisor (Ulm)", ("supervisor",), "de"),
        )

    async def session_as(self, actor: Actor) -> str:
        return self.stage.sign_in.let_in(actor)

    async def mailed(self, to: Address, message: Message) -> None:
        self.mails.append((to.actor, message.card.title))

    async def mails_of(self, actor: Actor) -> Sequence[DemoMail]:
        return [
            DemoMail(str(n), "a@demo.example", title, self.stage.clock, f"{title} <text>", "<p>mail</p>", silences=True)
            for n, (owner, title) in enumerate(self.mails)
            if owner == actor
        ]

    async def advance(self, days: int) -> None:
        self.stage.clock += timedelta(days=days)

    async def to_next_event(self) -> None:
        self.stage.clock += timedelta(hours=3)

    async def restart(self) -> None:
        self.anew += 1


class Stage:
    """A running web adapter behind a real host."""

    def __init__(
        self,
        *,
        demo: bool = False,
        public_url: str = "http://127.0.0.1:8377",
        language: str = "en",
        settings: WebSettings | None = None,
    ) -> None:
        self.clock = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
        self.language = language
        self.events: list[Event] = []
        self.answers: dict[str, Outcome | Exception] = {}
        self.seen: set[str] = set()
        self.drawer = MemoryDrawer(lambda: self.clock)
        self.sign_in = ScriptedSignIn(lambda: self.language)
        self.outside = ScriptedSignatures()
        self.leavers = ScriptedLeavers()
        self.passkeys = ScriptedPasskeys(self.sign_in, lambda: self.clock)
        self.home = Card("home", "Your supervision", (Row(line("Case ", code("K7-QF")), (), gallery.actions(2)),))
        self.over: set[str] = set()
        """Keys of buttons that would be refused."""
        self._numbers = count(1)
        self.services = Services(
            handle=self.handle,
            drawer=self.drawer,
            now=lambda: self.clock,
            new_id=lambda kind: f"{kind}_{next(self._numbers):05}",
            public_url=public_url,
            language_of=self._language_of,
            would_refuse=self._would_refuse,
            sign_in=self.sign_in,
            passkeys=self.passkeys,
            outside=self.outside,
            leavers=self.leavers,
            carriers=("slack",),
            addresses=ScriptedAddresses(),
            demo=ScriptedDemo(self) if demo else None,
        )
        platform = PLUGIN.create(settings or WebSettings(), self.services)
        assert isinstance(platform, WebPlatform)
        self.platform = platform
        self.host = Host("127.0.0.1", 0, [platform], ready=self._ready)
        self.ready = True

    async def _would_refuse(self, event: ActionPressed) -> bool:
        return event.key in self.over

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.host.port}"

    async def __aenter__(self) -> Stage:
        await self.host.start()
        await self.platform.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.host.stop()

    async def handle(self, event: Event) -> Outcome:
        """The scripted core: by key from `answers`, else from the gallery; an event id seen twice does nothing."""
        await asyncio.sleep(0)
        if event.event_id in self.seen:
            return Done("seen")
        self.seen.add(event.event_id)
        self.events.append(event)
        match event:
            case HomeOpened():
                return self._scripted("home", Say(self.home))
            case CommandTyped(name="card", text=text):
                return Say(gallery.cards()[text.reveal()])
            case CommandTyped(name="form", text=text):
                return Show(gallery.forms()[text.reveal()])
            case CommandTyped(name=name):
                return self._scripted(name, Refused("unknown_command", "There is no such command; /help lists them."))
            case ActionPressed(key="review.open"):
                return self._scripted("review.open", Show(gallery.forms()["everything"]))
            case FormSubmitted(key="gallery.form") if not event.values.get("title"):
                return Invalid(gallery.forms()["errors"])
            case ActionPressed(key=key) | FormSubmitted(key=key):
                return self._scripted(key, Done("It is done."))
            case _:
                return Done()

    def of(self, kind: type[Event]) -> list[Event]:
        """What came in of a kind."""
        return [e for e in self.events if isinstance(e, kind)]

    def _scripted(self, key: str, otherwise: Outcome) -> Outcome:
        answer = self.answers.get(key, otherwise)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _language_of(self, actor: Actor) -> str:
        return self.language

    async def _ready(self) -> bool:
        return self.ready


DOCUMENT = Hand(Document("log ünïcode.csv", "text/csv; charset=utf-8", b"day,minutes\n"), "Your log was downloaded.")
NOTICE = replace(gallery.cards()["everything"], key="notice", title="A review is due")
OPEN = Action("review.open", "Open", subject="asg_1", opens=True)
