# CoachVision: `make demo` shows it, `make test` proves it. Both install what they need, once, and then work offline.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SOURCES := coachvision plugins benchmarks tests
PLUGINS := $(wildcard plugins/*/pyproject.toml)
PYTEST := $(BIN)/python -m pytest

.PHONY: demo test soak check bench lock system clean

demo: $(STAMP)
	$(BIN)/coachvision demo

test: $(STAMP) system check
	$(PYTEST) -m "not soak" -n 2 --dist loadfile --durations=10

soak: $(STAMP) system
	$(PYTEST) -m soak --timeout 3600 --durations=20 $(if $(SAMPLE),--soak-sample $(SAMPLE) --seed "$(SEED)")

bench: $(STAMP)
	$(BIN)/python -m benchmarks.run

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --num-workers 2
	$(BIN)/lint-imports

# Exact versions with hashes, no registry addresses; our own packages afterwards, since pip refuses hashes beside paths.
$(STAMP): requirements/dev.txt pyproject.toml $(PLUGINS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "CoachVision needs Python 3.11 or newer: make PYTHON=python3.11 ..." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . $(foreach p,$(PLUGINS),-e $(dir $(p)))
	touch $(STAMP)

# The report is tested in a real browser, the window with Qt's own libraries, the gateway on PostgreSQL and Redis. On
# Debian, as root or with sudo, all are installed where they are missing.
system:
	@{ command -v chromium && command -v Xvfb && command -v redis-server && ls /usr/lib/postgresql/*/bin/postgres && $(BIN)/python -c 'import PySide6.QtWidgets'; } >/dev/null 2>&1 || sh tests/support/install_system.sh

lock: $(STAMP)
	$(BIN)/python -m pip install --quiet --target .make/uv uv
	PYTHONPATH=.make/uv $(BIN)/python -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command 'make lock' --quiet pyproject.toml requirements/plugins.in --output-file requirements/run.txt
	PYTHONPATH=.make/uv $(BIN)/python -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command 'make lock' --quiet pyproject.toml requirements/plugins.in --extra app --extra edge --extra gateway --extra cluster --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .import_linter_cache
