"""Attacks on sign-in, written once and run twice.

- ``parties``: what is attacked, as an attacker sees it.
- ``provider``: an identity provider that lies on demand.
- ``sign_in``, ``access``: the attacks. One that ends without an exception has succeeded.
- ``plain``: the same product on a bare OAuth library: the negative control. Attacks that do not get
  into it prove nothing about those that do not get into ours.
"""
