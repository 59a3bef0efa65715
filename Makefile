# make demo | test | check | bench | docs | screenshots, each from a fresh checkout. They need Python 3.11 or later with venv, and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=

# One place for versions: pip holds every install, and the environments it builds wheels in, to constraints.txt.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Containers often set it. The tests start hundreds of commands, each of which would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: demo test check bench docs screenshots constraints clean

demo: $(VENV)/installed
	exec $(BIN)/retorsion demo

# One more than there are processors: many tests wait for a server or a browser.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# Tests make thousands of databases: in memory, where there is room for them, they take two thirds of the time.
IN_MEMORY := $(shell df -k --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 6000000 { print "/dev/shm" }')

test: $(VENV)/installed-test
	TMPDIR=$$(mktemp -d "$(or $(IN_MEMORY),$${TMPDIR:-/tmp})/retorsion-XXXXXX") && chmod 711 "$$TMPDIR" && export TMPDIR && trap 'rm -rf "$$TMPDIR"' EXIT INT TERM && \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check: $(VENV)/installed-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/installed-test
	$(BIN)/python docs/generate.py

screenshots: $(VENV)/installed-test
	$(BIN)/python -m tests.pages.screenshots

bench: $(VENV)/installed-bench
	$(BIN)/python -m benchmarks

# A changed pyproject.toml or constraints.txt makes the environment anew, so that nothing stale stays in it.
$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Retorsion needs Python 3.11 or later; name one: make PYTHON=python3.11 ...' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'This Python cannot make a virtual environment; on Debian: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/installed-%: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[$*]'
	@touch $@

# Renews constraints.txt: the newest versions that pyproject.toml allows.
constraints: export PIP_CONSTRAINT :=
constraints: export PIP_BUILD_CONSTRAINT :=
constraints:
	$(PYTHON) -m venv --clear $(VENV)-fresh
	$(VENV)-fresh/bin/python -m pip install --quiet '.[test,check,bench]'
	(grep '^#' $@.txt; $(VENV)-fresh/bin/python -m pip freeze --exclude retorsion | LC_ALL=C sort -f) > $(VENV)-fresh/$@.txt
	mv $(VENV)-fresh/$@.txt $@.txt
	rm -rf $(VENV)-fresh

clean:
	rm -rf $(VENV) $(VENV)-fresh .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
