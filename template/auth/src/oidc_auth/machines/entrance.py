"""From a key to who is asking. A key opens one tenant, whatever the request says."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from oidc_auth.config import Clock
from oidc_auth.errors import KeyRejectedError
from oidc_auth.machines.keys import prefix_of
from oidc_auth.people import Person
from oidc_auth.sealing import digest
from runtime.database import Database
from runtime.database.models import Machine, MachineKey, Tenant, User

_TOUCH_AFTER = timedelta(seconds=60)
_KNOWN = (
    select(MachineKey, Machine, User, Tenant)
    .join(Machine, Machine.id == MachineKey.machine_id)
    .join(User, User.id == Machine.user_id)
    .join(Tenant, Tenant.id == MachineKey.tenant_id)
)


@dataclass(frozen=True)
class Entrance:
    """Lets machines in."""

    database: Database
    clock: Clock

    async def admit(self, secret: str) -> Person:
        """Return who a key is; raises ``KeyRejectedError``."""
        return (await self.find(secret))[1]

    async def find(self, secret: str) -> tuple[Machine, Person]:
        """Return the machine of a key, with today's scopes and tenant.

        Raises:
            KeyRejectedError: it is unknown, expired or revoked; the caller learns only that.
        """
        if prefix_of(secret) is None:
            raise KeyRejectedError("key_unknown")
        key_digest, now = digest(secret), datetime.fromtimestamp(self.clock(), UTC)
        async with self.database.session(key_digest=key_digest) as session:
            known = _KNOWN.where(MachineKey.key_digest == key_digest)
            found = (await session.execute(known)).first()
            if found is None:
                raise KeyRejectedError("key_unknown")
            key, machine, user, tenant = found
            if machine.revoked_at is not None:
                raise KeyRejectedError("key_revoked")
            if key.expires_at <= now:
                raise KeyRejectedError("key_expired")
            if key.last_used_at is None or now - key.last_used_at >= _TOUCH_AFTER:
                used = update(MachineKey).where(MachineKey.key_digest == key_digest)
                await session.execute(used.values(last_used_at=now))
        return machine, Person.of(user, tenant, frozenset(machine.scopes))
