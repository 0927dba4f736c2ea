"""The keys that wrap every case's own data key: the active one first, older ones kept until nothing uses them.

A key-encryption key is 32 random bytes; `key_sources.py` says where it comes from. Losing it is losing
every text, so it belongs into the backup plan, apart from the backups themselves. A running program
takes up a changed key file by itself, and asks any source again when it meets a key that it does not know:
`rotation.py` can renew the keys while replicas serve.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import time
from collections.abc import Mapping
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import SetupError
from storage.key_sources import KEY_BYTES, FileSource, KeySource, ValueSource, source_of

NONCE_BYTES = 12
ASK_AGAIN_SECONDS = 30.0
"""A source is asked for an unknown key at most this often."""


def seal(key: bytes, plain: bytes, about: str) -> bytes:
    """AES-256-GCM with a random nonce in front; `about` is bound to the result and must be given to open it."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def unseal(key: bytes, sealed: bytes, about: str) -> bytes:
    """Raises SetupError when the key or the place is wrong."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError):
        raise SetupError(
            "A stored text does not open with the configured key: check [keys] in the configuration."
        ) from None


class KeyRing:
    """Key-encryption keys by id; the active one wraps new data keys."""

    def __init__(self, source: KeySource) -> None:
        """Read the source. Raises SetupError with one clear sentence."""
        self.source = source
        self._asked = 0.0
        self._mark: object = None
        self._keys: Mapping[str, bytes] = {}
        self._active = ""
        self.reload()

    @classmethod
    def of(cls, *raw: bytes) -> KeyRing:
        """From raw keys, the active one first."""
        return cls(ValueSource(" ".join(base64.b64encode(key).decode() for key in raw)))

    @classmethod
    def load(cls, *, file: str = "", value: str = "", environment: str = "", command: str = "") -> KeyRing:
        """From the configured source. Raises SetupError."""
        return cls(source_of(file=file, value=value, environment=environment, command=command))

    def reload(self) -> None:
        """Read the source again."""
        self._asked = time.monotonic()
        self._mark = self.source.mark()
        raw = decoded(self.source.read(), self.source.where)
        self._keys = {key_id(key): key for key in raw}
        self._active = key_id(raw[0])

    @property
    def active(self) -> str:
        """The id of the key that wraps new data keys; a changed key file is taken up here."""
        if self.source.mark() != self._mark:
            # A key file under repair is no reason to stop: the keys read before still open and wrap everything.
            with suppress(SetupError):
                self.reload()
        return self._active

    @property
    def keys(self) -> Mapping[str, bytes]:
        """Every configured key by its id, the active one first."""
        return self._keys

    def wrap(self, data_key: bytes, owner: str) -> tuple[str, bytes]:
        """The active key's id and the wrapped data key."""
        active = self.active
        return active, seal(self._keys[active], data_key, f"key|{owner}")

    def unwrap(self, kek: str, wrapped: bytes, owner: str) -> bytes:
        """The data key. Raises SetupError when its wrapping key is not configured."""
        if kek not in self._keys and time.monotonic() - self._asked >= self._rest():
            self.reload()
        if kek not in self._keys:
            raise SetupError(
                f"The key {kek} that protects stored texts is missing: add it to [keys] in the configuration."
            )
        return unseal(self._keys[kek], wrapped, f"key|{owner}")

    def _rest(self) -> float:
        return 0.0 if isinstance(self.source, FileSource) else ASK_AGAIN_SECONDS


def key_id(key: bytes) -> str:
    """A short name that says nothing of the key."""
    return hashlib.sha256(b"intervision key id" + key).hexdigest()[:12]


def decoded(text: str, where: str) -> list[bytes]:
    """The keys in a text. Raises SetupError when there is none or one is malformed."""
    keys = []
    for word in text.split():
        try:
            key = base64.b64decode(word, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise SetupError(
                f"{where}: a key must be {KEY_BYTES} bytes in base64; make one with: openssl rand -base64 32"
            )
        keys.append(key)
    if not keys:
        raise SetupError(f"{where}: holds no key; make one with: openssl rand -base64 32")
    return keys
