"""People as administrators see them: a list with search and filters, one person, and the forms that change them.

Nothing of a case is shown, nor how many somebody presents or reviews.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.admin.adding_undo import TakenBack
from bot.anonymise import Sensitive
from bot.app.blocks.reachability import reach_words
from bot.app.context import Context
from bot.app.facts.reachability import Reachability, reachability_of, surely_reached
from bot.domain.organisation import Clinic, Group, Membership
from bot.domain.person import Person, Role
from bot.ports.records import UndoStep
from bot.ui.model import (
    Action,
    Card,
    ChoiceField,
    DateField,
    Facts,
    Field,
    Form,
    FormBlock,
    Line,
    ManyField,
    Option,
    Row,
    Text,
    TextField,
    line,
    strong,
)
from bot.ui.strings import LANGUAGES, own_name

SHOWN = 25
"""People on one page."""
ALL = "all"
SORTS = ("name", "clinic", "email")
GONE, LOST = "left", "unreached"
"""Filters beside the roles: who left, and whom no message reaches."""
NAME, EMAIL = 100, 254


@dataclass(frozen=True)
class Search:
    """What of the list is wanted."""

    text: str = ""
    clinic: str = ALL
    group: str = ALL
    who: str = ALL
    sort: str = SORTS[0]
    page: int = 0


@dataclass
class Places:
    """Clinics and groups that are not closed, and who is in which group today."""

    clinics: Mapping[str, str]
    groups: Mapping[str, str]
    member_of: dict[str, list[str]] = field(default_factory=dict)

    def groups_of(self, person: Person) -> str:
        """Their names, in order."""
        return ", ".join(sorted(self.groups[id] for id in self.member_of.get(person.id, ()) if id in self.groups))


async def places(ctx: Context, *people: Person) -> Places:
    """Everything a list names these people by; the groups of others are not looked up."""
    clinics = {c.id: c.name for c in await ctx.uow.find(Clinic, order=("name",))}
    groups = {g.id: g.name for g in await ctx.uow.find(Group, closed_on=None, order=("name",))}
    found = Places(clinics, groups)
    ids = [person.id for person in people]
    for member in await ctx.uow.find(Membership, person__in=ids) if ids else ():
        if member.holds_on(ctx.my_today):
            found.member_of.setdefault(member.person, []).append(member.group)
    return found


async def list_form(ctx: Context, search: Search) -> Form:
    """Everybody who meets the search, a page at a time, each with the button that opens them."""
    w, found = ctx.words, await _found(ctx, search)
    begin = search.page * SHOWN
    ids = found[begin : begin + SHOWN]
    people = {p.id: p for p in await ctx.uow.find(Person, id__in=ids)} if ids else {}
    shown = [people[id] for id in ids]
    there = await places(ctx, *shown)
    states = await reachability_of(ctx, shown)
    body: list[FormBlock] = [Text(line(w.count("staff.found", len(found))))]
    body += [_row(ctx, each, states[each.id], there) for each in shown]
    actions = [
        Action("staff.add", w("staff.add"), look="primary", opens=True),
        Action("staff.file", w("staff.file"), opens=True),
    ]
    actions += [_page(ctx, search, search.page - 1, w("staff.before"))] if search.page else []
    actions += [_page(ctx, search, search.page + 1, w("staff.after"))] if begin + SHOWN < len(found) else []
    return Form(
        "staff.find",
        w("staff.title"),
        body=tuple(body),
        fields=tuple(_filters(ctx, search, there)),
        submit=w("staff.search"),
        actions=tuple(actions),
    )


async def person_form(ctx: Context, person: Person, step: UndoStep | None = None) -> Form:
    """One person with everything an administrator may know, and the ways to change it."""
    w, there = ctx.words, await places(ctx, person)
    reached = (await reachability_of(ctx, [person]))[person.id]
    rows: list[tuple[str, Line]] = [
        (w("staff.email"), line(person.email)),
        (w("staff.clinic"), line(there.clinics.get(person.clinic, ""))),
        (w("staff.groups"), line(there.groups_of(person) or w("staff.no_group"))),
        (w("staff.roles"), line(_roles(ctx, person))),
        (w("staff.zone"), line(person.timezone)),
        (w("staff.language"), line(own_name(person.language))),
        (w("staff.reached"), line(reach_words(ctx, reached))),
    ]
    rows += [(w("staff.personnel_id"), line(person.personnel_id))] if person.personnel_id else []
    rows += [(w("staff.leaves"), line(w.day(person.leaves_on, year=True)))] if person.leaves_on else []
    if person.removed_at:
        rows.append((w("staff.gone"), line(w.day(person.removed_at.astimezone(ctx.zone).date(), year=True))))
    undo = (Action("staff.undo", w("undo"), step.id),) if step else ()
    return Form(
        "staff.person",
        w("staff.person"),
        person.id,
        body=(Text(line(strong(person.name))), Facts(tuple(rows))),
        actions=(*undo, *_ways(ctx, person, there)),
    )


def undone_card(ctx: Context, person: Person) -> Card:
    """That a change was taken back."""
    w = ctx.words
    show = Action("staff.show", w("staff.open"), person.id, opens=True)
    return Card("staff.undone", w("undo.done"), (Row(line(strong(person.name)), (), (show,)),), summary=w("undo.done"))


def not_added_card(ctx: Context, back: TakenBack) -> Card:
    """That people are not added after all, and of how many that could not be put back whole."""
    w = ctx.words
    body = [Text(line(w.count("staff.added.removed", len(back.removed))))] if back.removed else []
    body += [Text(line(w.count("staff.added.ended", len(back.ended))))] if back.ended else []
    return Card("staff.not_added", w("undo.done"), tuple(body), summary=w("undo.done"))


async def change_form(ctx: Context, person: Person | None, given: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """Name, e-mail, clinic, zone and language of somebody, or of a new person with their first group and roles."""
    w, there = ctx.words, await places(ctx)
    open_clinics = {c.id for c in await ctx.uow.find(Clinic, closed_on=None)}
    now = _values(person) | dict(given)
    clinics = tuple(Option(id, name) for id, name in there.clinics.items() if id in open_clinics)
    fields: list[Field] = [
        TextField("name", w("staff.name"), "", Sensitive(now.get("name", "")), required=True, max_length=NAME),
        TextField("email", w("staff.email"), "", Sensitive(now.get("email", "")), required=True, max_length=EMAIL),
    ]
    if clinics:
        fields.append(ChoiceField("clinic", w("staff.clinic"), clinics, now.get("clinic") or clinics[0].value))
    if person:
        fields.append(TextField("timezone", w("staff.zone"), w("staff.zone.hint"), Sensitive(now["timezone"])))
    spoken = tuple(Option(each, own_name(each)) for each in LANGUAGES)
    fields.append(ChoiceField("language", w("staff.language"), spoken, now.get("language") or ctx.me.language))
    if person is None:
        none = Option(ALL, w("staff.no_group"))
        groups = (none, *(Option(id, name) for id, name in there.groups.items()))
        fields.append(ChoiceField("group", w("staff.group"), groups, now.get("group") or ALL))
        fields.append(_roles_field(ctx, frozenset({Role.THERAPIST})))
    fields.append(
        TextField(
            "personnel_id",
            w("staff.personnel_id"),
            w("staff.personnel_id.hint"),
            Sensitive(now.get("personnel_id", "")),
            max_length=NAME,
        )
    )
    return Form(
        "staff.change.send" if person else "staff.add.send",
        w("staff.change") if person else w("staff.add"),
        person.id if person else "",
        fields=tuple(fields),
        submit=w("staff.save"),
        errors=errors,
    )


def roles_form(ctx: Context, person: Person, errors: Mapping[str, str]) -> Form:
    """Which roles somebody holds."""
    w = ctx.words
    return Form(
        "staff.roles.send",
        w("staff.roles"),
        person.id,
        body=(Text(line(strong(person.name))), Text(line(w("staff.roles.intro")))),
        fields=(_roles_field(ctx, person.roles),),
        submit=w("staff.save"),
        errors=errors,
    )


def group_form(
    ctx: Context, person: Person, groups: Mapping[str, str], *, joins: bool, errors: Mapping[str, str]
) -> Form:
    """A group to join or leave, and from or until which day."""
    w = ctx.words
    options = tuple(Option(id, name) for id, name in groups.items())
    hint = w("staff.join.day") if joins else w("staff.leave.day")
    return Form(
        "staff.join.send" if joins else "staff.leave.send",
        w("staff.join") if joins else w("staff.leave"),
        person.id,
        body=(Text(line(strong(person.name))),),
        fields=(
            ChoiceField("group", w("staff.group"), options, options[0].value),
            DateField("day", w("staff.day"), None, hint),
        ),
        submit=w("staff.join") if joins else w("staff.leave"),
        errors=errors,
    )


def remove_form(ctx: Context, person: Person, covers: Sequence[Person], errors: Mapping[str, str]) -> Form:
    """Somebody's last day in the service, and who presents their open cases from then on."""
    w = ctx.words
    fields: list[Field] = [DateField("day", w("staff.day"), None, w("staff.remove.day"))]
    if person.has(Role.THERAPIST) and covers:
        options = (Option(ALL, w("staff.no_cover")), *(Option(p.id, p.name) for p in covers))
        fields.append(ChoiceField("cover", w("staff.cover"), options, ALL))
    return Form(
        "staff.remove.send",
        w("staff.remove"),
        person.id,
        body=(Text(line(strong(person.name))), Text(line(w("staff.remove.intro")))),
        fields=tuple(fields),
        submit=w("staff.remove"),
        errors=errors,
    )


