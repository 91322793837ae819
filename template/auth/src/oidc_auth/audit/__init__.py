"""The append-only record of decisions: who, in which tenant, did or was refused what, and why.

Each entry carries an HMAC over its content and over the entry before it, so that a change, a
removal or a new order shows. A chain alone says nothing about entries missing at its end: for that,
checkpoints leave the database. Secrets and tokens never go into an entry.

- ``entries``, ``chain``, ``storage``: what is recorded, how it is sealed, how it is written.
- ``log``: recording at once, within a transaction, or through a bounded buffer.
- ``checkpoints``, ``verification``: the proof that nothing was changed or cut off.
- ``retention``, ``archive``: how old entries leave without harm to that proof.
- ``explanations``, ``reading``: what a person is told.
"""

from oidc_auth.audit.chain import AuditKey, AuditKeys
from oidc_auth.audit.entries import Decision
from oidc_auth.audit.log import AuditLog, append

__all__ = ["AuditKey", "AuditKeys", "AuditLog", "Decision", "append"]
