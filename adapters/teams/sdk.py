"""The only file that imports the Bot Framework SDK (botbuilder 4.17): credentials and the connector's REST API.

Its repository is archived, so the surface is kept to what `Connector` names; the decision page
`docs/decisions/0011-teams-botbuilder-now.md` says how the Microsoft 365 Agents SDK takes its place. Three parts of
the SDK are replaced through its own seams, because they block the event loop or repeat what must
not be repeated: how requests are sent (our aiohttp session, no retries), where the bearer token
comes from (fetched in a thread, kept for minutes), and who authenticates (`tokens.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

import aiohttp
from botbuilder.core import TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import (
    Activity,
    ChannelAccount,
    ConversationAccount,
    ConversationParameters,
    ConversationReference,
)
from botframework.connector.aio import ConnectorClient
from botframework.connector.aiohttp_bf_pipeline import AsyncBfPipeline
from botframework.connector.auth import (
    AppCredentials,
    BotFrameworkAuthentication,
    CertificateAppCredentials,
    ClaimsIdentity,
    MicrosoftAppCredentials,
)
from botframework.connector.auth.connector_factory import ConnectorFactory
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from msrest.exceptions import HttpOperationError
from msrest.pipeline import Request, Response
from msrest.pipeline.async_abc import AsyncHTTPSender
from msrest.universal_http.aiohttp import AioHttpClientResponse

from adapters.teams.config import TeamsSettings
from adapters.teams.spans import Json
from bot.errors import IntervisionError, SetupError

CHANNEL = "msteams"
_KEEP_TOKEN = timedelta(minutes=5)
"""The SDK's own cache knows the real life of a token (about an hour); ours only saves the thread."""


class ConnectorRefused(IntervisionError):
    """The connector answered with an error: nothing was done. `retry_after` in seconds when it named one."""

    def __init__(self, status: int, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"the connector answered {status} {code}".strip())
        self.status = status
        self.code = code
        self.retry_after = retry_after


class ConnectorUnreachable(IntervisionError):
    """No connection to the connector, or no token for it: certainly nothing was done."""


class EntraAway(ConnectorUnreachable):
    """Entra ID, which gives out tokens, does not answer; nothing is known of the credentials."""


class NoAnswer(IntervisionError):
    """The request went out and no answer came back: it may have been done."""


class BearerTokens(Protocol):
    """Where the bot's own tokens come from."""

    async def token(self) -> str:
        """A token for the connector; "" in anonymous mode. Raises ConnectorUnreachable when there is none."""

    def forget(self) -> None:
        """The connector refused the last one."""