async def _found(ctx: Context, search: Search) -> list[str]:
    """The ids of everybody who meets the search, in its order.

    Only the columns that the search is about are read: of ten thousand people a page shows a few.
    """
    by_role = search.who in set(Role)
    wanted = ["id", "name"]
    wanted += ["email"] if search.text or search.sort == "email" else []
    wanted += ["personnel_id"] if search.text else []
    wanted += ["clinic"] if search.sort == "clinic" else []
    wanted += ["roles"] if by_role else []
    conditions: dict[str, Any] = {"removed_at__not" if search.who == GONE else "removed_at": None}
    conditions |= {} if search.clinic == ALL else {"clinic": search.clinic}
    rows = [dict(zip(wanted, row, strict=True)) for row in await ctx.uow.columns(Person, wanted, **conditions)]
    if search.text:
        words = search.text.casefold().split()
        rows = [row for row in rows if _says(row, words)]
    if by_role:
        rows = [row for row in rows if search.who in row["roles"]]
    if search.group != ALL:
        members = await members_today(ctx, search.group)
        rows = [row for row in rows if row["id"] in members]
    if search.who == LOST:
        lost = await _lost(ctx, [row["id"] for row in rows])
        rows = [row for row in rows if row["id"] in lost]
    return [row["id"] for row in sorted(rows, key=await _order(ctx, search.sort))]


