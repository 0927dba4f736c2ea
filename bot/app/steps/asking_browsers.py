"""Which browsers asked for a sign-in link: one of them uses it as it is, another needs the code that one of them shows.

Who reads a link that was forwarded, scanned or logged cannot use it. What is kept of a browser is encrypted with the
link: a hash of its secret, which nobody can guess, and its code, which is counted when it is typed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime

from bot.ports.records import SignInLink
from bot.ports.unit_of_work import UnitOfWork
from bot.ui.sign_in import CodeWrong

WRONG_CODES = 5
"""So many wrong codes use a link up: one in 200,000 guesses of six digits would be right."""
_DIGITS = 6
_BROWSERS = 10
"""Those that asked last may use a link; fewer ask within its life."""
_SEALED = "asked_by"


@dataclass(frozen=True)
class Asked:
    """The browsers that may use a link, each by its hash with its code, and how many wrong codes were typed.

    Without browsers the link opens in any: it was made in the shell or by somebody known in a chat.
    """

    browsers: dict[str, str]
    wrong: int = 0

    def needs_code(self, browser: str) -> bool:
        """Whether this browser is another than those that asked."""
        return bool(self.browsers) and _hash(browser) not in self.browsers


def code_of(browser: str) -> str:
    """The code of a browser, from its secret alone: the same however often it asks."""
    number = int.from_bytes(hashlib.sha256(f"sign-in code {browser}".encode("utf-8", "replace")).digest())
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


async def asked_by(uow: UnitOfWork, link: SignInLink) -> Asked:
    """Who asked for a link."""
    sealed = await uow.sealed(link.id, _SEALED)
    return Asked(**json.loads(sealed)) if sealed else Asked({})


async def first_asked(uow: UnitOfWork, link: SignInLink, browser: str) -> None:
    """Bind a new link to the browser that asked for it, if one did."""
    if browser:
        await _keep(uow, link, Asked({_hash(browser): code_of(browser)}))


async def keep_asking(uow: UnitOfWork, link: SignInLink, browser: str) -> None:
    """Let one more browser use a link that is bound to others. Raises ChangedMeanwhile."""
    asked = await asked_by(uow, link)
    if browser and asked.needs_code(browser):
        browsers = {**asked.browsers, _hash(browser): code_of(browser)}
        await _keep(uow, link, replace(asked, browsers=dict(list(browsers.items())[-_BROWSERS:])))
        await uow.save(link)


async def confirm(uow: UnitOfWork, link: SignInLink, browser: str, typed: str, now: datetime) -> None:
    """Pass a browser that asked, or one in which the code of such a browser was typed.

    Raises CodeWrong, after the wrong code was counted and committed; ChangedMeanwhile where two were typed at once.
    """
    asked = await asked_by(uow, link)
    code = "".join(typed.split())
    if not asked.needs_code(browser) or code in asked.browsers.values():
        return
    if code:
        wrong = asked.wrong + 1
        await _keep(uow, link, replace(asked, wrong=wrong))
        await uow.save(replace(link, used_at=now) if wrong >= WRONG_CODES else link)
        await uow.commit()
    raise CodeWrong


async def _keep(uow: UnitOfWork, link: SignInLink, asked: Asked) -> None:
    kept = {"browsers": asked.browsers, "wrong": asked.wrong}
    await uow.put_sealed(link.id, _SEALED, json.dumps(kept).encode())


def _hash(browser: str) -> str:
    return hashlib.sha256(browser.encode("utf-8", "replace")).hexdigest()
