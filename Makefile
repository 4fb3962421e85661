# Needs Python 3.11 or newer with venv, and make. Everything else is installed into .venv from the locks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := uv==0.13.9

# One stamp per state of the locks: nothing is installed twice. The dev lock holds everything of the other one.
state = $(shell cat $(1) pyproject.toml | cksum | tr ' ' '-')
DEV := $(VENV)/installed-dev-$(call state,requirements-dev.lock)
RUN := $(or $(wildcard $(DEV)),$(VENV)/installed-run-$(call state,requirements.lock))

# Compiled once, not by every process anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up test test-pythons test-days test-bite test-all check docs lock
.DEFAULT_GOAL := up

up: $(RUN)
	@$(BIN)/vetted dev

# Tests that start, stop and kill whole installations measure time: they run alone. Of the others a file stays together
# on one of as many processes as there are processors; all collect in the same order.
ALONE := tests/faults tests/test_embedded.py

test: check
	PYTHONHASHSEED=0 $(BIN)/pytest --numprocesses logical --dist loadfile $(ALONE:%=--ignore=%)
	$(BIN)/pytest $(ALONE)
	@$(MAKE) --no-print-directory test-pythons
	$(BIN)/python -m tests.days --sample

# The start and one scenario under every other Python that this machine offers; `TESTS=...` runs those there instead.
test-pythons: $(DEV)
	$(BIN)/python -m tests.pythons.each $(TESTS)

# The stories from other days than today, at most 30 minutes of them; the next run goes on with what is left.
test-days: $(DEV)
	$(BIN)/python -m tests.days

# Every branch of every gate turned into a pass, one by one: a row of the table of single flaws must miss it. At most
# 30 minutes; the next run goes on with what is left.
test-bite: $(DEV)
	$(BIN)/python -m tests.one_flaw.mutate
	$(BIN)/python -m tests.one_flaw.chains

test-all: test test-days test-bite

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/python -m documentation --check

# The reference is written from the code and committed; the site is made of it in site/, without internet.
docs: $(DEV)
	$(BIN)/python -m documentation
	$(BIN)/zensical build --strict

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock' pyproject.toml

lock: $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check $(UV)
	$(COMPILE) --group build -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock

$(VENV)/installed-run-%: LOCK = requirements.lock
$(VENV)/installed-dev-%: LOCK = requirements-dev.lock
$(VENV)/installed-%: $(BIN)/python
	@echo "Installing $$(grep -c '^[a-z0-9].*==' $(LOCK)) packages of $(LOCK) into $(VENV)"
	@if $(BIN)/pip install --quiet --disable-pip-version-check $(UV); \
	then $(BIN)/uv pip sync --require-hashes --compile-bytecode --python $(BIN)/python $(LOCK); \
	else $(BIN)/pip install --disable-pip-version-check --require-hashes --no-deps -r $(LOCK); fi
	@echo "Installing Vetted itself"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/installed-* && touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vetted needs Python 3.11 or newer: make PYTHON=python3.12")'
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
