# The assistant, in two commands: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
# Without compiled files Rasa takes half a minute longer to start, each time.
export PYTHONDONTWRITEBYTECODE :=

# uv where it is installed and works; else one of our own, by pip, in .tools.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .tools/bin/uv)
PYTHON := .venv/bin/python
SETS ?= $(wildcard ../shared/eval/dev/*.jsonl)

.PHONY: help setup run test chat stories eval bench audit lint format content clean wecom-demo

help:  ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

.tools/bin/uv:
	python3 -m pip install --quiet --disable-pip-version-check --target .tools uv

.venv/.ready: pyproject.toml uv.lock .python-version | $(filter .tools/bin/uv,$(UV))
	$(UV) sync --frozen
	@touch $@

setup: .venv/.ready  ## Install Python 3.10 and the locked environment.

run: setup  ## Start the assistant (library, model, action server, Rasa); Ctrl-C stops it.
	@$(PYTHON) -m bot run

test: setup  ## Run all tests.
	@$(PYTHON) -m knowledge build --if-stale
	@$(PYTHON) -m bot train --if-stale
	$(PYTHON) -m pytest -n 2 --dist loadfile --ignore=tests/bot/wecom
	$(PYTHON) -m pytest tests/bot/wecom  # in a process of its own: it starts servers and event loops by the dozen

chat: setup  ## Talk to the assistant in the terminal (rasa shell).
	@$(PYTHON) -m bot chat

wecom-demo: setup  ## Ask as a member would in WeCom, against a stand-in of it.
	@$(PYTHON) -m bot train --if-stale
	@$(PYTHON) -m tests.wecom_standin

stories: setup  ## Stories and conversation files against the real assistant; report in var/stories.html.
	@$(PYTHON) -m bot train --if-stale
	@$(PYTHON) -m bot stories

eval: setup  ## Golden questions, conversations, a writer held out (trains for minutes), and ../shared/eval/dev where it is.
	@$(PYTHON) -m bot train --if-stale
	$(PYTHON) -m experiments.evaluate
	$(PYTHON) -m experiments.dialogues
	@test -z "$(SETS)" || $(PYTHON) -m experiments.score_sets $(SETS)
	$(PYTHON) -m experiments.held_out --writer w5

bench: setup  ## Latency, throughput, start-up, memory, search and the widget, beside a bare Rasa in the same run.
	@$(PYTHON) -m bot train --if-stale
	$(PYTHON) -m experiments.bench
	$(PYTHON) -m experiments.bench_library
	$(PYTHON) -m experiments.bench_wecom
	$(PYTHON) -m experiments.bench_widget
	$(PYTHON) -m experiments.bench_service

content: setup  ## Check all content: catalogue, texts, topics, utterances; report what it lacks (var/content.html).
	@$(PYTHON) -m knowledge check
	@$(PYTHON) -m bot content

audit: setup  ## Known vulnerabilities of the locked packages (needs an index that knows them).
	$(PYTHON) deploy/audit.py --uv $(UV)

lint: setup  ## Check style and types.
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

format: setup  ## Format the code.
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

clean:  ## Remove what was built (environment, library, model).
	rm -rf .venv .tools var models .rasa
