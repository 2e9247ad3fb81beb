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
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
	while IFS='|' read -r name text; do printf '  %-12s %s\n' "$$name" "$$text"; done

# --- Running and testing ---------------------------------------------------------------------------------------------

.PHONY: run
# exec, so that Ctrl-C and SIGTERM reach Watchly itself and make waits for its orderly end.
run: installed ## Run Watchly: database, cache, web server, worker (PORT=8000, HOST=127.0.0.1)
	@exec $(VENV_PYTHON) manage.py up

.PHONY: test
test: installed-dev ## Run the tests on servers of their own (ARGS="-k name" for some of them)
	@exec $(VENV_PYTHON) -m pytest -n auto $(ARGS)

# --- The virtual environment -----------------------------------------------------------------------------------------

# What was installed is kept beside it, so that changed requirements are installed at the next call, whoever changed them.
# Never by file times: a checkout of another branch sets them to now.
INSTALL = if ! cmp -s $(1) $(VENV)/.installed-$(1); then \
	echo "Installing $(1) into $(VENV)..." >&2; \
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $(1) && \
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
