"""An entry in plain words: what was decided, by which rule, and why."""

from collections.abc import Iterable, Mapping
from datetime import UTC

from oidc_auth.audit.entries import Entry

_OUTCOMES = {
    "allow": "was allowed",
    "deny": "was refused",
    "step_up": "was asked to prove again who they are",
    "limit": "was slowed down",
    "rotate": "replaced keys",
    "admin": "changed how the product is run",
    "done": "did this",
}

REASONS = {
    "role_missing": "none of their roles gives the permission that this needs",
    "scope_missing": "the key that was used does not have the scope that this needs",
    "permission_held": "one of their roles or scopes gives the permission that this needs",
    "signed_in": "they were signed in, and no further permission is needed",
    "own_session": "anybody may end sessions of their own",
    "tenant_paused": "their organisation was paused",
    "unknown_person": "the provider knows them and this product does not",
    "stepped_up": "they had proved shortly before who they are",
    "step_up_required": "an action as grave as this needs a fresh proof of who asks",
    "key_unknown": "no such key exists, or its secret part is wrong",
    "key_expired": "the key was past its last day",
    "key_revoked": "the key had been revoked",
    "replaced_cookie_came_back": "a session's old cookie came back after it had been replaced, so"
    " somebody has a copy of it",
    "key_due": "the signing key had been in use for as long as it may be",
    "key_compromised": "somebody said that the signing keys were stolen",
    "refresh_refused": "the provider did not renew their sign-in",
    "provider_signed_out": "they signed out at the provider",
    "proof_missing": "the request did not prove the key that the session belongs to",
    "proof_wrong_key": "the request proved another key than the session's: its cookie was copied",
    "proof_replayed": "the proof of the session's key had been used before",
    "too_many_requests": "there were more requests than the limit allows",
    "new_device": "they had never used this browser",
    "new_network": "none of their browsers was last seen in this network",
    "impossible_travel": "they were seen in two networks at nearly the same time",
    "changed_surroundings": "network and browser of their session both changed",
    "many_failures": "much was refused lately from this address or for this person",
    "odd_hour": "it was an hour in which nobody usually works",
    "risk_timeout": "the assessment of risk took too long, which never allows anything",
    "risk_error": "the assessment of risk failed, which never allows anything",
    "tenant_mismatch": "the token was made for another organisation",
}
"""Every reason that the gateway gives; an unknown one is shown as it is."""


def explain(entry: Entry, *, names: Mapping[str, str] | None = None) -> str:
    """Return one paragraph that somebody without this code understands.

    Args:
        entry: what was recorded.
        names: what to call people and tenants, by their id.
    """
    names = names or {}
    who = names.get(entry.actor, entry.actor)
    where = str(entry.tenant_id) if entry.tenant_id else ""
    at = entry.created_at.astimezone(UTC)
    parts = [
        f"On {at:%d %B %Y at %H:%M:%S} UTC, {who}"
        + (f" of {names.get(where, where)}" if where else "")
        + f" {_OUTCOMES.get(entry.outcome, entry.outcome)}: {entry.action}, about {entry.target}.",
        *(f"Because {_words(reason)}." for reason in entry.reasons),
        *_rule(entry),
        *_detail(entry),
        f"Correlation id: {entry.correlation_id}.",
    ]
    return " ".join(parts)


def _words(reason: str) -> str:
    return REASONS.get(reason, reason.replace("_", " "))


def _rule(entry: Entry) -> Iterable[str]:
    if entry.rule:
        yield f"Rule: {entry.rule}."
    if entry.policy_version:
        yield f"Version of the policy: {entry.policy_version}."


def _detail(entry: Entry) -> Iterable[str]:
    known = [f"{name} {_value(value)}" for name, value in sorted(entry.detail.items()) if value]
    if known:
        yield f"Known at the time: {', '.join(known)}."


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
