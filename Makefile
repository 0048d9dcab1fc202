# Colloquy. `make` alone lists the targets. Each sets up what it needs; a second call finds it done.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The first Python that is new enough.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
SUPERVISOR := $(BIN)/python -m config.supervisor
IN_FRESH_SERVERS := $(SUPERVISOR) run --temporary --
COVERAGE := $(BIN)/coverage
TEMPLATES := $(wildcard templates */templates)
# Which tests, and how: make test PYTEST_ARGS="tests/privacy -x"
PYTEST_ARGS ?=
# How many processes: make mutants MUTMUT_ARGS="--max-children 1"; stopped and called again, it goes on where it was
MUTMUT_ARGS ?=

.PHONY: help demo demo-reset manage servers test browser bench bench-stats mutants check checks format lint layers types templates database fix setup lock clean chromium

help: ## List the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

# Using it -------------------------------------------------------------------------------------------------------------

demo: .make/python .make/npm ## Start everything with demo data; HOST, PORT and COLLOQUY_DATA_DIR are honoured
	@$(SUPERVISOR) demo

demo-reset: .make/python .make/npm ## The same, forgetting earlier data
	@$(SUPERVISOR) demo --reset

servers: .make/python ## Start PostgreSQL and Valkey only, and print their environment
	@$(SUPERVISOR) servers

manage: .make/python ## Run a management command beside the demo: make manage ARGS="import_cases …"
	@$(SUPERVISOR) run -- bash -c 'DATABASE_URL="$$WORK_DATABASE_URL" COLLOQUY_PROCESS=work exec $(BIN)/python manage.py $(ARGS)'

# Working on it --------------------------------------------------------------------------------------------------------

test: .make/python-dev .make/npm-dev chromium ## Run all tests, with coverage
	@$(COVERAGE) erase
	@$(IN_FRESH_SERVERS) $(COVERAGE) run -m pytest --ignore=tests/bench $(PYTEST_ARGS)
	@$(COVERAGE) combine --quiet
	@$(COVERAGE) report

browser: .make/python-dev .make/npm-dev chromium ## Run the tests in a real browser
	@$(IN_FRESH_SERVERS) $(BIN)/python -m pytest tests/browser $(PYTEST_ARGS)

bench: .make/python-dev .make/npm-dev ## Measure pages and numbers against their budgets
	@$(IN_FRESH_SERVERS) $(BIN)/python -m pytest tests/bench $(PYTEST_ARGS)

bench-stats: .make/python-dev ## Time the hierarchical fits, beside lme4 where R has it; writes docs/methods/benchmarks.md
	@$(BIN)/python scripts/bench_stats.py

mutants: .make/python-mutants ## Break the statistics and the privacy rules in every small way; do their tests notice? Writes docs/methods/mutants.md
	@OPENBLAS_NUM_THREADS=1 .venv-mutants/bin/mutmut run $(MUTMUT_ARGS)
	@.venv-mutants/bin/python scripts/report_mutants.py

# The deploy check must see what production would; an address of ours stands for it.
check: .make/python-dev ## Check format, lint, layers, types, templates, migrations, deployment; changes nothing
	@BASE_URL=https://colloquy.example ALLOWED_HOSTS=colloquy.example COLLOQUY_PROCESS=web \
	  $(IN_FRESH_SERVERS) $(MAKE) --no-print-directory checks

checks: format lint layers templates types database

format:
	@echo "format"; $(BIN)/ruff format --check --quiet . || { echo "Run: make fix"; exit 1; }

lint:
	@echo "lint"; $(BIN)/ruff check --quiet .

layers:
	@echo "layers"; $(BIN)/lint-imports

types:
	@echo "types"; $(BIN)/mypy --no-error-summary

templates:
	@echo "templates"; $(BIN)/djlint --quiet --lint $(TEMPLATES); $(BIN)/djlint --quiet --check $(TEMPLATES) || \
	  { echo "Run: make fix"; exit 1; }

database:
	@echo "migrations"; $(BIN)/python manage.py makemigrations --check --dry-run
	@echo "deployment"; $(BIN)/python manage.py check --deploy --fail-level WARNING

fix: .make/python-dev ## Format, and put right what the linters can
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djlint --quiet --reformat $(TEMPLATES) || true

# Setting it up --------------------------------------------------------------------------------------------------------

setup: .make/python-dev .make/npm-dev ## Install everything for work on Colloquy

lock: .make/python-dev ## Compile the lock files from pyproject.toml and package.json; UPGRADE=--upgrade for newer versions
	@for group in "--output-file requirements.lock" "--group dev --constraint requirements.lock --output-file requirements-dev.lock" \
	    "--group dev --group mutants --constraint requirements-dev.lock --output-file requirements-mutants.lock"; do \
	  $(BIN)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) $$group; done
	@npm install --package-lock-only

clean: ## Remove what set-up and tests made; the data folder stays
	@rm -rf .venv .venv-mutants .make node_modules .coverage .coverage.* htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache mutants
	@find . -name __pycache__ -prune -exec rm -rf {} +

# A stamp is newer than the lock that was installed. Working on Colloquy needs more than running it: -dev covers both.

.make/venv:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed. Install it, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@mkdir -p .make
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Python cannot make a virtual environment here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

.make/python: .make/venv requirements.lock
	@[ -e .make/python-dev ] && [ .make/python-dev -nt requirements.lock ] || scripts/install-python requirements.lock
	@touch $@

.make/python-dev: .make/venv requirements-dev.lock
	@scripts/install-python requirements-dev.lock
	@touch $@

.make/python-mutants: requirements-mutants.lock
	@mkdir -p .make
	@$(PYTHON) -m venv .venv-mutants
	@VENV=.venv-mutants scripts/install-python requirements-mutants.lock
	@touch $@

.make/npm: package-lock.json .npmrc scripts/install-npm scripts/write-plotly-css.cjs
	@mkdir -p .make
	@[ -e .make/npm-dev ] && [ .make/npm-dev -nt package-lock.json ] || scripts/install-npm --omit=dev
	@touch $@

.make/npm-dev: package-lock.json .npmrc scripts/install-npm scripts/write-plotly-css.cjs
	@mkdir -p .make
	@scripts/install-npm
	@touch .make/npm $@

# Debian's Chromium: tests in a browser run when it is there. CI installs it, and fails without it.
chromium:
	@scripts/install-browser
