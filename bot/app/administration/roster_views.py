"""What an administrator sees of a chat's members: where to choose them from, and what would become of each."""

from __future__ import annotations

from collections.abc import Mapping

from bot.admin.accounts import LeftOut, Result
from bot.admin.roster import BACK, CHANGED, NEW, UNCHANGED
from bot.anonymise import Sensitive
from bot.app.administration.people_views import ALL, NAME, Places
from bot.app.context import Context
from bot.domain.person import Role
from bot.ports.records import UndoStep
from bot.ui import limits
from bot.ui.model import (
    Action,
    Card,
    ChoiceField,
    Field,
    Form,
    FormBlock,
    Items,
    Line,
    ManyField,
    Notice,
    Option,
    Text,
    TextField,
    Tone,
    line,
    strong,
)
from bot.ui.rosters import Sources

NEW_GROUP = "new"
SHOWN = 40
"""So many people are named in a preview."""
FIELDS = ("people", "channel", "listed", "clinic", "group", "new_group", "roles")


def choose_form(
    ctx: Context, sources: Sources, there: Places, given: Mapping[str, str], errors: Mapping[str, str]
) -> Form:
    """Whom to add, from where, and where they belong from now on."""
    w = ctx.words
    fields: list[Field] = []
    if sources.accounts:
        fields.append(TextField("people", w("roster.people"), w("roster.people.hint"), picks="accounts"))
    if sources.channels:
        fields.append(TextField("channel", w("roster.channel"), w("roster.channel.hint"), picks="channel"))
    if sources.lists:
        none = Option(ALL, w("roster.no_list"))
        lists = (none, *(Option(each.id, each.name) for each in sources.lists if len(each.id) <= limits.OPTION_VALUE))
        value = given.get("listed", ALL)
        fields.append(ChoiceField("listed", w("roster.list"), lists, value if value in _values(lists) else ALL))
    clinics = tuple(Option(id, name) for id, name in there.clinics.items())
    clinic = given.get("clinic", "")
    fields.append(ChoiceField("clinic", w("staff.clinic"), clinics, clinic if clinic in there.clinics else None))
    groups = (
        Option(ALL, w("staff.no_group")),
        Option(NEW_GROUP, w("roster.new_group.make")),
        *(Option(id, name) for id, name in there.groups.items()),
    )
    group = given.get("group", ALL)
    fields.append(ChoiceField("group", w("staff.group"), groups, group if group in _values(groups) else ALL))
    name = Sensitive(given.get("new_group", ""))
    fields.append(TextField("new_group", w("roster.new_group"), w("roster.new_group.hint"), name, max_length=NAME))
    roles = tuple(Option(role.value, w(f"staff.role.{role.value}")) for role in Role)
    held = tuple(given.get("roles", Role.THERAPIST.value).split())
    fields.append(ManyField("roles", w("staff.roles"), roles, held, w("roster.roles.hint")))
    notes = [Text(line(w("roster.closed")))] if sources.closed else []
    return Form(
        "roster.send",
        w("roster.title"),
        body=(Text(line(w("roster.intro"))), *notes),
        fields=tuple(fields),
        submit=w("roster.look"),
        errors=errors,
    )


def preview_form(ctx: Context, found: Result, state: Mapping[str, str]) -> Form:
    """What would be done with each account; nothing has been done yet."""
    w = ctx.words
    told = [_said(ctx, f"roster.{each.what}", each.name, each.email) for each in found.those(NEW, BACK, CHANGED)]
    told += [_out(ctx, each) for each in found.left_out]
    body: list[FormBlock] = [Notice(Tone.INFO, line(counted(ctx, found)))]
    body += [Text(line(w("roster.into", group=found.group.name)))] if found.group else []
    body += [Items(tuple(told[:SHOWN]))] if told else []
    body += [Text(line(w.count("staff.file.more", len(told) - SHOWN)))] if len(told) > SHOWN else []
    act = Action("roster.add", w("roster.add"), args=dict(state), look="primary")
    back = Action("roster.open", w("roster.other"), args=dict(state), opens=True)
    can = found.those(NEW, BACK, CHANGED)
    return Form("roster.preview", w("roster.title"), body=tuple(body), actions=(act, back) if can else (back,))


def counted(ctx: Context, found: Result) -> str:
    """ "new: 3 · already here: 9 · left out: 1"."""
    w = ctx.words
    parts = [(f"roster.{what}", len(found.those(what))) for what in (NEW, BACK, CHANGED, UNCHANGED)]
    parts.append(("roster.left_out", len(found.left_out)))
    return " · ".join(f"{w(key)}: {w.number(n)}" for key, n in parts if n) or w("staff.file.none")


def added_card(ctx: Context, found: Result, step: UndoStep) -> Card:
    """What was done, with the way back and the ways on."""
    w = ctx.words
    said = [Text(line(strong(counted(ctx, found))))]
    if found.group:
        said += [Text(line(w("roster.into", group=found.group.name))), Text(line(w("roster.met")))]
    actions = [Action("staff.undo", w("undo"), step.id)]
    if found.group:
        actions.append(Action("places.show", found.group.name, found.group.id, opens=True))
    return Card("roster.added", w("roster.title"), tuple(said), tuple(actions), summary=w("roster.title"))


def offer_card(ctx: Context, name: str, listed: str, counts: tuple[int, int, int]) -> Card:
    """A team that has the app could be a group: how many are in it, not known here, and cannot be added."""
    w = ctx.words
    members, unknown, outside = counts
    said = " · ".join(
        [
            w.count("roster.members", members),
            w.count("roster.unknown", unknown),
            *([w.count("roster.outside", outside)] if outside else []),
        ]
    )
    args = {"listed": listed, "group": NEW_GROUP, "new_group": name[:NAME]}
    go = Action("roster.open", w("roster.make_group"), args=args, look="primary", opens=True)
    body = (Text(line(w("roster.offer", team=name))), Text(line(said)))
    return Card("roster.offer", w("roster.title"), body, (go,), summary=w("roster.title"))


def find_form(ctx: Context, errors: Mapping[str, str]) -> Form:
    """Pick somebody, to see and change their roles, groups and details."""
    w = ctx.words
    field = TextField("person", w("staff.person"), picks="account", required=True)
    return Form("roster.find.send", w("staff.person"), fields=(field,), submit=w("staff.open"), errors=errors)


def _said(ctx: Context, what: str, name: str, email: str) -> Line:
    return line(strong(ctx.words(what)), " ", name, " · ", email)


def _out(ctx: Context, each: LeftOut) -> Line:
    w = ctx.words
    key = f"roster.out.{each.why}"
    return line(strong(w("roster.left_out")), " ", each.name, " · ", w(key) if w.has(key) else each.why)


def _values(options: tuple[Option, ...]) -> set[str]:
    return {option.value for option in options}
