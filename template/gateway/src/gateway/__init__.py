"""The edge: what a browser or an API client may ask, and nothing that it may not.

``bootstrap`` is the only place where things are wired. A route is a module in ``routes`` that
exports ``router``; what it needs of the database is in its feature's ``repository``, what it
answers in its ``schemas``.
"""
