"""What somebody typed into a form and has not sent: kept sealed, and given back when the form is opened again.

Every form with a text in it has a name for what is typed into it, "<draft>.<version>", which comes back with what is
kept or sent. What does not continue the version it names is kept as a draft of its own, so two windows or devices
never overwrite one another unseen, and what is sent takes every draft of its form with it. The name goes on with
".<window>.<step>": what one window (a drawn form) keeps follows what it kept before, whatever it knows of the version.

The text as typed rests for `draft_hours`, what the gate made of it for `draft_days`: each under a key of its own, which
is destroyed with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.anonymise import Examined, Sensitive
from bot.app.context import Context, Work
from bot.app.facts.permissions import person_policy
from bot.errors import Refusal
from bot.ports.records import Draft
from bot.ui.inbound import ActionPressed, CommandTyped, Event
from bot.ui.model import (
    Action,
    Buttons,
    ChoiceField,
    Confirm,
    DateField,
    Field,
    Form,
    ManyField,
    Notice,
    NumberField,
    TextField,
    Tone,
    line,
)
from bot.ui.strings import Words

NAME = "typed"
"""The entry of a form's state that holds the name of its draft."""
WANTED, ANOTHER = "draft", "another"
"""The argument of an action that opens a form with one draft of several, and its value for an empty form."""
AS_TYPED, MASKED = "typed", "masked"
VALUES = "values"
APART = frozenset(
    {
        "text.confirm",
        "absences.send",
        "pick.add.send",
        "pick.row.send",
        "pick.file.send",
        "pick.server.send",
        "absences.address.send",
        "series.preview",
        "series.change.preview",
        "case.find",
        "overview.find",
        "review.find",
        "library.find",
        "staff.find",
        "officer.find",
        "officer.trail.find",
        "policies.change.send",
        "staff.add.send",
        "staff.change.send",
        "staff.file.send",
        "roster.find.send",
        "roster.send",
        "places.rename.send",
        "places.duty.send",
        "places.add_clinic.send",
        "places.add_group.send",
    }
)
"""Forms whose text is no draft: words to mask rest with the text they belong to, a calendar's file or secret address
can be given again, a row of a worksheet rests there only, the forms of a series hold settings that their next page
brings back, those about people what stands in the directory, and what is looked for is no text to send."""
LONGEST = 40_000
"""Characters of one form; the longest form allows a quarter of it."""
MOST = 50
"""Drafts of one person."""

Values = Mapping[str, Sensitive | tuple[str, ...]]


class DraftExpired(Refusal):
    """A text that is not sent is kept for the policy's hours, and goes once it is sent or discarded."""


class DraftTooLong(Refusal):
    """More text than any form takes."""


class TooManyDrafts(Refusal):
    """So many drafts are never written by hand."""


@dataclass(frozen=True)
class Kept:
    """`name` is the draft's new name, `saved` when; `apart`: it did not continue what is kept and stands beside it."""

    name: str
    saved: datetime
    apart: bool = False


def has_draft(form: Form) -> bool:
    """Whether what is typed into this form is kept."""
    return form.key not in APART and bool(form.submit) and any(isinstance(f, TextField) for f in form.fields)


def first_name(event: Event, form: Form) -> str:
    """The name of what will be typed into a form drawn for the first time; the same for the same event."""
    return _in_window(f"draft_{_drawn(event, form)[:24]}.0", event, form)


def _in_window(name: str, event: Event, form: Form) -> str:
    return f"{name}.{_drawn(event, form)[24:36]}.0"


def _drawn(event: Event, form: Form) -> str:
    drawn = f"{event.actor.platform}:{event.event_id}:{form.key}:{form.subject}"
    return hashlib.sha256(drawn.encode()).hexdigest()


def named(form: Form, name: str) -> Form:
    """The form, with the name of its draft in the state that comes back."""
    return replace(form, state={**form.state, NAME: name})


