# Everything that is done with this repository, in one place: `make help` lists it.
#
# The environment is made once and again only when a lock changes (the .stamp files). A hashed
# lock cannot be installed together with an editable project, so the lock goes first, without
# compiling anything, and the project after it without looking for dependencies.

VENV ?= .venv
PYTHON ?=
ARGS ?=
# As many tests at once as there are processors; tests that share an expensive day stay together.
PYTEST_ARGS ?= --numprocesses=logical --dist=loadgroup

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PIP_LOCKED := $(PIP) install -qq --require-hashes --only-binary :all:
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --exclude-newer '7 days' \
	--custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help day rough torture test check format lint types contracts benchmark pictures lock debian clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "ARGS='...' is handed on: make day ARGS='--voters 20 --terminals 2'"

day: $(VENV)/run.stamp ## A polling station holds an election (needs python3, its venv module, make)
	$(BIN)/sailau-sim day $(ARGS)

rough: $(VENV)/run.stamp ## A day on which everything goes wrong that can, with 40 voters
	$(BIN)/sailau-sim day --rough --voters 40 $(ARGS)

torture: $(VENV)/run.stamp ## The same day again and again, stopped at every write, message and card command
	$(BIN)/sailau-sim torture $(ARGS)

test: $(VENV)/dev.stamp ## All tests; sees to the Debian packages that they need
	$(BIN)/pytest $(PYTEST_ARGS) $(ARGS)

check: lint types contracts $(VENV)/dev.stamp ## What a change must pass: lint, types, contracts, tests with branch coverage
	$(BIN)/pytest $(PYTEST_ARGS) --cov --cov-report=term $(ARGS)

format: $(VENV)/dev.stamp ## Put the code into the one format
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

lint: $(VENV)/dev.stamp ## Format and lint rules (ruff)
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: $(VENV)/dev.stamp ## Types, strictly (mypy)
	$(BIN)/mypy

contracts: $(VENV)/dev.stamp ## Which package may import which (import-linter)
	@# Without the path of the tree the linter finds no package that is run from another place.
	PYTHONPATH=. $(BIN)/lint-imports --no-logo

benchmark: $(VENV)/run.stamp ## Ratios to the bare libraries: intake, count, verifying, pages, start, proofs
	$(BIN)/python -m tools.benchmark $(ARGS)

pictures: $(VENV)/run.stamp ## The picture in the README, from real pages of made-up voters
	$(BIN)/python -m tools.pictures $(ARGS)

lock: $(BIN)/uv ## Make the locks anew from setup.cfg (ARGS=--upgrade for newer versions)
	$(LOCK) $(ARGS) setup.cfg requirements/build.in --output-file requirements/run.txt
	$(LOCK) $(ARGS) requirements/compile.in --output-file requirements/compile.txt
	$(LOCK) $(ARGS) setup.cfg requirements/build.in --extra dev --constraints requirements/run.txt \
		--output-file requirements/dev.txt
	$(LOCK) $(ARGS) setup.cfg requirements/build.in --extra pcsc --extra pi \
		--constraints requirements/run.txt --output-file requirements/board.txt
	$(LOCK) $(ARGS) verifier/setup.cfg requirements/build.in --constraints requirements/run.txt \
		--output-file verifier/requirements.txt

debian: | $(BIN)/python ## Say and install which Debian packages the tests lack
	@$(BIN)/python tools/debian_packages.py

clean: ## Remove what tools leave behind (not the environment, not out/)
	rm -rf build dist *.egg-info verifier/build verifier/*.egg-info .coverage .coverage.* \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -exec rm -rf {} +

$(BIN)/python:
	@python=$$(sh tools/find-python.sh $(PYTHON)) && echo "Making $(VENV) with $$python" \
		&& "$$python" -m venv $(VENV)

$(VENV)/run.stamp: requirements/run.txt setup.cfg pyproject.toml | $(BIN)/python
	@echo "Installing the libraries of requirements/run.txt"
	@$(PIP_LOCKED) -r requirements/run.txt
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $@

# Only when it is not there: a lock that is being made cannot be needed to make it.
$(BIN)/uv:
	$(MAKE) $(VENV)/dev.stamp

# pyscard alone is compiled, with the setuptools and swig that are already there and checked.
$(VENV)/dev.stamp: requirements/compile.txt requirements/dev.txt $(VENV)/run.stamp | debian
	@echo "Installing the tools of requirements/dev.txt"
	@$(PIP_LOCKED) -r requirements/compile.txt
	@PATH="$(abspath $(BIN)):$$PATH" $(PIP_LOCKED) --no-binary pyscard --no-build-isolation \
		-r requirements/dev.txt
	@touch $@