async def _order(ctx: Context, sort: str) -> Callable[[Mapping[str, Any]], tuple[str, str, str]]:
    clinics = {c.id: c.name.casefold() for c in await ctx.uow.find(Clinic)} if sort == "clinic" else {}

    def place(row: Mapping[str, Any]) -> tuple[str, str, str]:
        first = row["email"].casefold() if sort == "email" else clinics[row["clinic"]] if sort == "clinic" else ""
        return first, row["name"].casefold(), row["id"]

    return place


def _says(row: Mapping[str, Any], words: Sequence[str]) -> bool:
    text = f"{row['name']} {row['email']} {row['personnel_id']}".casefold()
    return all(word in text for word in words)


async def members_today(ctx: Context, group: str) -> set[str]:
    """The ids of a group's members, also of those without access; the last day counts."""
    conditions: dict[str, Any] = {"group": group, "joined_on__le": ctx.my_today}
    stays = await ctx.uow.columns(Membership, ("person",), **conditions, left_on=None)
    leaves = await ctx.uow.columns(Membership, ("person",), **conditions, left_on__ge=ctx.my_today)
    return {person for (person,) in (*stays, *leaves)}


async def _lost(ctx: Context, ids: Sequence[str]) -> set[str]:
    """Whom no message reaches; looked at closely are only those who have no address that surely counts."""
    sure = await surely_reached(ctx)
    doubtful = [id for id in ids if id not in sure]
    people = await ctx.uow.find(Person, id__in=doubtful) if doubtful else []
    return {id for id, state in (await reachability_of(ctx, people)).items() if not state.reached}


