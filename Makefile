# Understudy. Everything happens in .venv, which `make setup` makes from the lock files.
.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-gpu test-ray hostile lint bench gallery docs lock clean

BIN := .venv/bin
PYTEST_ARGS ?=

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## make .venv: locked packages, the project, compiled kernels (quick when nothing changed)
	@scripts/setup

demo: setup ## animate the samples in examples/ and write out/demo.mp4
	@scripts/demo

serve: setup ## start the API and the studio on http://127.0.0.1:8000
	@$(BIN)/understudy serve

test: ## run every test
	@scripts/setup --dev
	# Twice as many processes as two cores, as many tests wait for a browser or a server. Compiled
	# modules are kept, also where the environment says otherwise: the tests start hundreds of processes.
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

test-gpu: ## run the tests of generated video with tiny models, in a .venv-gpu of their own
	@scripts/test-gpu $(PYTEST_ARGS)

test-ray: ## run the tests of takes on a Ray cluster, in a .venv-ray of their own
	@scripts/test-ray $(PYTEST_ARGS)

hostile: ## attack a server by seed: damaged files, odd requests, idle connections, kills, full disk
	@scripts/setup --dev
	$(BIN)/python -m tests.hostile

lint: ## ruff, mypy, import-linter
	@scripts/setup --dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: ## measure speed, memory and quality on the samples
	@scripts/setup --dev
	$(BIN)/python -m bench

gallery: ## every picture with every clip as one page, the worst first (out/gallery/index.html)
	@scripts/setup --dev
	$(BIN)/python -m bench.gallery $(GALLERY_ARGS)

docs: ## regenerate docs/cli.md from the command line
	@scripts/setup --dev
	$(BIN)/python scripts/cli_reference.py

lock: ## update the lock files (newest compatible versions)
	scripts/lock

clean: ## remove everything that was made here
	rm -rf .venv .venv-gpu .venv-ray out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
