# Everything a person does here, by name. Needs git, python3 (3.11 or newer) and, to test what is generated, Node.

PYTHON ?= python3
BIN := .venv/bin
DEST ?=
ARGS ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[36m%-8s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/installed ## Install what the other commands need into .venv

.venv/bin/uv: bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; found " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv || { echo "python3 cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement bootstrap.lock
	@touch $@

.venv/installed: .venv/bin/uv requirements.lock pyproject.toml
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes --requirement requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: new
new: setup ## Generate a product: the wizard, or ARGS="--preset startup --defaults" DEST=../desk
	@AIRWORTHY_PROGRAM=$(BIN)/airworthy $(BIN)/airworthy new $(DEST) $(ARGS)

.PHONY: check
check: setup ## Lint, format check and types of this repo
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: test
test: check ## Every test, every combination's files, and the presets' own commands
	$(BIN)/python tools/locks.py --check
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal
	@PYTHONPATH=tools $(BIN)/python -m matrix --cache .matrix --commands --only make: --samples 0 --timeout 1800

.PHONY: quick
quick: check ## The tests that generate nothing large
	$(BIN)/python -m pytest --ignore tests/matrix --ignore tests/wheel

.PHONY: matrix
matrix: setup ## Every combination: assembled, checked, compared with copier, its suites run; ARGS="--help"
	@PYTHONPATH=tools $(BIN)/python -m matrix --cache .matrix $(ARGS)

.PHONY: bench
bench: setup ## Measure generator and generated repo against their peers, side by side
	@PYTHONPATH=tools $(BIN)/python benchmarks/run.py

.PHONY: locks
locks: setup ## Derive the lockfiles of the template again (needs the network)
	$(BIN)/python tools/locks.py
