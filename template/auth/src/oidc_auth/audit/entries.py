"""What is recorded about one decision, in a form that reads back from the database unchanged."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from runtime.correlation import correlation_id

Outcome = Literal["allow", "deny", "step_up", "limit", "rotate", "admin", "done"]

MAX_TEXT = 2000
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_OUTCOMES: dict[str, Outcome] = {"allowed": "allow", "refused": "deny", "rotated": "rotate"}


@dataclass(frozen=True)
class Decision:
    """One thing that was decided.

    Attributes:
        action: dotted and stable, such as ``sign_in.allowed``.
        actor: a user's id, or ``anonymous``.
        target: what it was about.
        tenant_id: None before the tenant is known.
        detail: what helps to understand it, as JSON.
        outcome: read from the action's last word where it is not given; ``done`` for a change.
        rule: which rule decided, such as ``permission:reviews:decide``.
        reasons: stable words for why; see ``explanations``.
        policy_version: of the roles' file, filled in by the log.
    """

    action: str
    actor: str
    target: str
    tenant_id: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None
    rule: str = ""
    reasons: tuple[str, ...] = ()
    policy_version: str = ""

    def result(self) -> Outcome:
        """Return what was decided."""
        return self.outcome or _OUTCOMES.get(self.action.rpartition(".")[2], "done")


@dataclass(frozen=True)
class Entry:
    """A decision as it is kept; ``seq``, ``prev``, ``key_id`` and ``mac`` come with its seal."""

    id: UUID
    created_at: datetime
    tenant_id: UUID | None
    actor: str
    action: str
    target: str
    outcome: str
    rule: str
    reasons: tuple[str, ...]
    policy_version: str
    detail: Mapping[str, Any]
    correlation_id: str
    seq: int = 0
    prev: bytes = b""
    key_id: str = ""
    mac: bytes = b""

    @classmethod
    def of(cls, decision: Decision, *, now: float, policy_version: str) -> "Entry":
        """Keep a decision; what PostgreSQL can't store is replaced, what is endless is cut."""
        return cls(
            id=uuid4(),
            created_at=datetime.fromtimestamp(now, UTC),
            tenant_id=decision.tenant_id,
            actor=_text(decision.actor),
            action=_text(decision.action),
            target=_text(decision.target),
            outcome=decision.result(),
            rule=_text(decision.rule),
            reasons=tuple(_text(reason) for reason in decision.reasons),
            policy_version=_text(decision.policy_version or policy_version),
            detail={_text(key): _plain(value) for key, value in decision.detail.items()},
            correlation_id=correlation_id(),
        )

    def content(self) -> dict[str, Any]:
        """Return everything but the seal's own value, as JSON."""
        return {
            "seq": self.seq,
            "prev": self.prev.hex(),
            "key_id": self.key_id,
            "id": str(self.id),
            "created_at": self.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "tenant_id": str(self.tenant_id) if self.tenant_id else None,
            "actor": self.actor,
            "action": self.action,
            "target": self.target,
            "outcome": self.outcome,
            "rule": self.rule,
            "reasons": list(self.reasons),
            "policy_version": self.policy_version,
            "detail": dict(self.detail),
            "correlation_id": self.correlation_id,
        }

    def line(self) -> str:
        """Return everything, the seal's own value as well, as a line of JSON."""
        return line_of(self.message(), self.mac)

    @classmethod
    def read(cls, line: str) -> "Entry":
        """Return the entry of a ``line``."""
        content = json.loads(line)
        tenant_id = content["tenant_id"]
        sealed = {name: bytes.fromhex(content[name]) for name in ("prev", "mac")}
        own = {
            "id": UUID(content["id"]),
            "created_at": datetime.fromisoformat(content["created_at"]),
            "tenant_id": UUID(tenant_id) if tenant_id else None,
            "reasons": tuple(content["reasons"]),
        }
        return cls(**{**content, **sealed, **own})

    def message(self) -> bytes:
        """Return what is sealed."""
        return message_of(self.content())


def message_of(content: Mapping[str, Any]) -> bytes:
    """Return the bytes that are sealed: JSON with sorted keys and nothing to choose."""
    return _CANONICAL.encode(content).encode()


def line_of(message: bytes, mac: bytes) -> str:
    """Return a message and its seal as a line of JSON."""
    return f'{message[:-1].decode()},"mac":"{mac.hex()}"}}'


def _text(value: object) -> str:
    """Return text that PostgreSQL takes: no NUL, no half of a surrogate pair, not endless."""
    clean = str(value).replace("\x00", "\ufffd").encode(errors="replace").decode()
    return clean if len(clean) <= MAX_TEXT else f"{clean[: MAX_TEXT - 1]}…"


def _plain(value: object) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON that ``jsonb`` gives back as it was; a fraction becomes text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_text(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return _text(value)
