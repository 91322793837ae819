"""What sign-in costs: per request, per token, per session, and during a change of keys.

Everything is measured side by side in one run, so that a slow machine slows both sides down.
"""
