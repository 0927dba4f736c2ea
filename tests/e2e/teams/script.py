"""A small script of the core's answers, and what it shows."""

from bot.anonymise.text import AnonText
from bot.ui.inbound import (
    ActionPressed,
    Arrived,
    CommandTyped,
    Done,
    Event,
    FormSubmitted,
    Hand,
    HomeOpened,
    Invalid,
    Outcome,
    Refused,
    Say,
    Show,
)
from bot.ui.model import Action, Card, Document, Form, ManyField, NumberField, Option, Passage, TextField

WELCOME = Card("home", "Welcome", summary="Welcome to Intervision.")
REVIEW = Form(
    "review.add",
    "Review",
    subject="asg_0001",
    state={"draft": "drf_1"},
    body=(Passage("Case", AnonText.from_store("*Stuck* at week 4")),),
    fields=(
        TextField("advice", "Advice", multiline=True, required=True),
        ManyField("prompts", "Prompts", (Option("a,b", "First"), Option("c", "Second"))),
        NumberField("minutes", "Minutes"),
    ),
    submit="Send",
)
WAITING = Card(
    "reviews.waiting",
    "One review waits",
    actions=(
        Action("review.open", "Open", subject="asg_0001", opens=True),
        Action("review.decline", "Decline", subject="asg_0001", args={"why": "busy"}),
    ),
)


def clinic(event: Event) -> Outcome:
    """A small script of the core's answers."""
    match event:
        case Arrived():
            return Done()
        case HomeOpened() | ActionPressed(key="welcome.open"):
            return Say(WELCOME)
        case CommandTyped(name="review"):
            return Say(WAITING)
        case CommandTyped(name="case") | ActionPressed(key="review.open"):
            return Show(REVIEW)
        case ActionPressed(key="review.decline"):
            return Done("Declined.", Card("reviews.none", "Nothing waits"))
        case FormSubmitted(values=values) if not values.get("advice"):
            return Invalid(
                Form("review.add", "Review", fields=REVIEW.fields, submit="Send", errors={"advice": "Needed."})
            )
        case FormSubmitted():
            return Done("Thank you.", Card("reviews.none", "Nothing waits"))
        case CommandTyped(name="log"):
            return Hand(Document("log.csv", "text/csv", b"a,b\n"))
        case _:
            return Refused("unknown", "I do not know that.")
