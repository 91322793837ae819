"""Runs the suites of generated repos: what a run looked at is its key, and all that agree on it are credited."""
