# Every task of the site has its door here; `make help` lists them.
# Written for GNU make 3.81, the oldest still shipped (macOS).

PYTHON ?= python3
PORT ?= 8000
DO ?= desk
BENCH ?= builds live published ledgers served comments
STORIES ?= 1000
RUNS ?= 3
VENV = .venv/bin/python
PIP = PIP_USER=0 $(VENV) -m pip install --quiet --disable-pip-version-check --require-hashes
NEWSROOM = PYTHONUTF8=1 PYTHONPATH=plugins $(VENV) -m newsroom
INTAKE = PYTHONUTF8=1 PYTHONPATH=plugins $(VENV) -m intake
LOCK = $(VENV) -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command "make lock"
BENCH_builds = --stories $(STORIES) --runs $(RUNS) $(ARGS)
BENCH_live = --stories $(STORIES)
BENCH_published = --stories $(STORIES) --runs $(RUNS)

# As they were typed: neither make nor the shell reads what stands in a title.
export NEW_TITLE := $(value TITLE)
export NEW_SECTION := $(value SECTION)
export NEW_AUTHOR := $(value AUTHOR)
unexport TITLE SECTION AUTHOR

# What building needs: more where a setting switches more on.
SEARCH := $(shell grep -qs '^SEARCH *= *True' pelicanconf.py && echo .venv/.search)

.DELETE_ON_ERROR:
.PHONY: help html serve new publish deploy rollback verify sign evidence sources schema comments-serve comments test test-long bench audit check lock clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

html: .venv/.requirements $(SEARCH) ## build the site into output/, readable from any folder, host or disk
	@$(NEWSROOM) html

serve: .venv/.requirements ## show the site with its drafts on localhost, rebuilt at every save
	@$(NEWSROOM) serve --port $(PORT)

new: .venv/.requirements ## begin a story: make new TITLE="Council closes the harbour"
	@$(NEWSROOM) new

publish: .venv/.publish $(SEARCH) ## build output/ for one address: make publish SITEURL=https://news.example.org
	@$(NEWSROOM) publish

deploy: .venv/.deploy ## show what would change at a host, do it with GO=yes: make deploy DEST=remote:folder
	@$(NEWSROOM) deploy "$(DEST)" $(if $(filter yes,$(GO)),--go) \
	$(if $(filter yes,$(DELETE)),--delete) $(if $(filter yes,$(OLD)),--old)

rollback: .venv/.requirements ## put the release before the last build back; once more undoes it
	@$(NEWSROOM) rollback

verify: .venv/.publish ## build the site twice, as on two machines, and compare; print its hash
	@$(NEWSROOM) verify

sign: .venv/.requirements ## sign a checked story's text: make sign STORY=its-folder
	@$(NEWSROOM) sign "$(STORY)"

evidence: .venv/.requirements ## show how every story stands, what its badge lacks, what ends soon
	@$(NEWSROOM) evidence

sources: .venv/.requirements ## ask whether the sources of all ledgers are still there
	@$(NEWSROOM) sources

schema: .venv/.requirements ## write the schema by which editors check a ledger.toml
	@$(NEWSROOM) schema

comments-serve: .venv/.comments ## take the comments that readers send by the form
	@$(INTAKE) serve

comments: .venv/.comments ## decide on the comments that wait; or make comments DO="approve 12"
	@$(INTAKE) $(DO)

test: .venv/.tests tests/node_modules/.installed ## run every test (some of them: make test ARGS="-k feeds")
	@PYTHONUTF8=1 $(VENV) -m pytest -n auto --dist loadfile $(ARGS)

test-long: .venv/.tests tests/node_modules/.installed ## run the tests that take minutes, such as 200 stopped builds
	@PYTHONUTF8=1 $(VENV) -m pytest -m long -s $(ARGS)

bench: .venv/.tests ## measure builds, edits, publishes, ledgers, serving and comments; or one: make bench BENCH=builds STORIES=10000
	@$(foreach part,$(BENCH),PYTHONUTF8=1 PYTHONPATH=plugins:tests $(VENV) tests/bench/$(part).py $(BENCH_$(part)) &&) true

audit: .venv/.tests ## ask whether a hole is known in any library that the locks pin
	@$(NEWSROOM) audit

check: .venv/.tests ## format, lint and types of our own code
	@$(VENV) -m ruff format --check --quiet .
	@$(VENV) -m ruff check --quiet .
	@$(VENV) -m mypy --no-error-summary

lock: .venv/.tests ## pin the newest versions pyproject.toml allows, with hashes
	@$(LOCK) --upgrade pyproject.toml -o requirements.txt
	@for extra in comments search publish deploy; do \
	$(LOCK) --upgrade --extra $$extra -c requirements.txt pyproject.toml -o requirements/$$extra.txt || exit; done
	@$(LOCK) --upgrade --group test --all-extras -c requirements.txt pyproject.toml -o tests/requirements.txt

clean: ## remove what make made
	@rm -rf output .output.* .preview .preview.* .venv tests/node_modules
	@rm -rf .cache .mypy_cache .pytest_cache .ruff_cache
	@find pelicanconf.py publishconf.py plugins tests -name __pycache__ -prune -exec rm -rf {} +
	@rm -rf __pycache__

# A stamp is touched last, so a setting-up that was stopped half-way is begun anew.
.venv/.requirements: requirements.txt .venv/bin/python
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
	"Standfirst needs Python 3.11 or newer, and $(PYTHON) is not. Name another: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo \
	"Python's venv module is missing. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv (only now, and when requirements.txt changes) ..."
	@"$(PYTHON)" -m venv --clear .venv
	@$(PIP) -r requirements.txt || { echo \
	"The requirements were not installed. They come from the network, or from a folder of wheels: PIP_NO_INDEX=1 PIP_FIND_LINKS=/that/folder make html" >&2; exit 1; }
	@touch $@

# What only some commands need, added when one is first called.
.venv/.%: requirements/%.txt .venv/.requirements
	@echo "Adding what $* needs (only now, and when requirements/$*.txt changes) ..."
	@$(PIP) -r requirements/$*.txt
	@touch $@

.venv/.tests: .venv/.requirements tests/requirements.txt
	@echo "Adding what the tests need (only now, and when tests/requirements.txt changes) ..."
	@$(PIP) -r tests/requirements.txt
	@touch $@

# vnu and axe come from npm; without it the tests that need them say so.
tests/node_modules/.installed: tests/package-lock.json
	@if command -v npm >/dev/null; \
	then cd tests && { npm ci --ignore-scripts --silent --no-audit --no-fund && touch node_modules/.installed || \
	echo "npm could not install: the tests of HTML validity and accessibility cannot run."; }; \
	else echo "npm is missing: the tests of HTML validity and accessibility cannot run."; fi

# Without a recipe: when the interpreter is gone, or newer than the stamp, .venv is made anew.
.venv/bin/python:
