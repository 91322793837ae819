"""Pushed authorization requests (RFC 9126).

The parameters go to the provider over our own authenticated connection; the browser carries only a
reference. Nobody between reads or changes what is asked for. A provider that offers it is always
asked this way: after a push that failed the parameters never go through the browser instead.
"""

from urllib.parse import parse_qsl, urlsplit

import httpx2
from authlib.integrations.httpx_client import (  # type: ignore[import-untyped] # has no types
    AsyncOAuth2Client,
)

from oidc_auth.discovery import Metadata
from oidc_auth.errors import ProviderUnavailableError, SignInError
from oidc_auth.profiles import with_query

_CREATED = 201


async def pushed(oauth: AsyncOAuth2Client, metadata: Metadata, url: str) -> str:
    """Return the URL that stands for this authorization URL; the same where PAR is not offered.

    Raises:
        SignInError: the provider refuses the request.
        ProviderUnavailableError: it does not answer.
    """
    endpoint = metadata.pushed_authorization_request_endpoint
    if endpoint is None:
        return url
    try:
        response = await oauth.post(
            endpoint,
            data=dict(parse_qsl(urlsplit(url).query)),
            auth=oauth.client_auth(oauth.token_endpoint_auth_method),
        )
        answer = response.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise ProviderUnavailableError("The identity provider does not answer.") from error
    reference = answer.get("request_uri") if isinstance(answer, dict) else None
    if response.status_code != _CREATED or not isinstance(reference, str):
        raise SignInError("push_refused")
    client_id = str(oauth.client_id)
    return with_query(metadata.authorization_endpoint, client_id=client_id, request_uri=reference)
