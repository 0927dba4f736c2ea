"""What is wrong with a view on a platform: drawn for each, held against the limits of its stand-in, read as a page."""

from __future__ import annotations

from contextlib import suppress

from adapters.slack import payload_ids, render
from adapters.teams import messages_and_dialogs
from adapters.teams.adaptive_cards import Dialog
from bot.ui.inbound import Done, Invalid, Outcome, Say, Show
from bot.ui.model import Card, ChoiceField, Form, ManyField
from bot.ui.strings import Words
from tests.drawn_page import page_faults
from tests.standins.slack.limits import message_faults, view_faults
from tests.standins.teams.cards import cards_of
from tests.standins.teams.cards import faults as card_faults


def faults(outcome: Outcome, words: Words) -> list[str]:
    """Whatever Slack or Teams would refuse of an answer, a choice that is missing, what a page shows wrong."""
    match outcome:
        case Show(form) | Invalid(form):
            return form_faults(form, words)
        case Say(card) | Done(_, Card() as card):
            return card_of_faults(card, words)
    return []


def card_of_faults(card: Card, words: Words) -> list[str]:
    """As a message, as the Home tab and as a page to read."""
    found = [fault for body in render.messages(card, {}) for fault in message_faults(body)]
    found += view_faults(render.home(card, {}, words))
    found += [fault for drawn in messages_and_dialogs.messages(card, words) for fault in card_faults(drawn)]
    return found + page_faults(card, words) + form_faults(render.reading(card), words)


def form_faults(form: Form, words: Words) -> list[str]:
    """As a modal view and as a dialog."""
    found = [f"{f.name}: {chosen!r} is not offered" for f in form.fields for chosen in _unknown(f)]
    with suppress(render.DoesNotFit):  # Slack is given the way to the web page instead.
        found += view_faults(render.modal(form, {}, words, "n", payload_ids.Origin()))
    found += page_faults(form, words)
    drawn = messages_and_dialogs.dialog(form, words, Dialog("n"))
    return found + [fault for card in cards_of({"attachments": [drawn["card"]]}) for fault in card_faults(card)]


def _unknown(shown: object) -> list[str]:
    """What is chosen beforehand although it cannot be chosen."""
    if isinstance(shown, ChoiceField):
        chosen = [shown.value] if shown.value is not None else []
    elif isinstance(shown, ManyField):
        chosen = list(shown.values)
    else:
        return []
    return [value for value in chosen if value not in {option.value for option in shown.options}]
