"""One of everything that can be shown, for the contract tests of adapters: every block, field, action and state.

The texts try what breaks renderers: markup of every platform, pings, emoji, right-to-left, long
German words, empty lists, the longest lengths.
"""

from __future__ import annotations

from datetime import date

from bot.anonymise.text import AnonText, Sensitive
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    ChoiceField,
    Columns,
    Confirm,
    DateField,
    Facts,
    Form,
    Heading,
    Items,
    ManyField,
    Mark,
    Notice,
    NumberField,
    Option,
    Passage,
    Picture,
    Preview,
    Row,
    Table,
    Text,
    TextField,
    Ticks,
    Tone,
    code,
    line,
    muted,
    strong,
)

HOSTILE = (
    '<!channel> @here <b>bold</b> *stars* _under_ [link](https://example.org) & "quotes" <at>x</at> 🙂 שלום\n\n- 1. `x`'
)
LONG_WORD = "Kollegialversorgungsmodusänderungsbestätigung"
# The smallest PNG: one grey pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154"
    "789c636800000082008177cd72b60000000049454e44ae426082"
)


def actions(n: int) -> tuple[Action, ...]:
    """`n` buttons, the last one dangerous with a question."""
    plain = tuple(
        Action("review.open", f"Open review {i}", subject=f"asg_{i:04}", args={"from": "home"}, opens=True)
        for i in range(n - 1)
    )
    ask = Confirm("Withdraw the case?", "Its text is erased at once.", "Withdraw", "Keep")
    return (*plain, Action("case.withdraw", "Withdraw", subject="cas_0001", look="danger", confirm=ask))


def cards() -> dict[str, Card]:
    """Message and Home cards by name."""
    everything = Card(
        key="gallery.everything",
        title="Your supervision",
        body=(
            Text(line("Due ", strong("Mon 7 Dec"), ", code ", code("K7-QF"), muted(" (2 working days left)"))),
            Heading("This round"),
            Facts((("Mode", line("iCBT")), ("Open reviews", line("2 of 3")))),
            Items((line("one"), line("two ", strong("strong")), line(HOSTILE))),
            *(Notice(tone, line(f"A {tone.value} notice")) for tone in Tone),
            Row(line("Case ", code("K7-QF")), line("week 4 of 10"), actions(2)),
            Row(line(f"{LONG_WORD} {LONG_WORD}")),
            Columns(
                ("Person", "State"),
                (Action("people.list", "Person", args={"by": "name"}), None),
                0,
                (Action("people.list", "All 2"), Action("people.list", "overdue 1", args={"show": "overdue"})),
                0,
                Ticks("people.remind.send", "who", Action("people.remind", "Remind several", "grp_1", opens=True)),
            ),
            Row(line("A · due"), (), actions(2), (line("Therapist A"), line(strong("overdue"))), "per_a"),
            Row(line("B · on track"), (), (), (line("Therapist B"), line("on track"))),
            Table(("Person", "State"), ((line("Therapist A"), line("on track")), (line("Therapist B"), line("due")))),
            Picture(PIXEL, alt="Gaps in days against the target of 14: 7, 14, 12"),
            Buttons(actions(3)),
        ),
        actions=actions(4),
        summary="You have two reviews to write, the first is due Mon 7 Dec.",
    )
    return {
        "everything": everything,
        "smallest": Card("gallery.smallest", "Done"),
        "many_rows": Card(
            "gallery.many_rows",
            "Overview",
            tuple(Row(line(f"Therapist {i}"), line("due"), actions(2)) for i in range(60)),
            summary="60 therapists.",
        ),
        "long": Card("gallery.long", "A long text", (Text(line("word " * 1500)),), summary="Long."),
    }


def forms() -> dict[str, Form]:
    """Modal, dialog and page forms by name."""
    passage = AnonText.from_store(HOSTILE + "\n" + "Absatz mit langen Wörtern. " * 150)
    fields = (
        TextField("title", "Title", hint="Shown to peers", required=True, max_length=120, value=Sensitive("Stuck")),
        TextField("background", "Background", multiline=True, max_length=9000, value=Sensitive("x " * 2500)),
        ChoiceField("mode", "Mode", (Option("icbt", "iCBT"), Option("f2f", "Face-to-face", "on site")), value="icbt"),
        ChoiceField("week", "Week", tuple(Option(str(i), f"Week {i}") for i in range(1, 31)), required=False),
        ManyField("prompts", "Prompts", tuple(Option(f"p{i}", f"Prompt {i} {LONG_WORD}") for i in range(9)), ("p1",)),
        DateField("until", "Until", value=date(2027, 1, 12)),
        NumberField("minutes", "Minutes", value=20, minimum=5, maximum=600),
    )
    return {
        "everything": Form(
            "gallery.form",
            "Present a case",
            subject="cas_0001",
            state={"draft": "drf_0001"},
            body=(
                Text(line("Your text as peers will read it:")),
                Preview(
                    "Background", (Mark("Met "), Mark("[PERSON 1]", "masked"), Mark(" in "), Mark("Lund", "doubtful"))
                ),
                Passage("Message", passage, by="Reviewer A", language="sv"),
            ),
            fields=fields,
            submit="Send",
            actions=actions(2),
        ),
        "errors": Form(
            "gallery.form",
            "Present a case",
            fields=fields,
            submit="Send",
            errors={"title": "A title is needed.", "": "Check it."},
        ),
        "reading": Form(
            "gallery.read", "Reviews", body=(Passage("Reflection", passage, by="Reviewer A"),), actions=actions(2)
        ),
    }