# ---- keeping ---------------------------------------------------------------------------------


async def keep(
    ctx: Context, form: str, subject: str, name: str, values: Values, examined: Examined | None = None
) -> Kept:
    """Keep what stands in a form now; `examined` is what the gate found in it, if it was asked.

    Raises DraftTooLong, TooManyDrafts.
    """
    id, version, window, step = _parted(name)
    held = await _held(ctx, id)
    if held and (_is_late(held, window, step) or await _values(ctx, held.id) == _plain(values)):
        return Kept(f"{_name(held)}.{window}.{step}", saved_at(held))
    if not any(text.strip() for text in _plain(values).values() if isinstance(text, str)):
        if held and held.version == version:  # everything typed was deleted again
            await _drop(ctx, [held])
        return Kept(f"{id}.0.{window}.{step}", ctx.now)
    if sum(len(text) for text in _plain(values).values() if isinstance(text, str)) > LONGEST:
        raise DraftTooLong
    hours = (await person_policy(ctx, ctx.me)).draft_hours
    until = ctx.now + timedelta(hours=hours)
    state = {"form": form, "saved": ctx.now.isoformat(), "window": window, "step": str(step)}
    if held and (held.version == version or held.state.get("window") == window):
        draft, apart = await ctx.uow.save(replace(held, expires_at=until, state=state)), False
    else:
        others = [d for d in await live_drafts(ctx, subject) if d.state.get("form") == form]
        apart = version > 0 or (bool(subject) and any(d.id != _masked_id(id) for d in others))
        fresh = bool(id) and version == 0 and held is None
        draft = await _added(ctx, id if fresh else ctx.tools.ids.new("draft"), subject, until, state)
    await ctx.uow.put_sealed(draft.id, VALUES, json.dumps(_plain(values)).encode())
    if examined is not None:
        await keep_masked(ctx, draft, values, examined)
    return Kept(f"{_name(draft)}.{window}.{step}", ctx.now, apart)


async def keep_masked(ctx: Context, draft: Draft, values: Values, examined: Examined) -> None:
    """Keep the text as the gate would pass it on, and what was ticked; it outlives what was typed."""
    masked: dict[str, Sensitive | tuple[str, ...]] = {n: v for n, v in values.items() if isinstance(v, tuple)}
    masked |= {name: Sensitive(text.text) for name, text in examined.redact().items()}
    id = _masked_id(draft.id)
    until = ctx.now + timedelta(days=(await person_policy(ctx, ctx.me)).draft_days)
    for held in await ctx.uow.find(Draft, id=id, person=ctx.me.id):
        await ctx.uow.save(replace(held, expires_at=until, state=draft.state))
        break
    else:
        row = Draft(id, ctx.uow.organisation, ctx.me.id, MASKED, draft.subject, ctx.now, until, draft.state, version=1)
        await ctx.uow.add(row)
    await ctx.uow.put_sealed(id, VALUES, json.dumps(_plain(masked)).encode())


async def _added(ctx: Context, id: str, subject: str, until: datetime, state: Mapping[str, str]) -> Draft:
    if await ctx.uow.count(Draft, person=ctx.me.id) >= MOST:
        raise TooManyDrafts
    for over in await ctx.uow.find(Draft, id=id, person=ctx.me.id):  # its time is over, its row not purged yet
        await _drop(ctx, [over])
    draft = Draft(id, ctx.uow.organisation, ctx.me.id, AS_TYPED, subject, ctx.now, until, state, version=1)
    await ctx.uow.add(draft)
    return draft


async def _held(ctx: Context, id: str) -> Draft | None:
    """The person's own live draft as typed."""
    found = await ctx.uow.find(Draft, id=id, person=ctx.me.id, expires_at__gt=ctx.now)
    return next((draft for draft in found if draft.kind == AS_TYPED), None)


# ---- giving back -----------------------------------------------------------------------------


