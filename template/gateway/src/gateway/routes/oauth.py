"""The token endpoint for machines (RFC 6749 §3.2): client credentials and nothing else."""

import base64
import binascii
from urllib.parse import parse_qs, unquote_plus

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from gateway.services import Services, ServicesDep
from oidc_auth.audit import Decision
from oidc_auth.machines.keys import prefix_of
from oidc_auth.machines.tokens import GrantRefusedError

SIGNED_PATHS = ("/oauth/token",)
_MAX_BYTES = 8192

router = APIRouter(include_in_schema=False)


@router.post("/oauth/token")
async def issue_token(request: Request, services: ServicesDep) -> JSONResponse:
    """Give a machine a token for its key."""
    client_id, secret = "", ""
    try:
        form = await _form(request)
        client_id, secret = _client(request, form)
        if form.get("grant_type") != "client_credentials":
            raise GrantRefusedError("unsupported_grant_type", "grant_unsupported")  # noqa: TRY301 - answered as any other
        token = await services.machine_tokens.issue(
            client_id=client_id, secret=secret, scope=form.get("scope", "")
        )
    except GrantRefusedError as error:
        _note(services, "token.refused", prefix_of(secret) or "anonymous", error.reason)
        status = 401 if error.error == "invalid_client" else 400
        headers = {"WWW-Authenticate": "Basic"} if status == 401 else {}  # noqa: PLR2004
        return JSONResponse({"error": error.error}, status, headers)
    _note(services, "token.allowed", prefix_of(secret) or client_id, "key_good")
    return JSONResponse(token, headers={"Pragma": "no-cache"})


async def _form(request: Request) -> dict[str, str]:
    body = await request.body()
    if len(body) > _MAX_BYTES:
        raise GrantRefusedError("invalid_request", "form_too_large")
    fields = parse_qs(body.decode(errors="replace"), max_num_fields=20)
    if any(len(values) != 1 for values in fields.values()):
        raise GrantRefusedError("invalid_request", "field_repeated")
    return {name: values[0] for name, values in fields.items()}


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Read the client's id and secret from one place, the header or the form (RFC 6749 §2.3.1)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return form.get("client_id", ""), form.get("client_secret", "")
    if scheme.lower() != "basic" or "client_secret" in form:
        raise GrantRefusedError("invalid_request", "two_authentications")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise GrantRefusedError("invalid_client", "key_unknown") from error
    client_id, _, secret = decoded.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)


def _note(services: Services, action: str, actor: str, reason: str) -> None:
    services.audit.note(Decision(action, actor, "POST /oauth/token", rule="key", reasons=(reason,)))
