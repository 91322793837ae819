"""Settings that would weaken sign-in are refused."""

import pytest
from pydantic import ValidationError

from oidc_auth.config import AuthSettings, is_protected, origin_of


def changed(auth_settings: AuthSettings, **values: str) -> AuthSettings:
    secrets = {
        "oidc_client_secret": auth_settings.oidc_client_secret.get_secret_value(),
        "session_secret": auth_settings.session_secret.get_secret_value(),
    }
    return AuthSettings(**auth_settings.model_dump() | secrets | values)


def test_settings_refuse_a_short_session_secret(auth_settings: AuthSettings) -> None:
    with pytest.raises(ValidationError, match="at least 32"):
        changed(auth_settings, session_secret="short")


def test_settings_refuse_an_issuer_without_tls(auth_settings: AuthSettings) -> None:
    with pytest.raises(ValidationError, match="https"):
        changed(auth_settings, oidc_issuer="http://provider.test")


def test_settings_refuse_loopback_http_in_production(auth_settings: AuthSettings) -> None:
    changed(auth_settings, oidc_issuer="http://localhost:9000")
    with pytest.raises(ValidationError, match="https"):
        changed(
            auth_settings,
            oidc_issuer="http://localhost:9000",
            environment="production",
        )


def test_settings_never_print_their_secrets(auth_settings: AuthSettings) -> None:
    assert auth_settings.session_secret.get_secret_value() not in repr(auth_settings)


@pytest.mark.parametrize("url", ["https://a.test/x", "http://localhost:1/", "http://127.0.0.1:1/"])
def test_is_protected_accepts_tls_and_loopback(url: str) -> None:
    assert is_protected(url, production=False)


@pytest.mark.parametrize("url", ["http://a.test", "ftp://localhost", "localhost", "https://"])
def test_is_protected_refuses_the_rest(url: str) -> None:
    assert not is_protected(url, production=False)


def test_origin_of_drops_the_path() -> None:
    assert origin_of("https://App.test:8443/x?y") == "https://app.test:8443"
