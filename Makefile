# What a newcomer types: `make demo` to see it, `make test` to check it, `make help` for the rest.
#
# Everything is installed into .venv, from the pinned and hashed lists requirements*.txt. The system needs python3
# (3.11 or later) with its venv module, and make; Node.js comes as a Python package where npm is missing.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOCKED := .ci/install $(VENV)
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
BESIDE ?= $(shell echo $$(( 2 * $(JOBS) )))
NODE   := $(if $(shell command -v node && command -v npm),,requirements-node.txt)
# Python keeps what it compiled beside its sources: where the machine forbids that, every process of the tests compiles
# all of the libraries anew, which takes longer than most tests (uv does not compile what it installs).
unexport PYTHONDONTWRITEBYTECODE
# npm, Chromium and others want a home to write to, even where the account has none.
ifeq ($(wildcard $(HOME)/.),)
export HOME := $(abspath $(VENV))/home
endif

FRONT_SOURCES := $(shell find kiosk_templates -name node_modules -prune -o -path '*/static/built' -prune -o \
                   -name __pycache__ -prune -o -type f -print)
FRONT := kiosk_templates/static/built/manifest.json
APART := faults or office or every_size
TIMES := $(if $(CI),--durations=25 -p tests.tools.minutes)
SLOW  := browser or interop or postgres or slow or $(APART)

.PHONY: help
help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

# --- what the targets stand on ---------------------------------------------------------------------------------------

$(BIN)/python:
	@.ci/python $(PYTHON)
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(VENV)/home

# The front end is built by a rule of its own below, which knows its sources: so not by the hook here.
$(VENV)/.room: requirements.txt requirements-build.txt requirements-node.txt requirements-installer.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the room needs"
	@$(LOCKED) requirements.txt requirements-build.txt $(NODE)
	@HATCH_BUILD_NO_HOOKS=true $(LOCKED) --editable .
	@touch $@

$(FRONT): $(FRONT_SOURCES) hatch_build.py | $(VENV)/.room
	@echo "Building the tablet's pages"
	@$(BIN)/python -m kiosk_templates.build_front
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.room
	@echo "Installing what the tests need"
	@$(LOCKED) requirements-dev.txt
	@touch $@

.PHONY: packages
packages: ## programs of the system that the tests need: installed by apt as root, else named
	@.ci/packages

# --- for everybody ---------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(FRONT) ## a rehearsal of the sample conference into demo/, then a room at https://localhost:8443 (ONESHOT=1: the rehearsal alone)
	@$(BIN)/phieukin demo --out demo $(if $(filter-out 0 no,$(ONESHOT)),--oneshot)

# The long tests wait for clocks, browsers and other processes about half of their time: so BESIDE processes. What all of
# them need compiled, the tests and the fast arithmetic, is compiled once before; mypy has the other core meanwhile.
.PHONY: test
test: packages $(VENV)/.dev $(FRONT) lint types-front ## everything that CI checks: about 20 minutes on 2 cores
	@tests/tools/belenios-tool --version >/dev/null
	@$(BIN)/mypy >$(VENV)/mypy.log 2>&1 & mypy=$$!; failed=0; \
	  $(BIN)/python -m pytest --collect-only -qq >/dev/null || true; \
	  $(BIN)/python -c 'from tally.fast.arithmetic.selfcheck import check_arithmetic as check; check()'; \
	  PHIEUKIN_MUST_RUN=1 $(BIN)/python -m pytest -n $(BESIDE) --dist worksteal -m "not ($(APART))" $(TIMES) || failed=1; \
	  wait $$mypy || failed=1; cat $(VENV)/mypy.log; exit $$failed

# --- for those who change it -----------------------------------------------------------------------------------------

.PHONY: lint
lint: $(VENV)/.dev ## ruff, and the contracts between packages
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache

.PHONY: types
types: $(VENV)/.dev types-front ## mypy (strict) and, for the tablet, tsc
	@$(BIN)/mypy

.PHONY: types-front
types-front: $(VENV)/.room $(FRONT)
	@$(BIN)/python -m tests.tools.check_front

.PHONY: unit
unit: $(VENV)/.dev $(FRONT) ## the fast tests: about 5 minutes on 2 cores
	@$(BIN)/python -m pytest -n $(JOBS) -q -m "not ($(SLOW))" $(TIMES)

# tests/tools/pythons.py says which tests those are, and why.
.PHONY: python
python: $(VENV)/.dev $(FRONT) ## the fast tests that depend on the version of Python: about 1 minute (PYTHON=…, VENV=.venv-…)
	@$(BIN)/python -c 'from tally.fast.arithmetic.selfcheck import check_arithmetic as check; check()'
	@$(BIN)/python -m pytest -n $(JOBS) -q -m "not ($(SLOW))" $(TIMES) $$($(BIN)/python -m tests.tools.pythons)

