"""A staff file on the page: chosen or pasted as it is, looked at first, then taken over, by the steps of the shell.

Nothing of the file is kept. A file with a wrong row changes nothing unless such rows are to be left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.admin.roster import FAULT, UNCHANGED, Line, Wanted, apply_content
from bot.admin.second_person import StepWaits
from bot.anonymise import Sensitive
from bot.app.administration.event_admin import EventAdmin, waits
from bot.app.administration.people_views import ALL, places
from bot.app.context import Context
from bot.domain.person import Role
from bot.errors import SetupError
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text
from bot.ui.model import (
    ChoiceField,
    Field,
    Form,
    FormBlock,
    Items,
    ManyField,
    Notice,
    Option,
    Text,
    TextField,
    Tone,
    code,
    line,
    strong,
)
from bot.ui.model import Line as Spans

LONGEST = 200_000
"""Characters of a file on the page; a larger one is a matter for the shell."""
SHOWN = 40
LOOK, DO = "look", "do"
SKIP, REMOVE = "skip", "remove"


async def open_file(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a staff file; a chat has no way to read one and says where there is."""
    return Show(await _form(ctx, event.actor.platform, Wanted()))


async def send_file(ctx: Context, event: FormSubmitted) -> Outcome:
    """What the file would do, or do it."""
    text = typed_text(event, "file").reveal()
    picked = {name: (chosen(event, name) or (ALL,))[0] for name in ("clinic", "group")}
    there, how = await places(ctx), chosen(event, "how")
    roles = frozenset(Role(each) for each in chosen(event, "roles") if each in set(Role))
    looking = DO not in chosen(event, "do")
    wanted = Wanted(
        there.clinics.get(picked["clinic"], ""),
        there.groups.get(picked["group"], ""),
        roles,
        dry_run=looking,
        skip_bad=SKIP in how,
        remove_missing=REMOVE in how,
    )
    if not text:
        form = await _form(ctx, event.actor.platform, wanted, errors={"file": ctx.words("field.needed")})
        return Invalid(form)
    admin = EventAdmin(ctx)
    try:
        lines = await apply_content(admin, "", text.encode(), ctx.words("staff.file"), wanted)
    except StepWaits as waiting:
        return waits(ctx, waiting.waits)
    except SetupError as error:
        return Invalid(await _form(ctx, event.actor.platform, wanted, text, errors={"file": str(error)}))
    if looking:
        return Show(await _form(ctx, event.actor.platform, wanted, text, lines, admin.notes))
    return Done(_counted(ctx, lines))


async def _form(
    ctx: Context,
    platform: str,
    wanted: Wanted,
    text: str = "",
    lines: Sequence[Line] = (),
    notes: Sequence[str] = (),
    errors: dict[str, str] | None = None,
) -> Form:
    w, there = ctx.words, await places(ctx)
    intro = Text(line(w("staff.file.intro")))
    if not ctx.tools.own_pages(platform):
        where = Text(line(w("staff.file.on_the_web"), " ", code(ctx.tools.public_url)))
        return Form("staff.file.elsewhere", w("staff.file"), body=(intro, where))
    no_clinic, no_group = Option(ALL, w("staff.file.as_named")), Option(ALL, w("staff.file.as_named"))
    clinics = (no_clinic, *(Option(id, name) for id, name in there.clinics.items()))
    groups = (no_group, *(Option(id, name) for id, name in there.groups.items()))
    now = {name: id for id, name in {**there.clinics, **there.groups}.items()}
    roles = tuple(Option(role.value, w(f"staff.role.{role.value}")) for role in Role)
    how = (Option(SKIP, w("staff.file.skip")), Option(REMOVE, w("staff.file.remove")))
    held = tuple(each for each, holds in ((SKIP, wanted.skip_bad), (REMOVE, wanted.remove_missing)) if holds)
    do = (Option(LOOK, w("staff.file.look")), Option(DO, w("staff.file.do")))
    fields: tuple[Field, ...] = (
        TextField(
            "file",
            w("staff.file"),
            w("staff.file.hint"),
            Sensitive(text),
            required=True,
            multiline=True,
            max_length=LONGEST,
            accept=".csv",
        ),
        ChoiceField("clinic", w("staff.clinic"), clinics, now.get(wanted.given_clinic, ALL)),
        ChoiceField("group", w("staff.group"), groups, now.get(wanted.given_group, ALL)),
        ManyField("roles", w("staff.roles"), roles, tuple(sorted(wanted.given_roles)), w("staff.file.roles")),
        ManyField("how", w("staff.file.how"), how, held),
        ChoiceField("do", w("staff.file.what"), do, LOOK),
    )
    return Form(
        "staff.file.send",
        w("staff.file"),
        body=(intro, *_preview(ctx, lines, notes)),
        fields=fields,
        submit=w("staff.file.submit"),
        errors=errors or {},
    )


def _preview(ctx: Context, lines: Sequence[Line], notes: Sequence[str]) -> list[FormBlock]:
    """How many are new, changed and so on, then those with something to do, faults first."""
    if not lines:
        return []
    told = [each for each in lines if each.what != UNCHANGED]
    told.sort(key=lambda each: each.what != FAULT)
    blocks: list[FormBlock] = [Notice(Tone.INFO, line(_counted(ctx, lines)))]
    blocks += [Items(tuple(_words(ctx, each) for each in told[:SHOWN]))] if told else []
    if len(told) > SHOWN:
        blocks.append(Text(line(ctx.words.count("staff.file.more", len(told) - SHOWN))))
    return [*blocks, *(Text(line(note)) for note in notes)]


def _words(ctx: Context, each: Line) -> Spans:
    changes = "; ".join(f"{name}: {change}" for name, change in each.changes.items())
    parts = " · ".join(part for part in (each.name, each.email, changes) if part)
    return line(strong(ctx.words(f"staff.file.{each.what}")), " ", parts)


def _counted(ctx: Context, lines: Sequence[Line]) -> str:
    """ "new: 3 · changed: 1 · unchanged: 20"."""
    w = ctx.words
    counts = Counter(each.what for each in lines)
    return " · ".join(f"{w(f'staff.file.{what}')}: {w.number(n)}" for what, n in counts.items()) or w("staff.file.none")
