"""The vendor's app around the receiver: signatures, authorisation, its own events; both ways of connecting.

Everything reaches the receiver through one middleware instead of listeners: a listener for events is
acknowledged before it ran, an exception after an acknowledgement takes it back, and what no listener
matches is answered with 404, which Slack counts against the app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack import library_logging as quiet
from adapters.slack.api import SlackApi
from adapters.slack.config import SlackSettings
from adapters.slack.installations import Installations
from adapters.slack.payload_ids import MALFORMED
from adapters.slack.receiver import Receiver
from bot.ui.strings import words

if TYPE_CHECKING:
    from aiohttp import web
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult

EVENTS = "/slack/events"
"""The one address for events, commands and interactions in `http` mode."""
_MOST_INSIDE = 400
"""Requests inside at once; beyond, they are turned away before any work, so that none waits three seconds."""


def build(settings: SlackSettings, api: SlackApi, installations: Installations, receiver: Receiver) -> AsyncApp:
    """The vendor's app."""
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult
    from slack_bolt.response import BoltResponse

    async def authorize(enterprise_id: str | None, team_id: str | None, context: Any) -> AuthorizeResult | None:
        tenant = (enterprise_id if context.is_enterprise_install else team_id) or ""
        token = await installations.token(tenant)
        if token is None:
            return None
        found = None if installations.single else await installations.find(tenant)
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=token,
            bot_id=found.bot_id if found else None,
            bot_user_id=found.bot_user_id if found else None,
        )

    async def take(body: dict[str, Any]) -> BoltResponse:
        reply = await receiver.take(body)
        return BoltResponse(status=reply.status, body=reply.text)

    async def broken(error: Exception) -> BoltResponse:
        # 503 makes Slack bring an event again; what no shape of Slack's will ever fit is not worth a second try.
        return BoltResponse(status=400 if isinstance(error, MALFORMED) else 503)

    app = AsyncApp(
        name=quiet.NAME,
        logger=quiet.library_logger(),
        client=api.client(),
        signing_secret=settings.signing_secret.get_secret_value() or "not used in Socket Mode",
        authorize=authorize,  # type: ignore[arg-type]  # None is how bolt is told that nothing is installed
        user_facing_authorize_error_message=words("en")("slack.not_installed"),
        ignoring_self_assistant_message_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.middleware(take)
    app.error(broken)
    return app


class Door:
    """The address of `http` mode on the one web server."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app
        self._inside = 0

    def mount(self, web_app: web.Application) -> None:
        """Add the route."""
        web_app.router.add_post(EVENTS, self.handle)

    async def handle(self, request: web.Request) -> web.Response:
        """One signed request."""
        from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

        if self._inside >= _MOST_INSIDE:
            return await self._turn_away(request)
        self._inside += 1
        try:
            return await to_aiohttp_response(await self._app.async_dispatch(await to_bolt_request(request)))
        except MALFORMED:
            # The library reads a body before it looks at its signature, and trips over shapes of its own.
            return self._malformed()
        finally:
            self._inside -= 1

    @staticmethod
    def _malformed() -> web.Response:
        from aiohttp import web

        return web.Response(status=400, text="not a request of Slack's")

    @staticmethod
    async def _turn_away(request: web.Request) -> web.Response:
        """A sentence for a command; 503 for the rest: Slack shows a click's failure and brings events again."""
        from aiohttp import web

        if b"command=" in (await request.read()):
            return web.json_response({"response_type": "ephemeral", "text": words("en")("slack.busy")})
        return web.Response(status=503, headers={"Retry-After": "5"})
