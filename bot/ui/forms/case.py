"""The form in which a therapist presents a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.anonymise.text import Sensitive
from bot.ui.model import (
    ChoiceField,
    DateField,
    Field,
    Form,
    FormBlock,
    ManyField,
    Notice,
    NumberField,
    Option,
    Text,
    TextField,
    Tone,
    line,
)
from bot.ui.strings import LANGUAGES, Words

TEXTS = ("title", "programme", "background", "key_question", "excerpt", "scores")
"""The fields that go through the gate, in the order peers read them."""
REQUIRED = ("title", "background", "key_question")
MESSAGE_TEXTS = ("background", "excerpt")
"""What is asked of a message that is retold; title and question are the same for all of them."""
MESSAGE_REQUIRED = ("excerpt",)
MESSAGE_LENGTHS = {"background": 600, "excerpt": 2000}
LENGTHS = {"title": 120, "programme": 120, "background": 3000, "key_question": 1000, "excerpt": 3000, "scores": 300}
MODES = ("icbt", "f2f", "blended")


def labels(w: Words) -> dict[str, str]:
    """The label of each text as its author sees it."""
    return {name: w(f"case.field.{name}") for name in TEXTS}


def reader_labels(w: Words) -> dict[str, str]:
    """The label of each text as its readers see it."""
    return {**labels(w), "excerpt": w("case.reader.excerpt")}


def supervisors_line(w: Words, *, urgent: bool) -> str:
    """What supervisors see of a case; of an urgent one they read whose it is, as its round may hold no other."""
    return " ".join([w("case.form.supervisors"), *([w("case.form.supervisors.urgent")] if urgent else [])])


def case_form(
    w: Words,
    *,
    groups: Sequence[tuple[str, str]],
    named: Sequence[str],
    budget: str = "",
    asks: bool = False,
    urgent: bool = False,
    values: Mapping[str, Sensitive | tuple[str, ...]],
    errors: Mapping[str, str],
    themes: Sequence[Option] = (),
    second_look: str = "",
    draft: str = "",
    subject: str = "",
) -> Form:
    """Everything asked about a case; `groups` as (id, name), asked for only when there are several.

    In the groups `named` peers read who presents: that is said before a word is written, and so is who takes a
    `second_look` at it, and to how many people colleagues can narrow the presenter down (`budget`); where these are
    few it `asks` whether to share all the same. Where a case may be `urgent`, it says whom that tells. `subject` is a
    case that is changed.
    """
    body: list[FormBlock] = [Text(line(w("case.form.intro_named" if len(named) == len(groups) else "case.form.intro")))]
    if named:
        body.append(Notice(Tone.WARN, line(w("case.form.named", groups=w.listing(named)))))
    if second_look:
        body.append(Text(line(second_look)))
    if budget:
        body.append(Text(line(supervisors_line(w, urgent=urgent))))
        body.append(Notice(Tone.WARN if asks else Tone.INFO, line(budget)))
    return Form(
        key="case.submit",
        title=w("case.form.title"),
        subject=subject,
        body=tuple(body),
        fields=(*_fields(w, groups, values, themes), *((_guessable(w, values),) if asks else ())),
        submit=w("case.form.submit"),
        errors=errors,
        state={"draft": draft} if draft else {},
    )


def message_form(
    w: Words,
    *,
    groups: Sequence[tuple[str, str]],
    notices: Sequence[FormBlock],
    asks: bool,
    values: Mapping[str, Sensitive | tuple[str, ...]],
    errors: Mapping[str, str],
    draft: str = "",
    subject: str = "",
) -> Form:
    """Everything asked about a message that its author retells; `notices` say which it is and who may learn what."""
    fields = [
        each
        for each in _fields(w, groups, values, ())
        if each.name in {"group", "mode", "language", "week", "weeks", "objection", "risk"}
    ]
    texts = [
        TextField(
            name,
            w(f"message.field.{name}"),
            w(f"message.hint.{name}"),
            _typed(values, name),
            required=name in MESSAGE_REQUIRED,
            multiline=True,
            max_length=MESSAGE_LENGTHS[name],
        )
        for name in MESSAGE_TEXTS
    ]
    at = next(number for number, each in enumerate(fields) if each.name == "objection")
    guessable = (_guessable(w, values),) if asks else ()
    return Form(
        key="message.submit",
        title=w("message.form.title"),
        subject=subject,
        body=(Text(line(w("message.form.intro"))), *notices),
        fields=(*fields[:at], *texts, *fields[at:], *guessable),
        submit=w("case.form.submit"),
        errors=errors,
        state={"draft": draft} if draft else {},
    )


def _fields(
    w: Words,
    groups: Sequence[tuple[str, str]],
    values: Mapping[str, Sensitive | tuple[str, ...]],
    themes: Sequence[Option],
) -> list[Field]:
    fields: list[Field] = []
    if len(groups) > 1:
        options = tuple(Option(id, name) for id, name in groups)
        fields.append(ChoiceField("group", w("case.field.group"), options, _one(values, "group")))
    return [
        *fields,
        _text(w, "title", values),
        ChoiceField(
            "mode", w("case.field.mode"), tuple(Option(m, w(f"mode.{m}")) for m in MODES), _one(values, "mode")
        ),
        ChoiceField(
            "language",
            w("case.field.language"),
            tuple(Option(code, w(f"language.{code}")) for code in LANGUAGES),
            _one(values, "language"),
        ),
        _text(w, "programme", values),
        NumberField("week", w("case.field.week"), _number(values, "week"), 0, 200),
        NumberField("weeks", w("case.field.weeks"), _number(values, "weeks"), 1, 200),
        DateField("start", w("case.field.start"), _day(values, "start"), w("case.hint.start")),
        _text(w, "background", values, multiline=True),
        _text(w, "key_question", values, multiline=True),
        _text(w, "excerpt", values, multiline=True),
        _text(w, "scores", values, multiline=True),
        *((ManyField("themes", w("case.field.themes"), tuple(themes), _many(values, "themes")),) if themes else ()),
        ChoiceField(
            "objection",
            w("case.field.objection"),
            (Option("no", w("case.objection.no")), Option("yes", w("case.objection.yes"))),
            _one(values, "objection"),
        ),
        risk_field(w, _one(values, "risk")),
    ]


def _guessable(w: Words, values: Mapping[str, Sensitive | tuple[str, ...]]) -> ChoiceField:
    """Asked where colleagues can guess who presents; never answered beforehand."""
    options = (Option("yes", w("case.guessable.yes")),)
    return ChoiceField("guessable", w("case.field.guessable"), options, _one(values, "guessable"))


def risk_field(w: Words, value: str | None = None) -> ChoiceField:
    """The question about a current risk, never answered beforehand."""
    return ChoiceField(
        "risk", w("case.field.risk"), (Option("no", w("answer.no")), Option("yes", w("answer.yes"))), value
    )


def _text(
    w: Words, name: str, values: Mapping[str, Sensitive | tuple[str, ...]], *, multiline: bool = False
) -> TextField:
    value = values.get(name)
    hint = w(f"case.hint.{name}") if w.has(f"case.hint.{name}") else ""
    return TextField(
        name,
        w(f"case.field.{name}"),
        hint,
        value if isinstance(value, Sensitive) else Sensitive(),
        required=name in REQUIRED,
        multiline=multiline,
        max_length=LENGTHS[name],
    )


def _typed(values: Mapping[str, Sensitive | tuple[str, ...]], name: str) -> Sensitive:
    value = values.get(name)
    return value if isinstance(value, Sensitive) else Sensitive()


def _one(values: Mapping[str, Sensitive | tuple[str, ...]], name: str) -> str | None:
    value = values.get(name)
    return value[0] or None if isinstance(value, tuple) and value else None


def _day(values: Mapping[str, Sensitive | tuple[str, ...]], name: str) -> date | None:
    value = values.get(name)
    try:
        return date.fromisoformat(value.reveal()) if isinstance(value, Sensitive) else None
    except ValueError:
        return None


def _many(values: Mapping[str, Sensitive | tuple[str, ...]], name: str) -> tuple[str, ...]:
    value = values.get(name, ())
    return value if isinstance(value, tuple) else ()


def _number(values: Mapping[str, Sensitive | tuple[str, ...]], name: str) -> int | None:
    value = values.get(name)
    digits = value.reveal().strip() if isinstance(value, Sensitive) else ""
    return int(digits) if digits.isdecimal() and len(digits) < 6 else None
