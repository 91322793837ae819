"""Conversations belong to one person; nobody else in the tenant sees them."""
