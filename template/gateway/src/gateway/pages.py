"""The one page that the gateway shows itself: a sign-in that did not work, in a browser."""

import base64
import hashlib
from html import escape

from starlette.responses import HTMLResponse

from runtime.correlation import correlation_id
from runtime.errors import ServiceError

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;"
    "font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:30rem;padding:2rem}small{opacity:.7}"
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
