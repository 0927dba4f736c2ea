"""Passkeys (WebAuthn, W3C Recommendation level 2): what a browser is asked to sign, and whether it did.

The authenticator must know its user (user verification) and name the account itself (a discoverable credential), so a
passkey alone signs in. No attestation is asked for: which maker's device somebody uses is nobody's business here.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.errors import IntervisionError
from bot.ui.inbound import Actor
from bot.ui.sign_in import HeldPasskey, NewPasskey

LONGEST = 20_000
"""Characters of a browser's answer; real ones have two thousand."""
_NAME = "Intervision"
_LOCAL = "localhost"


class NotSigned(IntervisionError):
    """The answer does not prove that its passkey signed what we asked. `reason` is a word for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Site:
    """The site that passkeys belong to: the host of the public address, and the address itself."""

    id: str
    origin: str


def site_of(public_url: str) -> Site | None:
    """None where browsers make no passkeys: without encryption, or where the host is a number."""
    url = urlsplit(public_url)
    host = url.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        safe = url.scheme == "https" or host == _LOCAL
        return Site(host, f"{url.scheme}://{url.netloc}") if host and safe else None
    return None


def challenge() -> str:
    """Something that was never signed before, as it stands in a page."""
    return secrets.token_urlsafe(32)


def to_make(site: Site, actor: Actor, name: str, asked: str, known: Sequence[HeldPasskey]) -> str:
    """What a browser needs to make a passkey, as JSON; `known` are those of the same person."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes, structs

    chosen = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=_NAME,
        user_id=f"{actor.tenant}:{actor.user}".encode()[:64],
        user_name=name,
        challenge=base64url_to_bytes(asked),
        authenticator_selection=chosen,
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential)) for each in known
        ],
    )
    return webauthn.options_to_json(options)


def to_sign(site: Site, asked: str) -> str:
    """What a browser needs to sign in with any passkey of this site, as JSON."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes, structs

    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=base64url_to_bytes(asked),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def made(site: Site, answer: str, asked: str, name: str) -> NewPasskey:
    """The passkey that a browser made. Raises NotSigned."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

    with _doubted():
        found = webauthn.verify_registration_response(
            credential=_bounded(answer),
            expected_challenge=base64url_to_bytes(asked),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    key = bytes_to_base64url(found.credential_public_key)
    return NewPasskey(bytes_to_base64url(found.credential_id), key, found.sign_count, name)


def credential_in(answer: str) -> str:
    """Which passkey an answer says it is of; nothing of it is proved yet. Raises NotSigned."""
    from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json

    with _doubted():
        return bytes_to_base64url(parse_authentication_credential_json(_bounded(answer)).raw_id)


def signed(site: Site, answer: str, asked: str, held: HeldPasskey) -> int:
    """What the authenticator has counted since, when it signed what was asked. Raises NotSigned.

    A count that did not grow is refused: a copy of the key may have signed elsewhere (WebAuthn 6.1.1).
    """
    import webauthn
    from webauthn.helpers import base64url_to_bytes

    with _doubted():
        found = webauthn.verify_authentication_response(
            credential=_bounded(answer),
            expected_challenge=base64url_to_bytes(asked),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(held.public_key),
            credential_current_sign_count=held.counter,
            require_user_verification=True,
        )
    return found.new_sign_count


@contextmanager
def _doubted() -> Iterator[None]:
    """Whatever the library makes of bytes that anybody can send: it is no proof, and no failure of ours."""
    try:
        yield
    except NotSigned:
        raise
    except Exception as error:  # parsers of JSON, CBOR and keys raise of many kinds
        raise NotSigned(type(error).__name__) from None


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST:
        raise NotSigned("too_long")
    return answer
