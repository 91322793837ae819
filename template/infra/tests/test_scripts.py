from pathlib import Path


def scripts(root: Path) -> list[Path]:
    return sorted((root / "infra").rglob("*.sh"))


def test_scripts_have_no_shell_faults(root, lint):
    result = lint("shellcheck", *scripts(root))
    assert result.returncode == 0, result.stdout


def test_shellcheck_sees_an_unquoted_variable(tmp_path, lint):
    script = tmp_path / "fault.sh"
    script.write_text("#!/bin/sh\nrm -r $1/*\n")
    assert lint("shellcheck", script).returncode == 1


def test_scripts_stop_at_the_first_fault_and_are_executable(root):
    for script in scripts(root):
        text = script.read_text()
        assert "set -eu" in text or "exec " in text, script
        assert script.stat().st_mode & 0o111, script


def test_yaml_is_well_kept(root, lint):
    folders = ["infra", ".github", ".gitlab", ".pre-commit-config.yaml", "compose.yaml"]
    there = [folder for folder in folders if (root / folder).exists()]
    result = lint("yamllint", "--strict", *there, cwd=root)
    assert result.returncode == 0, result.stdout


def test_yamllint_sees_a_duplicate_key(tmp_path, lint):
    (tmp_path / "fault.yaml").write_text("a: 1\na: 2\n")
    assert lint("yamllint", "fault.yaml", cwd=tmp_path).returncode == 1


def test_commit_hooks_are_valid(root, lint):
    result = lint("pre-commit", "validate-config", root / ".pre-commit-config.yaml")
    assert result.returncode == 0, result.stdout + result.stderr
