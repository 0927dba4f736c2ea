"""Clinics and groups as administrators see them: who is on duty and reachable now, and the forms that change them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.anonymise import Sensitive
from bot.app.blocks.reachability import reach_words
from bot.app.context import Context
from bot.app.facts.duty import DutyGap, duty_gaps, gaps_of
from bot.app.facts.permissions import members
from bot.app.facts.reachability import reachability_of
from bot.domain.organisation import Clinic, Group, Membership
from bot.domain.person import Person, Role
from bot.ports.records import UndoStep
from bot.ports.unit_of_work import those
from bot.ui.model import (
    Action,
    ChoiceField,
    Confirm,
    Facts,
    Field,
    Form,
    FormBlock,
    Heading,
    Items,
    Line,
    Notice,
    Option,
    Row,
    Text,
    TextField,
    Tone,
    line,
    strong,
)

NAME, PHONE, COUNTRY, ZONE = 100, 40, 2, 60
NOBODY = "nobody"
LOOK, DO = "look", "do"
NAMED = 60
"""So many members of a group are named on its page; more are found in the list of people."""

Place = Clinic | Group


async def places_form(ctx: Context, step: UndoStep | None = None) -> Form:
    """Every clinic and group that is not closed, what is wrong with a clinic's duty, and the ways on and back."""
    w = ctx.words
    at = await ctx.uow.tally(Person, "clinic", removed_at=None)
    body: list[FormBlock] = [Heading(w("places.clinics"))]
    clinics = await ctx.uow.find(Clinic, closed_on=None, order=("name",))
    gaps = await gaps_of(ctx, clinics)
    for clinic in clinics:
        told = [w.count("staff.found", at.get(clinic.id, 0)), *_gap_words(ctx, gaps[clinic.id])]
        body.append(_row(ctx, clinic, " · ".join(told)))
    body.append(Heading(w("staff.groups")))
    there, leads = await _members_and_leads(ctx)
    for group in await ctx.uow.find(Group, closed_on=None, order=("name",)):
        named = w.listing(leads.get(group.id, [])) or w("places.no_supervisor")
        body.append(_row(ctx, group, f"{w.count('staff.found', there.get(group.id, 0))} · {named}"))
    actions = (
        *((Action("places.undo", w("undo"), step.id),) if step else ()),
        Action("places.add_clinic", w("places.add_clinic"), opens=True),
        Action("places.add_group", w("places.add_group"), opens=True),
    )
    return Form("places.list", w("places.title"), body=tuple(body), actions=actions)


def would_go(ctx: Context, noted: Mapping[str, Any], into: Place | None) -> list[FormBlock]:
    """What a merge would move, as counts; without another place what would end."""
    w = ctx.words
    # No cases: read twice, their number tells when one came in.
    names = (("people", "people"), ("members", "people"), ("rounds", "rounds"), ("series", "series"))
    counted = [w.count(f"places.count.{said}", len(noted[name])) for name, said in names if noted.get(name)]
    head = w("places.would", name=into.name) if into else w("places.would_end")
    return [Notice(Tone.INFO, line(head)), Items(tuple(line(each) for each in counted or [w("places.none")]))]


async def place_form(ctx: Context, place: Place, step: UndoStep | None = None, kept: str = "") -> Form:
    """One clinic or group; of a clinic whether its duty could be alerted at this moment.

    `kept` says what an undo could not put back.
    """
    w = ctx.words
    rows: list[tuple[str, Line]] = [(w("staff.zone"), line(place.timezone))]
    actions = [Action("places.rename", w("places.rename"), place.id, opens=True)]
    notices: list[FormBlock] = []
    if isinstance(place, Clinic):
        rows.append((w("places.country"), line(" ".join(filter(None, (place.country, place.region))))))
        for label, id in ((w("places.duty"), place.duty_supervisor), (w("places.deputy"), place.deputy_supervisor)):
            rows.append((label, line(await _named(ctx, id))))
        rows.append((w("places.duty_phone"), line(place.duty_phone or place.emergency_phone or w("places.no_number"))))
        notices = [Notice(Tone.WARN, line(told)) for told in await _duty_words(ctx, place)]
        actions.append(Action("places.duty", w("places.set_duty"), place.id, opens=True))
    else:
        many = (await _members_and_leads(ctx))[0].get(place.id, 0)
        few = [] if many > NAMED else await members(ctx, place)
        named = w.listing([p.name for p in few]) if few else w.count("staff.found", many) if many else ""
        rows.append((w("staff.title"), line(named or w("places.none"))))
    close = Confirm(w("places.close"), w("places.close.text"), w("places.close"), w("keep"))
    actions += [
        Action("policies.list", w("policies.title"), place.id, opens=True),
        Action("places.merge", w("places.merge"), place.id, opens=True),
        Action("places.close.look", w("places.close.look"), place.id),
        Action("places.close", w("places.close"), place.id, look="danger", confirm=close),
    ]
    actions += [Action("places.undo", w("undo"), step.id)] if step else []
    told = [Notice(Tone.WARN, line(kept))] if kept else []
    body = (*told, Text(line(strong(place.name))), Facts(tuple(rows)), *notices)
    return Form("places.place", w("places.title"), place.id, body=body, actions=tuple(actions))


