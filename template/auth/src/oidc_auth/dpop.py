"""Proof of possession: a session works only with its browser's key (RFC 9449).

The page keeps a P-256 key that no script can read out. A session is bound to the key's thumbprint
when it begins; from then on each request carries a proof, a small JWT about this one request. A
stolen cookie alone opens nothing.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import isfinite
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from oidc_auth.config import Clock
from oidc_auth.errors import NonceNeededError, ProofRefusedError
from oidc_auth.replay import Replays

ALGORITHM = "ES256"
MAX_PROOF_BYTES = 2048
_MAX_JTI = 128
_MIN_JTI = 12
_JWK = {"kty", "crv", "x", "y"}


@dataclass(frozen=True)
class ProvenRequest:
    """The request that a proof is about.

    Attributes:
        method: as the request line has it.
        url: scheme, host and path, without query (§4.3, step 9).
        access_token: a token that came with it, which the proof then has to name (``ath``).
    """

    method: str
    url: str
    access_token: str | None = None


class Nonces:
    """Nonces that every process can check and nobody can foresee; they name a window of time.

    A nonce is good in its window and the next, so a proof made ahead of time soon expires (§8).
    """

    def __init__(self, secret: str, clock: Clock, *, window_s: int) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"dpop nonce")
        self._key = derived.derive(secret.encode())
        self._clock = clock
        self.window_s = window_s

    def current(self) -> str:
        """Return the nonce to use now."""
        return self._nonce(self._window())

    def is_good(self, nonce: object) -> bool:
        """Say whether the nonce is this window's or the last one's."""
        window = self._window()
        good = (self._nonce(window), self._nonce(window - 1))
        return isinstance(nonce, str) and any(
            hmac.compare_digest(nonce.encode(), known.encode()) for known in good
        )

    def _window(self) -> int:
        return int(self._clock() // self.window_s)

    def _nonce(self, window: int) -> str:
        return _nonce(self._key, window)


@dataclass(frozen=True)
class Proof:
    """A proof that is good by itself. Whose it has to be, and whether it is new, others know.

    Attributes:
        jkt: the thumbprint of the key that made it.
        id: names it among all proofs of all keys.
        ttl_s: how long its nonce can be good, and so how long it must not come again.
    """

    jkt: str
    id: str
    ttl_s: float

    def check_key(self, jkt: str) -> None:
        """Raise ``ProofRefusedError`` unless the key of this thumbprint made it."""
        if not hmac.compare_digest(self.jkt, jkt):
            raise ProofRefusedError("wrong_key")


@dataclass(frozen=True)
class Proofs:
    """Checks proofs; each is good for one request.

    Attributes:
        skew_s: how far a browser's clock may be off; the nonce is what keeps proofs fresh.
    """

    replays: Replays
    nonces: Nonces
    clock: Clock
    skew_s: int = 300

    def read(self, proof: str | None, request: ProvenRequest) -> Proof:
        """Return a proof after every check that needs no memory (§4.3, in its order).

        Args:
            proof: the ``DPoP`` header.
            request: what it has to be about.

        Raises:
            ProofRefusedError: missing, malformed, or for another request.
            NonceNeededError: everything else may be right; repeat it with the nonce.
        """
        jkt, claims = _opened(proof)
        _check_request(claims, request)
        if not self.nonces.is_good(claims.get("nonce")):
            raise NonceNeededError(self.nonces.current())
        self._check_time(claims)
        return Proof(jkt, f"dpop:{jkt}:{_jti(claims)}", 2 * self.nonces.window_s)

    async def verify(self, proof: str | None, request: ProvenRequest) -> str:
        """Return the thumbprint of a key that is not bound to anything yet.

        Raises:
            ProofRefusedError: as ``read`` says, or it was used before.
            NonceNeededError: repeat it with the nonce.
        """
        good = self.read(proof, request)
        if not await self.replays.claim(good.id, ttl_s=good.ttl_s):
            raise ProofRefusedError("replayed")
        return good.jkt

    def _check_time(self, claims: Mapping[str, Any]) -> None:
        issued = claims.get("iat")
        if not isinstance(issued, int | float) or isinstance(issued, bool) or not isfinite(issued):
            raise ProofRefusedError("iat_missing")
        if abs(self.clock() - issued) > self.skew_s:
            raise ProofRefusedError("iat_out_of_range")


def _opened(proof: str | None) -> tuple[str, Mapping[str, Any]]:
    """Return the thumbprint of the key that signed, and what was signed."""
    if not proof:
        raise ProofRefusedError("missing")
    if len(proof) > MAX_PROOF_BYTES:
        raise ProofRefusedError("oversized")
    try:
        signed = jws.extract_compact(proof.encode())
        header = signed.headers()
        _check_header(header)
        key, jkt = _key(header["jwk"]["x"], header["jwk"]["y"])
        if not jws.validate_compact(signed, key, algorithms=[ALGORITHM]):
            raise ProofRefusedError("malformed")
        claims = json.loads(signed.payload)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise ProofRefusedError("malformed") from error
    if not isinstance(claims, dict):
        raise ProofRefusedError("malformed")
    return jkt, claims


def _check_header(header: Mapping[str, Any]) -> None:
    if header.get("typ") != "dpop+jwt":
        raise ProofRefusedError("type")
    if header.get("alg") != ALGORITHM:
        raise ProofRefusedError("algorithm")
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or not all(isinstance(jwk.get(name), str) for name in _JWK):
        raise ProofRefusedError("key_missing")
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256") or "d" in jwk:
        raise ProofRefusedError("key_unfit")


def _check_request(claims: Mapping[str, Any], request: ProvenRequest) -> None:
    if claims.get("htm") != request.method:
        raise ProofRefusedError("method")
    url = claims.get("htu")
    if not isinstance(url, str) or url.partition("#")[0].partition("?")[0] != request.url:
        raise ProofRefusedError("url")
    if request.access_token is None:
        return
    expected = _base64url(sha256(request.access_token.encode()).digest())
    found = claims.get("ath")
    if not isinstance(found, str) or not hmac.compare_digest(found.encode(), expected.encode()):
        raise ProofRefusedError("access_token")


def _jti(claims: Mapping[str, Any]) -> str:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _MIN_JTI <= len(jti) <= _MAX_JTI:
        raise ProofRefusedError("jti_missing")
    return jti


@lru_cache(maxsize=4096)
def _key(x: str, y: str) -> tuple[ECKey, str]:
    """Return the key of a point and its SHA-256 thumbprint (RFC 7638 §3)."""
    for coordinate in (x, y):
        # One spelling per key, or its thumbprint would not be the only one.
        if _base64url(urlsafe_b64decode(coordinate + "=")) != coordinate:
            raise ValueError("a coordinate is not canonical base64url")
    key = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": x, "y": y})
    return key, key.thumbprint()


@lru_cache(maxsize=8)
def _nonce(key: bytes, window: int) -> str:
    return _base64url(hmac.digest(key, str(window).encode(), "sha256")[:18])


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
