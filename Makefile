# `make` alone prints the targets. Everything that takes more than a line is a
# script in make/; each of them can be read and run by itself.
SHELL         := /bin/bash
.SHELLFLAGS   := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS     += --no-print-directory

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
SOURCES := $(shell find . -type f -not -path './.*' -not -path './bin/*' -not -path './tools/*' -not -path './e2e/*' -not -path '*/testdata/*' -not -name '*_test.go' -not -name '*.md')

.PHONY: help
help: ## print this list
	@echo 'Slipway $(VERSION). Targets:'
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s%s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo 'YES=1 answers yes to every question; without a terminal nothing is asked.'

.PHONY: build
build: bin/buildkitd bin/slipway ## make bin/slipway and bin/buildkitd

.PHONY: demo
demo: ## take sample services all the way to running images, set-up included (JENKINS=1: a push in Jenkins)
	@make/setup.sh run
	@$(MAKE) build
	@make/demo.sh

.PHONY: test
test: ## run every test against real engines, set-up included
	@make/setup.sh test
	@$(MAKE) build
	@make/test.sh

.PHONY: corpus
corpus: ## build, start and request every sample repository of every language
	@make/setup.sh test
	@$(MAKE) build
	@SLIPWAY_CORPUS=$${SLIPWAY_CORPUS:-all} make/corpus.sh

.PHONY: chaos
chaos: ## kill everything KILLS (200) times by SEED (1) while changes are pushed
	@make/setup.sh test
	@$(MAKE) build
	@make/chaos.sh

.PHONY: unit
unit: ## run the quick tests only (no engines, no race detector)
	@make/setup.sh build
	@go test -short ./...

.PHONY: lint
lint: ## check style, arrows, formatting, go.mod and known vulnerabilities (FIX=1 mends)
	@make/setup.sh lint
	@make/lint.sh

.PHONY: fuzz
fuzz: ## fuzz every parser for FUZZTIME (10s) each
	@make/setup.sh build
	@make/fuzz.sh

.PHONY: bench
bench: ## print the figures that Slipway holds itself to
	@make/setup.sh run
	@$(MAKE) build
	@make/bench.sh

bin/slipway: $(SOURCES) bin/.version
	@make/setup.sh build
	@make/build.sh slipway '$(VERSION)'

bin/buildkitd: go.mod make/build.sh
	@make/setup.sh build
	@make/build.sh buildkitd

bin/slipway.hpi: $(wildcard jenkins/plugin/* jenkins/plugin/*/*/*/* jenkins/plugin/*/*/*/*/*) make/plugin.sh make/jars.sh
	@make/plugin.sh '$(VERSION)'

# Changes only when the version does, so that a commit alone relinks slipway
# and nothing else does.
ifneq ($(VERSION),$(shell cat bin/.version 2>/dev/null))
.PHONY: bin/.version
endif
bin/.version:
	@mkdir -p bin && echo '$(VERSION)' > $@
