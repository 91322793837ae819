"""What a check found, and all of them together."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from oidc_auth.contract import Need

Result = Literal["ok", "failed", "notice", "skipped"]
_MARKS: Mapping[str, str] = {"ok": "✓", "failed": "✗", "notice": "•", "skipped": "-"}


@dataclass(frozen=True)
class Check:
    """One promise; ``id`` is stable."""

    id: str
    result: Result
    says: str


@dataclass
class Report:
    """Everything that was looked at."""

    issuer: str
    checks: list[Check] = field(default_factory=list)

    @property
    def is_kept(self) -> bool:
        """Say whether no promise is broken."""
        return all(check.result != "failed" for check in self.checks)

    def expect(self, check_id: str, *, holds: bool, good: str, bad: str) -> bool:
        """Add a promise that is kept or broken; return which."""
        self.checks.append(Check(check_id, "ok" if holds else "failed", good if holds else bad))
        return holds

    def note(self, check_id: str, says: str, *, result: Result = "notice") -> None:
        """Add something that breaks no promise."""
        self.checks.append(Check(check_id, result, says))

    def feature(self, check_id: str, need: Need, *, has: bool, name: str) -> None:
        """Add something that a provider may have."""
        if need == "optional":
            self.note(check_id, f"{name} is {'' if has else 'not '}advertised")
            return
        wanted = need == "required"
        self.expect(
            check_id,
            holds=has is wanted,
            good=f"{name} is {'' if has else 'not '}advertised, as it should be",
            bad=f"{name} is {'' if has else 'not '}advertised; the contract says {need}",
        )

    def words(self) -> str:
        """Return the report for a person."""
        width = max((len(check.id) for check in self.checks), default=0)
        lines = [f"Identity provider {self.issuer} against contracts/auth.yaml", ""]
        lines += [
            f"  {_MARKS[check.result]} {check.id:<{width}}  {check.says}" for check in self.checks
        ]
        broken = sum(check.result == "failed" for check in self.checks)
        lines += ["", f"{broken} promises are broken." if broken else "Every promise is kept."]
        return "\n".join(lines) + "\n"

    def data(self) -> dict[str, Any]:
        """Return the report for a program."""
        return {"kept": self.is_kept, **asdict(self)}