.PHONY: pythons
pythons: ## before a release: all fast tests under every supported Python (3.11 to 3.14) that is there; those that are not are named
	@.ci/pythons | while read -r version path; do \
	  echo "== Python $$version"; $(MAKE) --no-print-directory unit PYTHON="$$path" VENV=".venv-$$version"; \
	done

.PHONY: faults
faults: packages $(VENV)/.dev $(FRONT) ## kill the room at every point, cut its power and network: nothing acknowledged is lost
	@PHIEUKIN_MUST_RUN=1 $(BIN)/python -m pytest -n $(JOBS) -m faults
	@$(BIN)/python -m tests.faults
	@$(BIN)/python -m tests.stories.tablet_faults

.PHONY: mutation
mutation: $(VENV)/.dev ## the rule, the audit and casting broken in one place at a time: the tests must notice
	@$(BIN)/python -m tests.mutation

.PHONY: bench-load
bench-load: $(VENV)/.dev ## 2,000 ballots over TLS on 200 connections, and 100 at one instant, on each database
	@$(BIN)/python -m tests.load --processes 2
	@$(BIN)/python -m tests.load --processes 4 --database postgresql

.PHONY: fuzz
fuzz: $(VENV)/.dev ## decoders and endpoints under mutated input, and the hypothesis tests with many more examples
	@$(BIN)/python -m tests.fuzz
	@HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n $(JOBS) -q -m "hypothesis and not ($(SLOW))"

.PHONY: browsers
browsers: packages $(VENV)/.dev $(FRONT) ## the browser stories at every size and in both languages
	@PHIEUKIN_MUST_RUN=1 $(BIN)/python -m pytest -n $(BESIDE) --dist worksteal -m browser

.PHONY: office
office: $(VENV)/.dev $(FRONT) ## the summaries and letters printed by LibreOffice (libreoffice-calc, libreoffice-writer)
	@PHIEUKIN_MUST_RUN=1 $(BIN)/python -m pytest -q -m office

.PHONY: bench
bench: $(VENV)/.dev ## what checking costs, beside belenios-tool, into docs/bench.md (some minutes)
	@$(BIN)/python -m tests.bench

.PHONY: agreement
agreement: $(VENV)/.dev ## second opinions at full length: 100,000 random proofs by both verifiers, 100,000 cases by two rules
	@PHIEUKIN_PROOFS=100000 PHIEUKIN_CASES=100000 $(BIN)/python -m pytest -n $(JOBS) -q \
	  tests/tally/fast/test_agreement.py tests/tally/result/test_rule_modes.py

# The packages stand in pyproject.toml (tool.coverage). LEAST is what is reached, and only grows.
LEAST := 100
.PHONY: coverage
coverage: packages $(VENV)/.dev ## branches of keys, voting.documents and tally that their tests reach; fails below what was reached before
	@PHIEUKIN_MUST_RUN=1 $(BIN)/python -m pytest -n $(JOBS) -q -m "not (browser or faults or office)" --cov --cov-fail-under=$(LEAST) \
	  --cov-report=term tests/keys tests/voting/documents tests/voting/people tests/voting/rounds tests/tally tests/attacks

.PHONY: screens
screens: packages $(VENV)/.dev $(FRONT) ## the README's pictures, taken from the browser stories, into docs/screens/
	@$(BIN)/python -m tests.stories.screens

.PHONY: docs
docs: $(VENV)/.dev ## the documents that are made from the program (docs/commands.md, docs/procedures.md, …), and src/shared.ts of the tablet
	@$(BIN)/python -m tests.tools.write_docs

.PHONY: wheel
wheel: $(VENV)/.dev ## the wheel, with the front end in it, into dist/
	@$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist .

# Tools that look at the supply chain have an environment of their own: nothing of ours needs them.
$(VENV)/.audit: requirements-audit.txt | $(BIN)/python
	@echo "Installing what looks at the supply chain"
	@$(PYTHON) -m venv $(VENV)/audit
	@.ci/install $(VENV)/audit requirements-audit.txt
	@touch $@

.PHONY: sbom
sbom: $(VENV)/.audit $(VENV)/.room ## the bills of materials (CycloneDX) of the room and of the tablet's page, into dist/
	@mkdir -p dist
	@$(VENV)/audit/bin/cyclonedx-py requirements --output-reproducible --of JSON -o dist/phieukin.cdx.json requirements.txt
	@.ci/npm sbom --sbom-format cyclonedx --package-lock-only > dist/tablet.cdx.json
	@echo "dist/phieukin.cdx.json, dist/tablet.cdx.json"

.PHONY: audit
audit: $(VENV)/.audit $(VENV)/.room ## known vulnerabilities of what is pinned: asks services on the internet (pip-audit, npm audit)
	@.ci/audit $(VENV)/audit/bin/pip-audit

.PHONY: lock
lock: ## renew requirements*.txt from pyproject.toml
	@.ci/lock

.PHONY: clean
clean: ## remove what was made here: environment, builds, caches and demo/
	@rm -rf .venv .venv-* build dist demo kiosk_templates/node_modules kiosk_templates/static/built htmlcov .coverage* \
	  .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +
