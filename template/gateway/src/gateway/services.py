"""What the routes work with; ``bootstrap`` makes it once."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from gateway.answers.asking import Asking
from gateway.billing import Meter
from gateway.product import ProductPage
from gateway.settings import GatewaySettings
from oidc_auth.audit import AuditLog
from oidc_auth.authz import Roles
from oidc_auth.guard import Guard
from oidc_auth.login import Login
from oidc_auth.machines.entrance import Entrance
from oidc_auth.machines.tokens import MachineTokens
from oidc_auth.policy import AuthPolicy
from oidc_auth.rotation import SigningKeys
from oidc_auth.sessions import Sessions
from runtime.database import Database
from runtime.queues import JobQueue
from runtime.vectors import VectorStore


@dataclass(frozen=True)
class Services:
    """Everything that lives as long as the process."""

    settings: GatewaySettings
    policy: AuthPolicy
    product: ProductPage
    database: Database
    queue: JobQueue
    store: VectorStore
    login: Login
    sessions: Sessions
    audit: AuditLog
    roles: Roles
    entrance: Entrance
    machine_tokens: MachineTokens
    keys: SigningKeys
    asking: Asking
    guard: Guard
    meter: Meter


def services_of(request: Request) -> Services:
    """Return the services of this application."""
    found: Services = request.app.state.services
    return found


async def services(request: Request) -> Services:
    """Return them to a route; as a coroutine, since other functions cost a thread each."""
    return services_of(request)


ServicesDep = Annotated[Services, Depends(services)]
