# From a clean checkout: `make demo` shows the main job, `make test` runs the tests. Both install what they need
# into .venv, pull the starter model once, and cost nothing the second time.
#
#   PYTHON=python3.12 make …     another Python (3.11 to 3.13)
#   THRESHER_HOME=/some/folder   where models and data live (the platform's data folder where unset)
#   make adapters DATA=/folder   makes the adapters that ship; TRAINER=cuda trains with PyTorch

VENV     := .venv
BIN      := $(VENV)/bin
PYTHON   ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
              $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
              && { echo $$p; break; }; done)
INSTALL  := $(BIN)/python -m pip install --quiet

TRAINER  ?= mlx

.PHONY: demo test check lint bench wheel adapters clean starter

demo: $(VENV)/installed starter
	$(BIN)/thresher demo

test: $(VENV)/dev starter
	$(BIN)/python -m pytest

check: lint test

lint: $(VENV)/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy packaging/*.py packaging/writers/*.py tests
	$(BIN)/lint-imports

bench: $(VENV)/bench starter
	$(BIN)/python tests/benchmarks/bench_reading.py
	$(BIN)/python tests/benchmarks/bench_extraction.py

wheel: $(VENV)/installed
	$(INSTALL) build
	$(BIN)/python -m build --outdir dist

# Goes on where it was stopped; an adapter that is there is left alone.
adapters: $(VENV)/$(if $(filter cuda,$(TRAINER)),dev,installed) starter
	@test -n "$(DATA)" || { echo "error: name the labelled documents: make adapters DATA=/path/to/them" >&2; exit 1; }
	$(BIN)/python packaging/make_adapters.py "$(DATA)" --trainer $(TRAINER)

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Says at once that it is there where it is there.
starter: $(VENV)/installed
	$(BIN)/thresher models pull starter

# `venv` needs Debian's python3-venv; uv makes the same folder without it.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 to 3.13 found. Install one, or name it: PYTHON=/path/to/python make" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || uv venv --seed --clear --python $(PYTHON) $(VENV) || \
	  { rm -rf $(VENV); echo "error: cannot make $(VENV). On Debian or Ubuntu: apt install python3-venv; or install uv." >&2; exit 1; }

# Dependency groups need pip 25.1.
$(VENV)/installed: $(BIN)/python pyproject.toml
	@echo "Installing Thresher into $(VENV) (some hundred megabytes the first time)"
	$(INSTALL) --upgrade 'pip>=25.1'
	$(INSTALL) --editable .
	@touch $@

$(VENV)/dev: $(VENV)/installed
	$(INSTALL) --group dev
	@touch $@

$(VENV)/bench: $(VENV)/dev
	$(INSTALL) --group bench
	@touch $@