async def resumed(ctx: Context, form: Form, event: Event, wanted: str = "") -> Form:
    """The form with what was typed into it before and a line that says so: the newest draft, or the one `wanted`.

    Without a draft it is the form as it is, with the name of the one to come.
    """
    if form.state.get(NAME):  # filled already, from what was sent to the gate
        held = await _held(ctx, _parted(form.state[NAME])[0])
        return named(form, _in_window(_name(held), event, form) if held else first_name(event, form))
    if isinstance(event, CommandTyped) and any(isinstance(f, TextField) and f.value for f in form.fields):
        return named(form, first_name(event, form))  # words that came with the command begin a text of their own
    drafts = [d for d in await live_drafts(ctx, form.subject) if d.state.get("form") == form.key]
    newest = drafts[0] if drafts and wanted != ANOTHER else None
    chosen = next((d for d in drafts if d.id == wanted), newest)
    values = await _values(ctx, chosen.id) if chosen else None
    if chosen is None or values is None:
        return named(form, first_name(event, form))
    others = tuple(d for d in drafts if d.id != chosen.id)
    filled = replace(form, fields=tuple(_filled(field, values) for field in form.fields))
    told = replace(filled, body=(*_told(ctx, chosen, others, event), *form.body))
    return named(told, _in_window(_name(chosen), event, form))


async def live_drafts(work: Context, subject: str | None = None) -> list[Draft]:
    """The person's drafts, newest first; of a text that is there as typed and masked only the one as typed."""
    about: dict[str, Any] = {} if subject is None else {"subject": subject}
    kinds = [AS_TYPED, MASKED]
    found = await work.uow.find(Draft, person=work.me.id, kind__in=kinds, expires_at__gt=work.now, **about)
    typed = {_masked_id(draft.id) for draft in found if draft.kind == AS_TYPED}
    return sorted((d for d in found if d.id not in typed), key=lambda d: (saved_at(d), d.id), reverse=True)


def saved_words(ctx: Context, draft: Draft) -> str:
    """Since when and until when it waits, in the reader's own time and words."""
    when, until = (ctx.words.moment(at, ctx.me.timezone) for at in (saved_at(draft), draft.expires_at))
    return ctx.words("draft.saved", when=when, until=until)


def discard_action(ctx: Context, draft: Draft) -> Action:
    """The button that forgets a draft, with its question."""
    w = ctx.words
    return Action("draft.discard", w("draft.discard"), draft.id, confirm=ask_discard(w))


def ask_discard(w: Words) -> Confirm:
    """What every button asks that forgets a text."""
    return Confirm(w("draft.discard.title"), w("draft.discard.text"), w("draft.discard"), w("keep"))


def is_of(draft: Draft, id: str) -> bool:
    """Whether it is the draft of this id, as typed or masked."""
    return draft.id in {id, _masked_id(id)}


def id_of(name: str) -> str:
    """The draft's id out of its name, or of an id as it stands on Home."""
    return _parted(name)[0].removesuffix(_SUFFIX)


def _told(ctx: Context, draft: Draft, others: Sequence[Draft], event: Event) -> tuple[Notice | Buttons, ...]:
    w = ctx.words
    key = "draft.restored" if draft.kind == AS_TYPED else "draft.restored_masked"
    when = w.moment(saved_at(draft), ctx.me.timezone)
    told: list[Notice | Buttons] = [Notice(Tone.INFO, line(w(key, when=when)))]
    actions: list[Action] = []
    if isinstance(event, ActionPressed):  # after a typed command the other drafts wait on Home
        again = Action(event.key, w("draft.another"), event.subject, {WANTED: ANOTHER}, opens=True)
        seen = [(w("draft.other", when=w.moment(saved_at(other), ctx.me.timezone)), other.id) for other in others]
        actions = [replace(again, label=label, args={WANTED: id}) for label, id in seen]
        actions += [] if draft.subject else [again]
    return (*told, Buttons((*actions, discard_action(ctx, draft))))


