"""Calls to Slack's Web API, with its answers sorted into what a caller must know.

The vendor's client repeats a call by itself when a connection breaks, and so posts twice; here only
calls that may be repeated are (`repeat=True`), and a 429 closes the method for that workspace until
Slack's `Retry-After` is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from adapters.slack import library_logging as quiet
from bot.errors import IntervisionError

if TYPE_CHECKING:
    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

TIMEOUT = 10
"""Seconds for one call, at most half of them until there is a connection; Slack's slowest answers stay under it."""
RESPONSE_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
_REFUSED_BEFORE_WORK = frozenset({"service_unavailable", "ratelimited", "rate_limited"})
_READ_FORMS_ONLY = frozenset(
    {
        "conversations.info",
        "conversations.members",
        "files.getUploadURLExternal",
        "usergroups.list",
        "usergroups.users.list",
        "users.info",
        "users.lookupByEmail",
    }
)
_MAYBE_DONE = frozenset({"fatal_error", "internal_error", "request_timeout"})


class SlackError(IntervisionError):
    """Slack did not do what was asked; `code` is Slack's word for why (never its text, which quotes payloads)."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"{method}: {code}")
        self.method = method
        self.code = code


class RateLimited(SlackError):
    """Too many calls; not done. `retry_after` in seconds."""

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__(method, "ratelimited")
        self.retry_after = retry_after


class Unreachable(SlackError):
    """No connection, or refused before any work: certainly not done, worth another try."""


class NoAnswer(SlackError):
    """The request went out and no clear answer came back: it may have been done."""


class Tokens(Protocol):
    """Where the token of a workspace or organisation comes from."""

    async def token(self, tenant: str) -> str | None:
        """The bot token to use now; None when the app is not installed there."""


class SlackApi:
    """The Web API for every workspace, over one pool of connections."""

    def __init__(self, base_url: str, tokens: Tokens) -> None:
        self._base_url = base_url
        self._tokens = tokens
        self._session: aiohttp.ClientSession | None = None
        self._closed_until: dict[tuple[str, str], float] = {}

    @property
    def is_open(self) -> bool:
        """Whether the pool is open."""
        return self._session is not None

    async def open(self) -> None:
        """Open the pool of connections."""
        import aiohttp

        from adapters.outgoing import session

        self._session = session(timeout=aiohttp.ClientTimeout(total=TIMEOUT, connect=TIMEOUT / 2))

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def client(self, token: str | None = None) -> AsyncWebClient:
        """The vendor's client on this address and pool, without repetitions of its own."""
        from slack_sdk.web.async_client import AsyncWebClient

        return AsyncWebClient(
            token=token,
            base_url=self._base_url,
            timeout=TIMEOUT,
            session=self._session,
            retry_handlers=[],
            logger=quiet.library_logger(),
        )

    async def call(self, tenant: str, method: str, *, repeat: bool = False, **arguments: Any) -> Mapping[str, Any]:
        """Call a method as this workspace's bot; `repeat` only for what may be done twice.

        Raises RateLimited, Unreachable, NoAnswer or SlackError.
        """
        token = await self._tokens.token(tenant)
        if token is None:
            raise SlackError(method, "not_installed")
        return await self.call_with(token, tenant, method, repeat=repeat, **arguments)

    async def call_with(
        self, token: str, tenant: str, method: str, *, repeat: bool = False, **arguments: Any
    ) -> Mapping[str, Any]:
        """The same with a token at hand (the doctor, the installation)."""
        self._check_open(tenant, method)
        try:
            return await self._once(token, tenant, method, arguments)
        except (Unreachable, NoAnswer):
            if not repeat:
                raise
            await asyncio.sleep(0.2)
            return await self._once(token, tenant, method, arguments)

    def _check_open(self, tenant: str, method: str) -> None:
        left = self._closed_until.get((tenant, method), 0.0) - asyncio.get_running_loop().time()
        if left > 0:
            raise RateLimited(method, left)

    async def _once(self, token: str, tenant: str, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        import aiohttp
        from slack_sdk.errors import SlackApiError, SlackClientError

        arguments = {name: value for name, value in arguments.items() if value is not None}
        # Everything else takes JSON, where nested blocks need no encoding.
        form = method in _READ_FORMS_ONLY
        given: dict[str, Any] = {"params": arguments} if form else {"json": arguments}
        try:
            answer = await self.client(token).api_call(method, **given)
        except SlackApiError as refused:
            error = self._sorted(tenant, method, refused.response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError):
            error = Unreachable(method, "no_connection")
        except (aiohttp.ClientError, TimeoutError, SlackClientError):
            error = NoAnswer(method, "no_answer")
        else:
            found: dict[str, Any] = dict(answer.data) if isinstance(answer.data, dict) else {}
            return found | {"_scopes": answer.headers.get("x-oauth-scopes", "")}
        # Raised outside the handlers: the vendor's texts carry payloads and must not be chained.
        raise error

    def _sorted(self, tenant: str, method: str, response: Any) -> SlackError:
        """The named failure behind the vendor's exception."""
        status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
        data = getattr(response, "data", None)
        code = str(data.get("error", "")) if isinstance(data, dict) else ""
        if status == 429 or code in {"ratelimited", "rate_limited"}:
            after = float(response.headers.get("Retry-After") or 1)
            self._closed_until[(tenant, method)] = asyncio.get_running_loop().time() + after
            return RateLimited(method, after)
        if status == 503 or code in _REFUSED_BEFORE_WORK:
            return Unreachable(method, "service_unavailable")
        if status >= 500 or not code or code in _MAYBE_DONE:
            return NoAnswer(method, code or f"http_{status}")
        return SlackError(method, code)

    async def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Answer through a command's or message's response URL (five uses, 30 minutes). Raises as `call` does."""
        import aiohttp

        assert self._session is not None
        if not self._is_slacks(url):
            raise SlackError("response_url", "address_elsewhere")
        try:
            async with self._session.post(url, json=body) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        if status != 200:
            raise NoAnswer("response_url", f"http_{status}")

    def _is_slacks(self, url: str) -> bool:
        """Whether an address that came with a request is where Slack takes answers; nothing else is ever called."""
        try:
            where, api = urlsplit(url), urlsplit(self._base_url)
            host, port = where.hostname, where.port
        except ValueError:
            return False
        own = (where.scheme, where.netloc) == (api.scheme, api.netloc)
        return own or (
            where.scheme == "https" and host in RESPONSE_HOSTS and port in {None, 443} and not where.username
        )

    async def upload(
        self, tenant: str, name: str, content: bytes, *, alt: str = "", channel: str = "", comment: str = ""
    ) -> str:
        """Upload a file, shared into `channel` when given; Slack's file id. Raises as `call` does."""
        import aiohttp

        begun = await self.call(
            tenant, "files.getUploadURLExternal", filename=name, length=len(content), alt_txt=alt[:1000] or None
        )
        assert self._session is not None
        try:
            async with self._session.post(begun["upload_url"], data=content) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        if status != 200:
            raise NoAnswer("files.upload", f"http_{status}")
        await self.call(
            tenant,
            "files.completeUploadExternal",
            files=[{"id": begun["file_id"], "title": name}],
            channel_id=channel or None,
            initial_comment=comment or None,
        )
        return str(begun["file_id"])