def _row(ctx: Context, person: Person, reached: Reachability, there: Places) -> Row:
    w = ctx.words
    parts = [there.clinics.get(person.clinic, ""), there.groups_of(person), _roles(ctx, person)]
    parts += [] if person.removed_at else [reach_words(ctx, reached)]
    detail = " · ".join(part for part in parts if part)
    show = Action("staff.show", w("staff.open"), person.id, opens=True)
    return Row(line(strong(person.name), " · ", person.email), line(detail), (show,))


def _filters(ctx: Context, search: Search, there: Places) -> list[Field]:
    w = ctx.words
    everybody = Option(ALL, w("staff.all"))
    clinics = (everybody, *(Option(id, name) for id, name in there.clinics.items()))
    groups = (everybody, *(Option(id, name) for id, name in there.groups.items()))
    who = (
        everybody,
        *(Option(role.value, w(f"staff.role.{role.value}")) for role in Role),
        Option(LOST, w("staff.unreached")),
        Option(GONE, w("staff.left")),
    )
    sorts = (
        Option("name", w("staff.name")),
        Option("clinic", w("staff.clinic")),
        Option("email", w("staff.email")),
    )
    return [
        TextField("text", w("staff.text"), w("staff.text.hint"), Sensitive(search.text), max_length=NAME),
        ChoiceField("clinic", w("staff.clinic"), clinics, search.clinic),
        ChoiceField("group", w("staff.group"), groups, search.group),
        ChoiceField("who", w("staff.who"), who, search.who),
        ChoiceField("sort", w("staff.sort"), sorts, search.sort),
    ]


def _page(ctx: Context, search: Search, page: int, label: str) -> Action:
    wanted = {"text": search.text, "clinic": search.clinic, "group": search.group, "who": search.who}
    return Action("staff.list", label, args={**wanted, "sort": search.sort, "page": str(page)}, opens=True)


def _ways(ctx: Context, person: Person, there: Places) -> list[Action]:
    w = ctx.words
    if person.removed_at:
        return [Action("staff.return", w("staff.return"), person.id)]
    ways = [
        Action("staff.change", w("staff.change"), person.id, opens=True),
        Action("staff.roles", w("staff.roles"), person.id, opens=True),
        Action("staff.join", w("staff.join"), person.id, opens=True),
    ]
    if there.groups_of(person):
        ways.append(Action("staff.leave", w("staff.leave"), person.id, opens=True))
    if person.leaves_on:
        ways.append(Action("staff.stay", w("staff.stay"), person.id))
    return [*ways, Action("staff.remove", w("staff.remove"), person.id, look="danger", opens=True)]


def _roles_field(ctx: Context, roles: frozenset[Role]) -> ManyField:
    w = ctx.words
    options = tuple(
        Option(role.value, w(f"staff.role.{role.value}"), w(f"staff.role.{role.value}.about")) for role in Role
    )
    return ManyField("roles", w("staff.roles"), options, tuple(sorted(roles)), required=True)


def _roles(ctx: Context, person: Person) -> str:
    return ", ".join(ctx.words(f"staff.role.{role.value}") for role in Role if role in person.roles)


def _values(person: Person | None) -> dict[str, str]:
    if person is None:
        return {}
    return {
        "name": person.name,
        "email": person.email,
        "clinic": person.clinic,
        "timezone": person.timezone,
        "language": person.language,
        "personnel_id": person.personnel_id,
    }
