"""``python -m oidc_auth COMMAND``: what an operator does from a shell."""

import argparse
from types import ModuleType

from oidc_auth import rotation_command as rotate
from oidc_auth.audit import command as audit
from oidc_auth.contract import command as idp

COMMANDS: dict[str, tuple[str, ModuleType]] = {
    "audit": ("Prove that the record of decisions is complete, and explain it.", audit),
    "rotate": ("Replace the key that signs tokens between services.", rotate),
    "idp": ("Hold a real identity provider against contracts/auth.yaml.", idp),
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m oidc_auth")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (description, module) in COMMANDS.items():
        module.add_arguments(commands.add_parser(name, description=description, help=description))
    chosen = parser.parse_args(arguments)
    code: int = COMMANDS[chosen.command][1].run(chosen)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
