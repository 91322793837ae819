"""From the name a caller asks for to the models that may answer."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from model_proxy.errors import BadRequestError, NoModelError, PolicyError, UnknownModelError
from model_proxy.policy import Policy
from model_proxy.registry import Model, Registry
from model_proxy.weights import pins_of

MOST_REMEMBERED = 4096
"""Routes are decided once; callers who make up use cases can't fill the memory."""


@dataclass(frozen=True)
class Router:
    """Chooses the models that are usable here and allowed for the use case.

    Attributes:
        environment: development, test or production.
        environ: the environment's variables, for the registry's settings.
        pins: path → SHA-256 of the weights that may be served.
    """

    registry: Registry
    policy: Policy
    environment: str
    environ: Mapping[str, str]
    pins: Mapping[str, str]
    _known: dict[tuple[str, str, str], tuple[Model, ...]] = field(default_factory=dict, repr=False)

    def route(self, name: str, kind: str, use_case: str) -> tuple[Model, ...]:
        """Return who may answer, preferred first; every way to fail has an error of its own."""
        known = self._known.get((name, kind, use_case))
        if known is not None:
            return known
        models = self._route(name, kind, use_case)
        if len(self._known) < MOST_REMEMBERED:
            self._known[name, kind, use_case] = models
        return models

    def challenger(self, alias: str, use_case: str, stages: Container[str]) -> Model | None:
        """Return the first canary or candidate that is usable here and allowed for the use case."""
        for model in self.registry.challengers.get(alias, ()):
            if model.stage in stages and self._may(model, use_case):
                return model
        return None

    def named(self, name: str, alias: str, use_case: str) -> Model | None:
        """Return the model of that name if it serves the alias and may be used."""
        model = self.registry.models.get(name)
        serves = model is not None and alias in model.serves
        return model if model is not None and serves and self._may(model, use_case) else None

    def _may(self, model: Model, use_case: str) -> bool:
        return self.obstacle(model) is None and self.policy.admits(use_case, model)

    def _route(self, name: str, kind: str, use_case: str) -> tuple[Model, ...]:
        candidates = self.registry.candidates(name)
        if not candidates:
            raise UnknownModelError(
                f"There is no model or alias {name!r}; GET /v1/models lists them.", param="model"
            )
        if candidates[0].kind != kind:
            raise BadRequestError(
                f"{name!r} is a model for {candidates[0].kind}; GET /v1/models lists the others.",
                param="model",
            )
        usable = [model for model in candidates if self.obstacle(model) is None]
        if not usable:
            raise NoModelError(self.explain(name))
        admitted = tuple(model for model in usable if self.policy.admits(use_case, model))
        if admitted:
            return admitted
        raise PolicyError(
            f"The use case {use_case!r} may not use {', '.join(m.name for m in usable)}; "
            "models/policy.yaml and models/policy.d grant what is allowed."
        )

    def obstacle(self, model: Model) -> str | None:
        """Return what keeps the model from being used here, or None."""
        if model.stage == "retired":
            return "is retired"
        if self.environment not in model.environments:
            return f"is not for {self.environment}"
        for setting in (model.base_url, model.api_key):
            if setting and not setting.optional and not setting.value(self.environ):
                return f"needs {setting.env}"
        if self.environment == "production" and model.weights:
            return None if pins_of(model.weights, self.pins) else self._unpinned(model.weights)
        return None

    def explain(self, name: str) -> str:
        """Return one sentence that says why nothing answers under the name."""
        reasons = (f"{m.name} {self.obstacle(m)}" for m in self.registry.candidates(name))
        return f"No model can serve {name!r} in {self.environment}: {'; '.join(reasons)}."

    def unserved(self) -> list[str]:
        """Return the aliases that no model can serve here."""
        return [
            alias
            for alias in self.registry.aliases
            if all(self.obstacle(model) for model in self.registry.candidates(alias))
        ]

    @staticmethod
    def _unpinned(weights: str) -> str:
        return f"needs the digest of {weights} in models/weights.sha256 (sha256sum writes it)"
