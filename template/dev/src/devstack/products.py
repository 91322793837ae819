"""A product that no option changes, for whoever runs a service and tests nothing that it says."""

import json
from pathlib import Path
from shutil import copyfile

import yaml

from runtime.product import Product, load_product, root

SHARED = ("auth/policy.yaml", "contracts/auth.yaml", "flags.yaml")
"""What services read beside ``product.toml``, and no product changes."""

TABLE = {
    "name": "Test",
    "slug": "test",
    "description": "A product of these tests.",
    "organisation": "Acme",
    "contact": "security@example.com",
    "domain": "test",
    "regions": ["eu-central-1"],
}
PROMPT = """
name: {name}
version: 1
family: test
language: en
temperature: 0
inputs: [context, {input}]
output: {{type: {output}}}
messages: [{{role: user, content: "{{context}}\\n\\n{{{input}}}"}}]
"""
WELCOME = {"headline": "Ask", "disclaimer": None, "suggestions": ["What?", "When?", "Who?"]}


def write_product(folder: Path) -> Product:
    """Write a repo's ``product.toml``, and the prompts and seeds of its domain."""
    file = folder / "product.toml"
    entries = "".join(f"{name} = {json.dumps(value)}\n" for name, value in TABLE.items())
    file.write_text(f"[product]\n{entries}")
    product = load_product(file)
    prompts, seeds = folder / "prompts" / product.domain, folder / "seeds" / product.domain
    prompts.mkdir(parents=True)
    seeds.mkdir(parents=True)
    for name, given, output in (("answer", "question", "text"), ("triage", "message", "object")):
        text = PROMPT.format(name=name, input=given, output=output)
        (prompts / f"{name}.yaml").write_text(text)
    (seeds / "welcome.yaml").write_text(yaml.safe_dump(WELCOME))
    return product


def write_repo(folder: Path) -> dict[str, str]:
    """Write such a product with all that a service reads; return what makes a process use it."""
    write_product(folder)
    for name in SHARED:
        (folder / name).parent.mkdir(exist_ok=True)
        copyfile(root() / name, folder / name)
    return {"PRODUCT_FILE": str(folder / "product.toml")}
