"""One OpenAI-compatible door to every model that the product may use.

A request's way: ``admission`` (key, cap) → ``caller`` (who, what for, how long) → ``routing``
(registry and policy) → ``memory`` (answers known already) → ``providers`` (the model) →
``accounts`` (what it used and cost).
"""
