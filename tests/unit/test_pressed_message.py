"""A button tells which message it stood in, by the id under which the platform delivered it."""

from __future__ import annotations

from typing import Any

import pytest
from multidict import MultiDict

from adapters.slack import inbound as slack
from adapters.slack import payload_ids as slack_ids
from adapters.slack.payload_ids import Origin
from adapters.teams import inbound as teams
from adapters.teams.payload_ids import Pressed
from adapters.web import inbound as web
from adapters.web.tickets import Kind, Ticket
from bot.ui.inbound import ActionPressed, Actor, Event, FormSubmitted
from bot.ui.model import Action, Form

PASS = Action("round.pass", "Not this time", "round_1")
WHO = {"user": {"id": "U1", "team_id": "T1"}, "team": {"id": "T1"}, "trigger_id": "1.2"}


def in_slack(**place: Any) -> Event:
    action = {"action_id": slack_ids.action_id(PASS, 0), "value": slack_ids.action_value(PASS)}
    found = slack.pressed({**WHO, "actions": [action], **place})
    assert found
    return found[0]


def form_in_slack(origin: Origin) -> Event:
    view = {
        "id": "V1",
        "private_metadata": slack_ids.metadata(Form("review.reassign.send", "Reassign", "asg_1"), origin),
    }
    return slack.submitted({**WHO, "view": view})[0]


def in_teams(activity: dict[str, Any], *, form: bool = False) -> Event:
    what = Pressed("round.pass", "round_1", form=form, nonce="n", message="m-1" if form else "")
    return teams.pressed(activity, Actor("teams", "T1", "U1"), what, private=True)


def on_the_page(back: str, *, form: bool = False) -> Event:
    ticket = Ticket(Kind.SUBMIT if form else Kind.PRESS, "round.pass", "round_1", back=back, message="notice/17.out_1")
    actor = Actor("web", "T1", "U1")
    return web.submitted(ticket, actor, MultiDict()) if form else web.pressed(ticket, actor)


MESSAGE = {"container": {"channel_id": "D1", "message_ts": "17.0"}}
MODAL = {"view": {"type": "modal", "id": "V1", "private_metadata": ""}}
EPHEMERAL = {"container": {"channel_id": "D1", "message_ts": "17.0", "is_ephemeral": True}}
ROWS = {
    "slack message": (in_slack(**MESSAGE), "D1:17.0"),
    "slack answer for one": (in_slack(**EPHEMERAL), ""),
    "slack dialog": (in_slack(**MODAL), ""),
    "slack form from a message": (form_in_slack(Origin(channel="D1", ts="17.0")), "D1:17.0"),
    "slack form from nowhere": (form_in_slack(Origin()), ""),
    "teams message": (in_teams({"id": "a", "replyToId": "m-1"}), "m-1"),
    "teams dialog": (in_teams({"id": "a"}), ""),
    "teams form from a message": (in_teams({"id": "a"}, form=True), "m-1"),
    "web notice": (on_the_page("/notices"), "17.out_1"),
    "web page from a notice": (on_the_page("/open?t=x"), ""),
    "web form from a notice": (on_the_page("/open?t=x", form=True), "17.out_1"),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_button_names_its_message(row: str) -> None:
    event, message = ROWS[row]
    assert isinstance(event, ActionPressed | FormSubmitted)
    assert event.message == message
