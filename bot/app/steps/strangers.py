"""What somebody reads whom nobody has added: who runs this here and what to ask for, or how an installer goes on."""

from __future__ import annotations

from bot.app.dependencies import Tools
from bot.app.steps.account_linking import accepts
from bot.domain.organisation import Organisation, Workspace
from bot.domain.person import Contact, Person, Role
from bot.ports.unit_of_work import Store, UnitOfWork
from bot.ui.inbound import Actor, Refused
from bot.ui.strings import words

NOT_A_MEMBER = "not_a_member"
ADD = 'intervision admin add-person "NAME" E-MAIL --clinic "CLINIC" --roles admin'
MOST = 20
"""A service of more organisations names none: each would have to be asked for every stranger."""
NAMED = 3
"""So many administrators are named."""


async def stranger(store: Store, tools: Tools, actor: Actor, language: str) -> Refused:
    """The refusal of somebody unknown.

    An organisation and its administrators are named only where it is at home: in a workspace or tenant that it lists,
    or in which somebody of it is known. Elsewhere nothing is said of anybody; whoever installed the app there reads the
    steps that let people in.
    """
    w = words(language)
    chat = tools.interrupts(actor.platform) and not tools.own_pages(actor.platform)
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    if not chat or not actor.tenant or len(organisations) > MOST:
        return Refused(NOT_A_MEMBER, w("refusal.not_a_member"))
    accepted, home = False, []
    for organisation in organisations:
        async with store.begin(organisation, write=False) as uow:
            accepted = await accepts(uow, actor, tools) or accepted
            if await _at_home(uow, actor):
                admins = await uow.find(
                    Person, removed_at=None, roles__has=Role.ADMIN.value, order=("name",), limit=NAMED
                )
                names = [person.name for person in admins]
                home.append(((await uow.get(Organisation, organisation)).name, names))
    if len(home) == 1:
        name, named = home[0]
        asked = w.listing(named) if named else w("about.nobody")
        return Refused(NOT_A_MEMBER, w("stranger.ask", organisation=name, names=asked))
    if home:
        return Refused(NOT_A_MEMBER, w("refusal.not_a_member"))
    let_in = w("stranger.let_in", command=f"intervision admin add-workspace {actor.platform} {actor.tenant}")
    steps = (*(() if accepted else (let_in,)), w("stranger.add_yourself", command=ADD), w("stranger.then"))
    numbered = (f"{n}. {step}" for n, step in enumerate(steps, 1))
    return Refused(NOT_A_MEMBER, "\n".join((w("stranger.nobody_yet"), w("stranger.installed"), *numbered)))


async def _at_home(uow: UnitOfWork, actor: Actor) -> bool:
    where = {"platform": actor.platform, "tenant": actor.tenant}
    return bool(await uow.count(Workspace, **where) or await uow.count(Contact, **where, ended_at=None))
