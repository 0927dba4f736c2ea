"""The running adapter: its one web address, its connector, what `send` and `check` do.

The endpoint authenticates, lets in only allowed tenants and addresses, and hands the activity to
`activity_handler.py`. It never answers a well-formed request with a server error, except 503 when Microsoft's
keys cannot be fetched: Teams stops delivering to bots that fail.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from adapters.outgoing import session
from adapters.teams import activity_feed, answers
from adapters.teams.activity import PLATFORM, tenant_of, text_at
from adapters.teams.activity_feed import ActivityFeed
from adapters.teams.activity_handler import Turns
from adapters.teams.config import TeamsSettings
from adapters.teams.files import Files
from adapters.teams.hosts import allowed_service, is_loopback
from adapters.teams.installations import Arrivals
from adapters.teams.outbound import Outbound
from adapters.teams.pacing import Pacer
from adapters.teams.pages import Pages
from adapters.teams.references import References
from adapters.teams.sdk import BearerTokens, Connector, ConnectorUnreachable, EntraAway
from adapters.teams.spans import Json
from adapters.teams.tokens import Forged, Guard, KeyRing, KeysUnavailable
from bot.log import report
from bot.ui.inbound import Actor
from bot.ui.platform import Address, DeliveryFailed, Introduction, Message, Problem, Services
from bot.ui.rosters import Account, RosterFailed, Selection, Sources
from bot.ui.strings import words

LATEST = {"invoke": 2.5}
"""Seconds until an activity is acknowledged whatever becomes of it; Teams gives an invoke five."""
LATEST_ELSE = 13.0
"""The same of a message, for which Teams waits fifteen: its answer is posted by itself, and tried again meanwhile."""
log = structlog.get_logger(__name__)
PATH = "/api/messages"
_MOST = 1_000_000
"""Bytes of one activity; Teams' own are far smaller."""
_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
_LOOK_UP = aiohttp.ClientTimeout(total=10)


