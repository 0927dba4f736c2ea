"""Connections to the SMTP relay, kept open while there is something to send, and what its answers mean.

Up to the moment the text is handed over nothing can have arrived; whatever breaks after that may have.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

import aiosmtplib
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from adapters.email.answers import Meaning, meaning, status_in
from adapters.email.config import EmailSettings
from bot.ui.platform import DeliveryFailed, DeliveryUnknown

IDLE = 20.0
"""Seconds after which a connection is asked whether it is still there before it is used."""
SETUP_WAIT = 300.0
"""Seconds until a relay that refuses sender or password is asked again: only an administrator can mend that."""
FULL_WAIT = 3600.0
"""Seconds until a full mailbox is tried again."""
_BROKEN = (SMTPServerDisconnected, SMTPTimeoutError, OSError, EOFError)


class Relay:
    """Sends mails over at most `connections` connections."""

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.connections)
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []

    async def send(self, to: str, mail: EmailMessage, posting: Callable[[], Awaitable[None]]) -> None:
        """Hand one mail over. Raises DeliveryFailed, DeliveryUnknown; what `posting` raises passes."""
        async with self._connection() as smtp:
            try:
                await smtp.mail(self._settings.address)
            except SMTPResponseException as refused:
                raise _about_us("sender_refused", refused) from None
            try:
                await smtp.rcpt(to)
            except SMTPResponseException as refused:
                raise _about_the_address(refused) from None
            await posting()
            try:
                await smtp.data(mail.as_bytes(policy=SMTP_POLICY))
            except SMTPResponseException as refused:
                if refused.code < 400:  # no answer of SMTP's: what stands before the relay says nothing of the mail
                    smtp.close()
                    raise DeliveryUnknown(f"no_answer ({refused.code})") from None
                raise _about_the_text(refused) from None
            except (*_BROKEN, asyncio.CancelledError) as error:
                smtp.close()
                if isinstance(error, asyncio.CancelledError):
                    raise
                raise DeliveryUnknown(type(error).__name__) from None

    async def probe(self) -> None:
        """One harmless exchange. That the relay does not know it is an answer, that it has no time now is none.

        Raises DeliveryFailed.
        """
        async with self._connection() as smtp:
            try:
                await smtp.noop()
            except SMTPResponseException as refused:
                if refused.code < 500:
                    raise DeliveryFailed(f"not_now ({refused.code})", away=True) from None

    async def try_sender(self) -> None:
        """Everything up to the first recipient. Raises DeliveryFailed."""
        async with self._connection() as smtp:
            try:
                await smtp.mail(self._settings.address)
                await smtp.rset()
            except SMTPResponseException as refused:
                raise _about_us("sender_refused", refused) from None

    async def close(self) -> None:
        """Say goodbye on every open connection."""
        while self._idle:
            smtp, _ = self._idle.pop()
            with suppress(SMTPException, *_BROKEN):
                await smtp.quit()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A connection that takes a mail now; given back clean, or closed when anything went wrong on it."""
        async with self._slots:
            smtp = await self._still_there() or await self._open()
            try:
                yield smtp
            except _BROKEN:
                smtp.close()
                raise DeliveryFailed("no_answer", away=True) from None
            except DeliveryFailed:
                await self._give_back(smtp, reset=True)
                raise
            except BaseException:
                smtp.close()
                raise
            await self._give_back(smtp, reset=False)

    async def _still_there(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            smtp, since = self._idle.pop()
            if not smtp.is_connected:
                continue
            if time.monotonic() - since < IDLE:
                return smtp
            try:
                await smtp.noop()
            except (SMTPException, *_BROKEN):
                smtp.close()
            else:
                return smtp
        return None

    async def _give_back(self, smtp: aiosmtplib.SMTP, *, reset: bool) -> None:
        if reset:
            try:
                await smtp.rset()
            except (SMTPException, *_BROKEN):
                smtp.close()
                return
        if smtp.is_connected:
            self._idle.append((smtp, time.monotonic()))

    async def _open(self) -> aiosmtplib.SMTP:
        chosen = self._settings
        try:
            context = None if chosen.security == "none" else ssl.create_default_context(cafile=chosen.ca_file or None)
        except OSError:
            raise DeliveryFailed("ca_file_unreadable", away=True, retry_after=SETUP_WAIT) from None
        smtp = aiosmtplib.SMTP(
            hostname=chosen.host,
            port=chosen.port,
            use_tls=chosen.security == "tls",
            start_tls=chosen.security == "starttls",
            tls_context=context,
            timeout=chosen.timeout,
            local_hostname=chosen.domain,
        )
        try:
            await smtp.connect()
            if chosen.username:
                await smtp.login(chosen.username, chosen.password.get_secret_value())
        except SMTPAuthenticationError as refused:
            smtp.close()
            raise _about_us("password_refused", refused) from None
        except ssl.SSLError:
            smtp.close()
            raise DeliveryFailed("wrong_certificate", away=True, retry_after=SETUP_WAIT) from None
        except (SMTPException, *_BROKEN) as error:
            smtp.close()
            raise DeliveryFailed(_why_not_connected(error), away=True) from None
        return smtp


def _why_not_connected(error: BaseException) -> str:
    at: BaseException | None = error
    while at is not None:
        if isinstance(at, ssl.SSLError):
            return "wrong_certificate"
        at = at.__cause__ or at.__context__
    if isinstance(error, SMTPNotSupported) or "STARTTLS" in str(error):
        return "no_encryption"
    return "no_answer"


def _about_us(reason: str, refused: SMTPResponseException) -> DeliveryFailed:
    """The relay does not take what this installation sends, whoever it is for."""
    wait = SETUP_WAIT if refused.code >= 500 else None
    return DeliveryFailed(f"{reason} ({refused.code})", away=True, retry_after=wait)


def _about_the_address(refused: SMTPResponseException) -> DeliveryFailed:
    """Whether the mailbox is not there, is full, or the relay only has a bad moment or a rule about us."""
    if refused.code < 500:
        return DeliveryFailed(f"recipient_later ({refused.code})")
    match meaning(status_in(refused.message, (refused.code // 100, 0, 0)), refused.code):
        case Meaning.NO_MAILBOX:
            return DeliveryFailed(f"no_such_mailbox ({refused.code})", permanent=True)
        case Meaning.FULL:
            return DeliveryFailed("mailbox_full", retry_after=FULL_WAIT)
        case Meaning.US:
            return _about_us("relay_policy", refused)
        case Meaning.TEXT:
            return DeliveryFailed(f"text_refused ({refused.code})", ours=True)
        case Meaning.LATER:
            return DeliveryFailed(f"recipient_refused ({refused.code})", retry_after=SETUP_WAIT)


def _about_the_text(refused: SMTPResponseException) -> DeliveryFailed:
    if refused.code < 500:
        return DeliveryFailed(f"text_later ({refused.code})")
    if status_in(refused.message, (5, 0, 0))[1] == 7:
        return _about_us("relay_policy", refused)
    return DeliveryFailed(f"text_refused ({refused.code})", ours=True)
