"""A message review as it is written and read: nine behaviours, the look-out list, one sentence; and its calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.anonymise import Sensitive
from bot.app.context import Context
from bot.domain.assignment import Assignment
from bot.domain.message_review import BEHAVIOURS, Marks, Seen
from bot.ui.inbound import FormSubmitted, chosen
from bot.ui.model import (
    ChoiceField,
    Field,
    Form,
    FormBlock,
    Heading,
    Items,
    ManyField,
    Notice,
    Option,
    Text,
    TextField,
    Tone,
    line,
    strong,
)
from bot.ui.prompts import look_out_keys
from bot.ui.strings import Words

Values = Mapping[str, Sensitive | tuple[str, ...]]
SENTENCE = "suggestion"
"""The one text of a message review; it is kept and shown as a suggestion is."""
SENTENCE_LENGTH = 400

INVENTED: Sequence[Mapping[str, Seen]] = (
    {
        "rapport": Seen.SEEN,
        "seeks_feedback": Seen.NOT_SEEN,
        "symptom_feedback": Seen.SEEN,
        "psychoeducation": Seen.NOT_SEEN,
        "understanding": Seen.NOT_SEEN,
        "praise": Seen.SEEN,
        "practice": Seen.GROW,
        "procedures": Seen.NOT_SEEN,
        "clear": Seen.SEEN,
    },
    {
        "rapport": Seen.GROW,
        "seeks_feedback": Seen.SEEN,
        "symptom_feedback": Seen.NOT_SEEN,
        "psychoeducation": Seen.SEEN,
        "understanding": Seen.GROW,
        "praise": Seen.NOT_SEEN,
        "practice": Seen.SEEN,
        "procedures": Seen.SEEN,
        "clear": Seen.GROW,
    },
)
"""How the authors of the two invented messages read them (`calibrate.message.1.…`, `calibrate.message.2.…`)."""


def behaviour_fields(w: Words, values: Values) -> tuple[ChoiceField, ...]:
    """One choice a behaviour: seen, could grow, not seen."""
    said = {
        Seen.SEEN: w("message.seen"),
        Seen.GROW: w("message.grow"),
        Seen.NOT_SEEN: w("message.not_seen"),
    }
    options = tuple(Option(each.value, words) for each, words in said.items())
    return tuple(ChoiceField(name, w(f"prompt.{name}"), options, _one(values, name)) for name in BEHAVIOURS)


def review_fields(w: Words, values: Values) -> tuple[Field, ...]:
    """Everything a message review asks: nine choices, the look-out list, one sentence."""
    options = tuple(Option(key, w(f"lookout.{key}")) for key in look_out_keys("icbt"))
    sentence = values.get(SENTENCE)
    return (
        *behaviour_fields(w, values),
        ManyField("look_out", w("review.lookout"), options, _many(values, "look_out")),
        TextField(
            SENTENCE,
            w("message.sentence"),
            w("message.sentence.hint"),
            sentence if isinstance(sentence, Sensitive) else Sensitive(),
            True,
            True,
            SENTENCE_LENGTH,
        ),
    )


def marks_sent(event: FormSubmitted) -> Marks:
    """What was chosen in such a form."""
    behaviours = {}
    for name in BEHAVIOURS:
        said = (chosen(event, name) or ("",))[0]
        if said in set(Seen):
            behaviours[name] = Seen(said)
    known = look_out_keys("icbt")
    return Marks(behaviours, tuple(key for key in chosen(event, "look_out") if key in known))


def values_of(marks: Marks) -> dict[str, Sensitive | tuple[str, ...]]:
    """The values of the form that these marks were chosen in."""
    chosen_ones: dict[str, Sensitive | tuple[str, ...]] = {n: (said.value,) for n, said in marks.behaviours.items()}
    return chosen_ones | {"look_out": marks.look_out}


def marks_blocks(w: Words, prompts: Sequence[str]) -> list[FormBlock]:
    """What a reviewer said of the behaviours, grouped by what they said, and what they noticed."""
    marks = Marks.of(prompts)
    heads = {
        Seen.SEEN: w("message.seen"),
        Seen.GROW: w("message.grow"),
        Seen.NOT_SEEN: w("message.not_seen"),
    }
    blocks: list[FormBlock] = []
    for said, head in heads.items():
        names = [name for name in BEHAVIOURS if marks.behaviours.get(name) is said]
        if names:
            blocks.append(Text(line(strong(head), ": ", w.listing([w(f"prompt.{name}") for name in names]))))
    if marks.look_out:
        noticed = w.listing([w(f"lookout.{key}") for key in marks.look_out])
        blocks.append(Text(line(strong(w("review.lookout")), ": ", noticed)))
    return blocks


def calibration_form(
    ctx: Context,
    assignment: Assignment,
    step: int,
    errors: Mapping[str, str] | None = None,
    values: Values | None = None,
    before: Sequence[FormBlock] = (),
) -> Form:
    """An invented message to mark, the first or the second of two; `before` says how the one before was read."""
    w = ctx.words
    body = (
        *before,
        Text(line(w("calibrate.intro", number=step))),
        Heading(w("calibrate.heading")),
        *(Text(line(paragraph)) for paragraph in invented_message(w, step)),
    )
    return Form(
        "calibrate.send",
        w("calibrate.title"),
        assignment.id,
        state={"step": str(step)},
        body=body,
        fields=behaviour_fields(w, values or {}),
        submit=w("calibrate.submit"),
        errors=errors or {},
    )


def invented_message(w: Words, step: int) -> tuple[str, ...]:
    """The paragraphs of the first or the second invented message."""
    if step == 1:
        return (w("calibrate.message.1.1"), w("calibrate.message.1.2"), w("calibrate.message.1.3"))
    return (w("calibrate.message.2.1"), w("calibrate.message.2.2"), w("calibrate.message.2.3"))


def compared_blocks(w: Words, step: int, marks: Marks) -> list[FormBlock]:
    """How reader and authors read an invented message, each behaviour with its reason; where they differ first."""
    expected = INVENTED[step - 1]
    differ = [name for name in BEHAVIOURS if marks.behaviours.get(name) is not expected[name]]
    same = [name for name in BEHAVIOURS if name not in differ]
    said = {
        Seen.SEEN: w("message.seen"),
        Seen.GROW: w("message.grow"),
        Seen.NOT_SEEN: w("message.not_seen"),
    }
    why = reasons(w, step)
    blocks: list[FormBlock] = [
        Notice(Tone.OK, line(w("calibrate.agreed", agreed=len(same), of=len(BEHAVIOURS)))),
    ]
    if differ:
        told = [
            (name, w("calibrate.yours", yours=said[marks.behaviours[name]], theirs=said[expected[name]], why=why[name]))
            for name in differ
        ]
        rows = tuple(line(strong(w(f"prompt.{name}")), ". ", words) for name, words in told)
        blocks += [Text(line(w("calibrate.differ"))), Items(rows)]
    if same:
        rows = tuple(line(strong(w(f"prompt.{name}")), ", ", said[expected[name]], ". ", why[name]) for name in same)
        blocks += [Text(line(w("calibrate.same"))), Items(rows)]
    return blocks


def reasons(w: Words, step: int) -> Mapping[str, str]:
    """Why the authors of an invented message read each behaviour as they do."""
    if step == 1:
        return {
            "rapport": w("calibrate.why.1.rapport"),
            "seeks_feedback": w("calibrate.why.1.seeks_feedback"),
            "symptom_feedback": w("calibrate.why.1.symptom_feedback"),
            "psychoeducation": w("calibrate.why.1.psychoeducation"),
            "understanding": w("calibrate.why.1.understanding"),
            "praise": w("calibrate.why.1.praise"),
            "practice": w("calibrate.why.1.practice"),
            "procedures": w("calibrate.why.1.procedures"),
            "clear": w("calibrate.why.1.clear"),
        }
    return {
        "rapport": w("calibrate.why.2.rapport"),
        "seeks_feedback": w("calibrate.why.2.seeks_feedback"),
        "symptom_feedback": w("calibrate.why.2.symptom_feedback"),
        "psychoeducation": w("calibrate.why.2.psychoeducation"),
        "understanding": w("calibrate.why.2.understanding"),
        "praise": w("calibrate.why.2.praise"),
        "practice": w("calibrate.why.2.practice"),
        "procedures": w("calibrate.why.2.procedures"),
        "clear": w("calibrate.why.2.clear"),
    }


def _one(values: Values, name: str) -> str | None:
    value = values.get(name)
    return value[0] or None if isinstance(value, tuple) and value else None


def _many(values: Values, name: str) -> tuple[str, ...]:
    value = values.get(name, ())
    return value if isinstance(value, tuple) else ()
