"""What is not ready in an organisation: duty, second looks, officers, languages; found for the shell and the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.admin.context import duty_remedy
from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.facts.duty import DutyGap, gaps_of
from bot.app.facts.languages import language_gaps
from bot.app.facts.permissions import members_of
from bot.app.steps.second_look import short_of_lookers
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person, Role
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store
from bot.ui.platform import Problem
from bot.ui.strings import LANGUAGES, Words, untranslated, words

NOTHING = ("there is none yet, so nobody can sign in", 'run: intervision admin add-organisation "Our service"')
NOBODY = ("nobody is in it yet, so nobody can sign in", "run: intervision admin import FILE, or admin add-person")


@dataclass(frozen=True)
class Finding:
    """One thing that is not ready: where, what as a key of the catalogues, and the remedies of shell and page.

    `remedy` is the English sentence of the shell, `mend` the page's as a key; `about` is the id of the clinic, group or
    person that is opened to mend it.
    """

    where: str
    key: str
    remedy: str
    mend: str
    about: str
    values: Mapping[str, str] = field(default_factory=dict)
    fatal: bool = False

    def said(self, w: Words) -> str:
        """What is wrong, in a language."""
        return w(self.key, **self.values)


async def unready(store: Store, clock: Clock, tools: Tools) -> list[Problem]:
    """Everything, kind by kind, of every organisation, as the shell says it."""
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    problems: list[Problem] = []
    english = words("en")
    for organisation in organisations:
        async with store.begin(organisation, write=False) as uow:
            if not await uow.count(Person, removed_at=None):
                problems.append(Problem(organisation, *NOBODY, fatal=False))
            found = await findings(Work(uow, clock.now(), tools))
        problems += [Problem(each.where, each.said(english), each.remedy, each.fatal) for each in found]
    return problems or ([] if organisations else [Problem("organisation", *NOTHING, fatal=False)])


async def findings(work: Work) -> list[Finding]:
    """Everything that is not ready in one organisation, what is gravest first."""
    return [
        *await _risk_contacts(work),
        *await _second_looks(work),
        *await _officers(work),
        *await _languages(work),
    ]


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


async def _risk_contacts(work: Work) -> list[Finding]:
    """Clinics in which a risk concern would find nobody on duty, or show no telephone number."""
    clinics = await work.uow.find(Clinic, closed_on=None, order=("name",))
    gaps = await gaps_of(work, clinics)
    return [_of_duty(gap) for clinic in clinics for gap in gaps[clinic.id]]


def _of_duty(gap: DutyGap) -> Finding:
    mend = "check.phone.mend" if gap.kind == "no_phone" else "check.duty.mend"
    values = {"name": gap.person} if gap.person else {}
    fatal = gap.kind in {"nobody", "no_phone"}
    key = f"check.duty.{gap.kind}"
    return Finding(gap.clinic.name, key, duty_remedy(gap), mend, gap.clinic.id, values, fatal)


async def _officers(work: Work) -> list[Finding]:
    """Data-protection officers who present and review, too: they read the trail of their colleagues."""
    officers = await work.uow.find(Person, removed_at=None, roles__has=Role.DPO.value, order=("name",))
    both = [p for p in officers if p.has(Role.THERAPIST, Role.SUPERVISOR)]
    remedy = "give one of the roles to somebody else: intervision admin set-roles {}"
    return [Finding(p.name, "check.officer", remedy.format(p.email), "check.officer.mend", p.id) for p in both]


async def _second_looks(work: Work) -> list[Finding]:
    """Groups whose rules ask for second looks that a supervisor's own case would not find."""
    remedy = "name another supervisor for the group"
    short = await short_of_lookers(work)
    return [Finding(group.name, "check.second_look", remedy, "check.second_look.mend", group.id) for group in short]


async def _languages(work: Work) -> list[Finding]:
    """Groups that fall apart by language: a round of two clinics would be two rounds."""
    remedy = "let members name the languages they read in *Settings*, or run: intervision admin change-person ADDRESS"
    remedy += ' --languages "da nb sv"'
    mend = "check.languages.mend"
    found: list[Finding] = []
    groups = await work.uow.find(Group, closed_on=None, order=("name",))
    people = await members_of(work, groups)
    clinics = {clinic.id: clinic for clinic in await work.uow.find(Clinic)}
    for group in groups:
        gaps, parts = await language_gaps(work, group, people[group.id], clinics)
        for gap in gaps:
            values = {"readers": str(gap.readers), "of": str(gap.of), "language": gap.language}
            found.append(Finding(group.name, "check.readers", remedy, mend, group.id, values))
        if parts:
            names = "; ".join(", ".join(names) for names in parts.parts)
            found.append(Finding(group.name, "check.apart", remedy, mend, group.id, {"names": names}))
    return found