def _filled(field: Field, values: Mapping[str, str | list[str]]) -> Field:
    """The field with the value that was kept; one that is no longer offered is left out."""
    given = values.get(field.name)
    match field, given:
        case TextField(), str():
            return replace(field, value=Sensitive(given))
        case ChoiceField(), [*_]:
            offered = [value for value in given if value in {option.value for option in field.options}]
            return replace(field, value=offered[0]) if offered else field
        case ManyField(), [*_]:
            return replace(field, values=tuple(o.value for o in field.options if o.value in given))
        case ManyField(), None:
            return replace(field, values=())
        case DateField(), str():
            return replace(field, value=_day(given))
        case NumberField(), str():
            return replace(field, value=int(given) if given.isdecimal() and len(given) < 6 else None)
        case _:
            return field


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# ---- forgetting ------------------------------------------------------------------------------


async def forget(ctx: Context, name: str, form: str, subject: str) -> None:
    """What was sent leaves no draft: neither its own nor, of a form about one thing, any other."""
    id = _parted(name)[0]
    own = {id, _masked_id(id)}
    found = await ctx.uow.find(Draft, person=ctx.me.id, kind__in=[AS_TYPED, MASKED])
    await _drop(ctx, [d for d in found if d.id in own or (subject and _is_about(d, form, subject))])


async def discard(ctx: Context, id: str) -> None:
    """Forget one draft of the person's own, however it is kept. Raises DraftExpired for any other."""
    found = await ctx.uow.find(Draft, id__in=[id, _masked_id(id)], person=ctx.me.id)
    if not found:
        raise DraftExpired
    await _drop(ctx, found)


async def forget_about(work: Work, subjects: Iterable[str]) -> None:
    """Everybody's drafts about these things (a case that is withdrawn, a review that is no longer theirs)."""
    about = sorted(set(subjects))
    await _drop(work, await work.uow.find(Draft, subject__in=about, kind__in=[AS_TYPED, MASKED]) if about else [])


async def _drop(work: Work, drafts: Iterable[Draft]) -> None:
    for draft in drafts:
        await work.uow.shred(draft.id)
        await work.uow.remove(Draft, draft.id)


# ---- names and values ------------------------------------------------------------------------


def _is_about(draft: Draft, form: str, subject: str) -> bool:
    return draft.subject == subject and draft.state.get("form") == form


def _name(draft: Draft) -> str:
    """A text that rests masked only goes on under the name it was typed under."""
    if draft.kind == MASKED:
        return f"{draft.id.removesuffix(_SUFFIX)}.0"
    return f"{draft.id}.{draft.version}"


def _parted(name: str) -> tuple[str, int, str, int]:
    """Draft, version, window and step; what is missing or no number is empty or 0."""
    id, version, window, step = [*name.split("."), "", "", ""][:4]
    return id, _whole(version), window, _whole(step)


def _whole(digits: str) -> int:
    return int(digits) if digits.isdecimal() and len(digits) < 10 else 0


def _is_late(held: Draft, window: str, step: int) -> bool:
    """An earlier step of the same window that was overtaken on its way."""
    return held.state.get("window") == window and step < _whole(held.state.get("step", ""))


_SUFFIX = "-masked"


def _masked_id(id: str) -> str:
    return f"{id}{_SUFFIX}"


def saved_at(draft: Draft) -> datetime:
    """When it was changed last."""
    saved = draft.state.get("saved")
    return datetime.fromisoformat(saved).astimezone(UTC) if saved else draft.created_at


def _plain(values: Values) -> dict[str, str | list[str]]:
    return {
        name: value.reveal() if isinstance(value, Sensitive) else list(value) for name, value in sorted(values.items())
    }


async def _values(ctx: Context, id: str) -> dict[str, str | list[str]] | None:
    sealed = await ctx.uow.sealed(id, VALUES)
    return dict(json.loads(sealed)) if sealed else None
