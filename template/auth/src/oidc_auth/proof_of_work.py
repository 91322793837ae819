"""Proof of work: what looks automated pays with computing time (hashcash, SHA-256).

A challenge says for which flow and until when it is good, and carries our signature, so nothing is
stored until it is solved. The solution is a number; SHA-256 of ``challenge.number`` has to begin
with ``difficulty`` zero bits. Each solution counts once.
"""

import hmac
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from oidc_auth.config import Clock
from oidc_auth.errors import WorkNeededError
from oidc_auth.policy.pow import PowPolicy
from oidc_auth.replay import Replays

MAX_SOLUTION = 512
_NUMBER = re.compile("[0-9]{1,20}")


class Work:
    """Sets challenges and checks solutions."""

    def __init__(self, secret: str, replays: Replays, clock: Clock, policy: PowPolicy) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"proof of work")
        self._key = derived.derive(secret.encode())
        self._replays = replays
        self._clock = clock
        self._policy = policy

    async def check(self, solution: str | None, *, flow: str) -> None:
        """Raise ``WorkNeededError`` with a new challenge unless this solves one of the flow's.

        Args:
            solution: the ``Proof-Of-Work`` header.
            flow: what is being done and by whom, such as ``sign_in:<key thumbprint>``.
        """
        if solution is None or not await self._is_solved(solution, flow):
            raise WorkNeededError(self.challenge(flow))

    def challenge(self, flow: str) -> str:
        """Return a new challenge: what it says in base64url, a point, and our signature."""
        says = {
            "difficulty": self._policy.difficulty,
            "ends": int(self._clock()) + self._policy.lifetime_s,
            "flow": sha256(flow.encode()).hexdigest(),
            "salt": secrets.token_urlsafe(16),
        }
        body = _base64url(json.dumps(says, separators=(",", ":")).encode())
        return f"{body}.{self._signature(body)}"

    async def _is_solved(self, solution: str, flow: str) -> bool:
        challenge, _, number = solution.rpartition(".")
        says = self._read(challenge) if len(solution) <= MAX_SOLUTION else None
        if says is None or says["flow"] != sha256(flow.encode()).hexdigest():
            return False
        left_s = says["ends"] - self._clock()
        if left_s <= 0 or not _NUMBER.fullmatch(number):
            return False
        if not is_solution(challenge, number, says["difficulty"]):
            return False
        return await self._replays.claim(f"work:{challenge}", ttl_s=left_s)

    def _read(self, challenge: str) -> dict[str, Any] | None:
        body, _, signature = challenge.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(body).encode()):
            return None
        says: dict[str, Any] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return says

    def _signature(self, body: str) -> str:
        return _base64url(hmac.digest(self._key, body.encode(), "sha256"))


def is_solution(challenge: str, number: str, difficulty: int) -> bool:
    """Say whether the hash begins with that many zero bits."""
    found = sha256(f"{challenge}.{number}".encode()).digest()
    return int.from_bytes(found) >> (len(found) * 8 - difficulty) == 0


def solve(challenge: str) -> str:
    """Return a solution, as a script would that is allowed to ask."""
    body = challenge.partition(".")[0]
    says = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    number = 0
    while not is_solution(challenge, str(number), says["difficulty"]):
        number += 1
    return f"{challenge}.{number}"


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
