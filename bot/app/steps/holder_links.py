"""Links that sign nobody in: whoever holds one may do one thing with one person's records until it ends.

Only the hash of its token is kept.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from bot.app.context import Work
from bot.domain.person import Person
from bot.ports.records import SignInLink
from bot.ports.unit_of_work import Store


async def new_link(work: Work, person: Person, purpose: str, lasts: timedelta) -> tuple[SignInLink, str]:
    """A link for a purpose, and the token of its address."""
    token = work.tools.ids.secret()
    link = SignInLink(
        id=_hash(token),
        organisation=work.uow.organisation,
        person=person.id,
        created_at=work.now,
        expires_at=work.now + lasts,
        purpose=purpose,
    )
    await work.uow.add(link)
    return link, token


async def live_link(store: Store, token: str, purpose: str, now: datetime) -> SignInLink | None:
    """The link of a token while it lasts; None for one of another purpose."""
    async with store.system(write=False) as system:
        link = await system.link(_hash(token))
    if not isinstance(link, SignInLink) or link.purpose != purpose or link.expires_at <= now:
        return None
    return link


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
