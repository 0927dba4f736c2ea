"""Signatures of supervisors outside the service: a link for one person's entries, used without an account.

Only entries made by hand are offered, so nothing of a round or of a colleague is behind a link. It lasts 30 days; who
holds it signs with name and qualification, which lie sealed beside the entry, and can take the signature back with it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from difflib import SequenceMatcher

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.facts.log_entries import OUTSIDE, SIGNER, entries_of
from bot.app.steps.holder_links import live_link, new_link
from bot.domain.person import Person
from bot.domain.supervision import CannotSignOwnEntry, SupervisionEvent, current, in_force, sign
from bot.ports.records import Audited, LogEntry, Signature, SignInLink
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store
from bot.reports.log import digest, role_key
from bot.ui.sign_in import OutsideAsked
from bot.ui.strings import Words, words

PURPOSE = "signature"
LASTS = timedelta(days=30)
LONGEST_NAME = 200
_ENTRIES = "entries"
_SAME_NAME = 0.92
"""So alike two names are when one letter in a dozen differs."""


def may_be_signed_outside(entry: SupervisionEvent) -> bool:
    """Made by hand, and nobody signed it yet."""
    return entry.round is None and not entry.is_signed


async def signing_address(work: Work, person: Person, entries: Sequence[str]) -> str:
    """The address of a link with which somebody outside signs these entries."""
    link, token = await new_link(work, person, PURPOSE, LASTS)
    await work.uow.put_sealed(link.id, _ENTRIES, json.dumps(list(entries)).encode())
    return f"{work.tools.public_url}/sign/{token}"


def is_own_name(typed: str, own: str) -> bool:
    """Whether a typed name is the person's own, in any order of its words and with a letter or two otherwise."""
    one, other = (_plain_name(name) for name in (typed, own))
    return one == other or SequenceMatcher(None, one, other).ratio() >= _SAME_NAME


def _plain_name(name: str) -> str:
    """Its words in the order of the alphabet, without marks over letters, brackets and signs."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(sorted(re.findall(r"\w+", bare)))


def told(entry: SupervisionEvent, w: Words) -> str:
    """An entry as whoever signs it reads it."""
    parts = [w.day(entry.day, year=True), w(f"log.type.{entry.type}"), w(role_key(entry))]
    if entry.method:
        parts.append(w(f"log.method.{entry.method}"))
    key = "sign.size_estimated" if entry.minutes_estimated else "sign.size"
    return " · ".join([*parts, w(key, minutes=entry.minutes, size=entry.group_size)])


@dataclass
class OutsideSigning:
    """Implements `bot.ui.platform.OutsideSignatures` on the store."""

    store: Store
    clock: Clock
    tools: Tools

    async def asked(self, token: str, language: str) -> OutsideAsked | None:
        """Whose entries a live link is about: those to sign, and those signed with it."""
        link = await self._live(token)
        if link is None:
            return None
        w = words(language)
        async with self.store.begin(link.organisation, write=False) as uow:
            person = await uow.get(Person, link.person)
            if not person.active:
                return None
            entries = await self._entries(Work(uow, self.clock.now(), self.tools), link)
        return OutsideAsked(
            person.name,
            tuple((e.id, told(e, w)) for e in entries if may_be_signed_outside(e)),
            tuple(f"{told(e, w)} · {e.signer}" for e in entries if e.signed_by == _by(link)),
        )

    async def sign(self, token: str, entries: Sequence[str], name: str, qualification: str) -> int:
        """Sign these entries of the link; how many were signed. Raises `CannotSignOwnEntry` for the owner's name."""
        link = await self._live(token)
        if link is None:
            return 0
        now = self.clock.now()
        async with self.store.begin(link.organisation) as uow:
            work = Work(uow, now, self.tools)
            if is_own_name(name, (await uow.get(Person, link.person)).name):
                raise CannotSignOwnEntry
            every = await entries_of(work, link.person, words=True)
            known = {e.id: e for e in await self._entries(work, link)}
            picked = [known[id] for id in dict.fromkeys(entries) if id in known and may_be_signed_outside(known[id])]
            for entry in picked:
                signed = sign(in_force(every, entry.id), by=_by(link), at=now, is_supervisor=True)
                id, mark = self.tools.ids.new("signature"), digest(signed)
                await uow.add(Signature(id, link.organisation, entry.id, link.person, _by(link), now, mark))
                stored = await uow.get(LogEntry, entry.id)
                await uow.save(replace(stored, signed_by=_by(link), signed_at=now))
                await uow.put_sealed(entry.chain, f"{SIGNER}:{entry.id}", f"{name}, {qualification}".encode())
                await uow.audit(Audited.ENTRY_SIGNED, OUTSIDE, entry.id, now, digest=mark)
            if picked:
                key = self.tools.ids.new("notice")
                await work.tell(link.person, "entries_signed", link.person, key=key, count=str(len(picked)))
            await uow.commit()
        return len(picked)

    async def take_back(self, token: str) -> int:
        """Take back every signature given with the link; how many."""
        link = await self._live(token)
        if link is None:
            return 0
        now = self.clock.now()
        async with self.store.begin(link.organisation) as uow:
            work = Work(uow, now, self.tools)
            mine = await uow.find(LogEntry, person=link.person, signed_by=_by(link))
            for stored in mine:
                await uow.save(replace(stored, signed_by=None, signed_at=None))
                await uow.remove(Signature, *[mark.id for mark in await uow.find(Signature, entry=stored.id)])
                await uow.audit(Audited.SIGNATURE_TAKEN_BACK, OUTSIDE, stored.id, now)
                key = self.tools.ids.new("notice")
                await work.tell(stored.person, "signature_gone", stored.person, key=key, day=stored.day.isoformat())
            await uow.commit()
        return len(mine)

    async def _entries(self, work: Work, link: SignInLink) -> list[SupervisionEvent]:
        """What the link names of the entries in force, oldest first."""
        sealed = await work.uow.sealed(link.id, _ENTRIES)
        named = set(json.loads(sealed)) if sealed else set()
        return [e for e in current(await entries_of(work, link.person, words=True)) if e.id in named]

    async def _live(self, token: str) -> SignInLink | None:
        return await live_link(self.store, token, PURPOSE, self.clock.now())


def _by(link: SignInLink) -> str:
    """Stands for the person outside: their name lies sealed beside the entry."""
    return f"{OUTSIDE}_{link.id[:16]}"
