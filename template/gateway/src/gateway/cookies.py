"""The two cookies; ``__Host-`` makes browsers insist on Secure, no Domain and Path=/.

Source: RFC 6265bis §4.1.3.2.
"""

from starlette.responses import Response

SESSION_COOKIE = "__Host-sid"
_LOGIN_COOKIE = "__Host-login-"
_SUFFIX = 12


def login_cookie(state: str) -> str:
    """Return the cookie's name for one sign-in, so that two tabs can sign in at once."""
    return _LOGIN_COOKIE + state[:_SUFFIX]


def set_cookie(response: Response, name: str, value: str, *, max_age_s: int) -> None:
    """Set a cookie that scripts can't read and other sites' requests don't carry."""
    response.set_cookie(
        name, value, max_age=max_age_s, path="/", secure=True, httponly=True, samesite="lax"
    )


def drop_cookie(response: Response, name: str) -> None:
    """Make the browser forget a cookie."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
