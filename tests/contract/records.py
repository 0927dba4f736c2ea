"""Records that the contract tests of the stores keep."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Organisation
from bot.domain.person import Person, Role
from bot.ports.records import OutboxEntry
from bot.ports.unit_of_work import Store
from tests.contract.conftest import NOW


def person(org: str, key: str = "a", **changes: Any) -> Person:
    made = Person(
        f"{org}-{key}",
        org,
        f"Therapist {key}",
        f"{key}@{org}.example",
        f"{org}-clinic",
        frozenset({Role.THERAPIST}),
        NOW,
    )
    return replace(made, **changes)


def case(org: str, key: str = "1", **changes: Any) -> Case:
    made = Case(f"{org}-case-{key}", org, f"{org}-group", f"AB-{key}", "icbt", "en", 2, NOW)
    return replace(made, **changes)


def entry(org: str, key: str = "1", **changes: Any) -> OutboxEntry:
    made = OutboxEntry(f"{org}-out-{key}", org, f"assigned:{key}", f"{org}-a", "assigned", key, NOW, NOW)
    return replace(made, **changes)


@pytest.fixture
async def orgs(store: Store) -> tuple[str, str]:
    """Two organisations with a clinic, a group and a therapist each."""
    for org in ("one", "two"):
        async with store.begin(org) as uow:
            await uow.add(
                Organisation(org, org, org.title(), NOW),
                Clinic(f"{org}-clinic", org, "Kiel", "DE", "Europe/Berlin"),
                Group(f"{org}-group", org, "Group", "Europe/Berlin"),
                person(org),
            )
            await uow.commit()
    return "one", "two"
