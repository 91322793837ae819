"""Service levels: objectives, latency budgets, and their compiler to Prometheus rules."""
