"""Answers that wait for a person's decision; reviewers see those of their whole tenant."""
