"""What `intervision check` finds wrong with the connection to Slack: tokens, scopes, commands, addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack import manifest
from adapters.slack.api import NoAnswer, RateLimited, SlackApi, SlackError, Unreachable
from adapters.slack.config import SlackSettings
from adapters.slack.installations import Installations
from bot.errors import SetupError
from bot.ui.platform import Problem

_NO_ANSWER = (
    "Look at Slack's status page, and whether this machine may open outgoing https connections. Of the token nothing "
    "is known; what waits goes out when Slack answers again."
)
_REINSTALL = "Install the app again and copy its token into the configuration."
_MEND_MANIFEST = "Paste the output of `intervision manifest slack` into the app's settings and install it again."


class Doctor:
    """Asks Slack about every token we hold and compares with our manifest."""

    def __init__(self, settings: SlackSettings, api: SlackApi, installations: Installations, public_url: str) -> None:
        self._settings = settings
        self._api = api
        self._installations = installations
        self._public_url = public_url

    async def problems(self) -> Sequence[Problem]:
        """Everything wrong, all at once; empty when all is well."""
        found = [*self._address(), *await self._bot_tokens()]
        if self._settings.mode == "socket":
            found += await self._app_token()
        if self._settings.config_token.get_secret_value():
            found += await self._registered()
        return list(dict.fromkeys(found))

    def _address(self) -> list[Problem]:
        try:
            manifest.build(self._settings, self._public_url)
        except SetupError as wrong:
            return [Problem("server.public_url", str(wrong), "Set the public https address.")]
        return []

    async def _bot_tokens(self) -> list[Problem]:
        if self._installations.single:
            return await self._bot_token("", self._settings.bot_token.get_secret_value(), "adapters.slack.bot_token")
        found = []
        for tenant in await self._installations.tenants():
            token = await self._installations.token(tenant) or ""
            found += [
                Problem(p.where, p.what, p.remedy, fatal=False)
                for p in await self._bot_token(tenant, token, f"Slack workspace {tenant}")
            ]
        return found

    async def _bot_token(self, tenant: str, token: str, where: str) -> list[Problem]:
        try:
            answer = await self._api.call_with(token, tenant, "auth.test", repeat=True)
        except SlackError as refused:
            return [_refusal(where, refused, _REINSTALL)]
        granted = {scope.strip() for scope in str(answer["_scopes"]).split(",") if scope.strip()}
        missing = sorted(set(manifest.bot_scopes(self._settings)) - granted)
        if missing:
            # Everything but adding people from a channel works without those scopes.
            fatal = bool(set(missing) - manifest.MEMBERS) or self._settings.announcements
            what = f"the token lacks the scopes {', '.join(missing)}"
            return [Problem(where, what, _MEND_MANIFEST, fatal=fatal)]
        more = sorted(granted - set(manifest.bot_scopes(self._settings)))
        if more:
            what = f"the token may do more than this program needs: {', '.join(more)}"
            return [Problem(where, what, _MEND_MANIFEST, fatal=False)]
        return []

    async def _app_token(self) -> list[Problem]:
        where = "adapters.slack.app_token"
        try:
            token = self._settings.app_token.get_secret_value()
            await self._api.call_with(token, "", "apps.connections.open", repeat=True)
        except SlackError as refused:
            remedy = "Make an app-level token with the scope connections:write and switch Socket Mode on."
            return [_refusal(where, refused, remedy)]
        return []

    async def _registered(self) -> list[Problem]:
        """The app as Slack has it, compared with the manifest we would write."""
        where = "adapters.slack.config_token"
        try:
            token = self._settings.config_token.get_secret_value()
            answer = await self._api.call_with(
                token, "", "apps.manifest.export", repeat=True, app_id=self._settings.app_id
            )
        except SlackError as refused:
            return [_refusal(where, refused, "Make a new app configuration token; it lives twelve hours.")]
        have, want = answer["manifest"], manifest.build(self._settings, self._public_url)
        return [
            Problem("Slack app", f"{what} differ from our manifest: {', '.join(sorted(differing))}", _MEND_MANIFEST)
            for what, differing in _differences(have, want).items()
            if differing
        ]


def _differences(have: Mapping[str, Any], want: Mapping[str, Any]) -> dict[str, set[str]]:
    return {what: _named(have, what) ^ _named(want, what) for what in ("commands", "scopes", "events")}


def _named(of: Mapping[str, Any], what: str) -> set[str]:
    if what == "commands":
        return {str(c["command"]) for c in (of.get("features") or {}).get("slash_commands") or ()}
    if what == "scopes":
        return set(((of.get("oauth_config") or {}).get("scopes") or {}).get("bot") or ())
    return set(((of.get("settings") or {}).get("event_subscriptions") or {}).get("bot_events") or ())


def _refusal(where: str, refused: SlackError, remedy: str) -> Problem:
    if isinstance(refused, RateLimited):
        return Problem(where, "Slack asks for a pause", "Run the check again in a minute.", fatal=False)
    if isinstance(refused, (NoAnswer, Unreachable)):
        return Problem("adapters.slack", f"Slack does not answer ({refused.code})", _NO_ANSWER)
    return Problem(where, f"Slack says: {refused.code}", remedy)
