# Everything works from a fresh clone: each target first makes the environment it needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
CODE := wsgi.py $(wildcard workqueue workers tests migrations benchmarks tools)

export FLASK_APP := wsgi

.PHONY: help run test check format environment environment-for-tests

help:
	@echo "make run     start the office on this machine (PORT=8000)"
	@echo "make test    run all tests, browser tests included"
	@echo "make check   formatting, lint, types, import rules, templates"
	@echo "make format  put formatting right"

run: environment
	@exec $(BIN)/python -m workqueue

# Two test processes: the suite is built for two cores, each with servers of its own.
test: environment-for-tests
	@$(BIN)/pytest -n 2 $(TESTS)

# Templates are linted and not reformatted: djlint moves white space that shows on the page.
check: environment-for-tests
	$(BIN)/ruff format --check --quiet $(CODE)
	$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --quiet --lint templates

format: environment-for-tests
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

environment:
	@$(PYTHON) tools/environment.py

environment-for-tests:
	@$(PYTHON) tools/environment.py --tests
