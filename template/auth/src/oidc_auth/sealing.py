"""Encryption of what we store: AES-256-GCM (NIST SP 800-38D), keys derived by RFC 5869."""

import json
import os
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from oidc_auth.errors import SealBrokenError

_NONCE_BYTES = 12


@dataclass(frozen=True)
class Sealer:
    """Seals small JSON objects for one purpose; what was sealed for another can't be opened."""

    secret: str
    purpose: str

    def seal(self, value: dict[str, Any], *, context: str) -> bytes:
        """Encrypt; ``context`` (such as a row's key) must be given again to open it."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, json.dumps(value).encode(), context.encode())

    def open(self, sealed: bytes, *, context: str) -> dict[str, Any]:
        """Decrypt; raises ``SealBrokenError`` unless bytes, context and secret are the same."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            plain = self._cipher().decrypt(nonce, ciphertext, context.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError from error
        opened: dict[str, Any] = json.loads(plain)
        return opened

    def _cipher(self) -> AESGCM:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=self.purpose.encode())
        return AESGCM(derived.derive(self.secret.encode()))
