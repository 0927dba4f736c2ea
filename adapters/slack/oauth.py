"""Installing by OAuth: the vendor's flow over our own stores, mounted as two pages.

`/slack/install` sends an administrator to Slack with a fresh state; `/slack/oauth_redirect` takes
the code, once and from the same browser, and keeps the installation.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.slack.config import SlackSettings
from adapters.slack.installations import Installations, tenant_of
from adapters.slack.manifest import REDIRECT_PATH, bot_scopes
from bot.ui.inbound import Actor, Arrived
from bot.ui.platform import Services

if TYPE_CHECKING:
    from aiohttp import web
    from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
    from slack_bolt.response import BoltResponse
    from slack_sdk.oauth.installation_store.models.installation import Installation
    from slack_sdk.web.async_client import AsyncWebClient

INSTALL = "/slack/install"
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

    async def succeeded(_args: object) -> BoltResponse:
        return _page(200, "Intervision is installed", "You can close this page and open Intervision in Slack.")

    async def failed(args: Any) -> BoltResponse:
        return _page(
            args.suggested_status_code,
            "Intervision was not installed",
            f"Slack's reason: {args.reason}. Please begin again from the installation link.",
        )

    return AsyncOAuthFlow(
        client=client,
        settings=AsyncOAuthSettings(
            authorization_url=settings.authorize_url,
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value(),
            scopes=list(bot_scopes(settings)),
            redirect_uri=f"{services.public_url}{REDIRECT}",
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
            install_page_rendering_enabled=False,
            installation_store=Store(),
            installation_store_bot_only=True,
            state_store=StateStore(services),
            state_expiration_seconds=_STATE_MINUTES * 60,
            callback_options=AsyncCallbackOptions(success=succeeded, failure=failed),
        ),
    )


def mount(web_app: web.Application, ready: AsyncOAuthFlow) -> None:
    """Add the two pages."""
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

    async def install(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await ready.handle_installation(await to_bolt_request(request)))

    async def redirect(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await ready.handle_callback(await to_bolt_request(request)))

    web_app.router.add_get(INSTALL, install)
    web_app.router.add_get(REDIRECT, redirect)


def _page(status: int, title: str, text: str) -> BoltResponse:
    from slack_bolt.response import BoltResponse

    body = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title>"
        f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p></html>"
    )
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'",
    }
    return BoltResponse(status=status, body=body, headers=headers)
