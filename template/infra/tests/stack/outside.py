"""What production finds outside: an identity provider that trusts everybody, and a model API.

Runs in the gateway's image, which has the libraries: ``python outside.py``. For tests only.
"""

import json
import os
import re
import secrets
import time
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

PORT = 8443
LIFETIME_S = 600
ISSUER = os.environ.get("OIDC_ISSUER", "")
CLIENT_ID = os.environ.get("OIDC_CLIENT_ID", "")
KEY = RSAKey.generate_key(2048, {"kid": "outside", "use": "sig", "alg": "RS256"})

signed_in: dict[str, dict[str, str]] = {}
"""By code: who it is (``login_hint``), and the nonce of the request."""


async def discovery(_request: Request) -> Response:
    return JSONResponse(
        {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
    )


async def jwks(_request: Request) -> Response:
    return JSONResponse({"keys": [KEY.as_dict(private=False)]})


async def authorize(request: Request) -> Response:
    asked, code = request.query_params, secrets.token_urlsafe()
    signed_in[code] = {"nonce": asked["nonce"], "sub": asked["login_hint"]}
    answer = urlencode({"code": code, "state": asked["state"], "iss": ISSUER})
    return RedirectResponse(f"{asked['redirect_uri']}?{answer}", 302)


async def token(request: Request) -> Response:
    person = signed_in.pop(str((await request.form())["code"]))
    now = int(time.time())
    claims = {
        **person,
        "oid": person["sub"],
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + LIFETIME_S,
        "auth_time": now,
    }
    header = {"alg": "RS256", "kid": "outside"}
    return JSONResponse(
        {
            "access_token": secrets.token_urlsafe(),
            "token_type": "Bearer",
            "expires_in": LIFETIME_S,
            "id_token": jwt.encode(header, claims, KEY),
        }
    )


async def embeddings(request: Request) -> Response:
    asked = await request.json()
    vectors = [spread(text, asked.get("dimensions", 384)) for text in asked["input"]]
    data = [{"index": at, "embedding": vector} for at, vector in enumerate(vectors)]
    return JSONResponse({"data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}})


def spread(text: str, dimensions: int) -> list[float]:
    """Put each word into a place of its own: texts that share words are near each other."""
    vector = [0.01] * dimensions
    for word in re.findall(r"\w+", text.lower()):
        vector[int.from_bytes(word.encode()) % dimensions] += 1.0
    return vector


async def chat(request: Request) -> Response:
    asked = await request.json()
    said = quoted(" ".join(str(message["content"]) for message in asked["messages"]))
    chunks = [{"index": 0, "delta": {"content": word}} for word in re.findall(r"\S+\s*", said)]
    ends = {"index": 0, "delta": {}, "finish_reason": "stop"}
    lines = [event([chunk]) for chunk in (*chunks, ends)]
    lines.append(event([], usage={"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}))
    return Response("".join([*lines, "data: [DONE]\n\n"]), media_type="text/event-stream")


def quoted(prompt: str) -> str:
    """Return the sentence with an amount in it, marked as the first passage's."""
    found = re.search(r"[^.\n]*\b\d+ crowns[^.\n]*\.", prompt)
    return f"{found[0].strip()} [1]" if found else "The documents do not say."


def event(choices: list[dict[str, Any]], **more: Any) -> str:
    chunk = {"id": "1", "object": "chat.completion.chunk", "model": "outside", "created": 1}
    return f"data: {json.dumps({**chunk, 'choices': choices, **more})}\n\n"


async def health(_request: Request) -> Response:
    return PlainTextResponse("ok")


app = Starlette(
    routes=[
        Route("/.well-known/openid-configuration", discovery),
        Route("/jwks", jwks),
        Route("/authorize", authorize),
        Route("/token", token, methods=["POST"]),
        Route("/v1/embeddings", embeddings, methods=["POST"]),
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/health", health),
    ]
)

if __name__ == "__main__":
    certificate = {"ssl_certfile": "/outside/outside.pem", "ssl_keyfile": "/outside/outside.key"}
    uvicorn.run(app, host="0.0.0.0", port=PORT, log_level="warning", **certificate)  # type: ignore[arg-type] # all are text
