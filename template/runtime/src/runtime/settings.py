"""What a service is told from outside: the environment, then ``.env``, then ``product.toml``."""

import os
import sys
from typing import Any, ClassVar, Literal, Self, TypeVar

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from runtime.product import ProductFileError, read_product_file, root


class SettingsError(Exception):
    """The service can't start with these settings; the message is one sentence for a person."""

    code = "settings"


class AdaptersSource(PydanticBaseSettingsSource):
    """The ``[adapters]`` table of ``product.toml``: the weakest source, asked for what is left."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ANN401 - pydantic's signature
        """Return the field's entry."""
        del field
        return read_product_file().get("adapters", {}).get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the entries of the fields that no stronger source knows."""
        table = read_product_file().get("adapters", {})
        wanted = self.settings_cls.model_fields.keys() - self.current_state.keys()
        return {name: table[name] for name in sorted(wanted) if name in table}


class RuntimeSettings(BaseSettings):
    """What every service knows. A service adds its own by subclassing.

    Attributes:
        required_in_production: fields without which production must not start.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )
    required_in_production: ClassVar[tuple[str, ...]] = ()

    environment: Literal["development", "test", "production"] = "development"

    jobs: str
    vectors: str
    cache: str
    inference: str
    identity: str
    billing: str

    database_url: str = Field(default="", repr=False)
    database_admin_url: str = Field(default="", repr=False)
    kafka_bootstrap_servers: str = ""
    milvus_uri: str = ""
    valkey_url: str = Field(default="", repr=False)

    model_proxy_url: str = "http://127.0.0.1:8001"
    public_url: str = "http://localhost:5173"

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    otel_exporter_otlp_endpoint: str | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources; tests never read a developer's ``.env``."""
        del dotenv_settings, file_secret_settings
        adapters = AdaptersSource(settings_cls)
        if os.environ.get("ENVIRONMENT") == "test":
            return init_settings, env_settings, adapters
        dotenv = DotEnvSettingsSource(settings_cls, env_file=root() / ".env")
        return init_settings, env_settings, dotenv, adapters

    @model_validator(mode="after")
    def refuse_incomplete_production(self) -> Self:
        """Fail closed: production never starts on a missing secret or address."""
        if self.environment != "production":
            return self
        missing = [name.upper() for name in self.required_in_production if not _is_set(self, name)]
        if missing:
            raise SettingsError(f"Production needs {', '.join(missing)}: see .env.example.")
        return self


def _is_set(settings: RuntimeSettings, name: str) -> bool:
    value = getattr(settings, name)
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


Settings = TypeVar("Settings", bound=RuntimeSettings)


def read_settings(kind: type[Settings], **known: Any) -> Settings:  # noqa: ANN401 - any field's
    """Return the settings of a service, or of a part of it that knows some fields already.

    Raises:
        SettingsError: one is missing or wrong; the values themselves are never shown.
    """
    try:
        return kind(**known)
    except ValidationError as error:
        faults = "; ".join(
            f"{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError(f"Settings are wrong: {faults}. See .env.example.") from error
    except ProductFileError as error:
        raise SettingsError(str(error)) from error


def settings_or_exit(kind: type[Settings]) -> Settings:
    """Return the settings of a service, or end the process with one sentence and code 2."""
    try:
        return read_settings(kind)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from error
