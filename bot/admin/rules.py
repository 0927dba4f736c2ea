"""Rules, roles and duty as `intervision admin` changes them: every change is a line of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from bot.admin.context import AdminContext, named, not_the_last_admin, person_named, step
from bot.admin.second_person import agreed
from bot.app.context import Work
from bot.app.facts.policy_budget import narrowed_by
from bot.app.steps.departure import settle_left
from bot.app.steps.second_person import Weighty, changes_of_office
from bot.domain.data_request import DataAct
from bot.domain.organisation import Clinic, Group, Organisation
from bot.domain.person import Person, Role
from bot.domain.policy import InvalidPolicy, resolve
from bot.errors import SetupError
from bot.ports.records import Audited
from bot.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class PolicyLine:
    """A number that holds, and the level that says so: default, organisation, clinic or group."""

    name: str
    value: object
    source: str

    def __str__(self) -> str:
        return f"{self.name} = {self.value}  ({self.source})"


async def set_policy(
    admin: AdminContext, org: str, place: str, of_group: str, given: Mapping[str, object]
) -> list[PolicyLine]:
    """Numbers of the organisation, of one clinic or of one group; None: what the level above says. Audited."""
    async with admin.begin(org) as uow:
        whose: Organisation | Clinic | Group = await uow.get(Organisation, uow.organisation)
        if place:
            whose = await named(uow, Clinic, place)
        elif of_group:
            whose = await named(uow, Group, of_group)
        await agreed(admin, uow, ends_rule(whose, given))
        own = {**whose.policy, **given}
        changed = await uow.save(replace(whose, policy={key: value for key, value in own.items() if value is not None}))
        lines = await _policy_lines(uow, place, of_group)
        if misfit := await policy_misfit(uow, changed):
            raise SetupError(f"Nothing was changed: {misfit} has numbers of its own that do not fit these.")
        if few := await narrowed_by(Work(uow, admin.clock.now(), admin.tools), whose, changed):
            raise SetupError(
                f"Nothing was changed: in {few.group}, reviewers and a supervisor could narrow down who presents to "
                f"{few.left}, fewer than small_group ({few.least})."
            )
        differences = {name: step(whose.policy.get(name), value) for name, value in given.items()}
        await admin.audit(uow, Audited.POLICY_CHANGED, changed.id, **differences)
        await uow.commit()
    return [line for line in lines if line.name in given]


def ends_rule(whose: Organisation | Clinic | Group, given: Mapping[str, object]) -> list[Weighty]:
    """The rule of two pairs of eyes is the organisation's; who ends it alone could do everything alone."""
    ends = isinstance(whose, Organisation) and "second_person" in given and not given["second_person"]
    return [Weighty(DataAct.RULE_OFF, whose.id)] if ends else []


async def policy_misfit(uow: UnitOfWork, whose: Organisation | Clinic | Group) -> str:
    """The clinic or group whose own numbers cannot stand beside those of `whose`, by its name; empty for none.

    A policy is resolved by whoever needs it, so numbers that contradict each other would stop rounds and reminders.
    """
    above = whose if isinstance(whose, Organisation) else await uow.get(Organisation, uow.organisation)
    clinics = [each for each in await uow.find(Clinic, closed_on=None) if each.policy]
    groups = [each for each in await uow.find(Group, closed_on=None) if each.policy]
    ofs: list[Clinic | None] = [whose] if isinstance(whose, Clinic) else [None, *clinics]
    ins: list[Group | None] = [whose] if isinstance(whose, Group) else [None, *groups]
    for clinic in ofs:
        for group in ins:
            try:
                resolve(above.policy, clinic.policy if clinic else None, group.policy if group else None)
            except InvalidPolicy:
                others = [each.name for each in (group, clinic) if each and each.id != whose.id]
                return others[0] if others else whose.name
    return ""


async def policy(admin: AdminContext, org: str, place: str, of_group: str) -> list[PolicyLine]:
    """Every number that holds for the organisation, a clinic or a group."""
    async with admin.begin(org, write=False) as uow:
        return await _policy_lines(uow, place, of_group)


