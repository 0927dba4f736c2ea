"""Outcomes as the bodies that Teams expects: of dialogs, of pressed cards, of the message extension."""

from __future__ import annotations

from adapters.teams.adaptive_cards import CARD_TYPE, adaptive, attachment, heading
from adapters.teams.payload_ids import held_data, opening, typed_data
from adapters.teams.spans import Json, words_block
from bot.ui.strings import Words


def dialog(value: Json) -> Json:
    """Open a dialog, or draw the open one anew."""
    return {"task": {"type": "continue", "value": value}}


def dialog_says(text: str) -> Json:
    """Close the dialog with a sentence; without one, just close it."""
    return {"task": {"type": "message", "value": text}} if text else {}


def dialog_shows(title: str, card: Json) -> Json:
    """A card to read inside the dialog."""
    return dialog({"title": title, "height": "medium", "width": "medium", "card": attachment(card)})


def dialog_waits(held: str, message: str, words: Words) -> Json:
    """The answer is not ready: the dialog stays open with a button that asks for it."""
    button = {
        "type": "Action.Submit",
        "title": words("teams.held_show"),
        "style": "positive",
        "data": held_data(held, message),
    }
    title = words("teams.held")
    return dialog_shows(
        title, adaptive([heading(title, 1), words_block(words("teams.held_text"))], [button], summary=title)
    )


def late(activity: Json, text: str) -> Json | None:
    """The acknowledgement of what is not answered in time: a sentence where an invoke has room for one."""
    match activity.get("type"), activity.get("name"):
        case "invoke", "adaptiveCard/action":
            return card_says(text)
        case "invoke", "task/fetch" | "task/submit" | "composeExtension/fetchTask" | "composeExtension/submitAction":
            return dialog_says(text)
        case "invoke", _:
            return {}
    return None


def card_becomes(card: Json) -> Json:
    """Redraw the pressed card for the person who pressed it."""
    return {"statusCode": 200, "type": CARD_TYPE, "value": card}


def card_says(text: str) -> Json:
    """Leave the pressed card and show a sentence below it."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}


def sentence(text: str) -> Json:
    """A message activity with one sentence of our own; Teams reads no markup in it."""
    return {"type": "message", "text": text, "textFormat": "plain"}


def opener(title: str, name: str, typed: str, words: Words) -> Json:
    """The card that answers a typed command whose answer is a form: a message cannot open a dialog by itself."""
    button = {
        "type": "Action.Submit",
        "title": words("teams.open"),
        "style": "positive",
        "data": opening(typed_data(name, typed)),
    }
    return adaptive([heading(title, 1)], [button], summary=title)


def action_opener(title: str, data: Json, words: Words) -> Json:
    """The same for a button that turned out to need a dialog, and for an answer too long for one card."""
    button = {"type": "Action.Submit", "title": words("teams.open"), "style": "positive", "data": opening(data)}
    return adaptive([heading(title, 1)], [button], summary=title)
