# Everything a developer does, from a fresh clone: `make` lists it.
# Needs Python 3.11 or newer, pip, make and git; the first target that needs more makes .venv.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

# Paths are relative throughout: make cannot handle a directory whose name has spaces otherwise.
PYTHON ?=
VENV := .venv
READY := $(VENV)/ready
RUN := $(VENV)/bin/python -m
FUZZ := .fuzz
FUZZ_SECONDS ?= 60
FUZZ_NEEDS := 'atheris>=2.3,<4' 'msgspec>=0.20,<1'

# Settings of the caller that would lead pip or Python past .venv.
unexport PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The stamp is written last and holds the directory's name: a set-up that was interrupted, a moved
# or copied directory and a Python that is gone are set up anew.
ifneq ($(shell test -x $(VENV)/bin/python && test "$$(cat $(READY) 2>&1)" = "$$(pwd -P)" && echo yes),yes)
.PHONY: $(READY)
endif

# Sets $$python to the first that is new enough.
define FIND_PYTHON
python=; for candidate in "$(PYTHON)" python3.13 python3.12 python3.11 python3.14 python3 python; do \
    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
        python=$$candidate; break; \
    fi; \
done; \
if test -z "$$python"; then \
    echo "syncengine needs Python 3.11 or newer, and none was found." >&2; \
    echo "Install one, or name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; \
    exit 1; \
fi
endef

##@ Using it

.PHONY: demo
demo: $(READY)  ## Set up, then show the main job on the bundled sample library
	@$(VENV)/bin/syncengine demo $(ARGS)
	@echo
	@echo 'syncengine is set up here. Run it as  $(VENV)/bin/syncengine --help'
	@echo 'or, for this shell,                   source $(VENV)/bin/activate'

##@ Working on it

.PHONY: setup
setup: $(READY)  ## Make .venv from requirements.lock (every target below does so by itself)

.PHONY: test
test: $(READY)  ## Run all tests (ARGS="tests/core -k diff" to choose)
	@$(RUN) pytest $(ARGS)

# Coverage-guided where atheris can be had, in an environment of its own; else Hypothesis, thoroughly.
.PHONY: fuzz
fuzz: $(READY)  ## Fuzz what reads exports and archives (FUZZ_SECONDS=60 for each)
	@$(RUN) tests.hostile.seeds $(FUZZ)/corpus
	@test -e $(FUZZ)/ready || { \
	    rm -rf $(FUZZ)/venv && $(RUN) venv $(FUZZ)/venv && \
	    $(FUZZ)/venv/bin/python -m pip install --quiet $(FUZZ_NEEDS) && \
	    $(FUZZ)/venv/bin/python -c 'import atheris' && \
	    touch $(FUZZ)/ready; \
	} >$(FUZZ)/log 2>&1 || true
	@if test -e $(FUZZ)/ready; then \
	    for kind in csv zip; do \
	        echo "Fuzzing $$kind with atheris for $(FUZZ_SECONDS) s ..." && \
	        $(FUZZ)/venv/bin/python -m tests.hostile.fuzz $$kind $(FUZZ)/corpus/$$kind \
	            -max_total_time=$(FUZZ_SECONDS) -max_len=8192 -timeout=60 -rss_limit_mb=1500 \
	            -artifact_prefix=$(FUZZ)/found-$$kind- >$(FUZZ)/log 2>&1 || \
	            { tail -n 40 $(FUZZ)/log >&2; exit 1; }; \
	        grep '^Done' $(FUZZ)/log; \
	    done; \
	else \
	    echo "atheris cannot be had here ($(FUZZ)/log says why); fuzzing with Hypothesis ..."; \
	    end=$$(($$(date +%s) + 2 * $(FUZZ_SECONDS))); \
	    while $(RUN) pytest -q --hypothesis-profile=thorough tests/hostile/test_fuzz.py || exit 1; \
	        test $$(date +%s) -lt $$end; do :; done; \
	fi

.PHONY: check
check: lint types arrows migrations  ## Run all static checks

.PHONY: lint
lint: $(READY)  ## Check style and format (ruff)
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .

.PHONY: types
types: $(READY)  ## Check types (mypy --strict)
	@$(RUN) mypy

.PHONY: arrows
arrows: $(READY)  ## Check who imports whom (import-linter)
	@$(VENV)/bin/lint-imports

.PHONY: migrations
migrations: $(READY)  ## Check that the migrations give the schema that the models describe
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	export SYNCENGINE_DATABASE_URL="sqlite:///$$scratch/check.db" && \
	$(RUN) alembic upgrade head && $(RUN) alembic check && \
	$(RUN) alembic downgrade base && $(RUN) alembic upgrade head

.PHONY: schema
schema: $(READY)  ## Write storage/schema.sql anew, after a migration was added
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	export SYNCENGINE_DATABASE_URL="sqlite:///$$scratch/schema.db" && \
	$(RUN) alembic upgrade head && \
	$(RUN) syncengine.storage.schema "$$SYNCENGINE_DATABASE_URL" > "$$scratch/schema.sql" && \
	cp "$$scratch/schema.sql" syncengine/storage/schema.sql

.PHONY: format
format: $(READY)  ## Format the code and fix what can be fixed without thought
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

.PHONY: bench
bench: $(READY)  ## Measure (ARGS are passed on), on libraries made from a seed
	@$(RUN) benchmarks.run $(ARGS)

.PHONY: lock
lock:  ## Pin the newest allowed dependencies anew (ARGS="--upgrade-package NAME" for one)
	@$(FIND_PYTHON); \
	scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	"$$python" -m venv "$$scratch/venv" && \
	"$$scratch/venv/bin/python" -m pip install --quiet 'uv>=0.9' && \
	UV_CUSTOM_COMPILE_COMMAND='make lock' "$$scratch/venv/bin/uv" pip compile --quiet \
	    --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --extra report --group dev --output-file requirements.lock $(or $(ARGS),--upgrade) pyproject.toml && \
	echo 'requirements.lock is new; the next make sets .venv up from it.'

.PHONY: clean
clean:  ## Remove .venv and everything that was built or cached (no databases)
	@rm -rf $(VENV) $(FUZZ) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help:  ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
	    /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z-]+:.*## / { split($$1, target, ":"); printf "  make %-10s %s\n", target[1], $$2 }' Makefile

# Without ensurepip (Debian's python3 without python3-venv) the host's pip fills .venv from outside.
$(READY): requirements.lock pyproject.toml
	@$(FIND_PYTHON); \
	echo "Setting up $(VENV) with $$("$$python" --version), a minute or less ..." >&2; \
	set_up() { \
	    { "$$python" -m venv $(VENV) || "$$python" -m venv --clear --without-pip $(VENV); } && \
	    if $(RUN) pip --version; then pip() { $(RUN) pip "$$@"; }; \
	    else pip() { "$$python" -m pip --python $(VENV)/bin/python "$$@"; }; fi && \
	    pip install --require-hashes -r requirements.lock && \
	    pip install --no-deps --no-build-isolation -e .; \
	}; \
	rm -rf $(VENV); \
	log=$$(mktemp) && trap 'rm -f "$$log"' EXIT; \
	if set_up >"$$log" 2>&1; then pwd -P >$(READY); else \
	    tail -n 40 "$$log" | grep -v '^WARNING: Location' >&2; \
	    echo "Setting up $(VENV) failed, as the lines above say. The next make starts it anew." >&2; \
	    exit 1; \
	fi