class EntraTokens:
    """Tokens from Entra ID for the app's secret or certificate, by way of the SDK and MSAL."""

    def __init__(self, credentials: AppCredentials, now: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self._now = now
        self._lock = asyncio.Lock()
        self._kept = ""
        self._until: datetime | None = None

    async def token(self) -> str:
        """A kept token, or a fresh one fetched in a thread (MSAL is synchronous)."""
        async with self._lock:
            if self._until is None or self._now() >= self._until:
                try:
                    self._kept = await asyncio.to_thread(self._credentials.get_access_token)
                except (PermissionError, ValueError) as wrong:
                    raise ConnectorUnreachable(f"Entra ID gave no token: {_entra_code(wrong)}") from None
                except OSError as wrong:
                    raise EntraAway(f"Entra ID does not answer: {type(wrong).__name__}") from None
                self._until = self._now() + _KEEP_TOKEN
            return self._kept

    def forget(self) -> None:
        """Ask again next time."""
        self._until = None


class NoTokens:
    """Anonymous mode: requests to the Playground carry no token."""

    async def token(self) -> str:
        """None is needed."""
        return ""

    def forget(self) -> None:
        """Nothing to forget."""


def bearer_tokens(settings: TeamsSettings, now: Callable[[], datetime]) -> BearerTokens:
    """The source of tokens for the connector that the settings describe. Raises SetupError for a bad certificate."""
    if settings.anonymous:
        return NoTokens()
    tenant = settings.tenant_id if settings.app_type == "single" else None
    return _tokens(settings, tenant, settings.token_scope, now)


def graph_tokens(settings: TeamsSettings, now: Callable[[], datetime]) -> Callable[[str], BearerTokens]:
    """The source of tokens for Microsoft Graph by the tenant whose people it is about."""

    @cache
    def of(tenant: str) -> BearerTokens:
        return _tokens(settings, tenant, settings.graph_url, now)

    return of


def _tokens(settings: TeamsSettings, tenant: str | None, scope: str, now: Callable[[], datetime]) -> BearerTokens:
    app = settings.app_id
    if settings.certificate.get_secret_value():
        thumbprint, key = _certificate(settings)
        credentials = CertificateAppCredentials(app, thumbprint, key, tenant, scope)
    else:
        credentials = MicrosoftAppCredentials(app, settings.app_secret.get_secret_value(), tenant, scope)
    credentials.oauth_endpoint = f"{settings.login_url.rstrip('/')}/{credentials.tenant}"
    return EntraTokens(credentials, now)


@dataclass(frozen=True)
class Place:
    """A conversation at a connector: its service URL, its id and the bot's own id in it."""

    service: str
    conversation: str
    bot: str


class Connector:
    """The calls that the adapter makes to the connector.

    All raise ConnectorRefused, ConnectorUnreachable or NoAnswer, and none is repeated here.
    """

    def __init__(self, app_id: str, tokens: BearerTokens, session: aiohttp.ClientSession) -> None:
        self._app_id = app_id
        self._tokens = tokens
        self._clients = _Clients(session, tokens)
        self._adapter = _Adapter(_Authentication(self._clients))
        self._claims = self._adapter.create_claims_identity(app_id)

    async def send(self, at: Place, activity: Json) -> str:
        """Post a new activity; its id."""

        async def speak(turn: TurnContext) -> str:
            posted = await turn.send_activity(Activity().deserialize(activity))
            return str(posted.id) if posted and posted.id else ""

        return str(await self._asked(lambda: self._in_turn(at, speak)))

    async def update(self, at: Place, activity_id: str, activity: Json) -> None:
        """Replace an activity that the bot posted."""

        async def speak(turn: TurnContext) -> None:
            changed = Activity().deserialize(activity)
            changed.id = activity_id
            await turn.update_activity(changed)

        await self._asked(lambda: self._in_turn(at, speak))

    async def delete(self, at: Place, activity_id: str) -> None:
        """Remove an activity that the bot posted."""
        client = self._clients.at(at.service)
        await self._asked(lambda: client.conversations.delete_activity(at.conversation, activity_id))

    async def create_chat(self, service: str, bot: str, user: str, tenant: str) -> str:
        """The personal chat with a user (`29:…`), opened when there was none; its conversation id."""
        wanted = ConversationParameters(
            bot=ChannelAccount(id=bot),
            members=[ChannelAccount(id=user)],
            is_group=False,
            tenant_id=tenant,
            channel_data={"tenant": {"id": tenant}},
        )
        client = self._clients.at(service)
        made = await self._asked(lambda: client.conversations.create_conversation(wanted))
        if made is None or not made.id:
            raise NoAnswer("a chat without an id")
        return str(made.id)

    async def ask(self, service: str) -> None:
        """A harmless question (the bot's conversations), which Teams refuses: whoever refuses is there."""
        client = self._clients.at(service)
        try:
            await self._asked(client.conversations.get_conversations)
        except ConnectorRefused as refused:
            if refused.status >= 500:
                raise

    async def members(self, at: Place, continuation: str = "") -> tuple[list[Json], str]:
        """One page of a conversation's members as plain JSON, and the token of the next page or ""."""
        client = self._clients.at(at.service)
        page = await self._asked(
            lambda: client.conversations.get_teams_conversation_paged_members(
                at.conversation, page_size=200, continuation_token=continuation or None
            )
        )
        members = [{**(m.additional_properties or {}), **m.serialize()} for m in page.members or ()]
        return members, str(page.continuation_token or "")

    async def member(self, at: Place, user: str) -> Json:
        """One member of a conversation as plain JSON."""
        client = self._clients.at(at.service)
        found = await self._asked(lambda: client.conversations.get_conversation_member(at.conversation, user))
        return {**(found.additional_properties or {}), **found.serialize()}

    async def _in_turn(self, at: Place, speak: Callable[[TurnContext], Awaitable[Any]]) -> Any:
        """Run `speak` in a proactive turn of the SDK's adapter."""
        said: list[Any] = []

        async def logic(turn: TurnContext) -> None:
            turn.activity.id = None  # the SDK invents one, and what we post would become a reply to it
            said.append(await speak(turn))

        reference = ConversationReference(
            service_url=at.service,
            channel_id=CHANNEL,
            conversation=ConversationAccount(id=at.conversation),
            bot=ChannelAccount(id=at.bot),
        )
        await self._adapter.continue_conversation_with_claims(self._claims, reference, "", logic)
        return said[0]

    async def _asked(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """The call's answer; once more with a fresh token when the kept one was refused."""
        try:
            return await call()
        except HttpOperationError as wrong:
            if wrong.response.status != 401:
                raise _refusal(wrong) from None
        except UnicodeEncodeError:  # an id that fits into no address
            raise ConnectorRefused(400, "unencodable", None) from None
        self._tokens.forget()
        try:
            return await call()
        except HttpOperationError as wrong:
            raise _refusal(wrong) from None


# ---- the SDK's seams ---------------------------------------------------------------------------


class _Adapter(CloudAdapterBase):  # type: ignore[misc]  # the SDK ships no types
    """The SDK's adapter; errors of a turn reach the caller because no error handler swallows them."""


class _Clients(ConnectorFactory):  # type: ignore[misc]  # the SDK ships no types
    """One client per service URL, all over one session (building a client costs milliseconds)."""

    def __init__(self, session: aiohttp.ClientSession, tokens: BearerTokens) -> None:
        self._sender = _Sender(session, tokens)
        self._clients: dict[str, ConnectorClient] = {}

    async def create(self, service_url: str, audience: str) -> ConnectorClient:
        """What the SDK's adapter calls."""
        return self.at(service_url)

    def at(self, service_url: str) -> ConnectorClient:
        """The client of a service URL."""
        if service_url not in self._clients:
            base = service_url.rstrip("/")
            self._clients[service_url] = ConnectorClient(
                AppCredentials("", "unused", "unused"), base, pipeline_type=_pipeline(self._sender), sender=self._sender
            )
        return self._clients[service_url]


def _pipeline(sender: _Sender) -> Callable[[Any], AsyncBfPipeline]:
    """The SDK's pipeline without its policy that fetches tokens synchronously."""

    def build(config: Any) -> AsyncBfPipeline:
        config.credentials, kept = None, config.credentials
        config.sender = sender
        try:
            return AsyncBfPipeline(config)
        finally:
            config.credentials = kept

    return build


class _Sender(AsyncHTTPSender[Any, Any]):
    """Sends over our session with our token, once, and tells "not sent" from "no answer"."""

    def __init__(self, session: aiohttp.ClientSession, tokens: BearerTokens) -> None:
        self._session = session
        self._tokens = tokens

    async def __aexit__(self, *exc_details: object) -> None:
        """The session belongs to the platform."""

    async def send(self, request: Request[Any], **config: Any) -> Response[Any, Any]:
        """One HTTP exchange."""
        http = request.http_request
        token = await self._tokens.token()
        headers = {**http.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        try:
            answer = await self._session.request(http.method, http.url, headers=headers, data=http.data)
            response = _Answer(http, answer)
            await response.load_body()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as wrong:
            raise ConnectorUnreachable(type(wrong).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as wrong:
            raise NoAnswer(type(wrong).__name__) from None
        if response.is_a_page:
            raise NoAnswer("a page in the connector's place")
        return Response(request, response)


class _Answer(AioHttpClientResponse):
    """The SDK's answer, which takes an empty body for one that was never read, and breaks on what is no JSON."""

    @property
    def is_a_page(self) -> bool:
        """Whether it says yes in words: a filter or a notice of maintenance, never the connector."""
        return (self.status_code or 0) < 300 and bool(self._body) and not self.body()

    def body(self) -> bytes:
        """The whole body, empty or not; a gateway's page of words says nothing that the status does not."""
        return self._body or b"" if "json" in str(self.headers.get("Content-Type", "json")) else b""


class _Authentication(BotFrameworkAuthentication):  # type: ignore[misc]  # the SDK ships no types
    """Hands the SDK our clients; incoming requests are checked in `tokens.py` before anything reaches it."""

    def __init__(self, clients: _Clients) -> None:
        self._clients = clients

    async def authenticate_request(self, activity: Activity, auth_header: str) -> Any:
        """Never called: the endpoint authenticates."""
        raise NotImplementedError

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> Any:
        """Never called: Teams does not stream."""
        raise NotImplementedError

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        """The clients, whoever asks."""
        return self._clients

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        """None: the bot signs nobody in through the SDK."""


def _refusal(wrong: HttpOperationError) -> ConnectorRefused:
    response = wrong.response  # aiohttp's own
    after = response.headers.get("Retry-After", "")
    code = str(getattr(getattr(wrong.error, "error", None), "code", "") or "")
    return ConnectorRefused(response.status, code, float(after) if after.isdigit() else None)


def _certificate(settings: TeamsSettings) -> tuple[str, str]:
    """Thumbprint and private key of the PEM text."""
    pem = settings.certificate.get_secret_value()
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise SetupError(
            "adapters.teams.certificate holds no PEM certificate. "
            "Put the private key and the certificate into one PEM file and name it in certificate_file."
        ) from None
    blocks = [f"-----BEGIN {block}" for block in pem.split("-----BEGIN ")[1:]]
    key = next((block for block in blocks if "PRIVATE KEY" in block.split("-----")[1]), "")
    if not key:
        raise SetupError("adapters.teams.certificate holds no private key. Append it to the PEM file.")
    return certificate.fingerprint(hashes.SHA1()).hex(), key  # noqa: S303 - Entra names certificates by it


def _entra_code(wrong: Exception) -> str:
    """The error code without Entra's long text, which names the tenant and the app."""
    words = str(wrong).replace(":", " ").replace(",", " ").split()
    return next((w for w in words if w.startswith(("AADSTS", "invalid_"))), type(wrong).__name__)
