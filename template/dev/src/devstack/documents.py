"""The seeds' documents go in as a person's would: signed in, uploaded, read by a job."""

import asyncio
from pathlib import Path

from devstack.browser import Browser
from devstack.people import DemoTenant, seeds
from devstack.stack import Stack

CONTENT_TYPES = {".md": "text/markdown", ".txt": "text/plain", ".pdf": "application/pdf"}


class SeedError(Exception):
    """A seed document was refused; the message holds the answer."""

    code = "seed"


async def upload_seeds(stack: Stack) -> int:
    """Upload what each tenant doesn't have yet; return how many that were.

    Nothing is uploaded where people sign in at a provider of their own.

    Raises:
        SeedError: the product refused a document.
    """
    if "identity" not in stack.processes:
        return 0
    counts = [await _upload_for(stack, tenant) for tenant in stack.tenants]
    if sum(counts):
        stack.console.line("seeds", f"uploaded {sum(counts)} documents; the workers are reading")
    return sum(counts)


async def _upload_for(stack: Stack, tenant: DemoTenant) -> int:
    files = sorted((seeds() / "documents" / tenant.slug).glob("*.*"))
    admin = next(user for user in tenant.users if "admin" in user.roles)
    async with Browser(stack.public_url) as browser:
        await browser.sign_in(admin.subject)
        known = {
            entry["title"] for entry in (await browser.request("GET", "/api/documents")).json()
        }
        missing = [file for file in files if not {file.name, file.stem} & known]
        for file in missing:
            await _upload(browser, file, await asyncio.to_thread(file.read_bytes))
        await browser.request("POST", "/auth/logout")
    return len(missing)


async def _upload(browser: Browser, file: Path, content: bytes) -> None:
    content_type = CONTENT_TYPES.get(file.suffix, "application/octet-stream")
    response = await browser.request(
        "POST", "/api/documents", files={"file": (file.name, content, content_type)}
    )
    if not response.is_success:
        raise SeedError(f"{file}: {response.status_code} {response.text}")
