# The contract: openapi.yaml, what is made of it, and what holds the server to it. Included by the Makefile.
# Node and its tools come from a pinned wheel and tools/openapi/package-lock.json: no Node needs to be installed.

.PHONY: openapi openapi-check openapi-lint postman postman-check newman clients schemathesis node-tools

# Without a database: the snapshot is made of the code alone.
openapi: installed ## Write openapi.yaml anew from the code
	@$(NO_SERVERS) $(VENV_PYTHON) manage.py spectacular --skip-checks --validate --fail-on-warn --file openapi.yaml

openapi-check: installed
	@$(NO_SERVERS) $(VENV_PYTHON) manage.py spectacular --skip-checks --validate --fail-on-warn | cmp - openapi.yaml || \
		{ echo 'openapi.yaml is not what the code says: run `make openapi` and commit.' >&2; exit 1; }

openapi-lint: openapi-check node-tools ## openapi.yaml is the code's, and redocly and Spectral find nothing in it
	@$(VENV_PYTHON) -m tools.openapi.node redocly lint openapi.yaml
	@$(VENV_PYTHON) -m tools.openapi.node spectral lint openapi.yaml --fail-severity=warn

postman: node-tools ## Write the Postman collection anew from openapi.yaml
	@$(VENV_PYTHON) -m tools.openapi.postman

postman-check: node-tools
	@$(VENV_PYTHON) -m tools.openapi.postman --check

newman: postman-check ## Run the Postman collection against a whole Watchly of its own
	@$(VENV_PYTHON) -m tools.openapi.newman $(ARGS)

clients: node-tools ## Generate Python and TypeScript clients, check their types, use each for ten calls
	@$(VENV_PYTHON) -m tools.openapi.clients $(ARGS)

schemathesis: installed-dev ## What the documentation says is what happens, in every case (`make test` tries some)
	@ALL_CASES=1 $(VENV_PYTHON) -m pytest -n auto watchly/tests/test_schemathesis.py $(ARGS)

node-tools: installed-dev
	@$(VENV_PYTHON) -m tools.openapi.node install