def rename_form(ctx: Context, place: Place, errors: Mapping[str, str]) -> Form:
    """Another name."""
    w = ctx.words
    name = TextField("name", w("staff.name"), "", Sensitive(place.name), required=True, max_length=NAME)
    return Form(
        "places.rename.send", w("places.rename"), place.id, fields=(name,), submit=w("staff.save"), errors=errors
    )


def merge_form(
    ctx: Context,
    place: Place,
    others: Sequence[Place],
    errors: Mapping[str, str],
    into: Place | None = None,
    shown: Sequence[FormBlock] = (),
) -> Form:
    """Which other one this one becomes part of, and what was found to go there when it was looked at first."""
    w = ctx.words
    do = (Option(LOOK, w("places.look")), Option(DO, w("places.do")))
    options = tuple(Option(each.id, each.name) for each in others)
    text = w("places.merge.clinic") if isinstance(place, Clinic) else w("places.merge.group")
    return Form(
        "places.merge.send",
        w("places.merge"),
        place.id,
        body=(Text(line(strong(place.name))), Text(line(text)), *shown),
        fields=(
            ChoiceField("into", w("places.into"), options, into.id if into else options[0].value),
            ChoiceField("do", w("places.what"), do, DO if shown else LOOK),
        ),
        submit=w("places.merge"),
        errors=errors,
    )


def duty_form(ctx: Context, clinic: Clinic, supervisors: Sequence[Person], errors: Mapping[str, str]) -> Form:
    """Who takes risk alerts at a clinic, who comes next, and the number that reaches them."""
    w = ctx.words
    options = tuple(Option(p.id, p.name) for p in supervisors)
    known = {p.id for p in supervisors}
    first = clinic.duty_supervisor if clinic.duty_supervisor in known else None
    second = clinic.deputy_supervisor if clinic.deputy_supervisor in known else NOBODY
    return Form(
        "places.duty.send",
        w("places.set_duty"),
        clinic.id,
        body=(Text(line(strong(clinic.name))),),
        fields=(
            ChoiceField("duty", w("places.duty"), options, first),
            ChoiceField("deputy", w("places.deputy"), (Option(NOBODY, w("places.none")), *options), second),
            TextField(
                "phone",
                w("places.duty_phone"),
                w("places.duty_phone.hint"),
                Sensitive(clinic.duty_phone),
                max_length=PHONE,
            ),
        ),
        submit=w("staff.save"),
        errors=errors,
    )


def add_form(ctx: Context, given: Mapping[str, str], errors: Mapping[str, str], *, clinic: bool) -> Form:
    """A new clinic or group."""
    w = ctx.words
    zone = given.get("timezone") or ctx.me.timezone
    fields: list[Field] = [
        TextField("name", w("staff.name"), "", Sensitive(given.get("name", "")), required=True, max_length=NAME),
        TextField("timezone", w("staff.zone"), w("places.zone.hint"), Sensitive(zone), required=True, max_length=ZONE),
    ]
    if clinic:
        country, phone = Sensitive(given.get("country", "")), Sensitive(given.get("phone", ""))
        hint = w("places.country.hint")
        fields.insert(1, TextField("country", w("places.country"), hint, country, required=True, max_length=COUNTRY))
        fields.append(TextField("phone", w("places.phone"), w("places.phone.hint"), phone, max_length=PHONE))
    title = w("places.add_clinic") if clinic else w("places.add_group")
    key = "places.add_clinic.send" if clinic else "places.add_group.send"
    return Form(key, title, fields=tuple(fields), submit=w("staff.save"), errors=errors)


def _row(ctx: Context, place: Place, detail: str) -> Row:
    show = Action("places.show", ctx.words("staff.open"), place.id, opens=True)
    return Row(line(strong(place.name)), line(detail), (show,))


async def _members_and_leads(ctx: Context) -> tuple[Counter[str], dict[str, list[str]]]:
    """By group how many are in it today, and the names of its supervisors; counted by the store, not read."""
    today: dict[str, Any] = {"joined_on__le": ctx.my_today, "person__of": those(Person, removed_at=None)}
    supervise = those(Person, removed_at=None, roles__has=Role.SUPERVISOR.value)
    columns = ("id", "name")
    names = dict(await ctx.uow.columns(Person, columns, removed_at=None, roles__has=Role.SUPERVISOR.value))
    members: Counter[str] = Counter()
    leads: dict[str, list[str]] = {}
    for until in ({"left_on": None}, {"left_on__ge": ctx.my_today}):
        members.update(await ctx.uow.tally(Membership, "group", **today, **until))
        found = await ctx.uow.columns(Membership, ("group", "person"), **today | {"person__of": supervise}, **until)
        for group, person in found:
            leads.setdefault(group, []).append(names[person])
    return members, {group: sorted(several) for group, several in leads.items()}


async def _duty_words(ctx: Context, clinic: Clinic) -> list[str]:
    """What would go wrong if a concern were raised at this moment."""
    return _gap_words(ctx, await duty_gaps(ctx, clinic))


def _gap_words(ctx: Context, gaps: Sequence[DutyGap]) -> list[str]:
    w = ctx.words
    return [w(f"duty.gap.{gap.kind}", clinic=gap.clinic.name, name=gap.person) for gap in gaps]


async def _named(ctx: Context, id: str | None) -> str:
    """A person and whether messages reach them now."""
    if not id:
        return ctx.words("places.none")
    person = await ctx.uow.get(Person, id)
    return f"{person.name} · {reach_words(ctx, (await reachability_of(ctx, [person]))[person.id])}"
