# paperloop: `make run` starts it, `make test` tests it, `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
DATA ?= ../shared/data
SIZES ?= 5000 25000
NO_BROWSER := -p no:playwright --ignore=tests/browser --ignore=tests/benchmarks
PARALLEL := -n auto --dist worksteal
# Slow tests wait for other processes half of the time: one more of them than there are cores.
WAITING := -n $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist worksteal
# The tests' databases lie in memory where there is room: SQLite waits for the disk at every answer.
MEMORY := $(shell [ "$$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)" -gt 2000000 ] 2>/dev/null && echo /dev/shm)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Compiled code is kept: without it every start compiles everything again, which takes seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check format slow attack long browser postgres spark bench bench-scale evaluate docs wheel dist sbom lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: $(VENV)/run.stamp ## install what is needed and open the app
	$(BIN)/paperloop up --port $(PORT)

test: $(VENV)/dev.stamp ## run the tests
	PYTEST_DEBUG_TEMPROOT=$(MEMORY) $(BIN)/python -m pytest -o tmp_path_retention_policy=failed $(NO_BROWSER) $(PARALLEL)

check: $(VENV)/dev.stamp ## formatting, lint, types, architecture, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_docs.py

format: $(VENV)/dev.stamp ## format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

slow: $(VENV)/dev.stamp ## run the tests that take longer, and property tests with more examples
	$(BIN)/python -m pytest -m "(slow or hypothesis) and not long" --output=test-results/playwright --hypothesis-profile thorough $(WAITING)

long: $(VENV)/dev.stamp ## run the slow tests at full size: a year of digests, 200 kills; over an hour
	$(BIN)/python -m pytest -m long

attack: $(VENV)/dev.stamp ## kill, lock and fill the disk while readers vote; nothing may be lost
	$(BIN)/python -m pytest -m "attack and not long" -s

browser: $(VENV)/dev.stamp ## drive the app in Chromium (needs `chromium` on the PATH)
	$(BIN)/python -m pytest -m browser --output=test-results/playwright $(PARALLEL) tests/browser

postgres: $(VENV)/dev.stamp ## run the store's contract on PostgreSQL (needs its server programs)
	$(BIN)/python -m pytest -m postgres

spark: $(VENV)/spark.stamp ## fit on Spark, on this machine and on a master with two workers (needs Java 17)
	$(BIN)/python -m pytest -m spark $(NO_BROWSER) tests/spark

bench: $(VENV)/dev.stamp ## measure; asserts nothing
	$(BIN)/python -m pytest -m benchmark -s --output=test-results/playwright tests/benchmarks tests/browser

bench-scale: $(VENV)/dev.stamp ## measure generated libraries (SIZES="25000 100000", minutes; 1000000 as well)
	$(BIN)/python tests/benchmarks/scale.py $(SIZES)

docs: $(VENV)/dev.stamp ## write the generated pages of docs/reference
	$(BIN)/python .ci/reference.py

wheel: $(VENV)/dev.stamp ## build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

dist: $(VENV)/dev.stamp ## build the wheel and the sdist into dist/
	$(BIN)/python -m hatchling build

sbom: requirements.lock | $(BIN)/python ## write what a release is made of into dist/ (CycloneDX)
	$(BIN)/python -m venv build/sbom
	build/sbom/bin/python -m pip --disable-pip-version-check --quiet install cyclonedx-bom==7.5.0
	mkdir -p dist
	build/sbom/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible -o dist/paperloop.cdx.json

evaluate: $(VENV)/dev.stamp ## measure the ranking and write the results into the documents (DATA=folder)
	$(BIN)/python .ci/results.py --data $(DATA)

lock: ## resolve the lock files anew (needs `uv`)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml --extra spark -c requirements-dev.lock -o requirements-spark.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml --group build --extra postgres --extra notify \
		-c requirements-dev.lock -o requirements-container.lock

clean: ## remove everything that was made here (no reader's data)
	rm -rf $(VENV) build dist test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "paperloop needs Python 3.11 or newer; say which: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --no-compile --require-hashes -r requirements.lock
	$(PIP) install --no-compile --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(PIP) install --no-compile --require-hashes -r requirements-dev.lock
	$(PIP) install --no-compile --no-deps --no-build-isolation -e .
	@touch $@

# Spark is 490 MB: only `make spark` installs it.
$(VENV)/spark.stamp: requirements-spark.lock $(VENV)/dev.stamp
	$(PIP) install --no-compile --require-hashes -r requirements-spark.lock
	@touch $@
