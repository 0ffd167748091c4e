# `make run` opens the app, `make test` runs the tests; both need only Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Unpacks PyTorch's gigabytes in a quarter of pip's time.
UV := uv==0.13.9
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python

# Units and journeys at the same time where there are 10 GB of memory for it, else one by one; two
# journeys at a time where there are 16 GB.
MEMORY := $(shell awk '/MemAvailable/ { print int($$2 / 1000000) }' /proc/meminfo 2>/dev/null)
JOBS := $(shell test $(or $(MEMORY),0) -ge 10 && echo 2 || echo 1)
JOURNEYS := $(shell test $(or $(MEMORY),0) -ge 16 && echo 2 || echo 1)

.PHONY: run test units journeys long faults lint install clean help

help:
	@echo "make run     install what the app needs, read the sample scene, open the app"
	@echo "make test    install what the tests need, run them"
	@echo "make long    tests that take long and break rarely, which make test leaves out"
	@echo "make faults  all hostile input, crashes and clusters, a part of which make test tries"
	@echo "make lint    ruff, mypy and import-linter"
	@echo "make clean   remove the virtual environment"

run: $(VENV)/.run
	$(BIN)/python -m emotion_core sample
	$(BIN)/python -m emotion_core app

test: $(VENV)/.dev
	$(MAKE) --jobs $(JOBS) units journeys

# One thread each: two that wait for each other on few cores take many times as long. They take
# what the journeys leave, since browsers must not wait for them.
units: $(VENV)/.dev
	OMP_NUM_THREADS=1 nice $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --ignore tests/e2e

# Users in a browser; skipped where there is none. A journey mostly waits, for a page or for a clip.
journeys: $(VENV)/.dev
	$(BIN)/python -m pytest tests/e2e -n $(JOURNEYS) --dist loadfile

long: $(VENV)/.dev
	$(BIN)/python -m pytest -m long --all-cases

# All of the hostile input, of the crashes and of the clusters, of which `make test` tries a part:
# many minutes.
faults: $(VENV)/.dev
	$(BIN)/python -m pytest tests/faults tests/cli/test_jobs.py tests/cli/test_compose.py --all-cases

install: $(VENV)/.dev

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV)

# The marks are newer than the files that they were installed from.
$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "$(UV)"

# The page Training needs what training needs; requirements.txt alone serves an app without it.
$(VENV)/.run: requirements.txt requirements-train.txt | $(BIN)/uv
	$(INSTALL) -r requirements-train.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt requirements-train.txt requirements.txt | $(BIN)/uv
	$(INSTALL) -r requirements-dev.txt
	touch $(VENV)/.run $@
