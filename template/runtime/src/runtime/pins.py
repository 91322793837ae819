"""``python -m runtime.pins``: approve the prompts as they are, each by the hash of its content.

``prompts/<domain>/pins.txt`` has one line per prompt: hash, name, version. A prompt whose content
changes needs a new version, so that answers can be told apart by it; the pins follow it in the same
commit, where a reviewer sees both. Production refuses prompts that differ from their pins.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from runtime.product import load_product, root
from runtime.prompts import Prompt, PromptError, load_prompts

FILE = "pins.txt"
HEAD = "# Which prompts are approved: hash, name, version. `make pins` writes this file.\n"


def check_pins(folder: Path, prompts: Mapping[str, Prompt]) -> None:
    """Compare the prompts of a folder with its pins.

    Raises:
        PromptError: a prompt is not pinned or differs from its pin, or a pin has no prompt.
    """
    pins = read_pins(folder)
    if faults := list(_faults(pins, prompts)):
        raise PromptError(f"{folder / FILE}: {'; '.join(faults)}. Then run `make pins`.")


def write_pins(folder: Path) -> None:
    """Pin the prompts as they are.

    Raises:
        PromptError: a prompt has changed and still has the version of its pin.
    """
    prompts, pins = load_prompts(folder), read_pins(folder)
    if faults := [f for p in prompts.values() if (f := _same_version(pins.get(p.name), p))]:
        raise PromptError(f"{folder / FILE}: {'; '.join(faults)}. Then run `make pins` again.")
    lines = (f"{prompt.hash}  {name}  {prompt.version}\n" for name, prompt in prompts.items())
    (folder / FILE).write_text(HEAD + "".join(lines), encoding="utf-8")


def read_pins(folder: Path) -> Mapping[str, tuple[str, str]]:
    """Return name → hash and version; no file means no pins."""
    path = folder / FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {name: (digest, version) for digest, name, version in rows}


def main() -> int:
    """Pin the prompts of this product's domain; 1 and a sentence when one needs a new version."""
    try:
        write_pins(root() / "prompts" / load_product().domain)
    except PromptError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _faults(pins: Mapping[str, tuple[str, str]], prompts: Mapping[str, Prompt]) -> Iterator[str]:
    for name in sorted(set(pins) - set(prompts)):
        yield f"{name} is pinned, but there is no such prompt"
    for name, prompt in prompts.items():
        if name not in pins:
            yield f"{name} has no pin"
        elif pins[name][0] != prompt.hash:
            yield _same_version(pins[name], prompt) or f"{name} {prompt.version} has no pin"


def _same_version(pin: tuple[str, str] | None, prompt: Prompt) -> str | None:
    if pin is None or pin[0] == prompt.hash or pin[1] != str(prompt.version):
        return None
    return f"{prompt.name} has changed and is still version {prompt.version}: raise its version"


if __name__ == "__main__":
    raise SystemExit(main())
