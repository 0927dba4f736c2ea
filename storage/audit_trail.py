"""What a unit of work does with its audit trail, alike on every store; the chain itself is `audit_chain.py`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.ports.records import Anchor, Audited, AuditEntry, AuditFault
from storage.audit_chain import Verification, anchor_of, chained, cut_detail

PORTION = 2_000
"""Lines of the trail in memory at once while it is verified."""


class AuditTrail(ABC):
    """The audit methods of `bot.ports.unit_of_work.UnitOfWork`, on what each store says of its lines."""

    _organisation: str

    @abstractmethod
    async def _lines(self, **question: Any) -> list[AuditEntry]:
        """Lines of the trail, asked for as by `find`."""

    @abstractmethod
    async def _lock_trail(self) -> None:
        """Let nobody else append until the end of the transaction."""

    @abstractmethod
    async def _append_line(self, line: AuditEntry) -> None:
        """Keep one more line."""

    @abstractmethod
    async def _drop_lines(self, up_to: int) -> int:
        """Delete the lines up to a number; how many."""

    @abstractmethod
    async def _audit_key(self, *, make: bool) -> bytes:
        """The key of the chain; empty where there is none and none is made."""

    async def audit(self, what: Audited, actor: str, subject: str, now: datetime, **detail: str) -> None:
        """Append to the chain."""
        await self._lock_trail()
        last = await self._last_line()
        key = await self._audit_key(make=True)
        await self._append_line(chained(key, last, self._organisation, now, actor, what.value, subject, detail))

    async def audit_faults(self, anchors: Sequence[Anchor] = ()) -> list[AuditFault]:
        """Every break of the chain. Without its key no line can be proven, so every one is reported.

        Lines are read a portion at a time, and old ones may be cut off between two portions: what looks broken is
        looked at once more.
        """
        key = await self._audit_key(make=False)
        faults, portions = await self._verified(key, anchors)
        return (await self._verified(key, anchors))[0] if faults and portions > 1 else faults

    async def _verified(self, key: bytes, anchors: Sequence[Anchor]) -> tuple[list[AuditFault], int]:
        """The breaks, and in how many portions they were looked for."""
        looking, portions, after = Verification(key, anchors), 0, dict[str, int]()
        while True:
            portions += 1
            lines = await self._lines(order=("number",), limit=PORTION, **after)
            looking.look_at(lines)
            if len(lines) < PORTION:
                return looking.ended(), portions
            after = {"number__gt": lines[-1].number}

    async def audit_anchor(self, now: datetime) -> Anchor | None:
        """The trail's end."""
        last = await self._last_line()
        return anchor_of(last, now) if last else None

    async def cut_audit(self, before: datetime, now: datetime) -> int:
        """Delete old lines and say so in the chain; how many."""
        gone = await self._lines(at__lt=before, order=("-at", "-number"), limit=1)
        if not gone:
            return 0
        await self.audit(Audited.TRAIL_CUT, "retention", self._organisation, now, **cut_detail(gone[0]))
        return await self._drop_lines(gone[0].number)

    async def _last_line(self) -> AuditEntry | None:
        return next(iter(await self._lines(order=("-number",), limit=1)), None)
