# Yiwang on one machine. `make help` lists the targets; Python 3.11 or 3.12, pip and make are all that most of them need.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
LOCKS := requirements.txt requirements-local.txt requirements-dev.txt
STAMP := $(VENV)/.installed
TESTS := tests/unit tests/contract tests/service tests/integration tests/e2e
SUPERVISOR := $(PY) -m deploy.local.supervisor

# A fitting Python: PYTHON= if given, else the first that is there and runs.
FIT := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))
CANDIDATES = $(or $(PYTHON),python3.11 python3.12 python3)
FIND_PYTHON = for each in $(CANDIDATES); do \
	"$$each" -c "$(FIT)" >/dev/null 2>&1 && { command -v "$$each"; break; }; done; true

# The server of documents for what is measured: the usual one's sibling in Rust, which is four times as fast.
# With `ENGINE=` the usual one is measured.
ENGINE := .run/measuring/bin/secantusd-rs
MEASURED := soak faults steady poison deadlines bench

# Installs a package of Debian's, unless the command given second finds what is wanted of it.
define debian
@if ! $(2) >/dev/null; then \
	if ! command -v apt-get >/dev/null; then echo "$(1) is missing and there is no apt-get: install $(1)" >&2; exit 2; fi; \
	echo "installing Debian's package $(1)"; sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	$$sudo apt-get update -qq; $$sudo apt-get install -qq -y --no-install-recommends $(1); fi
endef

.PHONY: help venv run up down status demo test soak faults steady poison deadlines year bench bench-check laws mutants simulate check \
	format contracts client-test lock clean

ifneq ($(ENGINE),)
$(MEASURED): export YIWANG_DOCUMENTS = $(abspath $(ENGINE))
$(MEASURED): | $(ENGINE)

$(ENGINE):
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust and CMake, or measure the usual server with ENGINE=" >&2; exit 2; }
	@echo "building the server of documents that measurements use: ten minutes, once"
	@cargo install --quiet --locked --ignore-rust-version --root .run/measuring --version =0.5.3-beta.196 secantus-mdb
endif

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s%s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

venv: $(STAMP) ## make .venv from the hashed locks

$(STAMP): $(LOCKS)
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "Python 3.11 or 3.12 is needed (tried: $(CANDIDATES)); name one with PYTHON=" >&2; exit 2; fi; \
	echo "setting up $(VENV) with $$python"; rm -rf $(VENV); \
	if "$$python" -c "import ensurepip" 2>/dev/null; then "$$python" -m venv $(VENV); pip="$(PY) -m pip"; \
	else "$$python" -m venv --without-pip $(VENV); pip="$$python -m pip --python $(PY)"; fi; \
	$$pip install --quiet --disable-pip-version-check --require-hashes $(addprefix -r ,$(LOCKS)); \
	touch $@

# On a terminal the run is a job of its own, so that Ctrl-C ends it alone and make exits with its code.
run: venv ## start all, feed 300 reports, stay up until Ctrl-C
	@if [ -t 0 ]; then set -m; $(SUPERVISOR) run; exit; fi; exec $(SUPERVISOR) run

up: venv ## start all in the background; returns when ready, with addresses in .run/env
	@$(SUPERVISOR) up

down: venv ## stop what `make up` or `make run` started
	@$(SUPERVISOR) down

status: venv ## what runs
	@$(SUPERVISOR) status

demo: venv ## weeks of the virtual banner in two or three minutes, on engines of its own; SEED=2 DAYS=21 VOLUME=124
	@exec $(PY) -m deploy.local.demo $(if $(SEED),--seed $(SEED)) $(if $(DAYS),--days $(DAYS)) \
		$(if $(VOLUME),--volume $(VOLUME))

test: venv ## all tests, those on a real Kafka and MongoDB included
	@$(PY) -m pytest $(wildcard $(TESTS))

soak: venv ## kill -9 services for MINUTES=40, KILLS=1000 times, under load, and check every report; SEED=1 RATE=23 MEMBERS=2
	@$(PY) -m tests.soak $(if $(MINUTES),--minutes $(MINUTES)) $(if $(KILLS),--kills $(KILLS)) \
		$(if $(RATE),--rate $(RATE)) $(if $(MEMBERS),--members $(MEMBERS)) $(if $(SEED),--seed $(SEED))

faults: venv ## every fault on real engines, in its long form, with figures; installs Debian's faketime if it is missing
	$(call debian,faketime,test -e /usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1)
	@$(PY) -m tests.faults

steady: venv ## the highest rate that the machine holds, for MINUTES=20: is memory flat?
	@$(PY) -m tests.soak.steady $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

poison: venv ## records of poison to every topic that a service reads: COUNT=10000 each; SEED=1 TOPICS=case.,water LARGE=500
	@$(PY) -m tests.poison $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) \
		$(if $(TOPICS),--topics $(TOPICS)) $(if $(LARGE),--large $(LARGE))

deadlines: venv ## 100,000 open deadlines: how late, at which rate, by a wrong clock, at what cost
	@$(PY) -m tests.deadlines

year: venv ## a year of the whole banner on the virtual clock, in minutes: CASES=60000 SEED=1
	@$(PY) -m tests.year $(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED))

bench: venv ## what the pipeline does beside a floor and the usual way; PARTS="throughput latency" ARGS="--reports 5000"
	@$(PY) -m bench $(PARTS) $(ARGS)

bench-check: venv ## does no hop cost more than is stored of it? (15 % of its share of a fixed job are allowed)
	@$(PY) -m bench --check

laws: venv ## break each law in a copy, and see its test fail
	@$(PY) -m tests.mutants

mutants: venv ## change one thing after the other in what decides, and count what the unit tests see; NAMES="waiting ledger"
	@$(PY) -m tests.mutation $(NAMES)

simulate: venv ## one seed with its trace: SEED=17; or many: SEEDS=2000
	@$(PY) -m tests.seeds $(if $(SEED),--seed $(SEED),$(if $(SEEDS),--seeds $(SEEDS)))

check: venv ## ruff, mypy --strict, import-linter
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

format: venv ## put the code into the form that `make check` wants
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

contracts: venv ## generate schemas, AsyncAPI and the cluster's topics from the registry
	@$(PY) -m contracts.generate

client-test: venv ## a foreign Kafka client against the contracts; installs Debian's kcat if it is missing
	$(call debian,kcat,command -v kcat)
	@$(PY) -m pytest tests/client

lock: ## pin every requirement again, with hashes and without addresses; needs uv
	@for name in requirements requirements-local requirements-dev; do env -u UV_FIND_LINKS uv pip compile --quiet \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 --python-platform x86_64-unknown-linux-gnu $$name.in -o $$name.txt; done

clean: ## stop the run, then delete its data and the virtual environment
	@if [ -e $(STAMP) ]; then $(SUPERVISOR) down; fi
	@rm -rf .run $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
