"""Encryption of what we store: AES-256-GCM (NIST SP 800-38D), keys derived by RFC 5869."""

import json
import os
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from oidc_auth.errors import SealBrokenError

_NONCE_BYTES = 12


@dataclass(frozen=True)
class Sealer:
    """Seals small JSON objects for one purpose; what was sealed for another can't be opened.

    Attributes:
        secrets: the first one seals, all of them open, so that a secret can be replaced.
        purpose: part of the derived key.
    """

    secrets: tuple[str, ...]
    purpose: str

    def seal(self, value: dict[str, Any], *, context: str) -> bytes:
        """Encrypt; ``context`` (such as a row's key) must be given again to open it."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher(self.secrets[0]).encrypt(
            nonce, json.dumps(value).encode(), context.encode()
        )

    def open(self, sealed: bytes, *, context: str) -> dict[str, Any]:
        """Decrypt; raises ``SealBrokenError`` unless bytes, context and secret are the same."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for secret in self.secrets:
            try:
                plain = self._cipher(secret).decrypt(nonce, ciphertext, context.encode())
            except (InvalidTag, ValueError):
                continue
            opened: dict[str, Any] = json.loads(plain)
            return opened
        raise SealBrokenError

    def _cipher(self, secret: str) -> AESGCM:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=self.purpose.encode())
        return AESGCM(derived.derive(secret.encode()))


def digest(secret: str) -> str:
    """Return SHA-256 in hex: what is stored or shown in place of a secret of 256 random bits."""
    return sha256(secret.encode()).hexdigest()
