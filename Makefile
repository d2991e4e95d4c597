# Needs Python 3.11 or newer, and make. The rest is installed: see .ci/prepare.
PY := .venv/bin/python

.PHONY: help run test check unit e2e prepare prepare-test

help:
	@echo "make run     start Signoff with everything it needs; PORT and DATA_DIR choose where"
	@echo "make test    check, unit and integration tests, end-to-end tests"
	@echo "make check   ruff, format, mypy"
	@echo "make unit    unit and integration tests alone"
	@echo "make e2e     end-to-end tests alone"

run: prepare
	@exec $(PY) -m app run

test: check unit e2e

check: prepare-test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

unit: prepare-test
	$(PY) -m pytest tests -n 2 --dist loadfile

e2e: prepare-test
	$(PY) -m pytest e2e -n 2 --dist loadfile

prepare:
	@.ci/prepare run

prepare-test:
	@.ci/prepare test
