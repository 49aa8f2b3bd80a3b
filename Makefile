# Everything a person or CI runs. Needs make, git and Python 3.11 or newer; sets up the rest in $(VENV).

PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
# Many tests wait for servers and processes of their own: one job more than there are processors, up to four.
JOBS ?= $(shell $(PYTHON) -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo run test lint torture bench bench-peers audit image-check lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

demo: $(VENV)/.runs ## run the main job against local stand-ins for EDGAR, Slack and a mail server
	@$(BIN)/form144 demo

run: $(VENV)/.runs ## watch EDGAR live; needs EDGAR_CONTACT="Your Name you@example.com"
	@$(BIN)/form144 run

test: lint ## lint, types, import contract and tests
	$(BIN)/pytest -n $(JOBS) --dist worksteal

lint: $(VENV)/.tests ## lint, types and import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

torture: $(VENV)/.tests ## killing, cutting and filling disks for ten minutes, on each size; MINUTES=5 for less
	$(BIN)/python -m tests.acceptance.torture --minutes $(or $(MINUTES),10)
	$(BIN)/python -m tests.acceptance.torture --minutes $(or $(MINUTES),10) --embedded

bench: $(VENV)/.tests ## print the figures that the README quotes, a year of notices among them; half an hour
	$(BIN)/python -m benchmarks

bench-peers: $(VENV)/.tests ## install edgartools and datamule beside us, for make bench to compare with
	@$(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/pip install -q edgartools==5.62.0 datamule==5.0.2

# Left out: markup that is escaped already (B704), XML the stand-ins made (B314), an address only read (B104).
audit: $(VENV)/bin/python ## known vulnerabilities of what is pinned, and bandit over our code; asks the network
	@test -x .venv-audit/bin/bandit || $(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/pip install -q pip-audit==2.10.1 bandit==1.9.4
	.venv-audit/bin/bandit -q -r worker --severity-level medium --skip B704,B314,B104
	.venv-audit/bin/pip-audit -r requirements.lock --require-hashes --disable-pip --strict

image-check: $(VENV)/.tests ## replay the steps of the Dockerfile in a clean virtual environment
	REPLAY_IMAGE=1 $(BIN)/pytest tests/test_image.py

lock: $(VENV)/.tests ## pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra sentry --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade -q -o requirements-dev.lock
	$(BIN)/uv pip compile --group pyproject.toml:build -c requirements.lock -c requirements-dev.lock --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q \
		-o requirements-build.lock

clean: ## remove what the other targets made
	rm -rf .venv* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist demo-output preview-output

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "form144 needs Python 3.11 or newer; none was found on PATH"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON); the first time takes about half a minute"
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make a virtual environment; on Debian install python3-venv"; exit 1; }

$(VENV)/.runs: $(VENV)/bin/python requirements.lock requirements-build.lock pyproject.toml
	@$(BIN)/pip install -q --require-hashes -r requirements.lock -r requirements-build.lock
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.tests: $(VENV)/bin/python requirements-dev.lock requirements-build.lock pyproject.toml
	@$(BIN)/pip install -q --require-hashes -r requirements-dev.lock -r requirements-build.lock
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.runs
