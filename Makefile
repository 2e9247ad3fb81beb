# Everything that is done with this checkout; `make` alone lists it. Needs make and Python 3.11 to 3.14.
# All paths are relative, so the checkout may lie in a folder with spaces.

.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
VENV_PYTHON := $(VENV)/bin/python
# The interpreter that .venv is made with: the first suitable one, or yours: make run PYTHON=/path/to/python
PYTHON ?=
export PYTHON
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11

.PHONY: help
help: ## List what can be made
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
	while IFS='|' read -r name text; do printf '  %-16s %s\n' "$$name" "$$text"; done

# --- Running and testing ---------------------------------------------------------------------------------------------

.PHONY: run
# exec, so that Ctrl-C and SIGTERM reach Watchly itself and make waits for its orderly end.
run: installed ## Run Watchly: database, cache, web server, worker (PORT=8000, HOST=127.0.0.1)
	@exec $(VENV_PYTHON) manage.py up

.PHONY: test
# A part of the tests covers a part of the code, so the coverage is measured and enforced on a whole run alone.
test: installed-dev ## Run the tests on servers of their own (ARGS="-k name" for some of them)
	@exec $(VENV_PYTHON) -m pytest -n auto $(or $(ARGS),--cov --cov-report=term)

# --- Gates: each is one of .ci/run's ---------------------------------------------------------------------------------

# What needs Django's settings and no server. The two URLs lead nowhere, and no key is written into data/.
NO_SERVERS = SECRET_KEY=no-servers REDIS_URL='unix:///nonexistent?db=0' \
	DATABASE_URL='postgresql://watchly@/watchly?host=/nonexistent'

.PHONY: check
check: lint types imports migrations-check bandit openapi-check ## The quick gates

.PHONY: lint
lint: installed-dev ## Rules and layout of the code (ruff)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

.PHONY: format
format: installed-dev ## Lay the code out, and mend what mends itself
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

.PHONY: types
types: installed-dev ## Types (mypy with the stubs of Django and DRF)
	@$(NO_SERVERS) $(VENV)/bin/mypy watchly accounts movies social analytics

.PHONY: imports
imports: installed-dev ## The law of imports: call down, publish up (import-linter)
	@$(VENV)/bin/lint-imports

.PHONY: migrations-check
# Without a database Django warns that it could not compare the history in it; what counts here is the code.
migrations-check: installed-dev ## No change of a model waits for its migration
	@$(NO_SERVERS) $(VENV_PYTHON) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --skip-checks

.PHONY: bandit
bandit: installed-dev ## Weak patterns in the code (bandit)
	@$(VENV)/bin/bandit --quiet --configfile pyproject.toml --severity-level medium \
		--recursive watchly accounts movies social analytics

.PHONY: security
# The audit asks an index over the network. Where none answers, that is said, and is no failure of the code.
security: bandit ## bandit, and known weaknesses of what is installed (pip-audit, needs the network)
	@for file in requirements.txt requirements-dev.txt tools/openapi/clients/requirements.txt; do \
		echo "Auditing $$file..."; \
		out=$$($(VENV)/bin/pip-audit --progress-spinner off --disable-pip --require-hashes -r $$file 2>&1); code=$$?; \
		printf '%s\n' "$$out"; \
		case "$$code$$out" in \
			0*) ;; \
			*ServiceError*|*ConnectionError*|*"Failed to connect"*|*"Max retries"*|*"Could not connect"*) \
				echo "Not audited: no index of weaknesses can be reached from here." ;; \
			*) exit $$code ;; \
		esac; \
	done

# --- Measures --------------------------------------------------------------------------------------------------------

# The measures below work on the server of DATABASE_URL, else on the embedded one of data/bench, which `make bench` fills.
BENCH_DATA = WATCHLY_DATA=$${WATCHLY_DATA:-data/bench}
# Where no catalogue is measured, tables are enough.
MIGRATED = $(BENCH_DATA) $(VENV_PYTHON) manage.py migrate --verbosity 0
ON_SERVERS = $(BENCH_DATA) $(VENV_PYTHON) -c 'import atexit, contextlib, runpy, sys; \
	from watchly.processes.embedded import embedded_servers; \
	stack = contextlib.ExitStack(); atexit.register(stack.close); \
	stack.enter_context(embedded_servers(["make", "bench"])); \
	sys.argv = sys.argv[1:]; runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)'

