"""Requests that another site makes. covers R-0304."""

from typing import Any

import pytest

from oidc_auth.csrf import check_same_site
from oidc_auth.errors import CrossSiteError

ORIGIN = "https://app.test"
OURS = {"origin": ORIGIN, "x-requested-with": "fetch"}


def test_check_accepts_our_own_page() -> None:
    check_same_site("POST", OURS, ORIGIN)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_check_lets_reading_pass(method: str) -> None:
    check_same_site(method, {}, ORIGIN)


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": ""},
        {"origin": "null"},
        {"origin": "https://evil.test"},
        {"origin": "https://app.test.evil.test"},
        {"origin": "http://app.test"},
        {"x-requested-with": ""},
        {"x-requested-with": "XMLHttpRequest"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_check_refuses_what_a_foreign_page_could_send(method: str, changed: Any) -> None:
    with pytest.raises(CrossSiteError):
        check_same_site(method, OURS | changed, ORIGIN)


@pytest.mark.parametrize("missing", ["origin", "x-requested-with"])
def test_check_refuses_a_missing_header(missing: str) -> None:
    headers = {name: value for name, value in OURS.items() if name != missing}
    with pytest.raises(CrossSiteError):
        check_same_site("POST", headers, ORIGIN)
