"""From the name a caller asks for to the models that may answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from model_proxy.errors import BadRequestError, NoModelError, PolicyError, UnknownModelError
from model_proxy.policy import Policy
from model_proxy.registry import Model, Registry
from model_proxy.weights import pins_of


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

    def route(self, name: str, kind: str, use_case: str) -> tuple[Model, ...]:
        """Return who may answer, preferred first; every way to fail has an error of its own."""
        candidates = self.registry.candidates(name)
        if not candidates:
            raise UnknownModelError(f"There is no model or alias {name!r}.", param="model")
        if candidates[0].kind != kind:
            raise BadRequestError(f"{name!r} is a model for {candidates[0].kind}.", param="model")
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
