"""Whom something belongs to before an organisation is known: by chat account, address, link, session or passkey."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.person import Contact, Person
from bot.ports.records import CalendarFeed, Passkey, Session, SignInLink, SignOnAccount
from storage.mapping import to_record
from storage.tables import TABLES, Word

R = TypeVar("R")


class SqlLookups:
    """The look-ups of `bot.ports.unit_of_work.SystemWork`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def contact(self, platform: str, tenant: str, user: str) -> Contact | None:
        """The contact with this platform identity."""
        table = TABLES[Contact]
        return await self._first(Contact, table.c.platform == platform, table.c.tenant == tenant, table.c.user == user)

    async def contacts_of_tenant(self, platform: str, tenant: str) -> list[Contact]:
        """Every contact of a workspace."""
        table = TABLES[Contact]
        query = select(table).where(table.c.platform == platform, table.c.tenant == tenant)
        return [to_record(Contact, row) for row in (await self._connection.execute(query)).mappings()]

    async def people_by_email(self, email: str) -> list[Person]:
        """Active people with this address."""
        table = TABLES[Person]
        query = select(table).where(
            func.lower(table.c.email, type_=Word()) == email.lower(), table.c.removed_at.is_(None)
        )
        return [to_record(Person, row) for row in (await self._connection.execute(query)).mappings()]

    async def link(self, id: str) -> SignInLink | None:
        """The sign-in link."""
        return await self._first(SignInLink, TABLES[SignInLink].c.id == id)

    async def session(self, id: str) -> Session | None:
        """The session."""
        return await self._first(Session, TABLES[Session].c.id == id)

    async def passkey(self, id: str) -> Passkey | None:
        """The passkey."""
        return await self._first(Passkey, TABLES[Passkey].c.id == id)

    async def sign_on_accounts(self, issuer: str, subject: str) -> list[SignOnAccount]:
        """Whom the account signs in."""
        table = TABLES[SignOnAccount]
        query = select(table).where(table.c.issuer == issuer, table.c.subject == subject)
        return [to_record(SignOnAccount, row) for row in (await self._connection.execute(query)).mappings()]

    async def person(self, organisation: str, id: str) -> Person | None:
        """The person in this organisation."""
        table = TABLES[Person]
        return await self._first(Person, table.c.organisation == organisation, table.c.id == id)

    async def feed(self, id: str) -> CalendarFeed | None:
        """The calendar feed."""
        return await self._first(CalendarFeed, TABLES[CalendarFeed].c.id == id)

    async def _first(self, kind: type[R], *clauses: Any) -> R | None:
        row = (await self._connection.execute(select(TABLES[kind]).where(*clauses).limit(1))).mappings().first()
        return to_record(kind, row) if row else None
