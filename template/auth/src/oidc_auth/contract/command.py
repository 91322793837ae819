"""``python -m oidc_auth idp ISSUER``: does a real provider keep ``contracts/auth.yaml``?

For a token, set ``IDP_CLIENT_ID`` and ``IDP_CLIENT_SECRET`` (and ``IDP_SCOPE``, ``IDP_AUDIENCE``)
of a client that may use client credentials, or paste one as ``IDP_TOKEN``.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path

import httpx2

from oidc_auth.contract import AuthContract, load_contract
from oidc_auth.contract.checks import Report
from oidc_auth.contract.provider import Document, check_keys, check_metadata
from oidc_auth.contract.tokens import Credentials, check_token, fetch_token
from runtime.settings import SettingsError

KEPT, BROKEN, NOT_CHECKED = 0, 1, 2
_TIMEOUT_S = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("issuer", help="exactly as its discovery document states it")
    parser.add_argument("--contract", type=Path, help="another file than contracts/auth.yaml")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Check a provider; 0 kept, 1 broken, 2 not checked."""
    try:
        contract = load_contract(arguments.contract)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return NOT_CHECKED
    report = asyncio.run(check_provider(arguments.issuer, contract))
    shown = json.dumps(report.data(), indent=2) + "\n" if arguments.json else report.words()
    sys.stdout.write(shown)
    return KEPT if report.is_kept else BROKEN


async def check_provider(
    issuer: str, contract: AuthContract, transport: httpx2.AsyncBaseTransport | None = None
) -> Report:
    """Check what the provider publishes, and a token if one can be had."""
    report = Report(issuer)
    async with _client(transport) as http:
        document = await check_metadata(http, contract, report)
        if document is None:
            return report
        keys = await check_keys(http, document, report)
        token = await _token(http, document, report)
    if token is not None:
        check_token(token, keys, contract, report, now=time.time())
    return report


async def _token(http: httpx2.AsyncClient, document: Document, report: Report) -> str | None:
    environment = os.environ
    if pasted := environment.get("IDP_TOKEN"):
        return pasted
    client_id = environment.get("IDP_CLIENT_ID")
    if not client_id:
        says = "no token was looked at: set IDP_CLIENT_ID and IDP_CLIENT_SECRET, or IDP_TOKEN"
        report.note("token", says, result="skipped")
        return None
    credentials = Credentials(
        client_id,
        environment.get("IDP_CLIENT_SECRET", ""),
        environment.get("IDP_SCOPE", ""),
        environment.get("IDP_AUDIENCE", ""),
    )
    return await fetch_token(http, document["token_endpoint"], credentials, report)


def _client(transport: httpx2.AsyncBaseTransport | None) -> httpx2.AsyncClient:
    if transport is not None:
        return httpx2.AsyncClient(timeout=_TIMEOUT_S, transport=transport)
    return httpx2.AsyncClient(timeout=_TIMEOUT_S, verify=httpx2.create_ssl_context())
