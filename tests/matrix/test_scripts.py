"""The check of TypeScript's imports knows what the generated UI calls its folders."""

from __future__ import annotations

import json
import posixpath

from matrix.checks import scripts
from matrix.settings import ROOT
from matrix.template import Template


def test_aliases_of_scripts_are_those_that_the_rendered_ui_has() -> None:
    template = Template.open(ROOT)
    tree = template.assemble(template.options.find({**template.options.combination(0).answers, "ui": "react"}))
    settings = json.loads(template.blobs.read(tree["ui/tsconfig.json"].digest))
    paths = settings["compilerOptions"]["paths"]

    assert {
        alias.removesuffix("*"): posixpath.normpath(f"ui/{place}").removesuffix("*")
        for alias, (place,) in paths.items()
    } == scripts.ALIASES