.PHONY: bench bench-search bench-import bench-sign-in bench-feed bench-figures
bench: installed-dev ## Requests per second, beside a bare floor that serves the same rows
	@exec $(VENV_PYTHON) -m benchmarks.speed $(ARGS)

bench-search: installed-dev ## Search and suggestions
	@$(ON_SERVERS) benchmarks.search $(ARGS)

bench-import: installed-dev ## Rows per second of an import beside a bare COPY
	@$(ON_SERVERS) benchmarks.importing $(ARGS)

bench-sign-in: installed-dev ## What a login costs, and whether its time tells who is here
	@$(MIGRATED)
	@$(ON_SERVERS) benchmarks.sign_in $(ARGS)

bench-feed: installed-dev ## First pages of a feed with 5,000 follows and 10 million activities
	@$(ON_SERVERS) benchmarks.feed $(ARGS)

bench-figures: installed-dev ## 50 writers for 30 seconds, and what a recount finds off afterwards
	@$(MIGRATED)
	@$(ON_SERVERS) benchmarks.figures $(ARGS)

# --- The packaged catalogue ------------------------------------------------------------------------------------------

.PHONY: catalogue catalogue-check
catalogue: installed ## Rebuild movies/data/catalogue.ndjson.gz from the lists in LISTS (default: ../shared/data)
	@$(VENV_PYTHON) -m tools.catalogue $(or $(LISTS),../shared/data)

catalogue-check: installed ## Measure the packaged catalogue: 100 classics, decades, size
	@$(VENV_PYTHON) -m tools.catalogue.check

# --- Requirements ----------------------------------------------------------------------------------------------------

.PHONY: lock
LOCK = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate $(ARGS)
lock: installed-dev ## Resolve requirements*.in anew into requirements*.txt (ARGS="--upgrade" for the newest)
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-dev.in -o requirements-dev.txt
	@$(LOCK) tools/openapi/clients/requirements.in -o tools/openapi/clients/requirements.txt

-include tools/openapi.mk

# --- The virtual environment -----------------------------------------------------------------------------------------

# What was installed is kept beside it, so that changed requirements are installed at the next call, whoever changed them.
# Never by file times: a checkout of another branch sets them to now.
# The lists are complete, so pip resolves nothing: an older pip looks for the newest release of what a package asks for with
# an extra (coverage[toml]), not for the one that is locked.
INSTALL = if ! cmp -s $(1) $(VENV)/.installed-$(1); then \
	echo "Installing $(1) into $(VENV)..." >&2; \
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes -r $(1) && \
	cp $(1) $(VENV)/.installing && mv $(VENV)/.installing $(VENV)/.installed-$(1); fi

.PHONY: installed
installed: venv
	@$(call INSTALL,requirements.txt)

.PHONY: installed-dev
installed-dev: installed
	@$(call INSTALL,requirements-dev.txt)

.PHONY: venv
# Made again when it was interrupted half-way, or when its Python went away with an upgrade of the system.
venv: ## Make .venv, unless it is there and works
	@$(VENV_PYTHON) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && exit 0; \
	if [ -n "$$PYTHON" ]; then set -- "$$PYTHON"; else set -- $(CANDIDATES); fi; \
	bare=; \
	for python in "$$@"; do \
		"$$python" -c 'import os, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15) and not \
			(os.environ.get("PYTHON") and sys.version_info >= (3, 11)))' 2>/dev/null || continue; \
		if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then bare="$$bare $$python"; continue; fi; \
		echo "Making $(VENV) with $$("$$python" -V)..." >&2; \
		exec "$$python" -m venv --clear $(VENV); \
	done; \
	if [ -n "$$bare" ]; then \
		echo "watchly:$$bare cannot make virtual environments: install its venv package" \
			"(Debian, Ubuntu: apt install python3-venv), or name another: make run PYTHON=/path/to/python" >&2; \
	else \
		echo "watchly: no Python 3.11 to 3.14 among: $$*. Install one, or name it: make run PYTHON=/path/to/python" >&2; \
	fi; \
	exit 1
