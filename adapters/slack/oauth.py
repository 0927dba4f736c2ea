"""Installing by OAuth: the vendor's flow over our own stores, mounted as two pages.

`/slack/install` says what will be added and what it may do; its button sends an administrator to Slack with a fresh
state. `/slack/oauth_redirect` takes the code, once and from the same browser, keeps the installation and leads back.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.slack.config import SlackSettings
from adapters.slack.installations import Installations, tenant_of
from adapters.slack.manifest import REDIRECT_PATH, bot_scopes
from bot.ui.inbound import Actor, Arrived
from bot.ui.platform import Services
from bot.ui.strings import Words, preferred, words

if TYPE_CHECKING:
    from aiohttp import web
    from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
    from slack_bolt.response import BoltResponse
    from slack_sdk.oauth.installation_store.models.installation import Installation
    from slack_sdk.web.async_client import AsyncWebClient

INSTALL = "/slack/install"
START = "/slack/install/start"
REDIRECT = REDIRECT_PATH
_STATE_MINUTES = 10


class States:
    """The vendor's state store over the drawer: a state is good once, for ten minutes, on any replica."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def async_issue(self, *_args: Any, **_kwargs: Any) -> str:
        """A fresh state."""
        state = self._services.new_id("oauth")
        expires = self._services.now() + timedelta(minutes=_STATE_MINUTES)
        await self._services.drawer.put(f"state/{state}", expires.isoformat().encode(), expires=expires)
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether the state was issued by us, is not expired and was not used."""
        found = await self._services.drawer.take(f"state/{state}")
        return found is not None and datetime.fromisoformat(found.decode()) > self._services.now()


def flow(
    settings: SlackSettings, services: Services, installations: Installations, client: AsyncWebClient
) -> AsyncOAuthFlow:
    """The vendor's OAuth flow with our stores and our two short pages."""
    from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions
    from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
    from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
    from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
    from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

    class Store(AsyncInstallationStore):
        async def async_save(self, installation: Installation) -> None:
            await installations.save(installation)
            tenant = tenant_of(installation)
            await services.handle(Arrived(event_id=services.new_id("event"), actor=Actor("slack", tenant, "")))

    class StateStore(States, AsyncOAuthStateStore):
        pass

    async def succeeded(args: Any) -> BoltResponse:
        w = _words(args.request.headers)
        return _answer(200, w("slack.install.done"), w, *_next_steps(args.installation, w))

    async def failed(args: Any) -> BoltResponse:
        w = _words(args.request.headers)
        said = _paragraph(w("slack.install.reason", reason=args.reason))
        again = _link(INSTALL, w("slack.install.again"))
        return _answer(args.suggested_status_code, w("slack.install.failed"), w, said, again)

    return AsyncOAuthFlow(
        client=client,
        settings=AsyncOAuthSettings(
            authorization_url=settings.authorize_url,
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value(),
            scopes=list(bot_scopes(settings)),
            redirect_uri=f"{services.public_url}{REDIRECT}",
            install_path=START,
            redirect_uri_path=REDIRECT,
            install_page_rendering_enabled=False,
            installation_store=Store(),
            installation_store_bot_only=True,
            state_store=StateStore(services),
            state_expiration_seconds=_STATE_MINUTES * 60,
            callback_options=AsyncCallbackOptions(success=succeeded, failure=failed),
        ),
    )


def mount(web_app: web.Application, ready: AsyncOAuthFlow, settings: SlackSettings) -> None:
    """Add the three pages."""
    from aiohttp import web
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

    async def explain(request: web.Request) -> web.Response:
        w = words(preferred(request.headers.get("Accept-Language", "")))
        page = _page(w("slack.install.title"), w, *_explained(settings, w))
        return web.Response(text=page, content_type="text/html", charset="utf-8", headers=_HEADERS)

    async def install(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await ready.handle_installation(await to_bolt_request(request)))

    async def redirect(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await ready.handle_callback(await to_bolt_request(request)))

    web_app.router.add_get(INSTALL, explain)
    web_app.router.add_get(START, install)
    web_app.router.add_get(REDIRECT, redirect)


_HEADERS = {"Content-Security-Policy": "default-src 'none'"}
SCOPES = {
    "chat:write": "slack.scope.chat_write",
    "commands": "slack.scope.commands",
    "files:write": "slack.scope.files_write",
    "im:write": "slack.scope.im_write",
    "users:read": "slack.scope.users_read",
    "users:read.email": "slack.scope.users_read_email",
    "im:history": "slack.scope.im_history",
    "channels:read": "slack.scope.channels_read",
    "groups:read": "slack.scope.groups_read",
    "usergroups:read": "slack.scope.usergroups_read",
}
"""What each scope is for, a sentence of the catalogue; a test holds it complete."""


def _explained(settings: SlackSettings, w: Words) -> tuple[str, ...]:
    """What an administrator adds, what it may do, who sees what, and the way on."""
    may = "".join(f"<li>{html.escape(w(SCOPES[scope]))} ({scope})</li>" for scope in bot_scopes(settings))
    return (
        _paragraph(w("slack.install.about")),
        f"<p>{html.escape(w('slack.install.may'))}</p><ul>{may}</ul>",
        _paragraph(w("slack.install.nobody_in")),
        _link(START, w("slack.install.add")),
    )


def _next_steps(installation: Installation, w: Words) -> tuple[str, ...]:
    """Back into the app, and what has to be done before somebody is known there."""
    tenant = tenant_of(installation)
    app, team = installation.app_id or "", installation.team_id or ""
    back = f"https://slack.com/app_redirect?app={app}&team={team}" if app and team else "https://slack.com/signin"
    return (
        _link(back, w("slack.install.open")),
        _paragraph(w("slack.install.list_it")),
        f"<pre>intervision admin add-workspace slack {html.escape(tenant)}</pre>",
    )


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _link(to: str, label: str) -> str:
    return f'<p><a href="{html.escape(to)}">{html.escape(label)}</a></p>'


def _words(headers: Mapping[str, Sequence[str]]) -> Words:
    """The sentences in the browser's language; the vendor's headers have lower-case names and lists of values."""
    return words(preferred(",".join(headers.get("accept-language", ()))))


def _page(title: str, w: Words, *body: str) -> str:
    return (
        f'<!doctype html><html lang="{w.language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><h1>{html.escape(title)}</h1>{''.join(body)}</html>"
    )


def _answer(status: int, title: str, w: Words, *body: str) -> BoltResponse:
    from slack_bolt.response import BoltResponse

    headers: dict[str, str | Sequence[str]] = {"Content-Type": "text/html; charset=utf-8", **_HEADERS}
    return BoltResponse(status=status, body=_page(title, w, *body), headers=headers)
