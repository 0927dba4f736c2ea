"""The app manifest for the chosen mode: what an administrator pastes into Slack to create the app.

Scopes are the fewest; none reads a channel's history. Each switch that needs more says so in `config.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from adapters.slack import payload_ids as wire
from adapters.slack.config import SlackSettings
from bot.errors import SetupError
from bot.ui.strings import words

EVENTS_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"
_HINTS = {
    "caseload": "icbt | f2f from 1 Mar | blended | status | history | leave until 12 Jan | help",
    "case": "new | mine | withdraw | help",
    "review": "CODE | decline CODE | help",
    "round": "new | preview | publish | status | skip | pause | close | help",
    "supervision": "add | rhythm | sign | export pdf | overview | help",
    "report": "q1 | q1 pdf | q1 csv | help",
    "settings": "language sv | reads da, sv | connect CODE | help",
}


MEMBERS = frozenset({"channels:read", "groups:read", "usergroups:read"})
"""What members of channels and user groups are read with; without them everything else works."""


def bot_scopes(settings: SlackSettings) -> tuple[str, ...]:
    """The bot's scopes for these settings, sorted."""
    scopes = {"chat:write", "commands", "files:write", "im:write", "users:read"}
    if settings.announcements:
        scopes |= {"channels:read", "groups:read"}
    if settings.typed_messages:
        scopes |= {"im:history"}
    if settings.read_email:
        scopes |= {"users:read.email"}
        if settings.add_members:
            scopes |= MEMBERS
    return tuple(sorted(scopes))


def bot_events(settings: SlackSettings) -> tuple[str, ...]:
    """The subscribed events for these settings, sorted."""
    events = {"app_home_opened", "app_uninstalled", "tokens_revoked", "user_change"}
    if settings.announcements:
        events |= {"channel_archive", "channel_shared", "channel_unshared"}
    if settings.typed_messages:
        events |= {"message.im"}
    return tuple(sorted(events))


def build(settings: SlackSettings, public_url: str) -> dict[str, Any]:
    """The manifest as Slack takes it. Raises SetupError when Slack would have to reach an address it cannot."""
    reached = settings.mode == "http" or settings.by_oauth
    if reached and not public_url.startswith("https://"):
        raise SetupError(
            "public_url: Slack must reach this program over https (mode http, or OAuth); "
            f'it is {public_url!r}. Set the public https address, or use mode = "socket" with a bot_token.'
        )
    events_url = {"request_url": f"{public_url}{EVENTS_PATH}"} if settings.mode == "http" else {}
    oauth: dict[str, Any] = {"scopes": {"bot": list(bot_scopes(settings))}}
    if settings.by_oauth:
        oauth["redirect_urls"] = [f"{public_url}{REDIRECT_PATH}"]
    return {
        "_metadata": {"major_version": 2},
        "display_information": _display(),
        "features": _features(settings, public_url),
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**events_url, "bot_events": list(bot_events(settings))},
            "interactivity": {"is_enabled": True, **events_url},
            "org_deploy_enabled": settings.by_oauth,
            "socket_mode_enabled": settings.mode == "socket",
            "token_rotation_enabled": settings.by_oauth,
        },
    }


def files(
    settings: SlackSettings, public_url: str, now: datetime, earlier: Callable[[str], bytes | None]
) -> dict[str, bytes]:
    """The file for the administrator by name. Raises SetupError as `build` does."""
    text = json.dumps(build(settings, public_url), indent=2, ensure_ascii=False)
    return {"slack-manifest.json": f"{text}\n".encode()}


def _display() -> dict[str, str]:
    w = words("en")
    return {
        "name": w("app.name"),
        "description": w("slack.manifest.about"),
        "long_description": w("slack.manifest.long"),
        "background_color": "#1d4d4f",
    }


def _features(settings: SlackSettings, public_url: str) -> dict[str, Any]:
    w = words("en")
    made: dict[str, Any] = {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": not settings.typed_messages,
        },
        "bot_user": {"display_name": w("app.name"), "always_online": True},
        "slash_commands": [_command(settings, name, typed, public_url) for name, typed in settings.commands.items()],
    }
    if settings.submit_via == "chat":
        made["shortcuts"] = [
            {
                "name": w("slack.manifest.shortcut"),
                "type": "message",
                "callback_id": wire.SHORTCUT,
                "description": w("slack.manifest.shortcut.about"),
            }
        ]
    return made


def _command(settings: SlackSettings, name: str, typed: str, public_url: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "command": typed,
        "description": words("en")(f"slack.manifest.command.{name}"),
        "should_escape": False,
    }
    if _HINTS[name]:
        made["usage_hint"] = _HINTS[name]
    if settings.mode == "http":
        made["url"] = f"{public_url}{EVENTS_PATH}"
    return made
