# Every target sets up what it needs: `make demo` works on a machine that has only Python and make.

SHELL = /bin/sh
VENV = .venv
STAMPS = $(VENV)/stamps
BIN = $(VENV)/bin
# every mark but these is a test of each day
QUICK = not long and not exhaustive and not terraform and not chamber and not node and not emulator and not wild

.PHONY: help demo test test-long test-terraform test-chamber test-node test-emulator test-wild test-full test-pythons lint dev bench man docs pictures release-check clean node-packages emulator

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

demo: $(STAMPS)/demo ## open a shell on an embedded AWS; ARGS="--shell zsh" or ARGS="--script FILE"
	@$(BIN)/awsactivate demo $(ARGS)

test: $(STAMPS)/work ## run the tests; PYTEST_ARGS="-k words" for some of them
	@scripts/setup
	$(BIN)/pytest -n 2 -m '$(QUICK)' $(PYTEST_ARGS)

test-long: $(STAMPS)/work ## run the tests that take long: each point at which a command can be killed, each option of a shell, long waits
	@scripts/setup
	$(BIN)/pytest -n 2 -m long $(PYTEST_ARGS)

test-terraform: $(STAMPS)/work ## run the tests that need the real terraform
	$(BIN)/pytest -n 2 -m terraform $(PYTEST_ARGS)

test-chamber: $(STAMPS)/work ## run the real chamber beside ours; AWSACTIVATE_TEST_CHAMBER=PROGRAM names it
	$(BIN)/pytest -n 2 -m chamber $(PYTEST_ARGS)

test-node: $(STAMPS)/work node-packages ## run the tests that need Node and npm
	$(BIN)/pytest -m node $(PYTEST_ARGS)

test-emulator: $(STAMPS)/work emulator ## run the tests on a second emulator of AWS
	$(BIN)/pytest -m emulator $(PYTEST_ARGS)

test-wild: $(STAMPS)/work ## run other people's frameworks, of which AWSACTIVATE_TEST_OTHERS=FOLDER has the checkouts
	@scripts/setup
	$(BIN)/pytest -n 2 -m wild $(PYTEST_ARGS)

test-full: $(STAMPS)/work node-packages emulator ## run all tests, with the long runs of those over random values
	@scripts/setup
	HYPOTHESIS_PROFILE=full $(BIN)/pytest -n 2 $(PYTEST_ARGS)

test-pythons: ## run the tests on each Python that AWSACTIVATE_TEST_PYTHONS=PATH:PATH names
	@[ -n "$$AWSACTIVATE_TEST_PYTHONS" ] || { echo 'test-pythons: error: AWSACTIVATE_TEST_PYTHONS names no Python' >&2; exit 2; }
	@status=0; IFS=:; for python in $$AWSACTIVATE_TEST_PYTHONS; do \
	  version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') || exit; \
	  echo "test-pythons: $$version: $$python"; \
	  $(MAKE) --no-print-directory test PYTHON="$$python" VENV=".venv-python$$version" || status=1; \
	done; exit $$status

lint: $(STAMPS)/work ## check style, types and every shell file
	@scripts/setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	scripts/lint-shell
	scripts/lint-workflows

dev: $(STAMPS)/work ## open a shell with everything installed: awsactivate as it is here, pytest, ruff, mypy
	@scripts/setup
	@echo 'awsactivate, pytest, ruff and mypy are those of .venv here; exit leaves'
	@VIRTUAL_ENV='$(CURDIR)/$(VENV)' PATH="$(CURDIR)/$(BIN):$$PATH" "$${SHELL:-/bin/sh}"

bench: $(STAMPS)/work ## measure the speed beside awscli, awsume and direnv; ARGS="code activate" for some rows
	@scripts/setup bash zsh fish direnv strace
	@$(BIN)/python benchmarks/speed $(or $(ARGS),--write)

man: $(STAMPS)/work ## write the man page anew, after a change of a command line or of docs/man/frame
	@$(BIN)/python scripts/man-page

docs: ## build the pages as a site, into build/site
	@scripts/setup mandoc
	@PYTHON='$(PYTHON)' VENV=.venv-docs scripts/venv --group docs
	@.venv-docs/bin/python scripts/docs-site

pictures: $(STAMPS)/demo ## draw the README's pictures from real terminals
	@$(BIN)/python -m pip -qq --disable-pip-version-check install --group pictures -e '.[demo]'
	@$(BIN)/python scripts/pictures

release-check: $(STAMPS)/work ## do all of a release but the publishing, into dist/; TAG=v1.2.3 for the real one
	@$(BIN)/python -m pip -qq --disable-pip-version-check install --group release
	@$(BIN)/python scripts/release-check $(TAG)

clean: ## remove what the other targets have made
	rm -rf .venv .venv-* dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -prune -exec rm -rf {} +

node-packages:
	@cd tests/node && npm install --silent --no-audit --no-fund

emulator: $(STAMPS)/work
	@[ -x .venv-emulator/bin/python ] || $(BIN)/python -m venv .venv-emulator
	@$(BIN)/python -m pip -qq --disable-pip-version-check --python .venv-emulator/bin/python install --group emulator

# Older than pyproject.toml means that the virtual environment may miss something.
$(STAMPS)/demo: pyproject.toml scripts/venv
	@PYTHON='$(PYTHON)' VENV='$(VENV)' scripts/venv -e '.[demo]'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/work: pyproject.toml scripts/venv
	@PYTHON='$(PYTHON)' VENV='$(VENV)' scripts/venv -e '.[demo]' --group test --group lint
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/demo
