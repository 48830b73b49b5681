# Everything a person types. `make help` is made from the comments behind ##.
# The distribution's own Python first: it is built with profile-guided optimisation, which one that a
# version manager compiled often is not, and that is a third of the ledger's speed.
PYTHON ?= $(or $(lastword $(sort $(wildcard /usr/bin/python3.1[1-9]))),$(shell command -v python3.11 || command -v python3))
VENV := .venv/bin
SERVICES := members points inventory messaging reports devices portal
IMAGE_PREFIX ?= yika
CONTAINER ?= docker
.DEFAULT_GOAL := help
.PHONY: help setup run stop reset token test test-fast test-nightly check fmt lint types protos protos-check lock \
	migration replay bench-ledger images chart

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  \033[1mmake %-13s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv from requirements.lock; nothing to do when it is unchanged
	@$(or $(PYTHON),$(error Python 3.11 or newer is needed: apt install python3)) tools/setup.py

run: setup ## start everything on this machine and print the addresses; Ctrl-C stops it
	@exec $(VENV)/python -m tools.local_stack run

stop: setup ## stop a stack that runs elsewhere on this machine
	@$(VENV)/python -m tools.local_stack stop

reset: setup ## stop the stack and delete its data
	@$(VENV)/python -m tools.local_stack reset

token: setup ## print a token for the running stack; P="points.wallets.read points.sales.post"
	@$(VENV)/python -m tools.local_stack token $(P)

replay: setup ## send the year of a real chain through the stack; ARGS="--baskets 3000 --verify"
	@$(VENV)/python -m tools.replay $(ARGS)

test: setup ## run every test against real servers
	$(VENV)/python -m pytest

test-fast: setup ## run the tests without the stories over the whole stack
	$(VENV)/python -m pytest -m "not e2e"

test-nightly: setup ## drive the ledger with 200,000 random commands; more than an hour
	YIKA_TEST_LEDGER_COMMANDS=$${YIKA_TEST_LEDGER_COMMANDS:-200000} $(VENV)/python -m pytest tests/points/test_ledger_machine.py

check: lint types protos-check chart test ## run all that CI runs

fmt: setup ## format the code and fix what can be fixed
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix .

lint: setup ## check style and formatting
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .

types: setup ## check the types
	$(VENV)/mypy

protos: setup ## generate protos/gen from protos/yika
	@$(VENV)/python -m tools.protos

protos-check: setup ## fail when protos/gen is not what protos/yika gives
	@$(VENV)/python -m tools.protos --check

lock: setup ## write requirements.lock from pyproject.toml
	@$(VENV)/python tools/lock.py compile

migration: setup ## draft a migration from a service's tables; S=points M="add holds"
	@$(VENV)/python -m tools.migration $(or $(S),$(error S=<service> is missing)) "$(or $(M),$(error M="<what it does>" is missing))"

bench-ledger: setup ## measure the ledger against its budgets; CHECK=1 fails when one is missed
	@GRPC_ENABLE_FORK_SUPPORT=0 $(VENV)/python -m tools.bench_ledger $(ARGS)

images: ## build the seven images; CONTAINER=podman SERVICES="points" ARGS="--network host"
	@for service in $(SERVICES); do \
		$(CONTAINER) build $(ARGS) --build-arg SERVICE=$$service \
			--tag $(IMAGE_PREFIX)-$$service . || exit 1; done

chart: setup ## lint, render and validate the Helm chart
	@$(VENV)/python -m tools.chart