async def set_roles(admin: AdminContext, org: str, email: str, roles: list[str]) -> list[Person]:
    """Replace a person's roles; audited."""
    unknown = [word for word in roles if word not in set(Role)]
    if unknown:
        raise SetupError(f"There is no role {', '.join(unknown)}; there are {', '.join(Role)}.")
    async with admin.begin(org) as uow:
        person = await person_named(uow, email)
        if Role.ADMIN.value not in roles:
            await not_the_last_admin(uow, person)
        changed = replace(person, roles=frozenset(Role(word) for word in roles))
        await agreed(admin, uow, changes_of_office(person, changed))
        changed = await uow.save(changed)
        roles_before_after = step(" ".join(sorted(person.roles)), " ".join(sorted(changed.roles)))
        await admin.audit(uow, Audited.ROLE_CHANGED, person.id, roles=roles_before_after)
        if person.has(Role.THERAPIST) and not changed.has(Role.THERAPIST):
            left = await settle_left(Work(uow, admin.clock.now(), admin.tools), changed, by="admin")
            admin.notes.append(f"{email} is no therapist any more: {left}.")
        await admin.note_duty(uow, changed)
        await uow.commit()
    return [changed]


async def set_themes(admin: AdminContext, org: str, themes: list[str]) -> list[Organisation]:
    """The themes offered on cases and log entries; none: the product's own list."""
    from bot.app.facts.themes import THEMES

    if any(not theme.strip() or "\n" in theme or len(theme) > 40 for theme in themes):
        raise SetupError("A theme has 1 to 40 characters, on one line.")
    async with admin.begin(org) as uow:
        found = await uow.get(Organisation, uow.organisation)
        changed = await uow.save(replace(found, themes=tuple(dict.fromkeys(t.strip() for t in themes))))
        # How many, not which: a theme is free text.
        counts = step(len(found.themes or THEMES), len(changed.themes or THEMES))
        await admin.audit(uow, Audited.POLICY_CHANGED, found.id, themes=counts)
        await uow.commit()
    return [changed]


async def set_duty(admin: AdminContext, org: str, name: str, duty: str, deputy: str, phone: str = "") -> list[Clinic]:
    """Name the duty supervisor and the deputy of a clinic, and the number that reaches whoever is on duty."""
    async with admin.begin(org) as uow:
        found = await named(uow, Clinic, name)
        first = await person_named(uow, duty)
        second = await person_named(uow, deputy) if deputy else None
        for person in filter(None, (first, second)):
            if not person.has(Role.SUPERVISOR):
                raise SetupError(f"{person.email} cannot take a risk alert on: give them the role supervisor first.")
        changed = replace(
            found,
            duty_supervisor=first.id,
            deputy_supervisor=second.id if second else None,
            duty_phone=phone or found.duty_phone,
        )
        await uow.save(changed)
        for person in filter(None, (first, second)):
            await admin.note_duty(uow, person)
        await admin.audit(
            uow,
            Audited.ROLE_CHANGED,
            found.id,
            duty=step(found.duty_supervisor, changed.duty_supervisor),
            deputy=step(found.deputy_supervisor, changed.deputy_supervisor),
        )
        await uow.commit()
    return [changed]


async def _policy_lines(uow: UnitOfWork, place: str, of_group: str) -> list[PolicyLine]:
    levels = {"organisation": (await uow.get(Organisation, uow.organisation)).policy}
    if place:
        levels["clinic"] = (await named(uow, Clinic, place)).policy
    if of_group:
        levels["group"] = (await named(uow, Group, of_group)).policy
    try:
        holds = resolve(**levels)
    except InvalidPolicy as refused:
        raise SetupError("\n  ".join(["Nothing was changed.", *map(str, refused.mistakes)])) from None
    return [PolicyLine(name, value, _source(name, levels)) for name, value in asdict(holds).items()]


def _source(name: str, levels: Mapping[str, Mapping[str, object]]) -> str:
    return next((level for level in reversed(tuple(levels)) if name in levels[level]), "default")
