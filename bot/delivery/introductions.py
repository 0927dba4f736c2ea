"""Going to people instead of waiting for them: whoever has no chat yet is looked up by e-mail where directories answer.

It is asked at the start, once a minute for whoever is new (imported, added, joined), and once a day for whoever was
not found: an account may be made later. Of several replicas one asks. Whoever left, blocked us or disconnected an
account is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.person import Contact, Person
from bot.log import Log, report
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store, StoreUnavailable
from bot.ui.platform import Directory, Introduction, Platform

EVERY = timedelta(seconds=50)
AGAIN = timedelta(days=1)
AT_ONCE = 40
"""People asked about in one go; a large service is met over some minutes."""


@dataclass
class Introducer:
    """Asks the directories of the platforms that have one."""

    store: Store
    clock: Clock
    log: Log
    platforms: Mapping[str, Platform]
    _asked: dict[tuple[str, str], datetime] = field(default_factory=dict, init=False)
    """By platform and address when it was asked for last."""

    async def run_if_due(self) -> None:
        """One go, unless another program has just made one."""
        if not self._directories():
            return
        now = self.clock.now()
        try:
            async with self.store.system() as system:
                mine = await system.due_again("introductions", now, EVERY)
                await system.commit()
            if mine:
                await self.meet()
        except StoreUnavailable:
            self.log.warning("introductions.again")
        except Exception as error:  # one mistake must not end what runs every minute
            report(self.log, "introductions.failed", error)

    async def meet(self) -> int:
        """Ask for everybody who has no chat and was not asked for lately; how many were found."""
        found, now = 0, self.clock.now()
        waiting = await self._unmet()
        for name, directory in self._directories().items():
            wanted = [
                email
                for email in waiting
                if now - self._asked.get((name, email), datetime.min.replace(tzinfo=now.tzinfo)) >= AGAIN
            ]
            for email in wanted[:AT_ONCE]:
                answer = await directory.introduce(email)
                if answer is Introduction.SILENT:
                    self.log.warning("introductions.silent", platform=name)
                    break
                self._asked[name, email] = now
                found += answer is Introduction.FOUND
        if found:
            self.log.info("introductions.met", count=found)
        return found

    def _directories(self) -> dict[str, Directory]:
        return {name: platform for name, platform in self.platforms.items() if isinstance(platform, Directory)}

    async def _unmet(self) -> list[str]:
        """E-mail addresses of people without an account, open, shut or disconnected, in any chat with a directory."""
        names = sorted(self._directories())
        async with self.store.system(write=False) as system:
            organisations = await system.organisations()
        found: list[str] = []
        for organisation in organisations:
            async with self.store.begin(organisation, write=False) as uow:
                people = await uow.columns(Person, ("id", "email"), removed_at=None)
                known = {id for (id,) in await uow.columns(Contact, ("person",), platform__in=names)}
            found += [email for id, email in people if email and id not in known]
        return found
