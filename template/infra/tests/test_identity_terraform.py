import shutil

import pytest


def test_terraform_of_the_provider_is_formatted_and_parses(root, run):
    if not shutil.which("terraform"):
        pytest.skip("terraform is not on PATH: nothing was formatted or parsed")
    folders = {file.parent for file in (root / "infra/identity").rglob("*.tf")}
    assert folders
    for folder in folders:
        result = run("terraform", "fmt", "-check", "-diff", cwd=folder)
        assert result.returncode == 0, result.stdout + result.stderr