class TeamsPlatform:
    """Teams, between `start` and `stop`."""

    name = PLATFORM

    def __init__(
        self,
        settings: TeamsSettings,
        services: Services,
        tokens: BearerTokens,
        graph: Callable[[str], BearerTokens] | None = None,
    ) -> None:
        """`graph`: tokens for Microsoft Graph by tenant; `tokens` when left out."""
        self._graph = graph or (lambda _: tokens)
        self._feed: ActivityFeed | None = None
        self._settings = settings
        self._services = services
        self._tokens = tokens
        self._ring = KeyRing(settings.metadata_url, self._fetch, services.now)
        self._guard = Guard(settings.app_id, settings.issuer, self._ring, services.now)
        self._pages = Pages(settings, services, KeyRing(settings.sso_metadata_url, self._fetch, services.now))
        self._under_way: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._outbound: Outbound | None = None
        self._turns: Turns | None = None
        self._arrivals: Arrivals | None = None

    def mount(self, web: Any) -> None:
        """Add the messaging endpoint, the personal tab's page and the privacy page."""
        web.router.add_post(PATH, self._messages)
        self._pages.mount(web)

    async def start(self) -> None:
        """Open the one client session; nothing is sent yet."""
        # Idle connections are dropped early: a request lost on a dead one would count as uncertain.
        self._session = session(timeout=_TIMEOUT, connector=aiohttp.TCPConnector(keepalive_timeout=10))
        connector = Connector(self._settings.app_id, self._tokens, self._session)
        pacer = Pacer(self._settings.requests_per_second, asyncio.get_running_loop().time)
        self._outbound = Outbound(connector, pacer, self._allowed, activity_feed=self._settings.activity_feed)
        if self._settings.activity_feed_graph:
            self._feed = ActivityFeed(self._session, self._settings.graph_url, self._settings.app_id, self._graph)
        references = References(self._services.drawer)
        self._arrivals = Arrivals(self._services, references, connector, self._outbound, self._spawn)
        files = Files(self._services, self._session)
        self._turns = Turns(self._services, self._arrivals, self._outbound, files, self._spawn)

    async def stop(self) -> None:
        """Finish what follows given answers, then close the connections."""
        if self._arrivals is not None:
            await self._arrivals.stop()
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def send(self, to: Address, message: Message) -> str:
        """Deliver or update one card; several ids joined by commas when it was too large for one message."""
        if self._outbound is None:
            raise DeliveryFailed("the Teams adapter is not started", retry_after=1.0)
        language = words(await self._services.language_of(to.actor))
        reference = {"tenant": to.actor.tenant, **to.reference}
        if self._feed and message.urgent and not message.only_edit and not message.replaces:
            # Beside the message and whatever becomes of it: a chat may be muted, blocked or away.
            card = message.card
            self._spawn(self._feed.ring(to.actor, message.outbox_id, card.summary or card.title, language))
        return await self._outbound.deliver(reference, message, language)

    async def introduce(self, email: str) -> Introduction:
        """Look somebody up by e-mail in the teams and groups that have the app."""
        return await self._arrivals.introduce(email) if self._arrivals else Introduction.SILENT

    async def sources(self, asker: Actor) -> Sources:
        """The teams of which an administrator may make groups."""
        return await self._arrivals.teams.sources(asker) if self._arrivals else Sources()

    async def accounts(self, asker: Actor, wanted: Selection) -> Sequence[Account]:
        """Everybody in a team. Raises RosterFailed."""
        if self._arrivals is None:
            raise RosterFailed("silent")
        return await self._arrivals.teams.accounts(asker, wanted)

    can_be_asked = False
    """Bots are shown no history of a chat."""

    async def probe(self, tenant: str) -> None:
        """Whether the tenant's connector answers."""
        if self._outbound is not None:
            await self._outbound.probe(tenant)

    async def check(self) -> Sequence[Problem]:
        """Whether keys can be fetched, a token can be had, and Teams can reach us."""
        problems = [self._public()] if not self._settings.anonymous else []
        if not self._settings.anonymous:
            problems += [await self._keys(), await self._credentials()]
            if self._settings.activity_feed_graph:
                problems += await activity_feed.check(self._settings.tenants, self._graph)
        return [problem for problem in problems if problem is not None]

    # ---- the endpoint ------------------------------------------------------------------------

    async def _messages(self, request: web.Request) -> web.Response:
        activity = await _read(request)
        if activity is None:
            return web.Response(status=400, text="not an activity")
        refused = await self._refused(request, activity)
        if refused is not None:
            return refused
        body = await self._in_time(activity)
        return web.Response(status=200) if body is None else web.json_response(body)

    async def _in_time(self, activity: Json) -> Json | None:
        """The answer, or after `LATEST` an acknowledgement for which nothing is read: a database that hangs holds up
        what was asked, but not Teams, which would show an error of its own. What was begun is done all the same.
        """
        task = asyncio.create_task(self._taken(activity))
        latest = LATEST.get(text_at(activity, "type"), LATEST_ELSE)
        ready, _ = await asyncio.wait({task}, timeout=latest)
        if ready:
            return task.result()
        self._spawn(_ended(task))
        return answers.late(activity, words(text_at(activity, "locale"))("teams.slow"))

    async def _taken(self, activity: Json) -> Json | None:
        assert self._turns is not None, "routes are served after start()"
        try:
            return await self._turns.take(activity)
        except Exception as wrong:
            kind = text_at(activity, "type")
            report(log, "teams.turn_broke", wrong, what=kind[:60])
            return {} if kind == "invoke" else None

    async def _refused(self, request: web.Request, activity: Json) -> web.Response | None:
        """Why this request is turned away, or None."""
        try:
            if self._settings.anonymous:
                _only_local(request)
            else:
                await self._guard.check(request.headers.get("Authorization", ""), activity)
        except Forged as wrong:
            log.warning("teams.refused", reason=str(wrong))
            return web.Response(status=401, text="unauthorised")
        except KeysUnavailable as wrong:
            log.error("teams.no_keys", reason=str(wrong))  # noqa: TRY400 - the reason says it all
            return web.Response(status=503, text="signing keys unavailable")
        if not self._allowed(text_at(activity, "serviceUrl")):
            log.warning("teams.refused", reason="service URL is none of Microsoft's")
            return web.Response(status=403, text="unknown service")
        tenants = self._settings.tenants
        if tenants and tenant_of(activity) not in tenants:
            log.warning("teams.refused", reason="tenant is not allowed")
            return web.Response(status=403, text="unknown tenant")
        return None

    def _allowed(self, service: str) -> bool:
        return allowed_service(service, self._settings.service_hosts, loopback=self._settings.anonymous)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that follows an answer; `stop` waits for it and a failure is logged."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        wrong = None if task.cancelled() else task.exception()
        if wrong is not None:
            report(log, "teams.follow_up_broke", wrong)

    async def _fetch(self, url: str) -> dict[str, Any]:
        if self._session is None:
            raise OSError("the adapter is not started")
        try:
            async with self._session.get(url, timeout=_LOOK_UP) as answer:
                content = b""
                async for chunk in answer.content.iter_chunked(65_536):
                    content += chunk
                    if len(content) > _MOST:
                        break
                if answer.status != 200 or len(content) > _MOST:
                    raise OSError("not what was asked for")
        except aiohttp.ClientError as wrong:
            raise OSError(type(wrong).__name__) from None
        found = json.loads(content)
        if not isinstance(found, dict):
            raise ValueError("no JSON object")  # noqa: TRY004 - a fault of the far side, treated as one
        return found

    # ---- check -------------------------------------------------------------------------------

    def _public(self) -> Problem | None:
        url = self._services.public_url
        if url.startswith("https://"):
            return None
        return Problem(
            "public_url",
            f"{url or 'nothing'} is not an https address, so Teams cannot reach {PATH}",
            f"Set public_url to this server's public https address and enter it with {PATH} as the Azure Bot's "
            "messaging endpoint.",
            fatal=False,
        )

    async def _keys(self) -> Problem | None:
        started = self._session is not None
        if not started:
            self._session = session(timeout=_TIMEOUT)
        try:
            await self._ring.key("")
        except KeysUnavailable:
            return Problem(
                "adapters.teams.metadata_url",
                f"the signing keys at {self._settings.metadata_url} cannot be fetched",
                "Let this server open outgoing https connections, or correct the address.",
            )
        finally:
            if not started and self._session is not None:
                await self._session.close()
                self._session = None
        return None

    async def _credentials(self) -> Problem | None:
        try:
            await self._tokens.token()
        except EntraAway as away:
            return Problem(
                "adapters.teams",
                str(away),
                "Look at Microsoft's service health, and whether this machine may open outgoing https connections. "
                "What waits goes out when it answers again.",
            )
        except ConnectorUnreachable as wrong:
            return Problem(
                "adapters.teams.app_secret",
                str(wrong),
                "Check app_id, tenant_id and the secret's value and expiry date in Entra ID (App registrations, "
                "Certificates & secrets).",
            )
        return None


async def _read(request: web.Request) -> Json | None:
    """The activity, if the body is one; its content type does not matter."""
    if (request.content_length or 0) > _MOST:
        return None
    try:
        activity = json.loads(await request.read())
    except (ValueError, RecursionError):
        return None
    shaped = isinstance(activity, dict) and isinstance(activity.get("type"), str)
    return activity if shaped and isinstance(activity.get("conversation", {}), dict) else None


def _only_local(request: web.Request) -> None:
    """Anonymous mode listens to this machine only, and not to a proxy that forwards from elsewhere."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    if forwarded or not is_loopback(request.remote):
        raise Forged("anonymous mode takes requests from this machine only")


async def _ended(task: asyncio.Task[Any]) -> None:
    await asyncio.wait({task})
