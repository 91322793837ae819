"""Reads from a request who is asking and what they prove."""

from starlette.requests import Request

from gateway.services import Services
from oidc_auth.dpop import ProvenRequest
from oidc_auth.guard import Asked
from oidc_auth.visitors import Visitor, visitor


def visitor_of(request: Request, services: Services) -> Visitor:
    """Describe where a request comes from; uvicorn has decided which address that is."""
    secret = services.settings.session_secret.get_secret_value()
    host = request.client.host if request.client else None
    return visitor(secret, host, request.headers.get("user-agent", ""))


def proven_request(request: Request, services: Services) -> ProvenRequest:
    """Return what a proof has to be about: our public address, whatever ``Host`` says."""
    path = request.scope.get("raw_path") or request.scope["path"].encode()
    return ProvenRequest(request.method, services.settings.public_origin + path.decode("latin-1"))


def proof_of(request: Request) -> str | None:
    """Return the ``DPoP`` header; two of them are none (RFC 9449 §4.3, step 1)."""
    proofs = request.headers.getlist("dpop")
    return proofs[0] if len(proofs) == 1 else None


def asked_of(request: Request, services: Services, sid: str) -> Asked:
    """Return what a session's request asks for and brings."""
    solution = request.headers.get("proof-of-work")
    return Asked(sid, proven_request(request, services), proof_of(request), solution)
