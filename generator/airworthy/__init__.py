"""Airworthy makes a complete, hardened AI product repo and keeps it hardened."""
