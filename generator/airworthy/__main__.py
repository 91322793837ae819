"""Run the command line as `python -m airworthy`."""

import sys

from airworthy.cli import main

if __name__ == "__main__":
    sys.exit(main(prog="python -m airworthy"))
