# Requires Python 3.11 or newer, make, and (for `make test`) a way to get Chromium.

PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-slow test-server test-browser test-js lint format bench lock clean

# Tests start many Python processes, so compiled files are kept.
unexport PYTHONDONTWRITEBYTECODE

# Tests spend most of their time waiting, so there are more workers than cores.
WORKERS := 4
MARKED := not slow
BROWSERS := 2

# ARGS are passed on: make run ARGS="--port 0"
run: $(VENV)/.run
	@exec $(BIN)/ting serve $(ARGS)

test: test-js test-server test-browser

# Longer rounds, and more variants, of tests that `make test` runs in a short form.
test-slow: MARKED := slow
test-slow: test-server test-browser

test-js: node_modules/.installed
	$(BIN)/node --test 'tests/js/**/*.test.js'

test-server: $(VENV)/.test
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder -m '$(MARKED)' --ignore tests/browser

test-browser: $(VENV)/.test
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/pytest --numprocesses $(BROWSERS) --dist loadfile -p no:tornado -m '$(MARKED)' tests/browser

lint: node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	node_modules/.bin/tsc -p .
	node_modules/.bin/biome check static tests/js tools

format: node_modules/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	node_modules/.bin/biome check --write static tests/js tools

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

# Writes requirements.lock: the versions of all dependencies of a release, with their hashes. UPGRADE= keeps the versions.
UPGRADE := --upgrade
lock: $(VENV)/.release
	$(BIN)/uv pip compile setup.cfg --extra embedded --universal --python-version 3.11 --generate-hashes $(UPGRADE) \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) node_modules build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Ting needs Python 3.11 or newer; PYTHON=... chooses one") if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)

# Earlier versions were installed as `ting`. Its metadata would declare every plugin a second time.
FORMER = rm -rf ting.egg-info; $(BIN)/python -m pip uninstall -qq --disable-pip-version-check --yes ting

$(VENV)/.run: setup.cfg pyproject.toml | $(VENV)/bin/python
	@$(FORMER)
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[embedded]'
	@touch $@

$(VENV)/.test: setup.cfg pyproject.toml | $(VENV)/bin/python
	@$(FORMER)
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[embedded,test]'
	@touch $@ $(VENV)/.run

$(VENV)/.release: setup.cfg pyproject.toml | $(VENV)/bin/python
	@$(FORMER)
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[release]'
	@touch $@

node_modules/.installed: package.json $(VENV)/.test
	$(BIN)/npm install --silent --no-audit --no-fund
	@touch $@
