"""The keys that wrap every case's own data key: the active one first, older ones kept until nothing uses them.

A key is 32 random bytes in base64. It comes from the configuration or from a file that is made with
mode 0600 when it is missing; losing it is losing every text, so it belongs into the backup plan.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import SetupError

KEY_BYTES = 32
NONCE_BYTES = 12


def seal(key: bytes, plain: bytes, about: str) -> bytes:
    """AES-256-GCM with a random nonce in front; `about` is bound to the result and must be given to open it."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def unseal(key: bytes, sealed: bytes, about: str) -> bytes:
    """Raises SetupError when the key or the place is wrong."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
    except InvalidTag:
        raise SetupError(
            "A stored text does not open with the configured key: check [keys] in the configuration."
        ) from None


@dataclass(frozen=True)
class KeyRing:
    """Key-encryption keys by id; `active` wraps new data keys."""

    active: str
    keys: dict[str, bytes]

    @classmethod
    def of(cls, *raw: bytes) -> KeyRing:
        """From raw keys, the active one first."""
        named = {_key_id(key): key for key in raw}
        return cls(_key_id(raw[0]), named)

    @classmethod
    def load(cls, *, value: str = "", file: str = "") -> KeyRing:
        """From a value (several keys separated by white space) or a file. Raises SetupError with one clear sentence."""
        return cls.of(*_decoded(value, "keys.value")) if value.strip() else cls.of(*_from_file(Path(file)))

    def wrap(self, data_key: bytes, owner: str) -> tuple[str, bytes]:
        """The active key's id and the wrapped data key."""
        return self.active, seal(self.keys[self.active], data_key, f"key|{owner}")

    def unwrap(self, kek: str, wrapped: bytes, owner: str) -> bytes:
        """The data key. Raises SetupError when its wrapping key is not configured."""
        if kek not in self.keys:
            raise SetupError(
                f"The key {kek} that protects stored texts is missing: add it to [keys] in the configuration."
            )
        return unseal(self.keys[kek], wrapped, f"key|{owner}")

    @property
    def secret(self) -> bytes:
        """A key derived from the active one for sealing what has no data key of its own (drawers, audit)."""
        return hashlib.sha256(b"intervision drawer" + self.keys[self.active]).digest()


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"intervision key id" + key).hexdigest()[:12]


def _from_file(path: Path) -> list[bytes]:
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            made = base64.b64encode(secrets.token_bytes(KEY_BYTES))
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(made + b"\n")
        return _decoded(path.read_text(encoding="ascii"), str(path))
    except OSError as error:
        raise SetupError(
            f"The key file {path} cannot be read or made ({type(error).__name__}): check the folder's owner and rights."
        ) from None


def _decoded(text: str, where: str) -> list[bytes]:
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
