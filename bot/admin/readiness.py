"""What is not ready in the organisations of a database: duty, second looks, officers, languages."""

from __future__ import annotations

from bot.admin.context import duty_remedy, duty_trouble
from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.facts.duty import duty_gaps
from bot.app.facts.languages import language_gaps
from bot.app.steps.second_look import short_of_lookers
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person, Role
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store
from bot.ui.platform import Problem
from bot.ui.strings import LANGUAGES, untranslated


async def unready(store: Store, clock: Clock, tools: Tools) -> list[Problem]:
    """Everything, kind by kind, of every organisation."""
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    problems: list[Problem] = []
    for check in (_risk_contacts, _second_looks, _officers, _languages):
        for organisation in organisations:
            async with store.begin(organisation, write=False) as uow:
                problems += await check(Work(uow, clock.now(), tools))
    return problems


def untranslated_sentences() -> list[Problem]:
    """Languages in which some sentences are shown in English."""
    told = [(language, untranslated(language)) for language in LANGUAGES]
    what = "{n} sentences are shown in English, the first: {first}"
    remedy = "translate them in bot/ui/strings/{language}, as docs/translating.md says"
    return [
        Problem(
            f"language {language}", what.format(n=len(ids), first=ids[0]), remedy.format(language=language), fatal=False
        )
        for language, ids in told
        if ids
    ]


async def _risk_contacts(work: Work) -> list[Problem]:
    """Clinics in which a risk concern would find nobody on duty, or show no telephone number."""
    gaps = [
        gap
        for clinic in await work.uow.find(Clinic, closed_on=None, order=("name",))
        for gap in await duty_gaps(work, clinic)
    ]
    return [
        Problem(gap.clinic.name, duty_trouble(gap), duty_remedy(gap), fatal=gap.kind in {"nobody", "no_phone"})
        for gap in gaps
    ]


async def _officers(work: Work) -> list[Problem]:
    """Data-protection officers who present and review, too: they read the trail of their colleagues."""
    people = await work.uow.find(Person, removed_at=None, order=("name",))
    both = [p for p in people if p.has(Role.DPO) and p.has(Role.THERAPIST, Role.SUPERVISOR)]
    what = "is data-protection officer and takes part: the audit trail of colleagues is theirs to read"
    remedy = "give one of the roles to somebody else: intervision admin set-roles {}"
    return [Problem(person.name, what, remedy.format(person.email), fatal=False) for person in both]


async def _second_looks(work: Work) -> list[Problem]:
    """Groups whose rules ask for second looks that a supervisor's own case would not find."""
    what = "second looks are asked for, and fewer than two supervisors can take them (nobody takes their own)"
    remedy = "name another supervisor for the group"
    return [Problem(group, what, remedy, fatal=False) for group in await short_of_lookers(work)]


async def _languages(work: Work) -> list[Problem]:
    """Groups that fall apart by language: a round of two clinics would be two rounds."""
    remedy = "let members name the languages they read in *Settings*, or run: intervision admin change-person ADDRESS"
    remedy += ' --languages "da nb sv"'
    problems: list[Problem] = []
    for group in await work.uow.find(Group, closed_on=None, order=("name",)):
        gaps, parts = await language_gaps(work, group)
        told = [f"only {gap.readers} of {gap.of} read cases in {gap.language}" for gap in gaps]
        if parts:
            apart = "; ".join(", ".join(names) for names in parts.parts)
            told.append(f"it falls apart by language, nobody reads across: {apart}")
        problems += [Problem(group.name, each, remedy, fatal=False) for each in told]
    return problems
