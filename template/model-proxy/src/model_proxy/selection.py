"""Which of the models that may answer is asked first, and which ones stand behind it.

Small models first for short prompts, large ones for the rest (``models/routing.yaml``); a canary
gets its share; flags stop a model, or put one first (``flags.yaml``).
"""

from collections.abc import Sequence

from model_proxy.errors import SwitchedOffError
from model_proxy.registry import Model
from model_proxy.routing import Router
from model_proxy.rules import Rules, Size
from model_proxy.share import Share
from model_proxy.switches import Switches
from model_proxy.wire import ChatRequest

SIMULATION = "deterministic"


class Selection:
    """Orders the models of a request; it holds what share the canaries have had."""

    def __init__(self, router: Router, rules: Rules) -> None:
        self._router = router
        self._rules = rules
        self._canaries = {alias: Share(rules.canary_percent) for alias in router.registry.canaries}

    def chat(
        self, request: ChatRequest, use_case: str, tokens: int, switches: Switches
    ) -> tuple[Model, ...]:
        """Return who is asked, first things first; every way to fail has an error of its own."""
        models = self._router.route(request.model, "chat", use_case)
        if len(models) > 1:
            models = self._sized(models, self._size(request, use_case, tokens))
        if (canary := self._canary(request.model, use_case, switches)) is not None:
            models = (canary, *models)
        if switches.first and request.model in self._router.registry.aliases:
            models = self._with_first(switches.first, models, request.model, use_case)
        return running(models, switches)[: self._rules.models_per_request]

    def embeddings(self, name: str, use_case: str, switches: Switches) -> Model:
        """Return the one that is asked: vectors of two models can't be compared."""
        return running(self._router.route(name, "embeddings", use_case)[:1], switches)[0]

    def _size(self, request: ChatRequest, use_case: str, tokens: int) -> Size:
        rule = self._rules.right_size
        if use_case in rule.use_cases:
            return rule.use_cases[use_case]
        return "small" if tokens <= rule.small_tokens and not request.offers_tools else "large"

    @staticmethod
    def _sized(models: Sequence[Model], size: Size) -> tuple[Model, ...]:
        # A simulation never stands in for a model: people would take its answer for one.
        real = [model for model in models if model.adapter != SIMULATION] or models
        return tuple(sorted(real, key=lambda model: model.size != size))

    def _canary(self, alias: str, use_case: str, switches: Switches) -> Model | None:
        share = self._canaries.get(alias)
        if share is None or not switches.has_canary:
            return None
        canary = self._router.challenger(alias, use_case, ("canary",))
        return canary if canary is not None and share.take() else None

    def _with_first(
        self, name: str, models: tuple[Model, ...], alias: str, use_case: str
    ) -> tuple[Model, ...]:
        if (model := self._router.named(name, alias, use_case)) is None:
            return models
        return (model, *(other for other in models if other is not model))


def running(models: Sequence[Model], switches: Switches) -> tuple[Model, ...]:
    """Return the models that no flag stops; ``SwitchedOffError`` when none is left."""
    if not switches.stopped:
        return tuple(models)
    left = tuple(model for model in models if not switches.stops(model.name))
    if not left:
        names = ", ".join(model.name for model in models)
        raise SwitchedOffError(
            f"The flag model-stop switches off {names}: try again later, or take it back in "
            "flags.yaml."
        )
    return left
