"""The seal of each entry: HMAC-SHA-256 (RFC 2104) over its content and the entry before it."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from oidc_auth.audit.entries import Entry, line_of, message_of
from oidc_auth.config import AuditSettings
from runtime.settings import SettingsError


@dataclass(frozen=True)
class AuditKey:
    """One key and the name under which entries refer to it."""

    secret: bytes
    id: str

    @classmethod
    def of(cls, secret: str) -> "AuditKey":
        """Derive the key (RFC 5869); the name tells nothing about it."""
        derived = HKDF(algorithm=SHA256(), length=40, salt=None, info=b"audit chain")
        made = derived.derive(secret.encode())
        return cls(secret=made[:32], id=made[32:].hex())

    def mac(self, message: bytes) -> bytes:
        """Authenticate a message."""
        return hmac.digest(self.secret, message, sha256)

    def is_mac(self, mac: bytes, message: bytes) -> bool:
        """Say whether the message is authentic, in constant time."""
        return hmac.compare_digest(self.mac(message), mac)


@dataclass(frozen=True)
class AuditKeys:
    """The key that seals, and the former ones that still verify."""

    current: AuditKey
    retired: tuple[AuditKey, ...] = ()

    @classmethod
    def read(cls, settings: AuditSettings) -> "AuditKeys":
        """Return the deployment's keys; raises ``SettingsError`` without one."""
        secret = settings.audit_key or settings.session_secret
        if not secret.get_secret_value():
            raise SettingsError("The audit log needs AUDIT_KEY or SESSION_SECRET: see .env.example")
        listed = settings.audit_retired_keys.get_secret_value().split(",")
        former = (*settings.session_secrets, *(value.strip() for value in listed))
        return cls(
            AuditKey.of(secret.get_secret_value()),
            tuple(AuditKey.of(value) for value in former if value),
        )

    def find(self, key_id: str) -> AuditKey | None:
        """Return the key of this name."""
        known = (self.current, *self.retired)
        return next((key for key in known if key.id == key_id), None)


@dataclass(frozen=True)
class Head:
    """Where the chain ends."""

    seq: int
    mac: bytes


def seal(entries: Iterable[Entry], head: Head, key: AuditKey) -> tuple[Sequence[str], Head]:
    """Return the entries as the chain's next ones, each as its line, and the chain's new end."""
    lines, seq, mac = [], head.seq, head.mac
    for entry in entries:
        seq += 1
        place = {"seq": seq, "prev": mac.hex(), "key_id": key.id}
        message = message_of({**entry.content(), **place})
        mac = key.mac(message)
        lines.append(line_of(message, mac))
    return lines, Head(seq, mac)
