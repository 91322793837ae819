"""The whole product on a bare machine, and real services for the tests. Never part of an image."""
