"""The manifest fits together: scopes, events, commands and addresses, the fewest that do the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.slack import manifest
from adapters.slack.config import COMMANDS, SlackSettings
from bot.cli.main import app
from bot.errors import SetupError

URL = "https://clinic.example"
HISTORY = {"channels:history", "groups:history", "mpim:history"}


def settings(**given: Any) -> SlackSettings:
    return SlackSettings.model_validate(given, context={"manifest": True})


def test_socket_mode_needs_no_address() -> None:
    made = manifest.build(settings(), "http://127.0.0.1:8377")
    assert made["settings"]["socket_mode_enabled"]
    assert "127.0.0.1" not in json.dumps(made)


def test_http_mode_names_one_https_address_everywhere() -> None:
    made = manifest.build(settings(mode="http"), URL)
    named = [made["settings"]["interactivity"]["request_url"], made["settings"]["event_subscriptions"]["request_url"]]
    named += [command["url"] for command in made["features"]["slash_commands"]]
    assert set(named) == {f"{URL}/slack/events"}
    with pytest.raises(SetupError, match="https"):
        manifest.build(settings(mode="http"), "http://clinic.example")


def test_oauth_rotates_tokens_and_is_ready_for_organisations() -> None:
    made = manifest.build(settings(client_id="1.2", client_secret="s"), URL)
    assert made["settings"]["token_rotation_enabled"]
    assert made["settings"]["org_deploy_enabled"]
    assert made["oauth_config"]["redirect_urls"] == [f"{URL}/slack/oauth_redirect"]


@pytest.mark.parametrize("switch", ["", "announcements", "typed_messages", "add_members"])
def test_scopes_are_the_fewest_and_never_read_a_channels_history(switch: str) -> None:
    made = manifest.build(settings(**({"add_members": False} | ({switch: True} if switch else {}))), URL)
    scopes = set(made["oauth_config"]["scopes"]["bot"])
    more = {
        "": set(),
        "announcements": {"channels:read", "groups:read"},
        "typed_messages": {"im:history"},
        "add_members": {"channels:read", "groups:read", "usergroups:read"},
    }[switch]
    assert scopes == {"chat:write", "commands", "files:write", "im:write", "users:read", "users:read.email"} | more
    assert "users:read.email" not in manifest.bot_scopes(settings(read_email=False))
    assert not scopes & HISTORY


def test_people_can_write_to_the_app_only_where_it_reads_them() -> None:
    for typed in (True, False):
        made = manifest.build(settings(typed_messages=typed), URL)
        assert made["features"]["app_home"]["messages_tab_read_only_enabled"] is not typed
        assert ("message.im" in made["settings"]["event_subscriptions"]["bot_events"]) is typed


def test_removal_is_always_subscribed() -> None:
    events = manifest.build(settings(), URL)["settings"]["event_subscriptions"]["bot_events"]
    assert {"app_uninstalled", "tokens_revoked", "app_home_opened"} <= set(events)


def test_slacks_lengths_are_kept() -> None:
    made = manifest.build(settings(), URL)
    about = made["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert all(len(s["name"]) <= 24 and len(s["description"]) <= 150 for s in made["features"]["shortcuts"])


def test_case_text_cannot_begin_in_a_message_when_it_stays_on_our_pages() -> None:
    assert "shortcuts" not in manifest.build(settings(submit_via="web"), URL)["features"]


def test_commands_may_be_called_otherwise() -> None:
    given = settings(commands={"case": "/fall"})
    named = [c["command"] for c in manifest.build(given, URL)["features"]["slash_commands"]]
    assert named == ["/caseload", "/fall", "/review", "/round", "/supervision", "/settings", "/report"]
    assert given.canonical["/fall"] == "case"
    assert len(named) == len(COMMANDS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"commands": {"case": "case"}},
        {"commands": {"case": "/Fall"}},
        {"commands": {"case": f"/{'x' * 40}"}},
        {"commands": {"case": "/review"}},
        {"commands": {"lunch": "/lunch"}},
        {"unknown": 1},
        {},
        {"mode": "http", "bot_token": "xoxb"},
        {"app_token": "xapp", "client_id": "1"},
        {"app_token": "xapp", "client_id": "1", "client_secret": "s", "bot_token": "xoxb"},
    ],
)
def test_mistakes_of_the_section_are_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        SlackSettings.model_validate(wrong)


def test_secrets_are_not_shown() -> None:
    made = SlackSettings(app_token="xapp-1-secret", bot_token="xoxb-secret")
    assert "secret" not in repr(made).replace("signing_secret", "").replace("client_secret", "")


def test_the_command_writes_the_manifest_before_slack_gave_any_token(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[server]\npublic_url = "https://clinic.example"\n[adapters.slack]\nmode = "http"\n')
    done = CliRunner().invoke(app, ["manifest", "slack", "--config", str(config), "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "slack-manifest.json").read_text())["features"]["slash_commands"]


@pytest.mark.parametrize(
    ("arguments", "sentence"), [(["web"], "no manifest"), (["slack", "--out", "nowhere"], "cannot be written")]
)
def test_the_command_says_what_is_wrong(arguments: list[str], sentence: str) -> None:
    done = CliRunner().invoke(app, ["manifest", *arguments])
    assert isinstance(done.exception, SetupError)
    assert sentence in str(done.exception)
