"""What the use-cases are given once, at start: ids, chance, the gate, calendars, a few settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from bot.anonymise import Examined, Known, Sensitive, TagBook
from bot.domain.calendar import WorkCalendar
from bot.ports.health_records import HealthRecords
from bot.ports.system import Ids, Rng
from bot.reports.rule_sets import RuleSet, built_in
from bot.ui.platform import Capabilities
from bot.ui.rosters import Roster


class Anonymiser(Protocol):
    """The gate, off the event loop: models load and run in a worker, so no other request waits for them."""

    async def examine(
        self, fields: Mapping[str, Sensitive], *, lang: str | None, known: Known, tags: TagBook | None, mask: list[str]
    ) -> Examined:
        """See `bot.anonymise.gate.Gate.examine`; raises GateClosed when a recogniser failed."""

    def warm(self) -> None:
        """Start loading the models in the background; returns at once."""


class Calendars(Protocol):
    """Public holidays as a working calendar, from a library that stays outside the rules."""

    def calendar(self, country: str, region: str, closed: frozenset[date]) -> WorkCalendar:
        """Monday to Friday without public holidays and without the given closed days."""


@dataclass(frozen=True)
class Tools:
    """Everything a handler may use besides its unit of work."""

    ids: Ids
    rng: Rng
    gate: Anonymiser
    calendars: Calendars
    public_url: str
    rule_sets: Mapping[str, RuleSet] = field(default_factory=built_in)
    """What exports of the log can count by: the built-in ones and the organisation's own files."""
    platforms: Mapping[str, Capabilities] = field(default_factory=dict)
    """What each adapter can do, by its name."""
    by_address: tuple[str, ...] = ()
    """The connected platforms that need no more than an e-mail address to write to somebody."""
    connected: Collection[str] | None = None
    """The platforms that run here; None where nobody said: then every address is taken for one that can be tried."""

    gather: timedelta = timedelta()
    """So long what a date brings waits for what other steps bring on it: for one person it is one message."""
    backup_days: int = 35
    """So long backups are kept: what is erased is out of reach in them until then."""
    listed_only: Collection[str] = ()
    """Platforms whose app any workspace may install: there only listed workspaces count as an organisation's."""

    beats: bool = True
    """Whether programs at work give signs of life; in the demo whoever looks at it moves the time instead."""

    running: Mapping[str, object] = field(default_factory=dict)
    """The adapters that run here, by name; filled as they are made."""

    records: HealthRecords | None = None
    """Reads scores from the organisation's server of health records; None where none is configured."""

    def roster(self, platform: str) -> Roster | None:
        """What names the members of a platform; None where nothing does."""
        found = self.running.get(platform)
        return found if isinstance(found, Roster) else None

    def runs(self, platform: str) -> bool:
        """Whether messages can go there at all."""
        return self.connected is None or platform in self.connected

    @property
    def rings_somewhere(self) -> bool:
        """Whether any platform that runs tells people of a message; else the pages are all there is."""
        return self.connected is None or any(self.interrupts(name) for name in self.connected)

    def interrupts(self, platform: str) -> bool:
        """Whether a message there is noticed; of an adapter that is not here nothing else is known."""
        return platform not in self.platforms or self.platforms[platform].interrupts

    def own_pages(self, platform: str) -> bool:
        """Whether it shows our own pages."""
        return platform in self.platforms and self.platforms[platform].own_pages

    def hears(self, platform: str) -> bool:
        """Whether people act there, so that silence tells something; an answer to a mail is given on the page."""
        return platform not in self.platforms or not self.platforms[platform].by_address

    def edits(self, platform: str) -> bool:
        """Whether a message there can be changed once it is sent."""
        return platform not in self.platforms or self.platforms[platform].edits
