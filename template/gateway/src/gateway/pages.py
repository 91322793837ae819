"""The one page that the gateway shows itself: a sign-in that did not work, in a browser."""

import base64
import hashlib
from html import escape

from starlette.responses import HTMLResponse

from runtime.correlation import correlation_id
from runtime.errors import ServiceError

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;"
    "box-sizing:border-box;background:light-dark(#f4f6f5,#0e1312);"
    "color:light-dark(#14201d,#e6edeb);font:16px/1.5 system-ui,sans-serif}"
    "main{width:min(100%,26rem);padding:2rem;box-sizing:border-box;border-radius:1rem;"
    "background:light-dark(#fff,#161c1b);border:1px solid light-dark(#dce2e0,#28312f)}"
    "h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25}p{margin:0 0 1.5rem}"
    "a{display:inline-block;padding:.5rem 1rem;border-radius:.625rem;font-weight:600;"
    "text-decoration:none;background:light-dark(#0b6a5d,#63d2be);color:light-dark(#fff,#05201b)}"
    "small{color:light-dark(#53625e,#9aaaa6);overflow-wrap:anywhere}"
)
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'"


def error_page(error: ServiceError) -> HTMLResponse:
    """Return the error as a page with a way back."""
    page = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(error.title)}</title>
<style>{_STYLE}</style>
<main>
<h1>{escape(error.title)}</h1>
<p>{escape(error.detail)}</p>
<p><a href="/">Back to the start</a></p>
<small>{escape(error.code)} · {escape(correlation_id())}</small>
</main>
</html>
"""
    headers = {"Content-Security-Policy": _POLICY, **error.headers}
    return HTMLResponse(page, error.status, headers)
