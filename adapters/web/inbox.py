"""The notices a person was sent on the web, and answers waiting to be read once: cards, kept in the drawer.

A notice's id begins with the time it arrived, so sorted keys are the order of arrival, and ends
with the outbox id, so a repeated delivery finds the first one and overwrites it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.ui import view_bytes
from bot.ui.inbound import Actor
from bot.ui.model import Card
from bot.ui.platform import Drawer, Message

PAGE = 20
"""Notices shown at once."""
_ANSWER_LIFE = timedelta(hours=1)


@dataclass(frozen=True)
class Kept:
    """A notice: its id, its card, when it arrived (aware UTC), whether it has not been looked at yet."""

    id: str
    card: Card
    arrived: datetime
    unread: bool


@dataclass(frozen=True)
class Answer:
    """A card that answered a command or a button, and the path of the page it was asked from."""

    card: Card
    back: str

    def dumps(self) -> bytes:
        """As bytes: the path, a line end, the card."""
        return self.back.encode() + b"\n" + view_bytes.dumps(self.card)

    @classmethod
    def loads(cls, raw: bytes) -> Answer:
        """The inverse."""
        back, _, card = raw.partition(b"\n")
        return cls(view_bytes.loads(card), back.decode())


class Inbox:
    """Everyone's notices and answers; each call names the person, nobody reaches another's."""

    def __init__(self, drawer: Drawer, life: timedelta) -> None:
        self._drawer = drawer
        self._life = life

    async def deliver(self, to: Actor, message: Message, now: datetime) -> str:
        """Keep a card and return its id; one that updates another, or arrives a second time, takes its place.

        News is never an update (`bot.app.notice_kinds`), so what takes a place is not new; what is only an edit says
        that there is nothing to read there any more.
        """
        card, outbox_id = message.card, message.outbox_id
        known = message.replaces or await self._find(to, outbox_id)
        if known and await self._drawer.get(_notice(to, known)) is not None:
            await self._drawer.put(_notice(to, known), view_bytes.dumps(card), expires=_arrived(known) + self._life)
            if message.only_edit:
                await self.mark_read(to, [known])
            return known
        if message.only_edit:
            return message.replaces
        made = f"{int(now.timestamp() * 1000):013d}.{outbox_id}"
        await self._drawer.put(_notice(to, made), view_bytes.dumps(card), expires=now + self._life)
        await self._drawer.put(_unread(to, made), b"", expires=now + self._life)
        return made

    async def unread(self, of: Actor) -> int:
        """How many notices have not been looked at."""
        return len(await self._drawer.keys(_unread(of)))

    async def page(self, of: Actor, before: str = "") -> tuple[Sequence[Kept], bool]:
        """The newest notices (older than `before` when given) and whether there are older ones."""
        ids = [key.removeprefix(_notice(of)) for key in reversed(await self._drawer.keys(_notice(of)))]
        ids = [i for i in ids if not before or i < before]
        new = {key.removeprefix(_unread(of)) for key in await self._drawer.keys(_unread(of))}
        found = [(i, await self._drawer.get(_notice(of, i))) for i in ids[:PAGE]]
        kept = [Kept(i, view_bytes.loads(raw), _arrived(i), i in new) for i, raw in found if raw is not None]
        return kept, len(ids) > PAGE

    async def mark_read(self, of: Actor, ids: Sequence[str]) -> None:
        """They have been looked at."""
        for i in ids:
            await self._drawer.delete(_unread(of, i))

    async def keep_answer(self, of: Actor, answer_id: str, answer: Answer, now: datetime) -> None:
        """Keep an answer for an hour, so that its page can be read again without asking again."""
        await self._drawer.put(_answer(of, answer_id), answer.dumps(), expires=now + _ANSWER_LIFE)

    async def answer(self, of: Actor, answer_id: str) -> Answer | None:
        """A kept answer; None when it is gone or another's."""
        raw = await self._drawer.get(_answer(of, answer_id))
        return None if raw is None else Answer.loads(raw)

    async def replace(self, of: Actor, message: str, card: Card, now: datetime) -> None:
        """Put a card in place of the notice ("notice/<id>") or answer ("answer/<id>") whose button was pressed."""
        surface, _, i = message.partition("/")
        if surface == "answer" and (asked := await self.answer(of, i)):
            await self.keep_answer(of, i, Answer(card, asked.back), now)
        elif surface == "notice" and await self._drawer.get(_notice(of, i)) is not None:
            await self._drawer.put(_notice(of, i), view_bytes.dumps(card), expires=_arrived(i) + self._life)

    async def _find(self, of: Actor, outbox_id: str) -> str:
        keys = await self._drawer.keys(_notice(of))
        return next((k.removeprefix(_notice(of)) for k in keys if k.endswith(f".{outbox_id}")), "")


def _notice(of: Actor, i: str = "") -> str:
    return f"notice/{of.tenant}/{of.user}/{i}"


def _unread(of: Actor, i: str = "") -> str:
    return f"unread/{of.tenant}/{of.user}/{i}"


def _answer(of: Actor, i: str) -> str:
    return f"answer/{of.tenant}/{of.user}/{i}"


def _arrived(i: str) -> datetime:
    return datetime.fromtimestamp(int(i.partition(".")[0]) / 1000, UTC)
