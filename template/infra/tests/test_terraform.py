import re
import shutil
from pathlib import Path

import hcl2
import pytest

# What the stacks read of the product's own file.
PRODUCT = """\
[product]
slug = "test"
contact = "security@example.com"
regions = ["eu-central-1"]
"""


def stacks(root: Path) -> list[Path]:
    """The folders that `terraform apply` is called in."""
    files = [
        *(root / "infra/terraform").glob("*/versions.tf"),
        *(root / "infra/identity").glob("*/*.tf"),
    ]
    return sorted({file.parent for file in files})


def sources(root: Path) -> list[Path]:
    return [file for stack in stacks(root) for file in sorted(stack.rglob("*.tf"))]


@pytest.fixture
def terraform(run):
    """Run Terraform, or say that nothing was checked."""
    if not shutil.which("terraform"):
        pytest.skip("terraform is not on PATH: nothing was formatted, validated or planned")
    return lambda *arguments, cwd: run("terraform", *arguments, cwd=cwd)


def test_scripts_are_tidy(untidy):
    assert untidy("infra/terraform") == []


# covers R-0507
def test_sources_parse(root):
    assert sources(root)
    for source in sources(root):
        with source.open() as file:
            hcl2.load(file)


def test_parser_sees_a_missing_brace(tmp_path):
    (tmp_path / "fault.tf").write_text('resource "a" "b" {\n')
    with pytest.raises(Exception, match="nexpected"), (tmp_path / "fault.tf").open() as file:
        hcl2.load(file)


def test_modules_explain_every_variable_and_output(root):
    for source in sources(root):
        for block in re.findall(
            r'^(?:variable|output) "\w+" \{\n(.*?)^\}', source.read_text(), re.DOTALL | re.MULTILINE
        ):
            assert "description" in block, (source, block)


def test_stacks_pass_what_their_modules_ask_for(root):
    for stack in stacks(root):
        main = (stack / "main.tf").read_text()
        calls = re.findall(r'^module "\w+" \{\n(.*?)^\}', main, re.DOTALL | re.MULTILINE)
        for call in calls:
            source = re.search(r'source\s+= "\./(.+)"', call)
            assert source
            module = (stack / source[1] / "main.tf").read_text()
            asked = set(re.findall(r'^variable "(\w+)"', module, re.MULTILINE))
            given = set(re.findall(r"^  (\w+)\s+=", call, re.MULTILINE)) - {"source"}
            assert given == asked, (stack, source[1])


def test_sources_are_formatted(root, terraform):
    for stack in stacks(root):
        result = terraform("fmt", "-check", "-diff", "-recursive", cwd=stack)
        assert result.returncode == 0, result.stdout


def test_formatter_sees_a_crooked_line(tmp_path, terraform):
    (tmp_path / "fault.tf").write_text('locals {\n a    =  "b"\n}\n')
    assert terraform("fmt", "-check", cwd=tmp_path).returncode != 0


def test_stacks_are_valid_and_plan_what_they_promise(root, tmp_path, terraform):
    (tmp_path / "product.toml").write_text(PRODUCT)
    skipped = []
    for stack in stacks(root):
        copy = tmp_path / stack.relative_to(root)
        shutil.copytree(stack, copy, ignore=shutil.ignore_patterns(".terraform"))
        if terraform("init", "-backend=false", "-input=false", cwd=copy).returncode != 0:
            skipped.append(stack.name)
            continue
        valid = terraform("validate", "-no-color", cwd=copy)
        assert valid.returncode == 0, valid.stdout + valid.stderr
        if (copy / "tests").exists():
            planned = terraform("test", "-no-color", cwd=copy)
            assert planned.returncode == 0, planned.stdout + planned.stderr
    if skipped:
        pytest.skip(f"the providers of {', '.join(skipped)} can't be fetched: not validated")
