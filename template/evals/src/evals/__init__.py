"""Asks the golden and the adversarial questions and grades the answers."""
