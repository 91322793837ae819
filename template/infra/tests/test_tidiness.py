from pathlib import Path

# Whose modules lint what they are about.
ELSEWHERE = {"compose", "docker", "inference", "kubernetes", "terraform", "vm"}


def test_other_files_are_tidy(root, untidy):
    others = [folder for folder in (root / "infra").iterdir() if folder.name not in ELSEWHERE]
    assert untidy(*others, root / ".pre-commit-config.yaml") == []


def write(path: Path, text: str, mode: int = 0o755) -> None:
    path.write_text(text)
    path.chmod(mode)


def test_unquoted_variable_is_seen(tmp_path, untidy):
    write(tmp_path / "fault.sh", "#!/bin/sh\nset -eu\nrm -r $1/*\n")
    (fault,) = untidy(tmp_path)
    assert "SC2086" in fault


def test_script_that_goes_on_after_a_fault_is_seen(tmp_path, untidy):
    write(tmp_path / "fault.sh", "#!/bin/sh\necho one\n")
    assert untidy(tmp_path) == [f"{tmp_path}/fault.sh goes on after a fault"]


def test_script_that_nobody_can_execute_is_seen(tmp_path, untidy):
    write(tmp_path / "fault.sh", "#!/bin/sh\nset -eu\n", mode=0o644)
    assert untidy(tmp_path) == [f"{tmp_path}/fault.sh can't be executed"]


def test_duplicate_key_is_seen(tmp_path, untidy):
    write(tmp_path / "fault.yml", "a: 1\na: 2\n")
    (fault,) = untidy(tmp_path)
    assert "duplication of key" in fault


def test_commit_hooks_are_valid(root, lint):
    result = lint("pre-commit", "validate-config", root / ".pre-commit-config.yaml")
    assert result.returncode == 0, result.stdout + result.stderr
