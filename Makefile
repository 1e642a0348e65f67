# Each target sets itself up: all it needs is Python 3.10 or newer, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test matrix django lint bench corpus suites compare measure clean

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.installed ## show what awaken would change in the shipped example
	@$(BIN)/awaken diff tests/fixtures/example || test $$? -eq 1

test: $(VENV)/.tested ## run the tests
	$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

matrix: $(VENV)/.installed ## the tests on every Python that is found: make matrix PYTHONS="3.10 3.13" ARGS="-k fixtures"
	$(BIN)/python -m tests.matrix $(PYTHONS)

django: $(VENV)/.tested ## the views of a Django project under several versions: make django VERSIONS="4.2 6.1"
	$(BIN)/python -m tests.django.every_version $(VERSIONS)

lint: $(VENV)/.linted ## types and style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.benched ## time beside ruff, flake8-async and ast.parse: make bench PATHS=...
	$(BIN)/python -m tests.corpora.bench $(or $(PATHS),codemods cli tests)

corpus: $(VENV)/.tested ## rewrite packages from PyPI and check the results: make corpus NAMES="prefect mitmproxy"
	$(BIN)/python -m tests.corpora.rewrite_package $(or $(NAMES),mitmproxy)

suites: $(VENV)/.tested ## run packages' own tests, rewrite, run them again: make suites NAMES="bandersnatch"
	$(BIN)/python -m tests.corpora.run_suite $(NAMES)

compare: $(VENV)/.tested $(VENV)/.benched ## our findings beside ruff's and flake8-async's: make compare NAMES="mitmproxy"
	$(BIN)/python -m tests.corpora.compare_linters $(or $(NAMES),mitmproxy)

measure: $(VENV)/.tested ## the figures behind the defaults: thread, process or async form; 200 requests at a time
	$(BIN)/python -m tests.corpora.measure_defaults
	$(BIN)/python -m tests.corpora.measure_requests

clean: ## remove the environment
	rm -rf $(VENV) .venv-*

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("awaken needs Python 3.10 or newer") if sys.version_info < (3, 10) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test
	@touch $@

$(VENV)/.linted: $(VENV)/.tested
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group lint
	@touch $@

$(VENV)/.benched: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	@touch $@
