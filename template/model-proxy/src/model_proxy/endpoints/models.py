"""``GET /v1/models``: what callers may ask for."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from model_proxy.answers import CREATED
from model_proxy.errors import UnknownModelError
from model_proxy.routing import Router


async def list_models(request: Request) -> JSONResponse:
    """List the aliases and the models that can be used here."""
    router: Router = request.app.state.proxy.router
    names = [*router.registry.aliases, *router.registry.models]
    cards = (_card(router, name) for name in names)
    return JSONResponse({"object": "list", "data": [card for card in cards if card]})


async def retrieve_model(request: Request) -> JSONResponse:
    """Show one of them; ``root`` is the model that answers under an alias now."""
    name = request.path_params["model"]
    card = _card(request.app.state.proxy.router, name)
    if card is None:
        raise UnknownModelError(f"There is no usable model or alias {name!r}.", param="model")
    return JSONResponse(card)


def _card(router: Router, name: str) -> dict[str, Any] | None:
    usable = [m for m in router.registry.candidates(name) if router.obstacle(m) is None]
    if not usable:
        return None
    model = usable[0]
    return {
        "id": name,
        "object": "model",
        "created": CREATED,
        "owned_by": model.provider,
        "root": model.name,
        "version": model.version,
        "kind": model.kind,
        "region": model.region,
    }
