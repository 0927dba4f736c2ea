"""The sheet for referring doctors: one page in each language, from the organisation's own settings, naming nobody."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from bot.app.reports.handlers import method_rows
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.organisation import Organisation
from bot.domain.person import Person
from bot.domain.policy import Policy
from bot.ui.inbound import Hand, Refused
from bot.ui.strings import LANGUAGES, words
from tests.world import World

MANAGER = "m"


async def sheet(world: World) -> PdfReader:
    handed = await world.player(MANAGER).press("report.method")
    assert isinstance(handed, Hand)
    return PdfReader(BytesIO(handed.document.content))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_one_page_in_each_language_and_names_nobody(world: World, language: str) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(MANAGER)), language=language))
        await uow.commit()
    pdf = await sheet(world)
    assert len(pdf.pages) == 1
    shown = " ".join(pdf.pages[0].extract_text().split())
    assert words(language)("method.title") in shown
    names = [person.name for person in await world.find(Person)]
    assert [name for name in names if name in shown] == []


async def test_it_says_the_settings_as_they_are(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        found = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(found, policy={**found.policy, "text_days": 17, "reviewers_per_case": 3}))
        await uow.commit()
    shown = (await sheet(world)).pages[0].extract_text()
    assert "17 days" in shown
    assert "3 reviewers" in shown


def test_every_setting_of_it_follows_the_policy() -> None:
    plain = method_rows(words("en"), Policy())
    changed = Policy().with_overrides(
        {
            "cadence_weeks": 4,
            "reviewers_per_case": 4,
            "comment_working_days": 9,
            "anonymity": "open",
            "second_look": "always",
            "target_any_icbt": 15,
            "text_days": 8,
            "risk_acknowledgement_minutes": 45,
        }
    )
    assert all(a[0] == b[0] and a[1] != b[1] for a, b in zip(plain, method_rows(words("en"), changed), strict=True))


@pytest.mark.parametrize("key", ["a", "s", "p"])
async def test_only_managers_fetch_it(world: World, key: str) -> None:
    assert isinstance(await world.player(key).press("report.method"), Refused)
