"""Every suite may ask for real services: see ``devstack.fixtures``."""

from importlib import import_module
from pathlib import Path

pytest_plugins = ["devstack.fixtures"]

# pytest names a test after its folders (slo/tests/test_rules.py → slo.tests.test_rules) and would
# take the folder slo/ for the package slo, unless the package is there first.
for package in sorted(Path(__file__).parent.glob("*/src/*/__init__.py")):
    import_module(package.parent.name)
