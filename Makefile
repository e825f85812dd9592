# Each target makes .venv and installs what it needs. Nothing beyond Python 3.11 and make is assumed.

PYTHON ?= python3
BIN := .venv/bin

# Where Python may not keep what it compiled, each process that a test starts compiles it all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test coverage test-long lint format bench docs ci-tools clean

demo: .venv/installed
	@$(BIN)/sgcomms demo

test: .venv/installed-dev
	@$(BIN)/python -m pytest -n auto

coverage: .venv/installed-dev
	@$(BIN)/python -m pytest -n auto --cov --cov-report=term

test-long: .venv/installed-dev
	@$(BIN)/python -m pytest -n auto -m long

lint: .venv/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --platform win32
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/write_reference.py --check

format: .venv/installed-dev
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

bench: .venv/installed-dev
	@$(BIN)/python -m benchmarks

docs: .venv/installed-dev
	@$(BIN)/python scripts/write_reference.py

# What tests of documents need beyond Python: Word and PDF made into pictures, pages judged in a
# browser. Without it they are skipped, but fail where CI is set. For Debian and Ubuntu.
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT_TOOLS := libreoffice-writer-nogui poppler-utils chromium fonts-liberation default-jre-headless
NPM_TOOLS := axe-core@4.14.1 vnu-jar@26.9.27

ci-tools: .venv/tools/installed

.venv/tools/installed: Makefile
	@echo "Installing what tests of documents need (once) ..."
	@$(AS_ROOT) apt-get update --quiet --quiet
	@$(AS_ROOT) apt-get install --yes --quiet --quiet --no-install-recommends $(APT_TOOLS)
	@command -v npm >/dev/null \
	  || $(AS_ROOT) apt-get install --yes --quiet --quiet --no-install-recommends npm
	@mkdir -p .venv/tools
	@npm install --prefix .venv/tools --silent --no-audit --no-fund --no-save $(NPM_TOOLS)
	@touch $@

clean:
	rm -rf .venv build dist sgcomms-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "sgcomms needs Python 3.11 or newer: say make PYTHON=python3.12, for example"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/python pyproject.toml
	@echo "Installing into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-dev: .venv/python pyproject.toml
	@echo "Installing the tools of development into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/installed
