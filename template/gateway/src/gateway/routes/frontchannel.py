"""Sign-out that begins at a provider without a back channel (OIDC Front-Channel Logout 1.0 §2).

The provider opens this address in a hidden frame, in the browser that signed out but on a page of
its own: our cookie is not there. So the provider's session id says which sign-in is over. It is
random, and only our ID tokens and this request tell it. Microsoft's leaves ``iss`` out. Where the
provider has a back channel, this address does not exist.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from gateway.services import ServicesDep
from oidc_auth.logout import Notice
from runtime.errors import NotFoundError

router = APIRouter(prefix="/auth", include_in_schema=False)


@router.get("/frontchannel")
async def end_sessions(
    services: ServicesDep,
    sid: Annotated[str, Query(min_length=1, max_length=255)],
    iss: str | None = None,
) -> Response:
    """End the sessions of this sign-in; the answer says nothing about whether there were any."""
    if not services.login.provider.profile.has_front_channel:
        raise NotFoundError("This product has no such address.")
    issuer = services.settings.oidc_issuer
    if iss is None or iss == issuer:
        await services.login.end_named(Notice(issuer, session=sid, subject=None))
    return Response(status_code=200, headers={"Cache-Control": "no-store"})
