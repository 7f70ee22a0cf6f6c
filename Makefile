# The recipes people and CI share. `make` alone prints this list.
#   make test STAGE=sqlite ARGS="-k gate"     one stage (check, postgres, sqlite, faults), arguments for pytest
#   make run HOST=0.0.0.0 PORT=8080           make soak MINUTES=600 SEED=7     make bench ARGS="--only storm"

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check lint format types imports drift secrets lock soak bench screens clean

python := .venv/bin/python
HOST ?= 127.0.0.1
PORT ?= 8000
MINUTES ?= 60
SEED ?=
ARGS ?=
STAGE ?=

help: ## print this list
	@sed -n 's/^#  /  /p; s/^\([a-z]*\):[^#]*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## make .venv from the lock (every other recipe does this first)
	@scripts/setup

run: setup ## start the server with a demo team on this machine and print the links to open
	@HOST=$(HOST) PORT=$(PORT) scripts/run

test: setup ## check, then every test on PostgreSQL and Redis, again on SQLite, then the faults
	@scripts/services
	@$(python) -m scripts.stages $(addprefix --stage=,$(STAGE)) -- $(ARGS)

check: lint types imports drift secrets ## everything that reads the code without running it

lint: setup ## formatting and lint
	@$(python) -m ruff format --check --quiet .
	@$(python) -m ruff check --quiet .

format: setup ## put the code in shape
	@$(python) -m ruff format .
	@$(python) -m ruff check --fix .

types: setup ## mypy, strict
	@$(python) -m mypy server tests scripts

imports: setup ## the floors and rooms of the house
	@.venv/bin/lint-imports --no-cache

drift: setup ## migrations, protocol files and deployment checks still agree with the code
	@$(python) -m scripts.drift

secrets: setup ## keys, tokens and addresses that must not be committed
	@$(python) -m scripts.secrets_scan

lock: setup ## pin requirements/*.in with hashes (ARGS=--upgrade for newer versions)
	@for name in runtime dev; do \
	  (cd requirements && ../.venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 $(ARGS) $$name.in --output-file $$name.txt) || exit 1; \
	done

soak: setup ## the faults by the hour (MINUTES, SEED)
	@scripts/services
	@$(python) -m tests.faults --minutes $(MINUTES) $(addprefix --seed ,$(SEED)) $(ARGS)

bench: setup ## the load benchmark against its yardstick
	@scripts/services
	@$(python) -m tests.load $(ARGS)

screens: setup ## take the screenshots of docs/screens with Chromium
	@scripts/services
	@$(python) -m tests.e2e.screens $(ARGS)

clean: ## remove what the tools made; var/, with this installation's data and keys, stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
