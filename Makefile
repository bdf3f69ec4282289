# SPDX-License-Identifier: Apache-2.0
# The short way in; everything here can also be done with cmake, ctest and build/release/apps/cli/tacit.
# TACIT_DATA (optional): the folder that holds known data sets.

BUILD := build/release
TACIT := $(BUILD)/apps/cli/tacit
DEMO  := $(TACIT) curve recipes/har_simulated.toml -o runs/demo --overwrite

# As many compilers as processors, but no more than memory holds at about 1.5 GB each.
JOBS := $(shell awk -v cpus=$$(nproc) '/^MemAvailable/ { fit = int($$2 / 1572864); \
  if (fit < 1) fit = 1; print fit < cpus ? fit : cpus }' /proc/meminfo)

.DEFAULT_GOAL := help
.PHONY: help setup configure program build demo test papers paper check

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup:  ## system packages and .venv; quick when all is there
	@./setup

configure: setup
	@test -f $(BUILD)/build.ninja || cmake --preset release

program: configure  ## compile the command line alone
	@cmake --build $(BUILD) -j $(JOBS) --target tacit_cli

build: configure  ## compile everything into build/release
	@cmake --build $(BUILD) -j $(JOBS)

demo: program  ## simulate, pretrain, compare: scores against number of labels in runs/demo
	$(DEMO)

test: build  ## build and run all tests
	@OMP_WAIT_POLICY=PASSIVE ctest --test-dir $(BUILD) -j 2 --output-on-failure --no-tests=error

papers: program  ## reproduce every result in benchmarks/papers
	@for expected in benchmarks/papers/*/expected.json; do \
	  .venv/bin/python benchmarks/papers/measure "$$(basename "$$(dirname "$$expected")")" || exit 1; done

paper: program  ## reproduce one: make paper NAME=cpc_har
	@test -f "benchmarks/papers/$(NAME)/expected.json" || { \
	  echo "say which: make paper NAME=x, one of:" $$(cd benchmarks/papers && \
	    for each in */expected.json; do dirname "$$each"; done) >&2; exit 2; }
	@.venv/bin/python benchmarks/papers/measure $(NAME)

check:  ## formatting, rooms, mirror
	@tools/format check
	@python3 tools/check_layers.py
	@python3 tools/check_mirror.py
