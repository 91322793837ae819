"""The tenant in figures, and what its administrators may do to it."""
