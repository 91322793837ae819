"""One module per kind of reference; each says which files it reads and which facts it finds in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matrix.checks import (
    adapters,
    commands,
    compose,
    contracts,
    distributions,
    docker,
    documents,
    environment,
    github,
    gitlab,
    kubernetes,
    makefile,
    modules,
    scripts,
    terraform,
    workspace,
)

if TYPE_CHECKING:
    from matrix.facts import Reader

READERS: tuple[Reader, ...] = (
    adapters,
    compose,
    contracts,
    distributions,
    docker,
    documents,
    environment,
    github,
    gitlab,
    kubernetes,
    makefile,
    modules,
    scripts,
    terraform,
    workspace,
)
"""In the order in which a report names them."""

SHARED = (commands, modules)
"""What several of them use; a change to it is a change to each."""
